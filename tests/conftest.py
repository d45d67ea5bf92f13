"""Every test runs sealed: own HOME, own git config, fixed dates, no network, no real microphone."""

from __future__ import annotations

import gc
import os
import shutil
import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.support.sandbox import Sandbox, sealed_environment

if TYPE_CHECKING:
    from pathlib import Path


# a shell that runs the tests in the background makes them deaf to it, and all that they start
signal.signal(signal.SIGINT, signal.default_int_handler)

# no clock decides a test: a busy machine may take any time; and no dice: a failure comes again
settings.register_profile("settled", deadline=None, derandomize=True)
settings.load_profile("settled")

# looking through all that is imported and collected again and again takes a tenth of the time
gc.disable()

pytest_plugins = ["tests.support.microphone", "tests.support.disk"]


def pytest_collection_finish() -> None:
    """Let the garbage collector look only at what the tests make from now on."""
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def _sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay the sealed environment over this process too, for tests that call the core directly."""
    home = tmp_path / "home"
    home.mkdir()
    for name in set(os.environ) - {"PATH"}:
        monkeypatch.delenv(name)
    for name, value in sealed_environment(home).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    """A folder with a sealed environment, without a repository."""
    folder = tmp_path / "work"
    folder.mkdir()
    return Sandbox(folder, home=tmp_path / "home")


@pytest.fixture(scope="session")
def _begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository on branch main with one commit, to be copied: that takes a fifth of the time."""
    folder = tmp_path_factory.mktemp("begun")
    sandbox = Sandbox(folder, home=tmp_path_factory.mktemp("home"))
    sandbox.git("init", "--quiet", "--initial-branch=main")
    sandbox.commit("start the project", {"README": "hello\n"})
    for sample in (folder / ".git/hooks").iterdir():
        sample.unlink()
    return folder


@pytest.fixture
def repo(sandbox: Sandbox, _begun: Path) -> Sandbox:
    """A real repository on branch main with one commit."""
    shutil.copytree(_begun, sandbox.folder, symlinks=True, dirs_exist_ok=True)
    sandbox.git("update-index", "-q", "--refresh")  # the copy has inodes of its own
    return sandbox
