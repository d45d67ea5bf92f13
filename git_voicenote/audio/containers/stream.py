"""One stream of sound in a file, as its container describes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from git_voicenote.audio.containers.view import Piece


@dataclass(frozen=True, slots=True)
class Stream:
    """The bytes of a stream, its offsets in the file, and how much sound it should hold.

    `pieces` are for the decoder: wrong headers are replaced, and everything that is not sound is
    left out. `seconds` is the duration according to the headers or the number of frames, if known.
    `share` is the share of the stated bytes of sound that the file contains. `torn` names the unit
    in which the stream is cut off. `doubt` is a reason to suspect that it was cut off.
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
        """Return the missing seconds, given the seconds that could be read."""
        stated = read / self.share if self.share else 0.0
        return max(stated, self.seconds or 0.0) - read


def whole_stream(start: int, end: int) -> Stream:
    """Return a stream of which only the bytes are known."""
    return Stream(start, end, (range(start, end),))
