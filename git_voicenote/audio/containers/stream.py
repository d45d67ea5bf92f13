"""One stream of sound in a file, as its container describes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from git_voicenote.audio.containers.view import Piece


@dataclass(frozen=True, slots=True)
class Stream:
    """The bytes of a stream, its offsets in the file, and how much sound it should hold.

    `pieces` are what a decoder is to read: headers that lie are replaced, what is no sound is left
    out. `seconds` is the duration that headers or a count of the frames give, where they do;
    `share` is the part of the stated bytes of sound that is there. `torn` names what the stream
    ends in the middle of. `doubt` says why it may be cut off where nothing proves it.
    """

    start: int
    end: int
    pieces: tuple[Piece, ...]
    seconds: float | None = None
    share: float = 1.0
    torn: str | None = None
    doubt: str | None = None
    is_header_wrong: bool = False

    def missing(self, read: float) -> float:
        """Return the seconds that are missing where so many seconds could be read."""
        stated = read / self.share if self.share else 0.0
        return max(stated, self.seconds or 0.0) - read


def whole(start: int, end: int) -> Stream:
    """Return a stream of which nothing is known but its bytes."""
    return Stream(start, end, (range(start, end),))
