"""After `git voicenote uninstall --all`, nothing tells that it was ever here."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from git_voicenote.config import Settings
from git_voicenote.git.repository import Repository
from git_voicenote.terminal.dialogue import TerminalDialogue
from git_voicenote.workflows.uninstall.parts import PARTS, REST
from git_voicenote.workflows.uninstall.traces import SearchScope
from tests.support.engines import SCRIPTED
from tests.support.speech import SPEECH
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox

SPOKEN = SPEECH / "rename.flac"
HOOK = "#!/bin/sh\n# mine\nexit 0"  # without a line feed at its end


def snapshot(folder: Path) -> dict[str, bytes | None]:
    """All files below a folder with their content, and the folders."""
    return {
        str(path.relative_to(folder)): None if path.is_dir() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
    }


def used(sandbox: Sandbox) -> None:
    """Use what leaves something behind."""
    words = sandbox.home.parent / "words"
    words.write_text("one sentence\nand another one\n")
    sandbox.extra |= {"GIT_VOICENOTE_ENGINE": SCRIPTED, "SCRIPTED_SPEECH": str(words)}
    for arguments in (
        ("hook", "install", "prepare-commit-msg", "post-applypatch"),
        ("record", "--from", SPOKEN, "--no-edit"),
        ("record", "--from", SPOKEN, "--no-edit", "--append"),
        ("record", "--cover", "--from", SPOKEN, "--no-edit"),
        ("remove", "--cover"),
        ("record", "HEAD~1", "--from", SPOKEN, "--no-edit"),
        ("remove", "HEAD~1"),
        ("record", "--cover", "--from", SPOKEN, "--no-edit"),
        ("settings", "set", "silence", "2"),
        ("settings", "set", "language", "en", "--global"),
        ("vocabulary", "add", "--personal", "kubectl"),
        ("sync", "push", "far"),
    ):
        done = sandbox.voicenote(*arguments)
        assert done.returncode == 0, (arguments, done.stderr)
    assert sandbox.voicenote("edit", environment={"GIT_EDITOR": "false"}).returncode == 128
    sandbox.git("config", "--add", "notes.rewriteRef", "refs/notes/voicenote")
    sandbox.git("config", "core.editor", "git voicenote dictate")


@pytest.fixture
def before(repo: Sandbox, tmp_path: Path) -> dict[str, bytes | None]:
    """What is in the repository and the home folder before the first use."""
    repo.commit("more", {"a": "1\n"})
    repo.commit("yet more", {"a": "2\n"})
    repo.git("reset", "--quiet", "--hard", "HEAD~1")  # what a person lost is not ours to prune
    repo.git("hash-object", "-w", "--stdin", stdin=b"dangling")
    hook = repo.write(".git/hooks/prepare-commit-msg", HOOK)
    hook.chmod(0o755)
    repo.git("init", "--quiet", "--bare", tmp_path / "far.git")
    repo.git("remote", "add", "far", tmp_path / "far.git")
    repo.git("config", "notes.displayRef", "refs/notes/*")
    repo.write("../home/.gitconfig", "[user]\n\tname = Ada\n")
    repo.git("status")
    return snapshot(repo.folder) | snapshot(repo.home)


def test_nothing_is_left(repo: Sandbox, before: dict[str, bytes | None]) -> None:
    used(repo)
    listed = repo.voicenote("uninstall", "--dry-run").stdout.decode()
    for what in (
        "hooks: there", f"prepare-commit-msg in {repo.folder}/.git/hooks/prepare-commit-msg",
        "1 note in refs/notes/voicenote", "1 text that you edited and did not save",
        f"{repo.folder}/.git/voicenote/recordings (",
        f"voicenote.silence = 2 (local: {repo.folder}/.git/config)",
        "voicenote.language = en (global", "notes.rewriteref = refs/notes/voicenote (local",
        "core.editor = git voicenote dictate (local", ".config/git-voicenote (",
    ):  # fmt: skip
        assert what in listed, listed
    repository = Repository.discover(repo.folder)
    scene = SearchScope(repository, Settings(), TerminalDialogue(repository))
    found = [one for part in (*PARTS, REST) if part.name != "notes" for one in part.find(scene)]
    texts = (repo.folder / ".git/voicenote").glob("edit-*/*")  # counted with the notes
    ours = {*(repo.folder / ".git/voicenote").rglob("*"), *repo.home.rglob("git-voicenote/**/*")}
    octets = sum(path.stat().st_size for path in ours - {*texts} if path.is_file())
    assert sum(one.octets for one in found) == octets  # each file belongs to one part
    assert repo.voicenote("uninstall", "--all").returncode == 128  # nobody can be asked

    done = repo.voicenote("uninstall", "--all", "--yes")
    assert done.returncode == 0, done.stderr
    assert b"warning" not in done.stderr
    assert b"the program itself is removed by `" in done.stderr
    assert repo.git("status", "--porcelain") == ""
    assert snapshot(repo.folder) | snapshot(repo.home) == before

    done = repo.voicenote("uninstall", "--dry-run")
    assert done.stdout.decode().count(": none\n") == 6


def test_a_person_chooses(repo: Sandbox, before: dict[str, bytes | None]) -> None:
    used(repo)
    done = repo.voicenote("uninstall", "--recordings", "--hooks", "--yes")
    assert done.returncode == 0, done.stderr
    assert repo.folder.joinpath(".git/hooks/prepare-commit-msg").read_text() == HOOK
    assert not (repo.folder / ".git/voicenote/recordings").exists()
    assert repo.voicenote("show").returncode == 0

    command = (sys.executable, "-m", "git_voicenote", "uninstall")
    with Terminal(command, repo.environment, repo.folder) as terminal:
        terminal.expect("remove notes and covers, with their text? [y/N]")
        terminal.type("n\n")
        while "the program itself" not in terminal.screen:
            terminal.expect("? [y/N]")
            terminal.type("y\n")
            if "remove settings" in terminal.screen:
                break
        terminal.expect("the program itself is removed by")
        assert terminal.wait() == 0
    assert repo.voicenote("show").returncode == 0
    assert "voicenote" not in repo.git("config", "--list")
    assert before


def test_what_is_in_use_stays(repo: Sandbox) -> None:
    from git_voicenote.store.recordings import Recordings

    name = "20261122-101400-0001"
    recordings = Recordings(repo.folder / ".git/voicenote")
    recordings.new_path(name).write_bytes(b"sound")
    with recordings.held(name):
        done = repo.voicenote("uninstall", "--recordings", "--yes")
    assert done.returncode == 128
    assert f"error: the recording {name} is in use" in done.stderr.decode()
    assert recordings.path_of(name) is not None


def test_outside_of_a_repository(sandbox: Sandbox) -> None:
    sandbox.write("../home/.local/share/git-voicenote/models/m/weights", b"1" * 2000)
    before = sandbox.voicenote("uninstall", "--dry-run")
    assert "models and caches: 2.0 kB" in before.stdout.decode()
    done = sandbox.voicenote("uninstall", "--models", "--yes")
    assert done.returncode == 0, done.stderr
    assert snapshot(sandbox.home) == {}


def test_what_a_link_leads_to_stays(repo: Sandbox) -> None:
    """An archive with a repository may hold a link in place of our folder."""
    for name in ("edit-cv", "recordings/song.flac", "language/french", "covers.json", "notes.txt"):
        repo.write(f"../home/Documents/{name}", "precious")
    repo.write("../home/Documents/empty/below/file", "").unlink()
    git = repo.folder / ".git"
    for link in ("voicenote", "logs/refs/voicenote"):
        (git / link).parent.mkdir(parents=True, exist_ok=True)
        (git / link).symlink_to(repo.home / "Documents")
    before = snapshot(repo.home)

    listed = repo.voicenote("uninstall", "--dry-run").stdout.decode()
    assert f"{git}/voicenote, a link: its target stays (" in listed
    assert "recordings and history: none" in listed
    done = repo.voicenote("uninstall", "--all", "--yes")
    assert done.returncode == 0, done.stderr
    assert snapshot(repo.home) == before
    assert not (git / "voicenote").is_symlink()


def test_notes_below_our_ref_stay(repo: Sandbox) -> None:
    repo.git("notes", "--ref", "commits", "add", "-m", "of git")
    repo.git("notes", "--ref", "team/build", "add", "-m", "of a robot")
    for ref, status in (("refs/notes/", 128), ("refs/notes/team", 0)):  # the first is no ref
        repo.git("config", "voicenote.notesRef", ref)
        done = repo.voicenote("uninstall", "--notes", "--yes")
        assert done.returncode == status, done.stderr
    refs = repo.git("for-each-ref", "--format=%(refname)", "refs/notes").split()
    assert refs == ["refs/notes/commits", "refs/notes/team/build"]
