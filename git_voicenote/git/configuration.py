"""Read the user's git configuration, in one process."""

from __future__ import annotations

import os
import re
from functools import cached_property
from typing import TYPE_CHECKING

from git_voicenote.config import Assignment
from git_voicenote.git.running.process import path_of, run_git

if TYPE_CHECKING:
    from pathlib import Path


class Configuration:
    """Git's configuration as seen from a folder, in a repository or outside.

    It is read once, on first use. Keys are in lower case, except for a subsection, as `git config
    --list` prints them; a key without a value has None.
    """

    def __init__(self, cwd: Path) -> None:
        self._cwd = cwd

    def matching(self, pattern: str) -> dict[str, str | None]:
        """Return the entries whose keys match; the last value wins. Raises GitError."""
        wanted = re.compile(pattern)
        return {key: value for key, value in self._entries if wanted.search(key)}

    def values(self, key: str) -> tuple[str | None, ...]:
        """Return all values of a key, in the order that git reads them. Raises GitError."""
        return tuple(value for name, value in self._entries if name == key)

    def origin_of(self, key: str) -> str | None:
        """Return the file that sets a key; None if there is none, as with `git -c`. Raises
        GitError.
        """
        found = run_git("config", "-z", "--show-origin", "--get", key, cwd=self._cwd, accept=(0, 1))
        return self._file_of(found.partition(b"\0")[0])

    def assignments(self, pattern: str) -> tuple[Assignment, ...]:
        """Return all entries whose keys match, with their origin. Raises GitError."""
        asked = ("config", "-z", "--show-scope", "--show-origin", "--get-regexp", pattern)
        fields = run_git(*asked, cwd=self._cwd, accept=(0, 1)).split(b"\0")[:-1]
        found = []
        for scope, origin, entry in zip(fields[::3], fields[1::3], fields[2::3], strict=True):
            key, separator, value = entry.decode("utf-8", "replace").partition("\n")
            place = self._file_of(origin) or ""
            found.append(Assignment(key, value if separator else None, scope.decode(), place))
        return tuple(found)

    def _file_of(self, origin: bytes) -> str | None:
        """Return the absolute path of the file that `--show-origin` names, or None if it is none.

        A relative path begins at the top of the work tree, in its subfolders too
        (setup_git_directory).
        """
        kind, _, file = os.fsdecode(origin).partition(":")
        return os.path.normpath(self._top / file) if kind == "file" else None

    @cached_property
    def _top(self) -> Path:
        top = run_git("rev-parse", "--show-toplevel", cwd=self._cwd, accept=(0, 128))
        return path_of(top) if top else self._cwd

    @cached_property
    def _entries(self) -> tuple[tuple[str, str | None], ...]:
        listed = run_git("config", "-z", "--list", cwd=self._cwd).decode("utf-8", "replace")
        entries = []
        for entry in listed.split("\0"):
            key, separator, value = entry.partition("\n")
            if key:
                entries.append((key, value if separator else None))
        return tuple(entries)
