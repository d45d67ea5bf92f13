"""The lists of terms: a personal one, and one in each repository."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.errors import StoreError
from git_voicenote.files.failures import store_error
from git_voicenote.resources import config_home, data_home
from git_voicenote.text.vocabulary.lists import parse_list

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from git_voicenote.git.repository import Repository
    from git_voicenote.text.vocabulary.lists import ListedTerm
    from git_voicenote.text.vocabulary.ranking import TermSource

_IN_REPOSITORY = ".voicenote/vocabulary"
_MAX_BYTES = 200_000
"""About ten thousand terms."""


@dataclass(frozen=True, slots=True)
class VocabularyList:
    """A list in a file. `worktree` is the work tree around it, `state` the folder of its lock."""

    path: Path
    worktree: Path | None
    state: Path

    def read(self) -> str:
        """Return the text of the list, "" if there is none. Raises StoreError."""
        # the personal list may be a link into dotfiles
        within = self.worktree or self.path.resolve().parent
        try:
            content = files.read_provided(self.path, within=within, limit=_MAX_BYTES)
        except FileNotFoundError:
            return ""
        except OSError as exc:
            raise store_error(f"{self.path} cannot be read", exc) from exc
        return content.decode("utf-8", "replace").removeprefix("\ufeff")

    def edit(self, change: Callable[[str], str]) -> bool:
        """Change the text of the list atomically; return whether it changed.

        Concurrent edits wait for each other. Raises StoreError; then the list is unchanged.
        """
        try:
            files.private_folder(self.state)
            with files.lock(self.state / "vocabulary.lock"):
                before = self.read()
                after = change(before)
                if after == before:
                    return False
                files.folder(self.path.parent, within=self.worktree)
                files.replace(
                    self.path, after, mode=0o666, keep=True, follow=True, within=self.worktree
                )
        except OSError as exc:
            raise store_error(f"{self.path} cannot be written", exc) from exc
        return True


def personal_list() -> VocabularyList:
    """Return the personal list, whether it exists or not."""
    return VocabularyList(config_home() / "vocabulary", None, data_home())


def project_list(repository: Repository) -> VocabularyList | None:
    """Return the repository's list, or None in one without a work tree."""
    worktree = repository.worktree
    if worktree is None:
        return None
    return VocabularyList(worktree / _IN_REPOSITORY, worktree, repository.state_dir)


def listed_entries(
    repository: Repository | None, tell: Callable[[str], None]
) -> tuple[tuple[TermSource, tuple[ListedTerm, ...]], ...]:
    """Return the entries of the lists; one that cannot be read is reported with `tell`."""
    personal = personal_list()
    found = [_entries("personal list", personal.read, str(personal.path), tell)]
    if repository:
        listed = project_list(repository)
        name = str(listed.path) if listed else f"HEAD:{_IN_REPOSITORY}"
        read = listed.read if listed else partial(_committed, repository, name)
        found.append(_entries("project list", read, name, tell))
    return tuple(found)


def _entries(
    place: TermSource, read: Callable[[], str], name: str, tell: Callable[[str], None]
) -> tuple[TermSource, tuple[ListedTerm, ...]]:
    try:
        entries, bad = parse_list(read())
    except StoreError as exc:
        tell(exc.message)
        return place, ()
    if bad:
        tell(f"{name} has no term in line {', '.join(map(str, bad[:5]))}")
    return place, entries


def _committed(repository: Repository, name: str) -> str:
    """Return the committed list, for a repository without a work tree."""
    found = repository.objects.find(name)
    if found is None or found.kind != "blob":
        return ""
    if found.size > _MAX_BYTES:
        raise StoreError(f"{name} is larger than {_MAX_BYTES // 1000} kB; it is not read")
    read = repository.objects.read(name)
    return read[1].decode("utf-8", "replace") if read else ""
