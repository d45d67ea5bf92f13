"""What is known about a series before git format-patch runs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.mail.outgoing.format_patch import Arguments, RevisionWalk, find_walk, has_several
from git_voicenote.notes.covers import Covers
from git_voicenote.notes.format import parse_notes, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from git_voicenote.git.repository import Repository

_MODE = "--cover-from-description"


@dataclass(frozen=True, slots=True)
class PatchPlan:
    """What is known before git format-patch runs.

    `cover` is the text that was recorded for the series, under `cover_key`. `has_several` is
    whether a cover letter would be about more than one patch.
    """

    arguments: Arguments
    git_config: Mapping[str, str | None]
    walk: RevisionWalk
    cover: str | None
    cover_key: str | None
    has_several: bool
    has_description: bool

    @property
    def is_covered(self) -> bool:
        """Whether a cover was recorded."""
        return self.cover is not None

    @property
    def description_mode(self) -> str | None:
        """The value of --cover-from-description (message, subject, auto or none), or None.

        As in git, the last one counts; git itself refuses unknown values.
        """
        given = [flag for flag in self.arguments.flags if flag.startswith(f"{_MODE}=")]
        if given:
            return given[-1].partition("=")[2]
        return self.git_config.get("format.coverfromdescription")

    def has_setting(self, key: str) -> bool:
        """Return whether git's config sets a boolean."""
        value = self.git_config.get(key, "false")
        return value is None or value.lower() in ("true", "yes", "on", "1")

    @property
    def charset(self) -> str:
        """The encoding in which git writes mails."""
        for flag in self.arguments.flags:
            if flag.startswith("--encoding="):
                return flag.partition("=")[2]
        configured = self.git_config.get("i18n.logoutputencoding")
        return configured or self.git_config.get("i18n.commitencoding") or "UTF-8"


def plan_series(repository: Repository, arguments: Sequence[str]) -> PatchPlan:
    """Find out what a call of git format-patch will format."""
    parsed = Arguments.parse(arguments)
    git_config = repository.config(r"^(format|i18n)\.")
    covers = Covers(repository)
    keys = covers.keys()
    walk = find_walk(repository, parsed)
    cover = key = None
    several = True
    if keys and walk.tip:
        several = has_several(repository, walk, parsed)
        key = covers.key_for_tip(repository.commit(walk.tip).id, walk.branch)
        notes = parse_notes((covers.text(key) if key else None) or "")
        cover = words_of(notes) or None
    has_description = parsed.has("--description-file") or (
        walk.branch is not None and _describes(repository, walk.branch)
    )
    return PatchPlan(parsed, git_config, walk, cover, key, several, has_description)


def _describes(repository: Repository, branch: str) -> bool:
    """Return whether branch.<name>.description has text."""
    found = repository.config(rf"^branch\.{re.escape(branch)}\.description$")
    return any((text or "").strip() for text in found.values())
