"""The removed notes, so that they are not restored from elsewhere.

The note of a commit can be found on another commit with the same patch. After its removal, it must
not be found there. So a removal is a commit of the notes ref whose message names the commit and its
patch; `git log --notes` does not show it:

    Notes removed by 'git voicenote'

    Removed-Note: <commit id> <patch id, or -> <seconds since 1970>

It is part of the ref, so a removed note stays removed in every clone. Removals by other tools (`git
notes remove`) are recognized by the path that is missing from the tree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from git_voicenote.bounded import moment_of_git
from git_voicenote.git.running.process import split_lines
from git_voicenote.notes.trees import find_in_note_tree, note_paths
from git_voicenote.object_ids import ObjectId

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from git_voicenote.git.repository import Repository

_LABEL = "Removed-Note: "
_LINE = re.compile(re.escape(_LABEL) + r"([0-9a-f]{40,64}) ([0-9a-f]{40,64}|-) ([0-9]+)")
_COMMIT = re.compile(r"commit ([0-9a-f]{40,64})")
_MAX_COMMITS = 1000
"""The most commits for one command; the length of arguments is limited."""


@dataclass(frozen=True, slots=True)
class _Removal:
    """A removal: the commit of the notes ref, the time, and the removed notes."""

    recorded_in: str
    at: datetime
    commit_id: ObjectId
    patch_id: str | None


def removal_message(patch_ids: Mapping[str, str | None]) -> str:
    """Return the message that records the removal of the notes of commits with these patch ids."""
    now = int(datetime.now(UTC).timestamp())  # a commit's own date may be any
    return _message(
        [f"{_LABEL}{commit_id} {patch or '-'} {now}" for commit_id, patch in patch_ids.items()]
    )


def _message(lines: Iterable[str]) -> str:
    return "\n".join(["Notes removed by 'git voicenote'", "", *lines])


def message_of_removals(
    repository: Repository, tip: str, since: str | None, commit_ids: Collection[str]
) -> str | None:
    """Return a message that repeats the removals of these commits in the history after `since`."""
    listed = repository.run(
        "log", "--no-show-signature", "--no-notes", "--fixed-strings", f"--grep={_LABEL}",
        "--encoding=UTF-8", "--format=%B", tip, *([f"^{since}"] if since else []), "--",
    )  # fmt: skip
    found = [line for line in split_lines(listed, "replace") if _LINE.fullmatch(line)]
    lines = [line for line in dict.fromkeys(found) if line.split()[1] in commit_ids]
    return _message(lines) if lines else None


class Removals:
    """The removals in the history of a notes ref, which is read on first use."""

    def __init__(self, repository: Repository, ref: str) -> None:
        self._repository = repository
        self._ref = ref

    def of_commits(self, commit_ids: Collection[ObjectId]) -> frozenset[str]:
        """Return which of these commits, none of which has a note, had a removed note."""
        named = {removal.commit_id for removal in self._removals}
        return frozenset(commit_ids) & (named | self._gone(commit_ids))

    def had_exact_note(self, patch_id: str, commit_id: ObjectId, blob: str) -> bool:
        """Return whether a commit had exactly this note when a note for its patch was removed."""
        objects = self._repository.objects
        trees = (objects.find(f"{one.recorded_in}^{{tree}}") for one in self._of_patch(patch_id))
        return any(
            tree and blob in find_in_note_tree(objects, tree.id, commit_id) for tree in trees
        )

    def after(self, patch_id: str, saved_at: datetime | None) -> bool:
        """Return whether a note for a patch was removed after one was saved at this time."""
        return any(saved_at is None or saved_at <= one.at for one in self._of_patch(patch_id))

    def _of_patch(self, patch_id: str) -> Iterable[_Removal]:
        return (removal for removal in self._removals if removal.patch_id == patch_id)

    def _gone(self, commit_ids: Collection[ObjectId]) -> set[str]:
        """Return the commits whose note was removed from the tree, by any tool."""
        if not (commit_ids and self._is_there):
            return set()
        ordered = [*commit_ids]
        gone: set[str] = set()
        for start in range(0, len(ordered), _MAX_COMMITS):
            some = ordered[start : start + _MAX_COMMITS]
            names = {path: name for name in some for path in note_paths(name)}
            listed = self._repository.run(
                "log", "--no-show-signature", "--no-notes", "--format=", "--name-only",
                "--no-renames", "--no-ext-diff", "-z", self._ref, "--", *names,
            )  # fmt: skip
            gone |= {names[path] for path in listed.decode("ascii").split("\0") if path in names}
        return gone

    @property
    def _is_there(self) -> bool:
        return self._repository.objects.find(f"{self._ref}^{{commit}}") is not None

    @cached_property
    def _removals(self) -> tuple[_Removal, ...]:
        if not self._is_there:
            return ()
        listed = self._repository.run(
            "log", "--no-show-signature", "--no-notes", "--fixed-strings", f"--grep={_LABEL}",
            "--encoding=UTF-8", "--format=commit %H%n%B", self._ref, "--",
        )  # fmt: skip
        found: list[_Removal] = []
        where = ""
        for line in split_lines(listed, "replace"):
            if commit := _COMMIT.fullmatch(line):
                where = commit[1]
            elif removed := _LINE.fullmatch(line):
                patch_id = None if removed[2] == "-" else removed[2]
                when = moment_of_git(f"{removed[3]} +0000")
                found.append(_Removal(where, when, ObjectId(removed[1]), patch_id))
        return tuple(found)
