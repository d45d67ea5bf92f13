"""Find the streams of sound in a file, and what lies between them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from git_voicenote.audio.containers import boxes, chunks, flac, mpeg, ogg
from git_voicenote.audio.containers.signatures import (
    ALL,
    AMR,
    ASF,
    BOXES,
    FLV,
    WAVPACK,
    after_tags,
    first_stream,
    is_other_container,
)
from git_voicenote.audio.containers.stream import Stream, whole_stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_voicenote.audio.containers.view import View

_MAX_JUNK_LENGTH = 1 << 20
"""Bytes before the first stream, such as the output of a program, or headers."""
_MAX_STREAMS = 2_000
"""A decoder is started for each of them."""
_PADDING = 1 << 16
"""Zero bytes at the end that count as padding; more of them suggest an incomplete copy."""
_TS_PACKET = 188


@dataclass(frozen=True, slots=True)
class Junk:
    """A range of bytes that is not sound of a known format.

    `is_padding` is whether they are zeros at the end of the file.
    """

    start: int
    end: int
    is_padding: bool = False


StreamOrJunk: TypeAlias = Stream | Junk


def streams(view: View) -> Iterator[StreamOrJunk]:
    """Yield the streams of a file in order, and the junk between and after them.

    Tags and padding are skipped. A file of a format that is not known here is one stream.
    """
    start = after_tags(view, 0)
    if not is_known(view, start):
        found = None if is_other_container(view) else _next(view, start, _MAX_JUNK_LENGTH)
        if found is None:
            yield _unknown(view)
            return
        yield from _between(view, start, found)
        start = found
    for _ in range(_MAX_STREAMS):
        if start >= view.size:
            return
        stream = _measured(view, start)
        if stream.end <= start:  # too damaged to make sense of
            stream = whole_stream(start, view.size)
        yield stream
        start = after_tags(view, stream.end)
        if start >= view.size or is_known(view, start):
            continue
        found = _next(view, start)
        following = view.size if found is None else found
        yield from _between(view, start, following)
        start = following
    if start < view.size:
        yield Junk(start, view.size)


def _between(view: View, start: int, end: int) -> Iterator[Junk]:
    """Yield what lies between two streams, unless it is padding."""
    is_zero = view.is_zero(start, end)
    if end - start > _PADDING or not is_zero:
        yield Junk(start, end, is_padding=is_zero and end == view.size)


def is_known(view: View, start: int) -> bool:
    """Return whether a stream of a known format begins here."""
    head = view.at(start, 64)
    return any(signature.match(head) for signature in ALL) or mpeg.begins(view, start)


def _unknown(view: View) -> Stream:
    """Return a file of an unknown format as one stream, with any sign that it was cut off."""
    stream = whole_stream(0, view.size)
    head = view.at(0, 12)
    if head[:4] == b"RIFF" and head[8:] == b"AVI ":
        stated = 8 + int.from_bytes(head[4:8], "little")
        return replace(stream, share=min(1.0, view.size / stated))
    if view.at(0, 1) == view.at(_TS_PACKET, 1) == b"\x47" and view.size % _TS_PACKET:
        return replace(stream, torn="packet")
    return stream


def _next(view: View, start: int, limit: int | None = None) -> int | None:
    end = None if limit is None else start + limit
    signed = first_stream(view, start, end)
    framed = mpeg.first(view, start, end if signed is None else signed)
    return signed if framed is None else framed


def _measured(view: View, start: int) -> Stream:
    head = view.at(start, 64)
    if flac.SIGNATURE.match(head):
        found = _next(view, flac.first_frame(view, start))
        return flac.measure(view, start, view.size if found is None else found)
    if ogg.SIGNATURE.match(head):
        return ogg.measure(view, start)
    if BOXES.match(head):
        return boxes.measure(view, start)
    for signature in (ASF, AMR, FLV, WAVPACK):
        if signature.match(head):
            found = view.find(signature, start + 1)
            return whole_stream(start, view.size if found is None else found)
    if mpeg.begins(view, start):
        return mpeg.measure(view, start)
    return chunks.measure(view, start) or whole_stream(start, view.size)
