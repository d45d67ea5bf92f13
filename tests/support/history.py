"""A repository with a history that is long enough to learn from."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from git_voicenote.git.repository import Repository
from git_voicenote.store.language_cache import LanguageCache

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox


def long_history(repo: Sandbox, commits: int = 40) -> Repository:
    """Give the repository a history, by one process of git's."""
    stream = "".join(
        f"commit refs/heads/main\ncommitter A U Thor <a@example.org> {1700000000 + number} +0000\n"
        f"data <<EOF\nribbonfile: keep the ribbonfile\n\nThe ribbonfile is read again.\nEOF\n"
        + ("from refs/heads/main^0\n" if number == 0 else "")
        for number in range(commits)
    )
    repo.git("fast-import", "--quiet", stdin=stream.encode())
    return Repository.discover(repo.folder)


def wait_until_made(repository: Repository) -> None:
    cache = LanguageCache(repository.state_dir)
    deadline = time.monotonic() + 120
    while cache.current()[0] is None or cache.is_being_made():
        assert time.monotonic() < deadline
        time.sleep(0.2)
