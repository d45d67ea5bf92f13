"""Prepare the three standard streams, which may be closed or in another encoding."""

from __future__ import annotations

import codecs
import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from io import TextIOWrapper
    from typing import BinaryIO

_SPELLING = "git_voicenote.spelling"
_IN_ASCII = {
    "\u00b7": "-", "\u2026": "...", "\u2013": "-", "\u2192": "->", "\u25cf": "*",
    "\u2502": "|", **dict(zip("▁▂▃▄▅▆▇█", "__..::||", strict=True)),
}  # fmt: skip


def prepare_streams() -> None:
    """Open all three streams, and make them accept any character.

    A closed stream (`2>&-`) becomes /dev/null, as in git: otherwise the next file that is opened
    would get its number and our output. A character that the terminal's encoding lacks is replaced
    by ASCII.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    # a stream that was closed when Python started is None
    sys.stdin = sys.stdin or open(0, closefd=False)  # noqa: SIM115 - for good
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115 - for good
    sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115 - for good
    codecs.register_error(_SPELLING, _spelled)
    for stream in (sys.stdout, sys.stderr):
        if TYPE_CHECKING:
            assert isinstance(stream, TextIOWrapper)
        stream.reconfigure(errors=_SPELLING)


def drop(stream: TextIO) -> None:
    """Discard the unwritten output of a stream, so that flushing it at exit cannot fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _spelled(error: UnicodeError) -> tuple[str, int]:
    """Return how to write characters that an encoding lacks (a codecs error handler)."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    unknown = error.object[error.start : error.end]
    spelled = (_IN_ASCII.get(one) or ascii(one)[1:-1] for one in unknown)
    return "".join(spelled), error.end


def sound_source(name: str | None) -> BinaryIO | str | None:
    """Return the source that --from names: stdin for `-`, else the name of a file or recording."""
    return sys.stdin.buffer if name == "-" else name
