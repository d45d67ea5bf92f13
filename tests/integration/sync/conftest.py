"""Two people and a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.clones import Pair
from tests.support.sandbox import Sandbox

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def pair(repo: Sandbox, tmp_path: Path) -> Pair:
    server = tmp_path / "server.git"
    repo.run("git", "clone", "--quiet", "--bare", repo.folder, server)
    clones = []
    for name in ("ada", "bob"):
        folder = tmp_path / name
        repo.run("git", "clone", "--quiet", server, folder)
        clones.append(Sandbox(folder, repo.home, {"GIT_COMMITTER_NAME": name}))
    ada, bob = clones
    return Pair(server, ada, bob, repo.commit_id())
