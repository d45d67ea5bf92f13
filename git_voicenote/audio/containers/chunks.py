"""Containers of chunks with lengths: WAV, RF64, W64, AIFF and CAF; also AU, which has no chunks.

The stated length of the sound may be wrong: a program that writes to a pipe does not know it, one
that is killed never writes it, and a file that was cut off has less.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from git_voicenote.audio.containers import mpeg
from git_voicenote.audio.containers.signatures import (
    W64_DATA,
    after_tags,
    first_stream,
    starts_stream,
)
from git_voicenote.audio.containers.stream import Stream

if TYPE_CHECKING:
    from git_voicenote.audio.containers.view import Piece, View

_UNKNOWN_LENGTH = 0x7FFFF000
"""A length from here on means that the length is unknown: sox writes this value, arecord 0x7FFFFFFF
or 0x80000000, ffmpeg 0xFFFFFFFF. Others write 0."""


@dataclass(frozen=True, slots=True)
class _Form:
    """How the chunks of a container are written."""

    first: int
    """Offset of the first chunk."""
    name: int
    """Bytes of a chunk's name."""
    size: struct.Struct
    data: bytes
    alignment: int = 2
    counts_itself: bool = False
    total: int | None = None
    """Offset of the total length, for formats whose decoders stop there."""

    @property
    def head(self) -> int:
        """Bytes of a chunk's name and size."""
        return self.name + self.size.size

    @property
    def own(self) -> int:
        """Bytes that a chunk's size counts besides its content."""
        return self.head if self.counts_itself else 0


_WAV = _Form(12, 4, struct.Struct("<I"), b"data")
_FORMS = {
    b"RIFF": _WAV,
    b"RF64": _WAV,
    b"RIFX": replace(_WAV, size=struct.Struct(">I")),
    b"BW64": _WAV,
    b"FORM": _Form(12, 4, struct.Struct(">I"), b"SSND", total=4),
    b"caff": _Form(8, 4, struct.Struct(">q"), b"data", alignment=1),
    b"riff": _Form(40, 16, struct.Struct("<q"), W64_DATA, alignment=8, counts_itself=True),
    # no chunks, but an offset and a size
    b".snd": _Form(24, 0, struct.Struct(">I"), b""),
}


@dataclass(frozen=True, slots=True)
class DataChunk:
    """The start of the samples, their stated number of bytes, and the real one.

    `end` is the offset of the end of the container, after any chunks that follow the samples.
    """

    offset: int
    stated: int
    real: int
    size_offset: int
    end: int

    @property
    def was_streamed(self) -> bool:
        """Return whether the size is one that programs write if they do not know it."""
        return self.stated <= 0 or self.stated >= _UNKNOWN_LENGTH


def find_data(view: View, start: int = 0) -> DataChunk | None:
    """Find the samples of the container that begins at an offset; None if there are none.

    They extend to the end of the file, unless a chunk, a tag or another stream follows at their
    stated end.
    """
    form = _FORMS.get(view.at(start, 4))
    if form is None:
        return None
    if not form.name:
        offset, stated = start + view.number(start + 4, 4), view.number(start + 8, 4)
        return _bounded(view, form, offset, stated, start + 8)
    offset, long_size = start + form.first, 0
    while len(head := view.at(offset, form.head)) == form.head:
        name, size = head[: form.name], form.size.unpack_from(head, form.name)[0] - form.own
        content = offset + form.head
        if name == form.data:
            stated = long_size if size == 0xFFFFFFFF and long_size else size
            return _bounded(view, form, content, stated, offset + form.name)
        if name == b"ds64":
            long_size = int.from_bytes(view.at(content + 8, 8), "little")
        if size < 0:
            return None
        offset = content + size + -size % form.alignment
    return None


def measure(view: View, start: int) -> Stream | None:
    """Return the stream that begins here, with corrected lengths; None if it has no samples."""
    data = find_data(view, start)
    if data is None:
        return None
    form = _FORMS[view.at(start, 4)]
    patches = {}
    most = 0xFFFFFFFE if form.size.size == 4 else data.real + form.own
    if data.stated != data.real:
        patches[data.size_offset] = form.size.pack(min(data.real + form.own, most))
    if form.total is not None:
        patches[start + form.total] = form.size.pack(min(data.end - start - 8, 0xFFFFFFFF))
    share = 1.0
    if data.stated > data.real and not data.was_streamed:
        share = data.real / data.stated
    elif patches and data.real > most:
        share = most / data.real  # the largest length that the format can state
    return Stream(
        start, data.end, _patched(view, start, data.end, patches), share=share,
        is_header_wrong=data.stated < data.real and not data.was_streamed,
    )  # fmt: skip


def _bounded(view: View, form: _Form, offset: int, stated: int, size_offset: int) -> DataChunk:
    """Return the chunk with its end: the stated one, if it is plausible."""
    end = offset + stated + -stated % form.alignment
    if stated > 0 and end <= view.size and _ends(view, form, end):
        return DataChunk(offset, stated, stated, size_offset, _after_chunks(view, form, end))
    found = first_stream(view, offset)
    limit = view.size if found is None else found
    if stated > 0 and end <= limit and view.is_zero(end, limit):
        return DataChunk(offset, stated, stated, size_offset, end)
    return DataChunk(offset, stated, max(limit - offset, 0), size_offset, limit)


def _ends(view: View, form: _Form, offset: int) -> bool:
    """Return whether samples may end here, before something else or the end of the file."""
    return (
        offset == view.size
        or _is_chunk(view, form, offset)
        or starts_stream(view, offset)
        or after_tags(view, offset) > offset
        or mpeg.begins(view, offset)
    )


def _after_chunks(view: View, form: _Form, offset: int) -> int:
    while not starts_stream(view, offset) and (size := _chunk_size(view, form, offset)) is not None:
        offset += form.head + size + -size % form.alignment
    return min(offset, view.size)


def _is_chunk(view: View, form: _Form, offset: int) -> bool:
    return _chunk_size(view, form, offset) is not None


def _chunk_size(view: View, form: _Form, offset: int) -> int | None:
    """Return the size of a chunk's content, if a chunk can begin here."""
    head = view.at(offset, form.head)
    if not form.name or len(head) < form.head:
        return None
    size = int(form.size.unpack_from(head, form.name)[0]) - form.own
    is_name = head[:4].replace(b" ", b"x").isalnum()
    return size if is_name and 0 <= size <= view.size - offset - form.head else None


def _patched(view: View, start: int, end: int, patches: dict[int, bytes]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    at = start
    for offset, patch in sorted(patches.items()):
        if view.at(offset, len(patch)) != patch:
            pieces += [range(at, offset), patch]
            at = offset + len(patch)
    return (*pieces, range(at, end))
