"""Names that lines of code define, in the languages that most code is written in.

No parser: a diff shows pieces. A line that is taken for a definition and is none costs nothing, for
only names that somebody says are looked up.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LONGEST_LINE = 300
"""Characters; a longer line was written by a program."""

_MODIFIERS = (
    r"(?:(?:export|default|pub(?:\([a-z]+\))?|public|private|protected|internal|static|final"
    r"|abstract|async|unsafe|extern|inline|const|constexpr|override|virtual|sealed|open|data)\s+)*"
)
_KEYWORDS = (
    r"(?:def|defp|defmodule|class|fn|func|fun|function\*?|struct|enum|union|interface|trait|impl"
    r"|typedef|type|module|namespace|protocol|record|sub|object|macro_rules!)"
)
_DEFINITION = re.compile(
    # `def self.send`, `func (s *Server) Send`, `class Client`
    rf"\s*+{_MODIFIERS}{_KEYWORDS}\s+(?:\([^()]*\)\s*)?(?:self\.)?(?P<name>[^\W\d][\w$]*+[?!]?)"
    r"(?!\s*\*|\s+\w+\s*\()"  # `struct ref *get_refs(void)` defines another
    r"|\s*+\#\s*define\s+(?P<macro>\w+)"
    # `export const send = async (request) =>`
    r"|\s*+(?:export\s+)?(?:const|let|var)\s+(?P<assigned>[\w$]+)\s*=\s*(?:async\s*)?(?:function\b|\()"
    # C at the start of a line: `static int send(struct request *request)`
    r"|(?:[A-Za-z_][\w<>,:~\[\]]*[\s*&]+)*?(?P<c>[A-Za-z_~][\w:]*)\s?\((?![^\n]*;\s*$)"
    # a method between braces: `    public void send(Request r) {`
    r"|\s++(?:[\w<>\[\],.?&*:@]+\s+)*?(?P<method>[^\W\d][\w$]*)\s?\([^;{}]*\)[^;{}()]*\{\s*$"
    # shell
    r"|\s*+(?P<shell>[^\W\d][\w-]*)\s*\(\)\s*\{?\s*$"
)
_CALLED = re.compile(r"(?P<name>[^\W\d][\w$]*)\s?\(")
_KEYWORDS_OF_FLOW = """
if else for while switch catch return do case sizeof new delete throw with elif except assert print
not and or in is when until unless foreach lock using synchronized
"""
_NOT_NAMES = frozenset(_KEYWORDS_OF_FLOW.split())


def defined_in(lines: Iterable[str]) -> Iterator[str]:
    """Yield the names that lines of code define."""
    for line in lines:
        # what defines has a keyword or a parenthesis: most lines have neither
        if len(line) > _LONGEST_LINE or not ("(" in line or " " in line.strip()):
            continue
        found = _DEFINITION.match(line)
        if found:
            name = found[found.lastgroup or 0].rpartition("::")[2]
            if name not in _NOT_NAMES:
                yield name


def defined_in_heading(heading: str) -> Iterator[str]:
    """Yield the name that a hunk's heading is about; git takes a line that begins a function."""
    names = list(defined_in([heading.strip()]))
    if not names and len(heading) <= _LONGEST_LINE:
        found = _CALLED.search(heading)
        names = [found["name"]] if found and found["name"] not in _NOT_NAMES else []
    yield from names
