"""The repository that the service was started in, for one request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from git_voicenote.git.repository import Repository, repository_if_any
from git_voicenote.server.dialogue import RequestDialogue
from git_voicenote.workflows.explain.saving import Saving
from git_voicenote.workflows.hearing.archive import open_archive

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.config import Settings
    from git_voicenote.server.service import Service
    from git_voicenote.workflows.hearing.archive import Archive


@dataclass(frozen=True, slots=True)
class RequestRepository:
    """The repository of a request, for use in a worker."""

    repository: Repository
    settings: Settings
    state: Path
    dialogue: RequestDialogue = field(default_factory=RequestDialogue)

    @property
    def archive(self) -> Archive:
        """The recordings of the repository."""
        return open_archive(self.repository, self.settings, self.dialogue.warn)

    @property
    def saving(self) -> Saving:
        """Saves notes in git and in the history."""
        return Saving(self.repository, self.settings, self.dialogue)


def repository_of(service: Service) -> Repository | None:
    """Return the repository, or None outside of one; to be called in a worker."""
    return repository_if_any(service.folder)


def request_repository(service: Service) -> RequestRepository:
    """Return the repository. Raises NotARepositoryError."""
    return RequestRepository(Repository.discover(service.folder), service.settings, service.state)
