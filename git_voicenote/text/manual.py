"""A page of the manual as text, for machines without man.

It reads only the part of roff that scripts/manual writes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Style = Callable[[str], str]
    """Returns a piece of text in bold."""

_INDENT = 7
_HALF_INDENT = 3
_ESCAPES = {"e": "\\", "(aq": "'", "(ga": "`", "(ha": "^", "(ti": "~", "(bu": "\u2022", "&": ""}
_ESCAPE = re.compile(r"\\(\(..|\[u[0-9A-F]{4,6}\]|.)")
_FONT = re.compile(r"(\\f[BIR])")
_SPACED = (".TP", ".IP", ".PP")
"""The macros that begin a paragraph, with a blank line above, except below a heading."""


def page_as_text(roff: str, width: int, bold: Style) -> str:
    """Return a page as text, its lines at most `width` columns, except for code."""
    page = _Page(width, bold)
    source = iter(roff.splitlines())
    for line in source:
        if line.startswith("."):
            macro, _, rest = line.partition(" ")
            page.begin(macro, next(source) if macro == ".TP" else rest)
        else:
            page.add(line)
    return page.text()


class _Page:
    """A page being laid out: `base` is the indent of paragraphs, `body` that of text."""

    def __init__(self, width: int, bold: Style) -> None:
        self._width = width
        self._bold = bold
        self._lines: list[str] = []
        self._words: list[str] = []
        self._tag = ""
        self._base = self._body = 0
        self._is_code = self._is_first = False

    def add(self, line: str) -> None:
        """Add a line of text to the paragraph, or to the code."""
        if self._is_code:
            self._lines.append((" " * self._body + _shown(line, self._bold)).rstrip())
        else:
            self._words.append(line)
            self._is_first = False

    def begin(self, macro: str, rest: str) -> None:
        """Apply a macro; `rest` is its arguments, or the tag of a definition."""
        self._end_paragraph()
        if macro in (".SH", ".SS"):
            self._head(rest, _HALF_INDENT if macro == ".SS" else 0)
            return
        if macro in _SPACED and not self._is_first:
            self._lines.append("")
        self._is_first = False
        match macro:
            case ".TP" | ".IP" if rest:
                self._tag = rest if macro == ".TP" else rest.split()[0]
                self._body = self._base + _INDENT
            case ".PP":
                self._body = self._base
            case ".RS":
                self._base = self._body = self._body + _INDENT
            case ".RE":
                self._base = self._body = max(self._base - _INDENT, _INDENT)
            case ".nf" | ".fi":
                self._is_code = macro == ".nf"

    def text(self) -> str:
        """Return the whole page."""
        self._end_paragraph()
        return "\n".join(self._lines).strip("\n") + "\n"

    def _head(self, title: str, indent: int) -> None:
        self._lines += ["", " " * indent + self._bold(_shown(title, str))]
        self._base = self._body = _INDENT
        self._is_first = True

    def _end_paragraph(self) -> None:
        """Lay out the paragraph that was collected; a short tag stands on its first line."""
        if not self._words and not self._tag:
            return
        begin = indent = " " * self._body
        if self._tag:
            tag, columns = _shown(self._tag, self._bold), len(_shown(self._tag, str))
            begin = " " * self._base + tag
            if self._base + columns < self._body:
                begin += " " * (self._body - self._base - columns)
            else:
                self._lines.append(begin)
                begin = indent
        line, used = "", self._body
        for word, styled in _words(" ".join(self._words), self._bold):
            if line and used + 1 + len(word) > self._width:
                self._lines.append(begin + line)
                begin, line, used = indent, "", self._body
            line += f" {styled}" if line else styled
            used += len(word) + (used > self._body)
        if line:
            self._lines.append(begin + line)
        self._words.clear()
        self._tag = ""


def _words(text: str, bold: Style) -> Iterator[tuple[str, str]]:
    """Yield each word, and its display; a font may begin and end inside it."""
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
    """Return a line with its escapes replaced, and its spaces unchanged."""
    shown, is_bold = "", False
    for part in _FONT.split(line):
        if _FONT.fullmatch(part):
            is_bold = part == r"\fB"
        elif part:
            shown += bold(_unescaped(part)) if is_bold else _unescaped(part)
    return shown


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_character, text)


def _character(escape: re.Match[str]) -> str:
    name = escape[1]
    if name.startswith("[u"):
        return chr(int(name[2:-1], 16))
    return _ESCAPES.get(name, name)
