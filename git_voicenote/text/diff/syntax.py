"""Highlight keywords, strings and comments in a diff; the only module that uses Pygments."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

from git_voicenote.characters import revealed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pygments.lexer import Lexer  # type: ignore[import-untyped] # Pygments has no types

    from git_voicenote.text.diff.diffs import FileDiff, Hunk

    Pieces = tuple[tuple[str, str], ...]
    """The pieces of a line: the class ("" for none) and the text of each, in order."""

_CLASS_OF = {
    ("Keyword",): "k", ("Operator", "Word"): "k", ("Comment", "Preproc"): "k",
    ("Literal", "String"): "s", ("Comment", "PreprocFile"): "s",
    ("Comment",): "c",
    ("Literal", "Number"): "m",
    ("Name", "Function"): "f", ("Name", "Class"): "f", ("Name", "Decorator"): "f",
    ("Name", "Tag"): "f", ("Generic", "Heading"): "f", ("Generic", "Subheading"): "f",
}  # fmt: skip

# The languages whose lexers were measured; if a file name matches several, the first is used. Other
# lexers are not used, because the author of a patch chooses the lexer by the name of a file.
_BLOCK_COMMENTS = (
    "c", "cpp", "objective-c", "css", "scss", "csharp", "dart", "go", "groovy", "java",
    "javascript", "kotlin", "php", "protobuf", "rust", "scala", "sql", "swift", "terraform",
    "typescript",
)  # fmt: skip
_OTHERS = (
    "python", "awk", "bash", "clojure", "cmake", "docker", "elixir", "erlang", "fish", "graphql",
    "haskell", "html", "ini", "json", "julia", "latex", "lua", "make", "markdown", "meson", "nasm",
    "nix", "ocaml", "perl", "powershell", "r", "rst", "ruby", "tcl", "toml", "vim", "xml", "yaml",
    "zig",
)  # fmt: skip

_OPENS_STRING = re.compile(r"[=(\[{,:+%]$|\b[bBfFrRuU]{1,2}$|^return$")

_Kind = tuple[str, ...]
_Span = tuple[int, int, str]
"""The start and the end in a line, and the class."""

_MAX_CHUNK_CHARACTERS = 4_000
"""Half of the lexers take quadratic time.

The worst of 80 hostile texts took 0.2 s for 4,000 characters, and 2 s for 16,000.
"""
_SLOW = frozenset({"csharp", "groovy", "java", "terraform"})
"""Slower lexers: for 8,000 characters of plain words, Java's takes 2 s, and C#'s over 4 s."""
_MAX_SLOW_CHUNK_CHARACTERS = 1_000
_SLOW_FACTOR = 4
"""The factor by which the characters of a slow lexer count towards the limit."""
_MAX_LINE_CHARACTERS = 400
"""In characters. Longer lines are generated, and are not highlighted."""
MAX_CHARACTERS = 2_000_000
"""How many characters of a page are highlighted."""


class Syntax:
    """A highlighter for the diffs of one page, with a limit for the page."""

    def __init__(self, most: int = MAX_CHARACTERS) -> None:
        self._left = most
        self._lexers: dict[str, tuple[str, Lexer] | None] = {}

    def hunks(self, file: FileDiff) -> tuple[tuple[Pieces, ...], ...]:
        """Return the lines of a file's hunks as pieces.

        If the language is unknown or its lexer fails, each line is one piece without a class.
        """
        return tuple(self._hunk(file.path, hunk) for hunk in file.hunks)

    def _hunk(self, path: str, hunk: Hunk) -> tuple[Pieces, ...]:
        found = self._lexer(path)
        cost = sum(map(len, hunk.lines)) * (_SLOW_FACTOR if found and found[0] in _SLOW else 1)
        if found is None or cost > self._left:
            return tuple((("", line),) for line in hunk.lines)
        self._left -= cost
        spans: list[list[_Span]] = [[] for _ in hunk.lines]
        # both sides are lexed separately: a string in one may be code in the other
        for side, shown in (("- ", "-"), ("+ ", "+ ")):
            chosen = [number for number, line in enumerate(hunk.lines) if line[:1] in tuple(shown)]
            if not chosen:
                continue
            seen = [number for number, line in enumerate(hunk.lines) if line[:1] in tuple(side)]
            coloured = _spans([hunk.lines[number][1:] for number in seen], *found)
            for number, of_line in zip(seen, coloured, strict=True):
                if hunk.lines[number][0] in shown:
                    spans[number] = of_line
        return tuple(_pieces(*pair) for pair in zip(hunk.lines, spans, strict=True))

    def _lexer(self, path: str) -> tuple[str, Lexer] | None:
        name = path.rpartition("/")[2]
        if name not in self._lexers:
            self._lexers[name] = _lexer_for(name)
        return self._lexers[name]


def revealed_pieces(line: str, pieces: Pieces) -> Pieces:
    """Return the pieces of a line, revealed: to the letter what the whole line is, revealed."""
    whole = revealed(line)
    if whole == line:
        return pieces
    shown = tuple((name, revealed(text)) for name, text in pieces)
    # a joiner at the end of a piece has lost the letter beside it, which allows it
    return shown if "".join(text for _, text in shown) == whole else (("", whole),)


def _lexer_for(name: str) -> tuple[str, Lexer] | None:
    # takes 0.05 s, so it is imported only when needed
    from pygments.lexers import (  # type: ignore[import-untyped] # it has no types
        get_all_lexers,
        get_lexer_by_name,
    )

    patterns = {
        alias: globs for _, names, globs, _ in get_all_lexers(plugins=False) for alias in names
    }
    for language in (*_BLOCK_COMMENTS, *_OTHERS):
        if any(fnmatchcase(name, glob) for glob in patterns.get(language, ())):
            # a hunk of PHP rarely contains `<?php`; Markdown would use any lexer for its blocks
            return language, get_lexer_by_name(
                language, startinline=True, handlecodeblocks=False, ensurenl=False, stripnl=False
            )
    return None


def _spans(lines: Sequence[str], language: str, lexer: Lexer) -> list[list[_Span]]:
    """Return the spans of each line of one side of a hunk."""
    found: list[list[_Span]] = [[] for _ in lines]
    for numbers in _parts(
        lines, _MAX_SLOW_CHUNK_CHARACTERS if language in _SLOW else _MAX_CHUNK_CHARACTERS
    ):
        part = [lines[number].rstrip() for number in numbers]
        before = _opening(part, language)
        starts = list(accumulate((len(line) + 1 for line in part), initial=len(before)))
        try:
            tokens = lexer.get_tokens_unprocessed(before + "\n".join(part) + "\n")
            of_part = _by_line(tokens, starts)
        except Exception:  # noqa: BLE001, S112 - whatever fails in a lexer, there is text to show
            continue
        for number, of_line in zip(numbers, of_part, strict=True):
            found[number] = of_line
    return found


def _parts(lines: Sequence[str], most: int) -> Iterator[list[int]]:
    """Yield the numbers of lines to lex together, split at blank lines if possible.

    Consecutive blank lines are skipped, because they make lexers slow: C's takes 6.6 s for 16,000
    characters of them, and 0.2 s for other code.
    """
    part: list[int] = []
    size = 0
    is_blank = True
    for number, line in enumerate(lines):
        length = len(line.rstrip()) + 1
        was_blank, is_blank = is_blank, length == 1
        if length > _MAX_LINE_CHARACTERS or (is_blank and was_blank):
            continue
        if part and (size + length > most or (is_blank and size > most * 3 // 4)):
            yield part
            part, size = [], 0
        part.append(number)
        size += length
    if part:
        yield part


def _opening(part: Sequence[str], language: str) -> str:
    """Return the start of the comment or string that contains the first line, or ""."""
    if language in _BLOCK_COMMENTS:
        for line in part:
            if "/*" in line:
                return ""
            if line.endswith("*/"):
                return "/*"
    elif language == "python" and sum(line.count('"""') for line in part) % 2:
        first = next(number for number, line in enumerate(part) if '"""' in line)
        said = part[first].partition('"""')[0].strip()
        above = next((line for line in reversed(part[:first]) if line), ",")
        if part[first].endswith('"""') and not _OPENS_STRING.search(said or above):
            return '"""'
    elif language == "bash" and next((line.strip() for line in part if "'" in line), "") == "'":
        return "'"  # alone on its line, it ends a string, as in git's tests
    return ""


def _by_line(tokens: Iterable[tuple[int, _Kind, str]], starts: Sequence[int]) -> list[list[_Span]]:
    """Return the spans of each line; `starts` are the starts of the lines and the end of the last.

    Only increasing positions are used, so a lexer cannot change the text.
    """
    spans: list[list[_Span]] = [[] for _ in starts[1:]]
    at = starts[0]
    row = 0
    for position, kind, value in tokens:
        end = min(position + len(value), starts[-1])
        start = max(position, at)
        at = max(at, end)
        name = _class_of(kind)
        while start < end:
            while starts[row + 1] <= start:
                row += 1
            last = min(end, starts[row + 1] - 1)  # without the line feed
            if name and start < last:
                spans[row].append((start - starts[row], last - starts[row], name))
            start = starts[row + 1] if end >= starts[row + 1] else end
    return spans


@cache
def _class_of(kind: _Kind) -> str:
    """Return the class of a Pygments token, which is the tuple of its names, or ""."""
    names = ((), *accumulate((name,) for name in kind))
    return next((_CLASS_OF[name] for name in reversed(names) if name in _CLASS_OF), "")


def _pieces(line: str, spans: Iterable[_Span]) -> Pieces:
    """Split a line into pieces; merge pieces of a class that only whitespace separates."""
    pieces: list[tuple[str, str]] = []
    at = 0
    for start, end, name in spans:
        gap, text = line[at : start + 1], line[start + 1 : end + 1]  # after the sign
        if pieces and pieces[-1][0] == name and not gap.strip():
            pieces[-1] = (name, pieces[-1][1] + gap + text)
        else:
            pieces += (("", gap), (name, text)) if gap else ((name, text),)
        at = end + 1
    if at < len(line) or not pieces:
        pieces.append(("", line[at:]))
    return tuple(pieces)
