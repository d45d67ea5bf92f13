"""ISO base media (MP4, M4A, MOV): boxes, each with its length; the first is called ftyp."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.audio.containers.stream import Stream

if TYPE_CHECKING:
    from git_voicenote.audio.containers.view import View

_BOXES = frozenset(
    b"ftyp styp moov moof mdat mfra meta free skip wide udta uuid sidx ssix pdin prft emsg "
    b"pnot".split()
)
"""Those of the outermost level."""


def measure(view: View, start: int) -> Stream:
    """Return the boxes up to those of the next file, and which share of their bytes is there."""
    offset = start
    while len(head := view.at(offset, 16)) >= 8:
        if head[4:8] == b"ftyp" and offset > start:
            break
        size = int.from_bytes(head[:4], "big")
        if size == 1:
            size = int.from_bytes(head[8:16], "big")
        if size == 0:  # up to the end of the file
            return Stream(start, view.size, (range(start, view.size),))
        if size < 8 or head[4:8] not in _BOXES:
            break
        offset += size
    share = (view.size - start) / (offset - start) if offset > view.size else 1.0
    end = min(offset, view.size)
    return Stream(start, end, (range(start, end),), share=share)
