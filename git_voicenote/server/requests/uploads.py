"""Read forms with sound files as they arrive: files go to disk, fields stay small.

The client's name of a file has no influence on where it is stored.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from git_voicenote import files
from git_voicenote.server.requests.labels import label
from git_voicenote.server.responses.refusals import RefusalError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from python_multipart.multipart import MultipartCallbacks
    from starlette.requests import Request

    from git_voicenote.server.access.limits import ServiceLimits

# without a handler, its warnings about what clients send would go to the terminal
logging.getLogger("python_multipart").addHandler(logging.NullHandler())
_FILE = "file"


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file of a form. `name` is a label such as `talks/monday.flac`; `path` is where it is."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class UploadForm:
    """The fields of a form in their order, and its files."""

    fields: tuple[tuple[str, str], ...]
    files: tuple[UploadedFile, ...]


@asynccontextmanager
async def received_form(
    request: Request, folder: Path, limits: ServiceLimits, *, max_files: int = 1
) -> AsyncIterator[UploadForm]:
    """Read a form, with its files in `folder` (0600) until the context ends, unless moved.

    Raises RefusalError for an invalid, oversized or slow body, and OSError.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise RefusalError(
            415, "the body has to be multipart/form-data with a boundary", code="wrong_content_type"
        )
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise RefusalError(
            415, "a compressed body is not accepted; sound may be in a compressed format",
            code="wrong_content_encoding",
        )  # fmt: skip
    stated = request.headers.get("content-length", "")
    if stated.isascii() and stated.isdigit() and int(stated[:20]) > limits.upload:
        raise _too_large(limits)
    spool = _Spool(folder)
    try:
        parts = _Parts(limits, max_files)
        try:
            parser = MultipartParser(boundary, parts.callbacks())
            async for piece in _pieces(request, limits):
                parser.write(piece)
                if content := parts.take():
                    await asyncio.to_thread(spool.write, content)
            parser.finalize()
        except FormParserError as exc:
            raise RefusalError(400, f"the form is damaged: {exc}", code="bad_form") from exc
        fields = parts.finished()
        spool.close()
        named = zip(parts.names, spool.paths, strict=True)
        yield UploadForm(fields, tuple(UploadedFile(name, path) for name, path in named))
    finally:
        spool.close()
        for path in spool.paths:
            path.unlink(missing_ok=True)


async def _pieces(request: Request, limits: ServiceLimits) -> AsyncIterator[bytes]:
    """Yield the body as it arrives, within its limits."""
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
        raise RefusalError(400, "the upload is incomplete", code="bad_form") from exc


def _too_large(limits: ServiceLimits) -> RefusalError:
    message = f"the request has more than {limits.upload:,} bytes"
    return RefusalError(413, message, code="too_large", headers={"Connection": "close"})


class _Spool:
    """The files of a form on disk, written one after the other."""

    def __init__(self, folder: Path) -> None:
        self.paths: list[Path] = []
        self._folder = folder
        self._handle: int | None = None

    def write(self, content: list[tuple[int, bytes]]) -> None:
        """Write pieces, each with the number of its file; a new number begins a new file."""
        for number, piece in content:
            if number == len(self.paths):
                self.close()
                path = self._folder / secrets.token_hex(16)
                self._handle = files.open_new(path)
                self.paths.append(path)
            self._write_all(piece)

    def close(self) -> None:
        """Close the last file."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)

    def _write_all(self, content: bytes) -> None:
        if self._handle is None:
            raise AssertionError("no file is open")
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(self._handle, rest) :]


@dataclass
class _Parts:
    """The parts of a form, as far as they have arrived."""

    limits: ServiceLimits
    max_files: int
    names: list[str] = field(default_factory=list)
    """The labels of the files."""
    fields: list[tuple[str, str]] = field(default_factory=list)
    count: int = 0
    name: str = ""
    header: bytes = b""
    header_value: bytes = b""
    disposition: bytes = b""
    content: bytearray = field(default_factory=bytearray)
    """Of the current field."""
    sound: list[tuple[int, bytes]] = field(default_factory=list)
    """Pieces of files that were not taken yet, each with the number of its file."""
    is_file: bool = False
    is_ended: bool = False

    def callbacks(self) -> MultipartCallbacks:
        """Return the callbacks of the parser."""
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

    def take(self) -> list[tuple[int, bytes]]:
        """Return the pieces of files since the last call."""
        taken, self.sound = self.sound, []
        return taken

    def finished(self) -> tuple[tuple[str, str], ...]:
        """Return the fields. Raises RefusalError for an incomplete form."""
        if not self.is_ended:
            raise RefusalError(400, "the form is cut off", code="bad_form")
        if not self.names:
            raise RefusalError(400, "the form has no file", param=_FILE, code="no_file")
        return tuple(self.fields)

    def _begin(self) -> None:
        self.count += 1
        if self.count > self.limits.fields + self.max_files:
            raise RefusalError(413, "the form has too many parts", code="too_many_parts")
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
        # some clients send a file without a name
        self.is_file = b"filename" in options or self.name == _FILE
        if not self.is_file:
            return
        if self.name != _FILE or (self.names and self.max_files == 1):
            count = "one file" if self.max_files == 1 else "files"
            raise RefusalError(400, f"the form may have {count}, as `file`", param=_FILE)
        if len(self.names) == self.max_files:
            raise RefusalError(
                413, f"the form has more than {self.max_files} files", code="too_many_files"
            )
        self.sound.append((len(self.names), b""))
        self.names.append(label(options.get(b"filename", b""), len(self.names) + 1))

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self.is_file:
            self.sound.append((len(self.names) - 1, data[start:end]))
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
