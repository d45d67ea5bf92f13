"""The authors in a repository's history."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from git_voicenote.datatypes import Person
from git_voicenote.git.running.process import split_lines

if TYPE_CHECKING:
    from git_voicenote.git.repository import Repository

_LINE = re.compile(r"\s*+\d++\t([^<]*) <([^<>]*)>")


def authors(repository: Repository) -> tuple[Person, ...]:
    """Return the authors of the commits below HEAD, by number of commits, with .mailmap applied.

    Empty if there is no commit yet.
    """
    # HEAD has to be named: without a revision, and without a terminal, shortlog reads stdin
    listed = repository.run("shortlog", "-s", "-n", "-e", "HEAD", "--", accept=(0, 128))
    found = (_LINE.fullmatch(line) for line in split_lines(listed, "replace"))
    return tuple(Person(line[1], line[2]) for line in found if line)
