"""A repository's language is learned from its history, in the background."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zlib
from typing import TYPE_CHECKING

import pytest

from git_voicenote.engines.moonshine.history import read_history
from git_voicenote.engines.moonshine.weights import open_weights
from git_voicenote.git.repository import Repository
from git_voicenote.processes import start_module
from git_voicenote.store.language_cache import LanguageCache
from git_voicenote.workflows.vocabulary.learning import adaptation_for, make_now
from tests.support.history import long_history, wait_until_made
from tests.support.logged import logged

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox

TOKENS = open_weights(None).tokenizer


def run(repository: Repository, *arguments: str) -> int:
    command = [
        sys.executable,
        "-m",
        "git_voicenote.workflows.vocabulary.learning",
        str(repository.cwd),
        str(TOKENS),
    ]
    command += arguments
    return subprocess.run(command, check=False).returncode


def test_it_is_made_in_the_background_and_there_the_next_time(repo: Sandbox) -> None:
    repository = long_history(repo)
    told: list[str] = []
    assert adaptation_for(repository, TOKENS, told.append) is None
    wait_until_made(repository)
    folder = adaptation_for(repository, TOKENS, told.append)
    assert folder is not None
    read_history(folder, 32768)
    model = folder / "history.npz"
    assert told == []
    # it is young: nobody makes another
    assert not LanguageCache(repository.state_dir).is_being_made()

    model.write_bytes(b"\0" * 100)
    assert adaptation_for(repository, TOKENS, told.append) is None
    assert told == [f"the repository's language: {model} is damaged and will be rebuilt"]
    wait_until_made(repository)
    assert adaptation_for(repository, TOKENS, told.append) not in (None, folder)


def test_no_code_of_the_repository_is_run(repo: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = long_history(repo)
    for name in ("signal.py", "numpy.py", "git_voicenote.py"):
        (repo.folder / name).write_text("open('run', 'w').close()\nraise SystemExit(3)\n")
    monkeypatch.chdir(repo.folder)
    adaptation_for(repository, TOKENS, pytest.fail)
    wait_until_made(repository)
    assert not (repo.folder / "run").exists()


def test_what_the_former_engine_learned_is_removed(repo: Sandbox) -> None:
    repository = Repository.discover(repo.folder)
    former = repository.state_dir / "language" / "17a0"
    former.mkdir(parents=True)
    for name in ("language.bin", "words.txt"):
        (former / name).write_bytes(b"former")
    files = {name: zlib.crc32(b"former") for name in ("language.bin", "words.txt")}
    current = former.parent / "current.json"
    current.write_text(json.dumps({"folder": "17a0", "key": "3 abc", "files": files}))
    assert adaptation_for(repository, TOKENS, pytest.fail) is None
    assert not former.exists()
    assert not current.exists()


def test_a_short_history_teaches_nothing(repo: Sandbox) -> None:
    repository = long_history(repo, 5)
    assert adaptation_for(repository, TOKENS, pytest.fail) is None
    assert not LanguageCache(repository.state_dir).is_being_made()


def test_a_repository_without_commits_teaches_nothing(sandbox: Sandbox) -> None:
    sandbox.git("init", "--quiet")
    assert adaptation_for(Repository.discover(sandbox.folder), TOKENS, pytest.fail) is None


def test_it_gives_up_when_it_takes_too_long(repo: Sandbox) -> None:
    repository = long_history(repo)
    assert run(repository, "0.05") == 1
    cache = LanguageCache(repository.state_dir)
    assert cache.current() == (None, None)
    assert not cache.is_being_made()
    assert "the repository's language was not learned: it took longer than 0.05 s" in logged()


def test_what_cannot_be_written_ends_it(repo: Sandbox) -> None:
    repository = long_history(repo)
    repository.state_dir.mkdir()
    (repository.state_dir / "language").write_text("a file is in the way")
    assert run(repository) == 1
    assert "the repository's language was not learned\n" in logged()
    assert "git_voicenote.errors.StoreError: " in logged()


def test_an_attempt_that_was_killed_is_logged(repo: Sandbox) -> None:
    repository = long_history(repo)
    cache = LanguageCache(repository.state_dir)
    lock = cache.begin()
    assert lock is not None
    os.utime(lock, (0, 0))
    assert make_now(repository, TOKENS) is not None
    assert f"{lock} was left behind by a process that did not finish it" in logged()


def test_a_folder_that_went_away_is_logged(repo: Sandbox, tmp_path: Path) -> None:
    module = "git_voicenote.workflows.vocabulary.learning"
    with start_module(module, str(tmp_path / "gone"), str(TOKENS)) as process:
        assert process.wait() == 1
    assert f"{module}: the process stopped" in logged()
    assert "NotARepositoryError" in logged() or "GitError" in logged()


def test_two_do_not_make_it_at_once(repo: Sandbox) -> None:
    repository = long_history(repo)
    LanguageCache(repository.state_dir).begin()
    assert make_now(repository, TOKENS) is None
    assert LanguageCache(repository.state_dir).is_being_made()
