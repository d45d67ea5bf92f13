"""A repository that was made to hurt: every command of the README is run at its top.

No code of it is run, and no link of it is written through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

from git_voicenote.cli.parsing.root import root
from git_voicenote.engines.moonshine.weights import open_weights
from git_voicenote.git.repository import Repository
from git_voicenote.workflows.vocabulary.learning import adaptation_for
from tests.support.history import wait_until_made
from tests.support.hostile import COMMANDS, SOUND, lay_traps
from tests.support.sandbox import Sandbox
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def traps(repo: Sandbox, tmp_path: Path) -> Path:
    """Lay traps at the top of a repository; return the file that tells which were run."""
    told = tmp_path / "traps-that-were-run"
    lay_traps(repo, told)
    return told


@pytest.fixture
def person(repo: Sandbox) -> Sandbox:
    """Whoever cloned it, with the command as it is installed."""
    return Sandbox(repo.folder, repo.home, {"GIT_EDITOR": "true", "PYTHONPATH": ""})


def test_every_command_is_here() -> None:
    assert set(COMMANDS) == set(root.list_commands(click.Context(root)))


def test_no_command_runs_code_of_the_repository(person: Sandbox, traps: Path) -> None:
    for command in COMMANDS:
        for arguments in COMMANDS[command]:
            done = person.run("git-voicenote", *arguments, check=False, stdin=b"rename it\n")
            assert b"Traceback" not in done.stderr, (arguments, done.stderr)
            assert not traps.exists(), (arguments, traps.read_text())


@pytest.mark.parametrize(
    "command", [("git", "commit", "--allow-empty"), ("git", "voicenote", "record", "HEAD")]
)
def test_speaking_into_a_microphone_runs_no_code_of_the_repository(
    person: Sandbox, traps: Path, command: tuple[str, ...]
) -> None:
    person.run("git-voicenote", "hook", "install")
    person.git("config", "notes.rewriteRef", "refs/notes/voicenote")  # else it asks for it
    person.extra |= {
        "GIT_VOICENOTE_MICROPHONE": f"file:{SOUND}",
        "GIT_VOICENOTE_SILENCE": "1.5",
        "GIT_VOICENOTE_HOOK_RECORD": "always",
    }
    with Terminal(command, person.environment, person.folder) as terminal:
        terminal.expect("speak now")
        if command[1] == "commit":
            terminal.expect("type [")
            terminal.type("\n")
            terminal.expect("scope")
            terminal.type("\n")
        assert terminal.wait() == 0
    assert not traps.exists()


def test_learning_runs_no_code_of_the_repository(
    person: Sandbox, traps: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = Repository.discover(person.folder)
    monkeypatch.chdir(person.folder)
    adaptation_for(repository, open_weights(None).tokenizer, pytest.fail)
    wait_until_made(repository)
    assert not traps.exists()


LINKS: dict[str, tuple[str | Path, ...]] = {
    "texts/.git-voicenote.jsonl": ("transcribe", "-o", "texts", SOUND),
    "texts": ("transcribe", "-o", "texts/new", SOUND),
    "page.html": ("review", "HEAD~1..", "--html", "page.html"),
    ".voicenote/vocabulary": ("vocabulary", "add", "oidtree"),
    ".voicenote": ("vocabulary", "add", "oidtree"),
    ".husky/prepare-commit-msg": ("hook", "install"),
}


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("target", [".git/config", ".git/hooks", "../outside", "/dev/zero"])
def test_a_committed_link_is_not_written_through(
    repo: Sandbox, tmp_path: Path, link: str, target: str
) -> None:
    repo.git("commit", "--quiet", "--allow-empty", "-m", "store: rename trees")
    if link.startswith(".husky"):  # the person works with husky
        repo.write(".husky/_/h", "")
        repo.git("config", "core.hooksPath", ".husky/_")
    (tmp_path / "outside").mkdir()
    path = repo.folder / link
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(repo.folder / target)
    before = _content(repo.folder / ".git")
    done = repo.voicenote(*LINKS[link])
    assert done.returncode in (128, 129), done.stderr
    assert b"link" in done.stderr or b"is a directory" in done.stderr
    assert _content(repo.folder / ".git") == before
    assert not list((tmp_path / "outside").iterdir())
    assert path.is_symlink()


def _content(folder: Path) -> dict[str, bytes]:
    """Return what is in git's folder, but for our own state."""
    return {
        str(path): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "voicenote" not in path.parts
    }
