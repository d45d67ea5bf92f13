"""The line breaks that a speaker asked for, as the passes write them: a line feed is a pause."""

from __future__ import annotations

LINE = "\u2028"
"""A requested line, as Unicode's line separator."""
PARAGRAPH = "\u2029"
"""A requested paragraph."""


def written_lines(text: str) -> str:
    """Return a text with line feeds for the requested lines and paragraphs."""
    return text.replace(PARAGRAPH, "\n\n").replace(LINE, "\n")
