"""The blocks of a spoken text: paragraphs, lists, and indented code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from git_voicenote.characters import visible
from git_voicenote.text.prose import unwrap

if TYPE_CHECKING:
    from collections.abc import Iterator

_ITEM = re.compile(r"(?:[-*+•]|(\d{1,9})[.)])[ \t]+(?=\S)")
_CODE_INDENT = "    "
_CODE_SPAN = re.compile(r"`([^`\s](?:[^`\n]{0,200}[^`\s])?)`(?!`)")


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a text. `lines` are those of a paragraph or of code, or the items of a list.

    `start` is the number of a numbered list's first item.
    """

    kind: Literal["paragraph", "list", "numbers", "code"]
    lines: tuple[str, ...]
    start: int = 1


def blocks_of(text: str) -> tuple[Block, ...]:
    """Return the blocks of a text that may be wrapped for mail."""
    return tuple(block for part in _parts(visible(text)) for block in _blocks(part))


def title_of(text: str) -> str:
    """Return a title on one line, whatever it contains."""
    return " ".join(visible(text).split())


def spans_of(line: str) -> Iterator[tuple[str, bool]]:
    """Yield the spans of a line, and whether each is code between backticks."""
    at = 0
    for found in _CODE_SPAN.finditer(line):
        if line[at : found.start()].endswith("`"):
            continue
        yield line[at : found.start()], False
        yield found[1], True
        at = found.end()
    yield line[at:], False


def _parts(text: str) -> Iterator[list[str]]:
    """Yield the lines of each part between blank lines."""
    part: list[str] = []
    for line in [*text.split("\n"), ""]:
        if line.strip():
            part.append(line.rstrip())
        elif part:
            yield part
            part = []


def _blocks(lines: list[str]) -> Iterator[Block]:
    if all(line.startswith((_CODE_INDENT, "\t")) for line in lines):
        yield Block("code", tuple(line.removeprefix(_CODE_INDENT) for line in lines))
        return
    run: list[str] = []
    kind: Literal["paragraph", "list", "numbers"] = "paragraph"
    start = 1
    for line in lines:
        item = _ITEM.match(line.lstrip())
        if item is not None:
            now: Literal["list", "numbers"] = "numbers" if item[1] else "list"
            if now != kind and run:
                yield _finished(kind, run, start)
                run = []
            if not run:
                kind, start = now, int(item[1] or 1)
            run.append(line.lstrip()[item.end() :])
        elif kind != "paragraph" and line.startswith(" "):
            run[-1] += f" {line.strip()}"
        else:
            if kind != "paragraph":
                yield _finished(kind, run, start)
                run, kind = [], "paragraph"
            run.append(line.strip())
    yield _finished(kind, run, start)


def _finished(kind: Literal["paragraph", "list", "numbers"], run: list[str], start: int) -> Block:
    lines = unwrap("\n".join(run)).split("\n") if kind == "paragraph" else run
    return Block(kind, tuple(lines), start)
