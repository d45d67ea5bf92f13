"""Output of git that is passed on to the terminal: it may hold what strangers wrote."""

from __future__ import annotations

import sys
from contextlib import suppress

from git_voicenote.terminal.colours import put_coloured
from git_voicenote.terminal.console import hand_over


def show_relayed(line: bytes, is_product: bool) -> None:
    """Print a line of git's output; on a terminal its colours work and other escapes are shown."""
    # if nobody reads it, git goes on, as it would with /dev/null
    with suppress(OSError):
        if is_product and not sys.stdout.isatty():
            hand_over(line)
        else:
            put_coloured(line.decode("utf-8", "surrogateescape"), aside=not is_product)
