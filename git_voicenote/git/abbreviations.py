"""Abbreviate object ids as git does: by core.abbrev, and so that they are unique."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.git.running.process import run_git, split_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


class Abbreviations:
    """Abbreviates the ids of objects in the repository around a folder.

    `head` is the abbreviation of HEAD's commit, if known. One call starts at most one process per
    kind of id; what git has printed already, such as with `%h`, costs none.
    """

    def __init__(self, cwd: Path, head: str | None = None) -> None:
        self._cwd = cwd
        self._head = head
        self._known: dict[str, str] = {}

    def learn(self, abbreviations: Mapping[str, str]) -> None:
        """Remember abbreviations that git printed, by full id."""
        self._known |= abbreviations

    def of(self, object_ids: Iterable[str]) -> dict[str, str]:
        """Return the abbreviations of full ids."""
        wanted = dict.fromkeys(object_ids)
        unknown = [one for one in wanted if one not in self._known]
        for one in unknown:
            if self._head and one.startswith(self._head):  # which is unique
                self._known[one] = self._head
        unknown = [one for one in unknown if one not in self._known]
        if len(unknown) > 1:
            self._ask_for_commits(unknown)
            unknown = [one for one in unknown if one not in self._known]
        if unknown:
            # not commits of this repository, so the unique length of the others is unknown
            first = self._ask(unknown[0])
            self.learn({one: one[: len(first)] for one in unknown})
        return {one: self._known[one] for one in wanted}

    def _ask_for_commits(self, object_ids: Iterable[str]) -> None:
        listed = run_git(
            "log", "--no-walk=unsorted", "--no-show-signature", "--no-notes", "--format=%H %h",
            "--ignore-missing", "--stdin",
            cwd=self._cwd, stdin="\n".join(object_ids).encode(), accept=(0, 128),
        )  # fmt: skip
        pairs = (line.partition(" ") for line in split_lines(listed))
        self.learn({name: short for name, _, short in pairs})

    def _ask(self, object_id: str) -> str:
        asked = ("rev-parse", "--verify", "--quiet", "--short", object_id)
        return run_git(*asked, cwd=self._cwd, accept=(0, 1, 128)).decode().strip() or object_id
