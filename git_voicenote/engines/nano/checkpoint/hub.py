"""Talk to the hub with its own client, and bring over one file.

That client throws a broken download away. Here the part that came is kept under the file's hash,
and the next try goes on from its end.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

from git_voicenote import files
from git_voicenote.errors import EngineError
from git_voicenote.files.hashing import git_blob_id, sha256_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

_WAITS = (0.5, 2.0)  # seconds before another try where the last one brought nothing
_TIMEOUT = 30.0  # seconds in which nothing came
_AIR_GAP = (
    "or fetch the model's files on another machine, and bring them here with "
    "`git voicenote models import FOLDER`"
)


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file on the hub; `sha256` where it is a large one, `blob` is git's name for the others."""

    path: str
    size: int
    sha256: str | None
    blob: str | None


def partial_path(folder: Path, file: RemoteFile) -> Path:
    """Return where the part of a file is kept that has come so far."""
    return folder / ".partial" / (file.sha256 or file.blob or file.path.replace("/", "--"))


@contextmanager
def hub(repository: str, revision: str) -> Iterator[str]:
    """Give the address of the hub (HF_ENDPOINT, or the public one), and translate its errors."""
    if find_spec("huggingface_hub") is None:
        raise EngineError(
            "huggingface_hub is not installed, which fetches models",
            hint=f"`pip install 'git-voicenote[nano]'`, {_AIR_GAP}",
        )
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"  # read when the client is imported
    from huggingface_hub import constants, errors

    endpoint = (os.environ.get("HF_ENDPOINT") or constants.ENDPOINT).rstrip("/")
    host = urlsplit(endpoint).netloc or endpoint
    try:
        yield endpoint
    except errors.OfflineModeIsEnabled as exc:
        raise EngineError(
            "HF_HUB_OFFLINE is set, so nothing is fetched", hint=f"unset it, {_AIR_GAP}"
        ) from exc
    except errors.GatedRepoError as exc:
        raise EngineError(
            f"{host} gives {repository} only to those who accepted its terms",
            hint=f"accept them there and set HF_TOKEN, {_AIR_GAP}",
        ) from exc
    except errors.RepositoryNotFoundError as exc:
        raise EngineError(
            f"{host} has no {repository}, or wants to know who asks",
            hint=f"check the name, set HF_TOKEN if it is private, {_AIR_GAP}",
        ) from exc
    except errors.RevisionNotFoundError as exc:
        raise EngineError(
            f"{repository} has no revision {revision} at {host}",
            hint="`--revision` takes a commit, a tag or a branch",
        ) from exc
    except errors.HfHubHTTPError as exc:
        raise EngineError(
            f"{host} answered with the status {exc.response.status_code}",
            hint=f"try again later, {_AIR_GAP}",
        ) from exc
    except errors.HFValidationError as exc:
        raise EngineError(f"{repository!r} is no name of a repository, as ORG/NAME") from exc
    except errors.HTTPError as exc:  # type: ignore[attr-defined]  # that of its HTTP library
        raise EngineError(
            f"{host} cannot be reached: {exc}",
            hint=f"check the network, a proxy (HTTPS_PROXY) or a mirror (HF_ENDPOINT), {_AIR_GAP}",
        ) from exc
    except (ValueError, TypeError, KeyError, AttributeError) as exc:
        raise no_hub(endpoint) from exc


def no_hub(endpoint: str) -> EngineError:
    """Return the error for an answer that no hub gives."""
    return EngineError(
        f"what answers at {endpoint} is not a model hub: a proxy or a login page may be between",
        hint=f"open that address in a browser, set HF_ENDPOINT to a mirror, {_AIR_GAP}",
    )


def fetch_file(
    repository: str, commit: str, file: RemoteFile, folder: Path, progress: Callable[[int], None]
) -> None:
    """Bring a file into a folder and check it; `progress` is told the bytes that are there.

    Raises EngineError; the part that came stays, unless it is not of this file.
    """
    partial, target = partial_path(folder, file), folder / file.path
    try:
        for parent in (partial.parent, target.parent):
            files.folder(parent)
        with files.append_to(partial) as output:
            _lock(output, file)
            _complete(repository, commit, file, output, progress)
            output.flush()
            os.fsync(output.fileno())
        _check(partial, file)
        files.move(partial, target)
    except OSError as exc:
        raise EngineError(f"{target} cannot be written: {exc.strerror or exc}") from exc


def _lock(output: IO[bytes], file: RemoteFile) -> None:
    """Let nobody else write to a part until it is closed."""
    try:
        files.take_lock(output.fileno())
    except BlockingIOError as exc:
        raise EngineError(
            f"{file.path} is being fetched by another process", hint="wait for that one"
        ) from exc


def _complete(
    repository: str,
    commit: str,
    file: RemoteFile,
    output: IO[bytes],
    progress: Callable[[int], None],
) -> None:
    """Append to a part what it lacks; connections that break are taken up again."""
    waits = iter(_WAITS)
    while (before := output.tell()) != file.size:
        if before > file.size:
            _empty(output)
            continue
        with hub(repository, commit) as endpoint:
            from huggingface_hub import errors, hf_hub_url

            url = hf_hub_url(repository, file.path, revision=commit, endpoint=endpoint)
            try:
                _append(url, file, output, progress)
            except errors.HfHubHTTPError:
                raise
            except errors.HTTPError:  # type: ignore[attr-defined]  # that of its HTTP library
                wait = 0.0 if output.tell() > before else next(waits, None)
                if wait is None:
                    raise
                time.sleep(wait)
            else:
                if output.tell() <= before:
                    raise no_hub(endpoint)


def _empty(output: IO[bytes]) -> None:
    output.truncate(0)
    output.seek(0)  # or it would go on to count from where it was


def _append(url: str, file: RemoteFile, output: IO[bytes], progress: Callable[[int], None]) -> None:
    from huggingface_hub import get_session
    from huggingface_hub.utils import (  # type: ignore[attr-defined]  # documented there
        build_hf_headers,
        hf_raise_for_status,
    )

    start = output.tell()
    headers = {**build_hf_headers(), "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    with get_session().stream("GET", url, headers=headers, timeout=_TIMEOUT) as response:
        hf_raise_for_status(response)
        if start and response.status_code != 206:  # it begins at the beginning
            start = 0
            _empty(output)
        _refuse_other_content(response.headers, url, file.size - start)
        for piece in response.iter_bytes():  # as it comes: larger pieces would be lost in a break
            output.write(piece)
            output.flush()  # a process that is killed leaves all that came
            progress(output.tell())


def _refuse_other_content(headers: Mapping[str, str], url: str, expected: int) -> None:
    """Raise EngineError where what comes is not the file: a proxy answers with a page and 200."""
    length = None if "Content-Encoding" in headers else headers.get("Content-Length")
    kind = headers.get("Content-Type", "")
    if kind.startswith("text/html") or (length and int(length) != expected):
        raise EngineError(
            f"what comes from {url} is another file: {kind or 'of no kind'}, {length} bytes "
            f"instead of {expected}",
            hint=f"a proxy or a login page may be between: ask for the hub to be let through, "
            f"{_AIR_GAP}",
        )


def _check(partial: Path, file: RemoteFile) -> None:
    """Raise EngineError, and remove the part, where a file is not the one that was promised."""
    expected = file.sha256 or file.blob
    found = sha256_of(partial) if file.sha256 else git_blob_id(partial)
    if expected and found != expected:
        partial.unlink()
        raise EngineError(
            f"{file.path} came over damaged: its hash is {found[:12]}…, the hub has "
            f"{expected[:12]}…",
            hint=f"fetch again, {_AIR_GAP}",
        )
