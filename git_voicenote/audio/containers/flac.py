"""FLAC (RFC 9639), whose streams do not state where they end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from git_voicenote.audio.containers.stream import Stream

if TYPE_CHECKING:
    from git_voicenote.audio.containers.view import View

SIGNATURE = re.compile(rb"fLaC[\x00\x80]\x00\x00\x22")
_STREAM_INFO = 8
"""Offset of the content of the first metadata block."""
_TOTAL = range(_STREAM_INFO + 10, _STREAM_INFO + 18)
"""Rate (20 bits), channels (3), bits of a sample (5), number of samples (36)."""
_ID3V1 = 128
"""Size of a tag that may follow at the end; libFLAC mistakes it for a damaged frame."""
_TOTAL_BITS = (1 << 36) - 1


def first_frame(view: View, start: int) -> int:
    """Return the offset of the first frame; metadata may contain headers of other formats."""
    offset = start + 4
    while len(head := view.at(offset, 4)) == 4:
        offset += 4 + int.from_bytes(head[1:], "big")
        if head[0] & 0x80:
            break
    return offset


def measure(view: View, start: int, end: int) -> Stream:
    """Return the stream between two offsets.

    The stated number of samples is set to 0 (unknown), because libFLAC stops there, and it may be
    too small.
    """
    tagged = end
    if end - start > _ID3V1 and view.at(end - _ID3V1, 3) == b"TAG":
        tagged -= _ID3V1
    field = view.number(start + _TOTAL.start, len(_TOTAL))
    rate, total = field >> 44, field & _TOTAL_BITS
    unknown = (field & ~_TOTAL_BITS).to_bytes(len(_TOTAL), "big")
    pieces = (
        range(start, start + _TOTAL.start), unknown, range(start + _TOTAL.stop, tagged),
    )  # fmt: skip
    return Stream(start, tagged, pieces, seconds=total / rate if rate and total else None)
