"""Responses with files: sound to play, results to save."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import FileResponse, Response

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import Receive, Scope, Send


class TemporaryFileResponse(FileResponse):
    """A response with a file that is deleted afterwards, however the connection ends."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file, and delete it."""
        from pathlib import Path

        try:
            await super().__call__(scope, receive, send)
        finally:
            Path(self.path).unlink(missing_ok=True)


def attachment(content: str | bytes, name: str, media_type: str) -> Response:
    """Return a text as a download, under any name (RFC 6266)."""
    return Response(content, 200, disposition(name), media_type)


def disposition(name: str) -> dict[str, str]:
    """Return the header with the name of a download; the name may contain anything."""
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}


def file_attachment(path: Path, name: str, media_type: str) -> Response:
    """Return a temporary file as a download; it is deleted afterwards."""
    return TemporaryFileResponse(path, 200, disposition(name), media_type)
