"""Send sound to browsers: in its stored format if they play it, else as a WAV."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from starlette.responses import StreamingResponse

from git_voicenote.audio.files.reading import import_sound
from git_voicenote.bounded import open_regular
from git_voicenote.errors import IncompleteSoundError, StoreError
from git_voicenote.server.responses.downloads import TemporaryFileResponse
from git_voicenote.server.responses.refusals import RefusalError
from git_voicenote.store.recordings import Recordings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from starlette.responses import Response

    from git_voicenote.server.service import Service

_PIECE = 1 << 16
_WAV = "audio/wav"
_SIGNATURES = (
    (0, b"RIFF", _WAV),
    (0, b"fLaC", "audio/flac"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (4, b"ftyp", "audio/mp4"),
    (0, b"\x1a\x45\xdf\xa3", "audio/webm"),
)
"""The formats that Chromium, Firefox and Safari play; the media type never comes from a client."""


async def recording_response(service: Service, recording_id: str) -> Response:
    """Return the sound of a recording. Raises RefusalError if it is not here, StoreError."""
    file = await service.workers.run(Recordings(service.state).open, recording_id)
    if file is None:
        raise _no_sound()
    return _streamed(file, _media_type(file) or "application/octet-stream")


async def upload_response(service: Service, path: Path) -> Response:
    """Return the sound of an upload.

    Raises RefusalError if it is gone, AudioFileError, StoreError.
    """
    file = await service.workers.run(_opened, path)
    media_type = _media_type(file)
    if media_type is not None:
        return _streamed(file, media_type)
    file.close()
    wav = service.spool / f"{secrets.token_hex(16)}.wav"
    await service.workers.run(_convert, path, wav)
    return TemporaryFileResponse(wav, media_type=_WAV)


def _opened(path: Path) -> BinaryIO:
    try:
        return open_regular(path)
    except FileNotFoundError as exc:
        raise _no_sound() from exc
    except OSError as exc:
        raise StoreError(f"the sound cannot be read: {exc.strerror}") from exc


def _no_sound() -> RefusalError:
    return RefusalError(404, "the sound is not on this machine", code="no_sound")


def _media_type(file: BinaryIO) -> str | None:
    """Return the media type, by the first bytes, if browsers play it."""
    head = file.read(16)
    file.seek(0)
    found = (kind for offset, signature, kind in _SIGNATURES if head.startswith(signature, offset))
    return next(found, None)


def _streamed(file: BinaryIO, media_type: str) -> Response:
    """Send an open file, which stays readable if it is compressed or deleted in the meantime."""
    size = {"Content-Length": str(os.fstat(file.fileno()).st_size)}
    return StreamingResponse(_pieces(file), media_type=media_type, headers=size)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _convert(path: Path, wav: Path) -> None:
    with suppress(IncompleteSoundError):  # the transcript reports it
        import_sound(path, wav)
