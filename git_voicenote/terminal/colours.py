"""Colours for a terminal, and no other escapes."""

from __future__ import annotations

import re
import sys

import click

from git_voicenote.characters import harmless

# as click.style writes a foreground colour and bold, and the end of both
_COLOUR = re.compile(r"(\x1b\[(?:0|1|3[0-7]|9[0-7])m)")


def coloured(text: str, colour: str | None, *, bold: bool | None = None) -> str:
    """Return a text in a colour; its own escapes are made visible."""
    return click.style(harmless(text), fg=colour, bold=bold)


def only_colours(text: str) -> str:
    """Return a text in which colours work and other control characters are visible."""
    parts = _COLOUR.split(text)
    return "".join(part if number % 2 else harmless(part) for number, part in enumerate(parts))


def put_coloured(text: str, *, aside: bool = False) -> None:
    """Print a text made with `coloured` on stdout, or on stderr if `aside`. Raises OSError."""
    stream = sys.stderr if aside else sys.stdout
    stream.write(only_colours(text))
    stream.flush()
