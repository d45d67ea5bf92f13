"""What the person has configured in git, read in one process."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from git_voicenote.git.process import run_git

if TYPE_CHECKING:
    from pathlib import Path


class Configuration:
    """Git's configuration as seen from a folder, in a repository or outside of one.

    It is read when it is first asked for, and not again. Keys are in lower case, except for a
    subsection, as `git config --list` prints them; a key without a value has None.
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

    @cached_property
    def _entries(self) -> tuple[tuple[str, str | None], ...]:
        listed = run_git("config", "-z", "--list", cwd=self._cwd).decode("utf-8", "replace")
        entries = []
        for entry in listed.split("\0"):
            key, separator, value = entry.partition("\n")
            if key:
                entries.append((key, value if separator else None))
        return tuple(entries)
