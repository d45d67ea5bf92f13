"""Pass on git's output, which may contain hostile text, to the terminal."""

from __future__ import annotations

import sys
from contextlib import suppress

from git_voicenote.terminal.colours import put_coloured
from git_voicenote.terminal.console import put_product


def show_relayed(line: bytes, is_product: bool) -> None:
    """Print a line of git's output; on a terminal, escapes other than colours are made visible."""
    # if nobody reads it, git continues, as with /dev/null
    with suppress(OSError):
        if is_product and not sys.stdout.isatty():
            put_product(line)
        else:
            put_coloured(line.decode("utf-8", "surrogateescape"), aside=not is_product)
