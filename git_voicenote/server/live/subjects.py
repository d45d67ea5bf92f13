"""Find the subject of a dictation in the repository of the service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.errors import NotARepositoryError, UnknownRevisionError
from git_voicenote.git.repository import Repository
from git_voicenote.notes.covers import Covers, series_name
from git_voicenote.server.responses.refusals import RefusalError
from git_voicenote.targets import (
    CommitTarget,
    CoverTarget,
    MessageTarget,
    ReviewTarget,
    TextTarget,
)
from git_voicenote.workflows.hearing.archive import Subject

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.git.repository import Commit
    from git_voicenote.server.live.opening import Opening

_NEEDS_REPOSITORY = ("commit", "cover", "answer")


@dataclass(frozen=True, slots=True)
class DictationSubject:
    """The subject of a dictation, and the repository, None outside of one."""

    subject: Subject
    repository: Repository | None


def find_subject(folder: Path, opening: Opening) -> DictationSubject:
    """Return the subject that a client names. Raises RefusalError and GitError."""
    try:
        repository = Repository.discover(folder)
    except NotARepositoryError as exc:
        if opening.kind in _NEEDS_REPOSITORY:
            raise RefusalError(404, exc.message, param="target", code="no_repository") from exc
        return DictationSubject(_without_git(opening), None)
    return DictationSubject(_in(repository, opening), repository)


def _in(repository: Repository, opening: Opening) -> Subject:
    match opening.kind:
        case "commit":
            commit = _commit(repository, opening)
            return Subject(CommitTarget(commit.id), commit.subject)
        case "answer":
            commit = _commit(repository, opening)
            return Subject(ReviewTarget(commit.id), f"answer to {commit.subject}")
        case "cover":
            key = Covers(repository).key_for_head()
            return Subject(CoverTarget(key), f"the series of {series_name(repository, key)}")
    return _without_git(opening)


def _commit(repository: Repository, opening: Opening) -> Commit:
    try:
        return repository.commit(opening.commit)
    except UnknownRevisionError as exc:
        raise RefusalError(404, exc.message, param="target", code="unknown_commit") from exc


def _without_git(opening: Opening) -> Subject:
    if opening.kind == "message":
        return Subject(MessageTarget(), "the message of this commit")
    return Subject(TextTarget(), "spoken text")
