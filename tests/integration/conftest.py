"""What several of these tests begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import replying
from tests.support.browser import Browser
from tests.support.desk import Desk, set_up
from tests.support.engines import SCRIPTED
from tests.support.sandbox import Sandbox
from tests.support.series import explained_series

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def bob(repo: Sandbox, tmp_path: Path) -> Sandbox:
    """A clone from before the series, on a branch of its own."""
    folder = tmp_path / "bob"
    repo.run("git", "clone", "--quiet", "--branch=main", repo.folder, folder)
    repo.run("git", "checkout", "--quiet", "-b", "review", cwd=folder)
    return Sandbox(folder, repo.home)


@pytest.fixture
def desk(repo: Sandbox) -> Desk:
    """The hook, an editor, and a change that is staged."""
    desk = set_up(repo)
    repo.write("README", "changed\n")
    repo.git("add", "README")
    return desk


@pytest.fixture
def series(repo: Sandbox) -> Sandbox:
    """Branch topic with three explained commits and a cover, from main."""
    return explained_series(repo)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A Chromium without a window."""
    with Browser(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.fixture
def scripted(repo: Sandbox) -> Sandbox:
    """The repository, with an engine whose words are known: two sentences."""
    lines = repo.home / "lines"
    lines.write_text("we now write a new file\nif that fails we can still read the old file\n")
    repo.extra |= {"GIT_VOICENOTE_ENGINE": SCRIPTED, "SCRIPTED_SPEECH": str(lines)}
    return repo


@pytest.fixture
def reviewing(repo: Sandbox) -> Sandbox:
    """A mailed series of two patches in `series.mbox`, and an engine whose words are known."""
    return replying.prepare(repo)
