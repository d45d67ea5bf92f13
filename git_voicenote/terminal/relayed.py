"""Words of git's own that come through the door: it prints what strangers wrote."""

from __future__ import annotations

import sys
from contextlib import suppress

from git_voicenote.terminal.colours import put_coloured
from git_voicenote.terminal.console import hand_over


def show_relayed(line: bytes, is_product: bool) -> None:
    """Show a line that git printed: a terminal gets its colours, and sees other escapes."""
    # where nobody reads it, git goes on, as it would with /dev/null
    with suppress(OSError):
        if is_product and not sys.stdout.isatty():
            hand_over(line)
        else:
            put_coloured(line.decode("utf-8", "surrogateescape"), aside=not is_product)
