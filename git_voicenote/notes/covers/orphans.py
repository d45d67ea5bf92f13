"""Find the covers of deleted branches, so that they are offered and never lost silently."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.git.running.process import split_lines
from git_voicenote.notes.covers.branches import COVER_PREFIX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from git_voicenote.git.repository import Repository
    from git_voicenote.notes.covers.branches import Branches, Mark

SET_ASIDE_PREFIX = "refs/voicenote/set-aside/"
_SUBJECT = re.compile(r"voicenote: (?:merge the )?cover of ([^ ]+)(?: from .*)?")


@dataclass(frozen=True, slots=True)
class OrphanedCover:
    """A cover whose branch was deleted: the name of the branch, the ref, and the commit in it.

    `mark` is the state of the branch when the cover was written, if known.
    """

    name: str
    ref: str
    tip: str
    mark: Mark | None = None


def orphaned_covers(
    repository: Repository, tips: Mapping[str, str], branches: Branches
) -> tuple[OrphanedCover, ...]:
    """Return the covers whose branch was deleted; those that were set aside come last.

    `tips` maps the keys of covers to their commits.
    """
    left = [
        OrphanedCover(key, COVER_PREFIX + key, tip, branches.marks.get(key))
        for key, tip in tips.items()
        if branches.is_orphaned(key)
    ]
    listed = repository.run(
        "for-each-ref", "--format=%(refname) %(objectname) %(contents:subject)", SET_ASIDE_PREFIX
    )
    for line in split_lines(listed):
        ref, tip, subject = line.split(" ", 2)
        named = _SUBJECT.fullmatch(subject)
        left.append(OrphanedCover(named[1] if named else "?", ref, tip))
    return tuple(left)
