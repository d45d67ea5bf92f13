"""Ogg (RFC 3533): a sequence of pages; those that begin a stream come first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from git_voicenote.audio.containers.stream import Stream

if TYPE_CHECKING:
    from git_voicenote.audio.containers.view import View

SIGNATURE = re.compile(rb"OggS\x00[\x02\x06]\x00{8}.{4}\x00{4}", re.DOTALL)
"""The first page of a stream, whose sequence number and position are 0."""
_PAGE = re.compile(rb"OggS\x00[\x00-\x07]")
_HEAD = 27
_MAX_PAGE_LENGTH = 65_307
_BEGINS, _ENDS = 0x02, 0x04


def measure(view: View, start: int) -> Stream:
    """Return the stream, or several multiplexed ones, up to a page that begins a new one."""
    offset, flags = start, _BEGINS
    in_head = True
    is_torn = False
    while _PAGE.match(head := view.at(offset, _HEAD)):
        if len(head) < _HEAD:  # the file ends in the header of a page
            is_torn, offset = True, view.size
            break
        if head[5] & _BEGINS and not in_head:
            break
        flags = head[5]
        in_head = bool(flags & _BEGINS)
        following = offset + _HEAD + head[26] + sum(view.at(offset + _HEAD, head[26]))
        is_torn = following > view.size
        if not is_torn and following < view.size and not _PAGE.match(view.at(following, 6)):
            # a damaged page may not have its stated length
            found = view.find(_PAGE, offset + 4, offset + 2 * _MAX_PAGE_LENGTH)
            if found is None or SIGNATURE.match(view.at(found, _HEAD)):
                is_torn = found is not None and found < following
                offset = found if found is not None and is_torn else following
                break
            following = found
        offset = min(following, view.size)
    return Stream(
        start, offset, (range(start, offset),),
        torn="page" if is_torn else None,
        doubt=None if is_torn or flags & _ENDS else "its last page is not marked as the last",
    )  # fmt: skip
