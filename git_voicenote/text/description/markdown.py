"""A description in Markdown, for the pull request of a forge.

Notes stay text: no character becomes markup (CommonMark and GitHub's extensions), and nothing is
linked by accident. A forge searches the output of Markdown for @names, #numbers and :emoji:, so a
backslash does not help there; a zero-width space breaks them, as bots of forges do
(`@&#8203;name`). A line that begins with /merge is a command to GitLab and to bots, but not after a
backslash. Code between backticks stays code, where a forge links nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from git_voicenote.text.description.blocks import blocks_of, spans_of, title_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_voicenote.text.description.blocks import Block
    from git_voicenote.text.description.described import Described

_BREAK = "&#8203;"
_MARKUP = re.compile(r"[\\`*_\[\]|~$]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ENTITY = re.compile("[&<>]")
_URL = re.compile(r"(https?://[^\s<>`]+[^\s<>`.,;:!?'\")\]])")
_STARTS = re.compile(r"(?:(#{1,6})(?=\s|$)|([-+=]|/(?=\w))|(\d{1,9})([.)])(?=\s|$))")
_REFERENCE = re.compile(
    r"""(?<![\w/])(@)(?=\w)|([#!$%~^&])(?=[\w"])|\b(GH-)(?=\d)|(:)(?=[\w+-]+:)"""
)
"""@name and @team; #1, !1, $1, %1, ~label, ^alert, &1; GH-1; :emoji: (GitHub, GitLab, Gitea)."""


def markdown(described: Described) -> str:
    """Return the cover, and a section for each commit that has a note."""
    parts = [*_written(described.cover)]
    for commit in described.commits:
        if commit.text:
            parts.append(f"### {escaped(title_of(commit.subject))} (`{commit.short}`)")
            parts += _written(commit.text)
    return "\n\n".join(parts) + "\n"


def escaped(line: str) -> str:
    """Return a line escaped for Markdown, except for code between backticks."""
    spans = spans_of(line)
    written = "".join(f"`{span}`" if is_code else _linked(span) for span, is_code in spans)
    found = _STARTS.match(written)
    return _start(found) + written[found.end() :] if found else written


def _written(text: str) -> Iterator[str]:
    return (_block(block) for block in blocks_of(text))


def _block(block: Block) -> str:
    match block.kind:
        case "code":
            longest = max(
                (len(run) for line in block.lines for run in re.findall("`+", line)), default=0
            )
            fence = "`" * max(3, longest + 1)
            return "\n".join([fence, *block.lines, fence])
        case "list":
            return "\n".join(f"- {escaped(item)}" for item in block.lines)
        case "numbers":
            numbered = enumerate(block.lines, block.start)
            return "\n".join(f"{number}. {escaped(item)}" for number, item in numbered)
    return "\n".join(escaped(line) for line in block.lines)


def _linked(text: str) -> str:
    """Return a text with its URLs as links; in those, a backslash would be a part of the URL."""
    parts = _URL.split(text)
    return "".join(f"<{one}>" if at % 2 else _escaped(one) for at, one in enumerate(parts))


def _escaped(text: str) -> str:
    broken = _REFERENCE.sub(lambda found: f"{found[0]}\0", text)
    signs = _MARKUP.sub(r"\\\g<0>", broken)
    return _ENTITY.sub(lambda sign: _ENTITIES[sign[0]], signs).replace("\0", _BREAK)


def _start(found: re.Match[str]) -> str:
    """Return the start of a line, escaped so as to begin no heading, list, rule or command."""
    if found[3]:
        return f"{found[3]}\\{found[4]}"
    return f"\\{found[0]}"
