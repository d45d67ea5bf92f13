"""Forms with a sound file, read as they come: the file goes to disk, the fields stay small.

Nothing that the client calls the file has any part in where it is kept.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from git_voicenote import files
from git_voicenote.server.refusals import RefusalError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from python_multipart.multipart import MultipartCallbacks
    from starlette.requests import Request

    from git_voicenote.server.limits import Limits

_FILE = "file"


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form in their order, and the file that it came with."""

    fields: tuple[tuple[str, str], ...]
    file: Path


@asynccontextmanager
async def received_form(request: Request, folder: Path, limits: Limits) -> AsyncIterator[Form]:
    """Read a form, with its file in `folder` (0600) for as long as the context lasts.

    Raises RefusalError for what is no such form, too large or too slow, and OSError.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise RefusalError(
            415, "the body has to be multipart/form-data with a boundary", code="wrong_content_type"
        )
    stated = request.headers.get("content-length", "")
    if stated.isascii() and stated.isdigit() and int(stated[:20]) > limits.upload:
        raise _too_large(limits)
    path = folder / secrets.token_hex(16)
    try:
        with os.fdopen(files.open_new(path), "wb", buffering=0) as spool:
            reading = _Reading(limits)
            parser = MultipartParser(boundary, reading.callbacks())
            try:
                async for piece in _pieces(request, limits):
                    parser.write(piece)
                    if content := reading.take():
                        await asyncio.to_thread(_write_all, spool.fileno(), content)
                parser.finalize()
            except FormParserError as exc:
                raise RefusalError(400, f"the form is damaged: {exc}", code="bad_form") from exc
        yield Form(reading.finished(), path)
    finally:
        path.unlink(missing_ok=True)


async def _pieces(request: Request, limits: Limits) -> AsyncIterator[bytes]:
    """Yield the body as it comes, within its limits."""
    size = 0
    stream = request.stream()
    try:
        async with asyncio.timeout(limits.upload_time):
            while True:
                async with asyncio.timeout(limits.silence):
                    piece = await anext(stream, None)
                if piece is None:
                    return
                size += len(piece)
                if size > limits.upload:
                    raise _too_large(limits)
                yield piece
    except TimeoutError as exc:
        raise RefusalError(
            408, "the upload took too long", code="too_slow", headers={"Connection": "close"}
        ) from exc
    except ClientDisconnect as exc:
        raise RefusalError(400, "the upload broke off", code="bad_form") from exc


def _too_large(limits: Limits) -> RefusalError:
    message = f"the request has more than {limits.upload:,} bytes"
    return RefusalError(413, message, code="too_large", headers={"Connection": "close"})


def _write_all(handle: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]


@dataclass
class _Reading:
    """A form of which a part may have come so far."""

    limits: Limits
    fields: list[tuple[str, str]] = field(default_factory=list)
    parts: int = 0
    files: int = 0
    name: str = ""
    header: bytes = b""
    header_value: bytes = b""
    disposition: bytes = b""
    content: bytearray = field(default_factory=bytearray)
    """Of the field that is read."""
    sound: bytearray = field(default_factory=bytearray)
    """Of the file: what was not yet taken."""
    is_file: bool = False
    is_ended: bool = False

    def callbacks(self) -> MultipartCallbacks:
        """Return what the parser calls."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def take(self) -> bytes:
        """Return what came of the file since the last call."""
        taken = bytes(self.sound)
        self.sound.clear()
        return taken

    def finished(self) -> tuple[tuple[str, str], ...]:
        """Return the fields. Raises RefusalError for a form that is not whole."""
        if not self.is_ended:
            raise RefusalError(400, "the form is cut off", code="bad_form")
        if not self.files:
            raise RefusalError(400, "the form has no file", param=_FILE, code="no_file")
        return tuple(self.fields)

    def _begin(self) -> None:
        self.parts += 1
        if self.parts > self.limits.parts:
            raise RefusalError(
                413, f"the form has more than {self.limits.parts} parts", code="too_many_parts"
            )
        self.disposition = b""
        self.content.clear()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self.header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self.header_value += data[start:end]

    def _header_end(self) -> None:
        if self.header.lower() == b"content-disposition":
            self.disposition = self.header_value
        self.header = self.header_value = b""

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self.disposition)
        self.name = options.get(b"name", b"").decode("utf-8", "replace")
        # some clients send the file without a name for it
        self.is_file = b"filename" in options or self.name == _FILE
        if self.is_file and (self.name != _FILE or self.files):
            raise RefusalError(400, "the form may have one file, as `file`", param=_FILE)
        self.files += self.is_file

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self.is_file:
            self.sound += data[start:end]
            return
        self.content += data[start:end]
        if len(self.content) > self.limits.field:
            raise RefusalError(
                413, f"a field has more than {self.limits.field:,} bytes", code="field_too_large"
            )

    def _part_end(self) -> None:
        if not self.is_file:
            self.fields.append((self.name, self.content.decode("utf-8", "replace")))

    def _end(self) -> None:
        self.is_ended = True
