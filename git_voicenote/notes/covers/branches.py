"""Find the branch of a cover after branches were renamed, deleted and created again.

Git runs no hook for any of these, so the next command has to find out. When a cover is written, a
mark is kept beside it, in `voicenote/covers.json`: the newest entry of the branch's reflog, and the
commit at its tip. A reflog goes with its branch through `git branch -m` and is deleted with it. So
a branch whose reflog holds the marked entry is the branch that the cover was recorded for, and one
of the same name whose reflog does not is another branch.

Where reflogs cannot tell (none are kept, or old entries have expired), the commits decide.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from git_voicenote.bounded import Limits, parse_json, read_file
from git_voicenote.errors import ContentError
from git_voicenote.git.running.process import split_lines
from git_voicenote.git.series import base_of_series
from git_voicenote.notes.refs import contains

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from git_voicenote.git.repository import Repository

COVER_PREFIX = "refs/voicenote/cover/"
HEADS = "refs/heads/"
DETACHED = "detached/"
_RENAMED = re.compile(r"Branch: renamed refs/heads/([^ ]+) to refs/heads/([^ ]+)")
"""What `git branch -m` writes into the reflog, in every language (builtin/branch.c)."""
_MAX_ARGUMENTS = 500
_LIMITS = Limits(size=1 << 24)
_ID = re.compile(r"[0-9a-f]{40,64}")


@dataclass(frozen=True, slots=True)
class Mark:
    """The state of a branch when its cover was written: its tip and its newest reflog entry."""

    tip: str
    entry: str


class Marks:
    """The marks of covers, by key. An unreadable file has none."""

    def __init__(self, repository: Repository) -> None:
        self._path: Path = repository.state_dir / "covers.json"

    def read(self) -> dict[str, Mark]:
        """Return all marks."""
        try:
            content = read_file(self._path, _LIMITS.size)
            value = parse_json(content, self._path.name, _LIMITS)
        except (OSError, ContentError):
            return {}
        found = value.items() if isinstance(value, dict) else ()
        return {
            str(key): Mark(one["tip"], one["entry"])
            for key, one in found
            if isinstance(one, dict) and _is_mark(one)
        }

    def change(self, new: Mapping[str, Mark | None]) -> None:
        """Set marks, and drop those that are None. Raises OSError."""
        from git_voicenote import files  # not for format-patch, which only reads covers

        before = self.read()
        merged = {**before, **new}
        after = {key: mark for key, mark in merged.items() if mark is not None}
        if after != before:
            content = json.dumps({key: asdict(mark) for key, mark in after.items()}, indent=1)
            files.private_folder(self._path.parent)
            files.replace(self._path, content.encode(), mode=files.PRIVATE)


class Branches:
    """The current branches of a repository and their covers."""

    def __init__(self, repository: Repository, keys: Collection[str]) -> None:
        self._repository = repository
        self.keys = keys
        self._logs: dict[str, tuple[tuple[str, str], ...]] = {}

    @cached_property
    def marks(self) -> Mapping[str, Mark]:
        """The marks of covers, by key."""
        return Marks(self._repository).read()

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all branches."""
        listed = self._repository.run("for-each-ref", "--format=%(refname)", HEADS)
        return frozenset(name.removeprefix(HEADS) for name in split_lines(listed))

    def home(self, branch: str) -> str | None:
        """Return the key of the cover of a branch, or None if it has none."""
        if self._has_own(branch):
            return branch
        former = (before for before, now in self.moves if now == branch)
        found = next(former, None)
        if found is None and branch in self.keys and self._may_be_own(branch):
            return branch
        return found

    def is_orphaned(self, key: str) -> bool:
        """Return whether a cover belongs to a branch that was deleted, not renamed."""
        if key.startswith(DETACHED) or key in (before for before, _ in self.moves):
            return False
        return key not in self.names or self.home(key) != key

    def is_restored(self, key: str) -> bool:
        """Return whether a cover belongs to a branch that was deleted and created again."""
        mark = self.marks.get(key)
        if mark is None or not mark.entry or self._has_own(key) or not self._log(key):
            return False
        return self.home(key) == key

    def mark_of(self, branch: str) -> Mark | None:
        """Return the mark of a branch whose cover is written; None if it is not a branch."""
        found = self._repository.objects.find(f"{HEADS}{branch}^{{commit}}")
        if branch.startswith(DETACHED) or found is None:
            return None
        newest = self._log(branch)[:1]
        return Mark(found.id, newest[0][0] if newest else "")

    @cached_property
    def moves(self) -> tuple[tuple[str, str], ...]:
        """The keys of covers whose branch was renamed, and the new names of those branches."""
        marked = self.marks
        named = [key for key in self.keys if not key.startswith(DETACHED)]
        left = {
            key
            for key in named
            if key not in self.names or (key in marked and not self._has_own(key))
        }
        if not left:
            return ()  # the usual case, without reading all reflogs
        self._read_logs(sorted(self.names - self._logs.keys()))
        found = []
        for branch in sorted(self.names):
            name = None if self._has_own(branch) else self._former(branch, left)
            if name is not None:
                found.append((name, branch))
                left.discard(name)
        return tuple(found)

    def _former(self, branch: str, left: Collection[str]) -> str | None:
        """Return which of the orphaned keys is a former name of a branch."""
        name = branch
        for _, words in self._log(branch):  # the newest first
            renamed = _RENAMED.fullmatch(words)
            if renamed is None or renamed[2] != name:
                continue
            name = renamed[1]
            mark = self.marks.get(name)
            # with a mark, only a branch whose reflog contains it qualifies
            if name in left and name != branch and (mark is None or self._has(branch, mark)):
                return name
        return None

    def _has_own(self, key: str) -> bool:
        """Return whether the mark of a cover is in the reflog of the branch of its name."""
        mark = self.marks.get(key) if key in self.keys else None
        return mark is not None and key in self.names and self._has(key, mark)

    def _may_be_own(self, key: str) -> bool:
        """Return whether a cover whose mark proves nothing may belong to the branch of its name."""
        mark = self.marks.get(key)
        if mark is None or key not in self.names or self.is_about(mark, key):
            return True  # from elsewhere; or deleted, and created again at the same commits
        if not mark.entry or not self._log(key):
            return contains(self._repository, f"{HEADS}{key}", mark.tip)
        return not self._is_whole(key)

    def is_about(self, mark: Mark, branch: str) -> bool:
        """Return whether the marked commit is in the series of a branch."""
        tip = f"{HEADS}{branch}"
        if not contains(self._repository, tip, mark.tip):
            return False
        base = base_of_series(self._repository, tip)
        return base is not None and not contains(self._repository, base, mark.tip)

    def _has(self, branch: str, mark: Mark) -> bool:
        return any(entry == mark.entry for entry, _ in self._log(branch))

    def _is_whole(self, branch: str) -> bool:
        """Return whether the first entry of a reflog created the branch."""
        path = self._repository.common_dir / "logs" / HEADS / branch
        try:
            with path.open("rb") as log:
                return log.read(40) == b"0" * 40
        except OSError:
            return True  # kept elsewhere (reftable), where entries seldom expire

    def _log(self, branch: str) -> Sequence[tuple[str, str]]:
        """Return the entries of a branch's reflog: an identifier and the message of each."""
        if branch not in self._logs:
            self._read_logs([branch])
        return self._logs.setdefault(branch, ())

    def _read_logs(self, branches: Sequence[str]) -> None:
        found: dict[str, list[tuple[str, str]]] = {branch: [] for branch in branches}
        for start in range(0, len(branches), _MAX_ARGUMENTS):
            some = [HEADS + branch for branch in branches[start : start + _MAX_ARGUMENTS]]
            listed = self._repository.run(
                "log", "--walk-reflogs", "--no-show-signature", "--no-notes", "--date=raw",
                "--format=%gD%x00%H%x00%gn%x00%ge%x00%gs", *some, "--", accept=(0, 128),
            )  # fmt: skip
            for line in split_lines(listed):
                name, *entry = line.split("\0")
                branch, _, when = name.removeprefix(HEADS).rpartition("@")
                identity = "\0".join([when, *entry]).encode("utf-8", "surrogateescape")
                digest = hashlib.sha256(identity).hexdigest()
                found[branch].append((digest, entry[-1]))
        self._logs |= {branch: tuple(entries) for branch, entries in found.items()}


def _is_mark(value: Mapping[str, object]) -> bool:
    tip, entry = value.get("tip"), value.get("entry")
    return isinstance(tip, str) and isinstance(entry, str) and bool(_ID.fullmatch(tip))
