"""Access the hub with its client library, and download single files.

The library discards an interrupted download. Here, the partial file is kept under the hash of the
file, and the next attempt resumes it.
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

_WAITS = (0.5, 2.0)  # seconds before another attempt if the last one received nothing
_TIMEOUT = 30.0  # seconds without data
_AIR_GAP = (
    "or fetch the files of the model on another machine, and import them here with "
    "`git voicenote models import FOLDER`"
)


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file on the hub; large files have a `sha256`, the others a `blob` (git's object id)."""

    path: str
    size: int
    sha256: str | None
    blob: str | None


def partial_path(folder: Path, file: RemoteFile) -> Path:
    """Return the path of the partial file of a download."""
    return folder / ".partial" / (file.sha256 or file.blob or file.path.replace("/", "--"))


@contextmanager
def hub(repository: str, revision: str) -> Iterator[str]:
    """Provide the URL of the hub (HF_ENDPOINT or the public one), and translate its errors."""
    if find_spec("huggingface_hub") is None:
        raise EngineError(
            "fetching models needs huggingface_hub, which is not installed",
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
            "cannot fetch, because HF_HUB_OFFLINE is set", hint=f"unset it, {_AIR_GAP}"
        ) from exc
    except errors.GatedRepoError as exc:
        raise EngineError(
            f"{host} requires that you accept the terms of {repository}",
            hint=f"accept them there and set HF_TOKEN, {_AIR_GAP}",
        ) from exc
    except errors.RepositoryNotFoundError as exc:
        raise EngineError(
            f"{host} has no {repository}, or requires authentication",
            hint=f"check the name, set HF_TOKEN if it is private, {_AIR_GAP}",
        ) from exc
    except errors.RevisionNotFoundError as exc:
        raise EngineError(
            f"{repository} has no revision {revision} at {host}",
            hint="use a commit, a tag or a branch with `--revision`",
        ) from exc
    except errors.HfHubHTTPError as exc:
        raise EngineError(
            f"{host} responded with status {exc.response.status_code}",
            hint=f"try again later, {_AIR_GAP}",
        ) from exc
    except errors.HFValidationError as exc:
        raise EngineError(f"{repository!r} is not the name of a repository (ORG/NAME)") from exc
    except errors.HTTPError as exc:  # type: ignore[attr-defined]  # that of its HTTP library
        raise EngineError(
            f"cannot connect to {host}: {exc}",
            hint=f"check the network, a proxy (HTTPS_PROXY) or a mirror (HF_ENDPOINT), {_AIR_GAP}",
        ) from exc
    except (ValueError, TypeError, KeyError, AttributeError) as exc:
        raise not_a_hub_error(endpoint) from exc


def not_a_hub_error(endpoint: str) -> EngineError:
    """Return the error for a response that is not from a hub."""
    return EngineError(
        f"the server at {endpoint} is not a model hub: it may be a proxy or a login page",
        hint=f"open the address in a browser, set HF_ENDPOINT to a mirror, {_AIR_GAP}",
    )


def fetch_file(
    repository: str, commit: str, file: RemoteFile, folder: Path, progress: Callable[[int], None]
) -> None:
    """Download a file into a folder and verify it; `progress` gets the number of bytes so far.

    Raises EngineError; the partial file is kept, unless its content is wrong.
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
        raise EngineError(f"cannot write {target}: {exc.strerror or exc}") from exc


def _lock(output: IO[bytes], file: RemoteFile) -> None:
    """Lock a partial file until it is closed."""
    try:
        files.take_lock(output.fileno())
    except BlockingIOError as exc:
        raise EngineError(
            f"{file.path} is being fetched by another process", hint="wait until it has finished"
        ) from exc


def _complete(
    repository: str,
    commit: str,
    file: RemoteFile,
    output: IO[bytes],
    progress: Callable[[int], None],
) -> None:
    """Download the missing part of a file, and reconnect after interruptions."""
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
                    raise not_a_hub_error(endpoint)


def _empty(output: IO[bytes]) -> None:
    output.truncate(0)
    output.seek(0)  # truncate() does not move the position


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
        if start and response.status_code != 206:  # the server sends the whole file
            start = 0
            _empty(output)
        _refuse_other_content(response.headers, url, file.size - start)
        for piece in response.iter_bytes():  # unbuffered, so that an interruption loses nothing
            output.write(piece)
            output.flush()  # a killed process leaves all received data
            progress(output.tell())


def _refuse_other_content(headers: Mapping[str, str], url: str, expected: int) -> None:
    """Raise EngineError if the response is not the file, such as the page of a proxy."""
    length = None if "Content-Encoding" in headers else headers.get("Content-Length")
    kind = headers.get("Content-Type", "")
    if kind.startswith("text/html") or (length and int(length) != expected):
        raise EngineError(
            f"{url} returned another file: {kind or 'no content type'}, {length} bytes "
            f"instead of {expected}",
            hint=f"it may be a proxy or a login page; ask for access to the hub, {_AIR_GAP}",
        )


def _check(partial: Path, file: RemoteFile) -> None:
    """Raise EngineError and remove the partial file if its hash is wrong."""
    expected = file.sha256 or file.blob
    found = sha256_of(partial) if file.sha256 else git_blob_id(partial)
    if expected and found != expected:
        partial.unlink()
        raise EngineError(
            f"{file.path} was damaged in transfer: its hash is {found[:12]}…, the hub has "
            f"{expected[:12]}…",
            hint=f"fetch it again, {_AIR_GAP}",
        )
