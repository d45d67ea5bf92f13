"""How wide a text is on a terminal: Chinese takes two columns, a combining accent none.

wcwidth has the tables of Unicode; it takes 9 ms to import, so plain ASCII does without.
"""

from __future__ import annotations


def columns(text: str) -> int:
    """Return how many columns a terminal gives to a text."""
    if text.isascii():
        return len(text)
    from wcwidth import width

    return width(text)


def padded(text: str, width: int) -> str:
    """Return a text with spaces behind it, so that it takes `width` columns at least."""
    return text + " " * (width - columns(text))


def wrapped(text: str, width: int, *, indent: str = "", break_on_hyphens: bool = True) -> list[str]:
    """Return a text in lines of at most `width` columns; `indent` begins all but the first."""
    if text.isascii():
        import textwrap

        return textwrap.wrap(
            text, width, subsequent_indent=indent, break_on_hyphens=break_on_hyphens
        )
    from wcwidth import wrap

    return wrap(text, width, subsequent_indent=indent, break_on_hyphens=break_on_hyphens)
