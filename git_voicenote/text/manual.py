"""A page of the manual as text, for machines without man.

It reads the part of roff that the pages of this program use: scripts/manual writes no other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Style = Callable[[str], str]
    """Returns a piece of text as it is shown in bold."""

_INDENT = 7
_HALF_INDENT = 3
_ESCAPES = {"e": "\\", "(aq": "'", "(ga": "`", "(ha": "^", "(ti": "~", "(bu": "\u2022", "&": ""}
_ESCAPE = re.compile(r"\\(\(..|\[u[0-9A-F]{4,6}\]|f.|.)")
_FONT = re.compile(r"(\\f[BIR])")


@dataclass
class _Place:
    """Where the next line goes: the indent of paragraphs, and that of what a tag defines."""

    base: int = 0
    body: int = 0


def page_as_text(roff: str, width: int, bold: Style) -> str:
    """Return a page as text, its lines at most `width` columns, except for code."""
    return "\n".join(_lines(roff.splitlines(), width, bold)).strip("\n") + "\n"


def _lines(roff: list[str], width: int, bold: Style) -> Iterator[str]:
    place, held, is_code, is_first = _Place(), "", False, False
    text: list[str] = []

    def written() -> Iterator[str]:
        """Return the paragraph that was collected, behind the tag that waits for it."""
        nonlocal held
        words = " ".join(text)
        text.clear()
        if words or held:
            yield from _paragraph(held, words, place, width, bold)
        held = ""

    source = iter(roff)
    for line in source:
        macro, _, rest = line.partition(" ")
        if not line.startswith("."):
            if is_code:
                yield (" " * place.body + _shown(line, bold)).rstrip()
            else:
                text.append(line)
                is_first = False
            continue
        yield from written()
        match macro:
            case ".SH" | ".SS":
                yield from ("", " " * (_HALF_INDENT * (macro == ".SS")) + bold(_shown(rest, str)))
                place, is_first = _Place(_INDENT, _INDENT), True
                continue
            case ".TP":
                held = next(source)
                place.body = place.base + _INDENT
            case ".IP" if rest:
                held, place.body = rest.split()[0], place.base + _INDENT
            case ".PP":
                place.body = place.base
            case ".RS":
                place.base = place.body = place.body + _INDENT
            case ".RE":
                place.base = place.body = max(place.base - _INDENT, _INDENT)
            case ".nf" | ".fi":
                is_code = macro == ".nf"
            case _:
                pass
        if macro in (".TP", ".IP", ".PP") and not is_first:
            yield ""
        is_first = False
    yield from written()


def _paragraph(tag: str, text: str, place: _Place, width: int, bold: Style) -> Iterator[str]:
    """Return the lines of a paragraph; a short tag stands on the first of them."""
    indent = " " * place.body
    first = indent
    if tag:
        shown = " " * place.base + _shown(tag, bold)
        if place.base + len(_shown(tag, str)) < place.body:
            first = shown + " " * (place.body - place.base - len(_shown(tag, str)))
        else:
            yield shown
    line, used, begin = "", place.body, first
    for word, styled in _words(text, bold):
        if line and used + 1 + len(word) > width:
            yield begin + line
            line, used, begin = "", place.body, indent
        line += (" " if line else "") + styled
        used += len(word) + (used > place.body)
    if line:
        yield begin + line


def _words(text: str, bold: Style) -> Iterator[tuple[str, str]]:
    """Return each word, and how it is shown; a font may begin and end inside of it."""
    is_bold = False
    for word in text.split():
        plain = styled = ""
        for part in _FONT.split(word):
            if _FONT.fullmatch(part):
                is_bold = part == r"\fB"
            else:
                piece = _unescaped(part)
                plain += piece
                styled += bold(piece) if is_bold and piece else piece
        yield plain, styled


def _shown(line: str, bold: Style) -> str:
    """Return a line without its escapes, its spaces as they are."""
    shown, is_bold = "", False
    for part in _FONT.split(line):
        if _FONT.fullmatch(part):
            is_bold = part == r"\fB"
        elif part:
            shown += bold(_unescaped(part)) if is_bold else _unescaped(part)
    return shown


def _unescaped(text: str) -> str:
    def replaced(found: re.Match[str]) -> str:
        name = found[1]
        if name.startswith("[u"):
            return chr(int(name[2:-1], 16))
        return _ESCAPES.get(name, name)

    return _ESCAPE.sub(replaced, text)
