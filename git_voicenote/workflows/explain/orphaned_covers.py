"""Covers of deleted branches: listed, and offered if a cover is missing."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from git_voicenote.notes.covers import COVER_PREFIX, Covers, series_name
from git_voicenote.notes.format import parse_notes, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.git.repository import Repository
    from git_voicenote.notes.covers import OrphanedCover
    from git_voicenote.workflows.dialogue import Dialogue

_MAX_QUOTED = 40
"""The quoted characters of a cover, which fit one line of a question."""


def argument_for(covers: Covers, left: OrphanedCover, branch: str | None = None) -> str:
    """Return the argument of `show --cover` for a cover: a deleted branch, or an id."""
    has_name = left.ref == COVER_PREFIX + left.name and left.name != branch
    return shlex.quote(left.name) if has_name else covers.repository.short(left.tip)


def find_orphan(covers: Covers, name: str) -> OrphanedCover | None:
    """Return the cover with the name of a deleted branch, or with an abbreviated id."""
    for left in covers.orphaned():
        is_id = re.fullmatch(r"[0-9a-f]{4,64}", name) and left.tip.startswith(name)
        if is_id or left.ref == COVER_PREFIX + name:
            return left
    return None


def mention_orphans(
    repository: Repository,
    key: str,
    dialogue: Dialogue,
    found: Sequence[OrphanedCover] | None = None,
) -> None:
    """List the covers of deleted branches that may belong to a series without one."""
    covers = Covers(repository)
    for left in covers.orphaned_for(key) if found is None else found:
        argument = argument_for(covers, left, key)
        dialogue.say(
            f"the cover of {_story(covers, left)} is not used; "
            f"`git voicenote show --cover {argument} --adopt` adopts it"
        )


def offer_orphans(repository: Repository, key: str, dialogue: Dialogue) -> None:
    """Offer the cover of a deleted branch for a series without one.

    If nobody can be asked, only name it.
    """
    covers = Covers(repository)
    if covers.text(key) is not None:
        if covers.is_restored(key):
            dialogue.say(restored(series_name(repository, key)))
        return
    found = covers.orphaned_for(key)
    if not dialogue.is_interactive:
        mention_orphans(repository, key, dialogue, found)
        return
    answers = {"t": "take it", "l": "leave it", "d": "delete it"}
    for left in found:
        match dialogue.ask(f"there is a cover of {_story(covers, left)}.", answers, default="l"):
            case "t":
                covers.adopt(left, key)
                return
            case "d":
                tip = covers.remove_orphan(left)
                dialogue.say(f"removed (its text: git show {repository.short(tip)}:cover)")


def restored(name: str) -> str:
    """Return the message about a cover whose branch was deleted and created again."""
    return (
        f"the cover of {name} was recorded before the branch was deleted "
        "and created again at these commits"
    )


def _story(covers: Covers, left: OrphanedCover) -> str:
    quoted = " ".join(words_of(parse_notes(covers.text_of(left))).split())
    if len(quoted) > _MAX_QUOTED:
        quoted = f"{quoted[:_MAX_QUOTED].rstrip()}…"
    return f'{left.name}, a deleted branch ("{quoted}")'
