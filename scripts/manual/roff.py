"""Markdown as roff: the part of it that the prose of the manual uses.

Code is what one types (bold), emphasis is what one replaces (italic). An item of a list whose first
line ends in a colon, or has one, defines what stands before it.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

_SPECIAL = {"\\": r"\e", "-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti"}
_WIDTH = 80
_FONTS = {"em_open": r"\fI", "strong_open": r"\fB", "em_close": r"\fR", "strong_close": r"\fR"}
_DEFINED = re.compile(r"([^\n:]|:(?=\S))+:\s+")


@dataclass
class Prose:
    """The prose of a page: what comes first, and what follows each heading, as roff."""

    lead: str = ""
    sections: dict[str, Prose] = field(default_factory=dict)


def plain(text: str) -> str:
    """Return a text that roff prints as it is."""
    safe = "".join(_SPECIAL.get(char, char) for char in text)
    safe = re.sub(r"[^\x00-\x7f]", lambda found: f"\\[u{ord(found[0]):04X}]", safe)
    return re.sub(r"^(?=\.)", r"\\&", safe, flags=re.MULTILINE)


def bold(text: str) -> str:
    """Return a text in bold, as roff."""
    return rf"\fB{plain(text)}\fR"


def italic(text: str) -> str:
    """Return a text in italics, as roff."""
    return rf"\fI{plain(text)}\fR"


def defined(tag: str, *paragraphs: str) -> str:
    """Return a tag and, indented, the paragraphs that explain it; all of them are roff."""
    first, *rest = [one.strip("\n") for one in paragraphs if one.strip()]
    return f".TP\n{tag}\n{first}\n" + "".join(f".IP\n{one}\n" for one in rest)


def read_prose(text: str) -> Prose:
    """Take a page's prose apart at its headings of the second and the third level."""
    tokens = MarkdownIt("commonmark", {"html": False}).parse(text)
    page = Prose()
    opened, start = [page], 0
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            opened[-1].lead += _blocks(tokens[start:number])
            level = int(token.tag[1]) - 1
            del opened[level:]
            opened.append(Prose())
            opened[-2].sections[tokens[number + 1].content] = opened[-1]
            start = number + 3
    opened[-1].lead += _blocks(tokens[start:])
    return page


def _blocks(tokens: Sequence[Token]) -> str:
    """Return blocks as roff: the first paragraph begins without a macro."""
    parts = list(_parts(tokens))
    return "".join(parts).removeprefix(".PP\n")


def _parts(tokens: Sequence[Token]) -> Iterator[str]:
    number = 0
    while number < len(tokens):
        token = tokens[number]
        if token.type == "fence":
            code = "".join(f"{plain(line)}\n" for line in token.content.splitlines())
            yield f".PP\n.RS\n.nf\n{code}.fi\n.RE\n"
        elif token.type == "inline":
            yield f".PP\n{_inline(token)}\n"
        elif token.type == "list_item_open":
            end = next(
                at
                for at in range(number, len(tokens))
                if tokens[at].type == "list_item_close" and tokens[at].level == token.level
            )
            yield _item([one for one in tokens[number:end] if one.type == "inline"])
            number = end
        number += 1


def _item(paragraphs: Sequence[Token]) -> str:
    first, *rest = [_inline(one) for one in paragraphs]
    tag = _DEFINED.match(first)
    if tag is None:
        return f".IP \\(bu 2\n{first}\n" + "".join(f".IP\n{one}\n" for one in rest)
    return defined(tag[0].rstrip().removesuffix(":"), first[tag.end() :], *rest)


def _inline(token: Token) -> str:
    text = ""
    for child in token.children or ():
        if child.type == "code_inline":
            text += bold(child.content)
        elif child.type == "softbreak":
            text += "\n"
        else:
            text += _FONTS.get(child.type) or plain(child.content)
    lines = textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(re.sub(r"^(?=\.)", r"\\&", line) for line in lines)
