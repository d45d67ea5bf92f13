"""The server of the remote engine from the settings, and its token."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.config import REMOTE_TOKEN
from git_voicenote.engines.remote.options import NoCredentials, RemoteOptions
from git_voicenote.git.credentials import GitCredentials

if TYPE_CHECKING:
    from git_voicenote.config import Settings
    from git_voicenote.engines.remote.options import Credentials
    from git_voicenote.git.repository import Repository


@dataclass(frozen=True, slots=True)
class GivenToken(NoCredentials):
    """The token from the environment, which is not stored."""

    given: str

    def token(self) -> str:
        """Return it."""
        return self.given


def remote_options(settings: Settings, repository: Repository | None) -> RemoteOptions | None:
    """Return the server from the settings, or None."""
    if settings.remote_url is None:
        return None
    return RemoteOptions(
        url=settings.remote_url,
        path=settings.remote_path,
        model=settings.remote_model,
        concurrency=settings.remote_concurrency,
        timeout=settings.remote_timeout,
        credentials=_credentials(settings.remote_url, repository),
    )


def _credentials(url: str, repository: Repository | None) -> Credentials:
    given = os.environ.get(REMOTE_TOKEN)
    if given:
        return GivenToken(given)
    return GitCredentials(url, repository.cwd if repository else Path.cwd())
