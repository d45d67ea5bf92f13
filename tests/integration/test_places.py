"""Odd places: names, homes, locales and streams that nobody expects. A word, never a traceback.

`python -m benchmarks.attack.places` tries every command in every one of them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from git_voicenote.git.repository import Repository
from tests.support.engines import SCRIPTED
from tests.support.recording import SPOKEN
from tests.support.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NAMES = (
    b"a\nb", b"a\n", b"a\rb", b"\xff\xfe", b"-rf", b"a ", b" a", b"a:b", b"a'b\"c", b"100%s",
    b"{0}", b"~", "a\x85b\u2028c".encode(), b"a\x0bb\x0c\x1cd", b"$(id)", b"\x1b[31m",
)  # fmt: skip


def scripted(folder: Path, home: Path) -> Sandbox:
    lines = home / "lines"
    lines.write_text("We now write a new file.\n" * 9)
    return Sandbox(folder, home, {"GIT_VOICENOTE_ENGINE": SCRIPTED, "SCRIPTED_SPEECH": str(lines)})


def repository_at(folder: Path, home: Path) -> Sandbox:
    repo = scripted(folder, home)
    repo.git("init", "--quiet", "--initial-branch=main")
    repo.commit("start the project", {"README": "hello\n"})
    return repo


def check(done: subprocess.CompletedProcess[bytes], *status: int) -> None:
    printed = (done.stdout + done.stderr).decode("utf-8", "backslashreplace")
    assert done.returncode in status, printed
    for words in ("Traceback", "unexpected ", "Exception ignored"):
        assert words not in printed, printed


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_repository_may_have_any_name(tmp_path: Path, name: bytes) -> None:
    folder = tmp_path / os.fsdecode(name)
    folder.mkdir()
    repo = repository_at(folder, tmp_path / "home")
    check(repo.voicenote("record", "--from", SPOKEN), 0)
    check(repo.voicenote("show"), 0)
    check(repo.voicenote("history", "list", "--json"), 0)
    assert list((folder / ".git/voicenote/recordings").glob("*.flac"))
    # nothing anywhere else: neither in the work tree nor beside it
    assert {path.name for path in folder.iterdir()} == {".git", "README"}
    assert {path.name for path in tmp_path.iterdir()} == {folder.name, "home"}


def test_a_bare_repository_and_a_work_tree_of_odd_names_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "a\nb\n"
    folder.mkdir()
    repo = repository_at(folder, tmp_path / "home")
    repo.git("worktree", "add", "--quiet", "-b", "side", str(tmp_path / "c\nd"))
    found = Repository.discover(tmp_path / "c\nd")
    assert found.common_dir == folder / ".git"
    assert found.git_dir == folder / ".git/worktrees/c-d"
    assert found.worktree == tmp_path / "c\nd"
    repo.git("clone", "--quiet", "--bare", str(folder), str(tmp_path / "e\nf"))
    bare = Repository.discover(tmp_path / "e\nf")
    assert (bare.git_dir, bare.common_dir, bare.worktree) == (
        tmp_path / "e\nf", tmp_path / "e\nf", None,
    )  # fmt: skip


def test_titles_and_branches_may_hold_what_python_takes_for_line_ends(repo: Sandbox) -> None:
    commit = repo.commit("feat: a\x0cb\x0bc\x1cd\u2028e\x85f", {"a": "1\n"})
    repo.git("switch", "--quiet", "--create", "a\u2028b\x85c")
    check(repo.voicenote("show", "HEAD~1..HEAD"), 1)
    repo.extra["GIT_EDITOR"] = "sh -c 'echo words >\"$0\"'"
    check(repo.voicenote("edit"), 0)
    check(repo.voicenote("edit", "--cover"), 0)
    shown = repo.voicenote("show", "HEAD~1..HEAD")
    check(shown, 0)
    assert commit[:7] in shown.stdout.decode()
    check(repo.voicenote("show", "--cover"), 0)
    check(repo.voicenote("sync", "bundle", "../notes.bundle"), 0)
    check(repo.voicenote("sync", "unbundle", "../notes.bundle"), 0)


def run_in(
    repo: Sandbox, wrap: str, arguments: Sequence[str | Path], **environment: str | None
) -> subprocess.CompletedProcess[bytes]:
    changed = {**repo.environment, **environment}
    return subprocess.run(
        ["sh", "-c", wrap, "sh", sys.executable, "-m", "git_voicenote", *arguments],
        cwd=repo.folder,
        env={name: value for name, value in changed.items() if value is not None},
        input=b"um hello\n", capture_output=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture
def spoken(repo: Sandbox) -> Sandbox:
    return scripted(repo.folder, repo.home)


HOMES: tuple[dict[str, str | None], ...] = (
    {"HOME": None}, {"HOME": "/dev/null"}, {"HOME": "here"}, {"HOME": "/proc/1/x"},
    dict.fromkeys(("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"), "here"),
    dict.fromkeys(("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"), "/dev/null"),
    {"TMPDIR": "/nowhere"},
)  # fmt: skip
COMMANDS: tuple[tuple[str | Path, ...], ...] = (
    ("record", "--from", SPOKEN), ("show",), ("history", "list"), ("vocabulary",), ("text",),
    ("models", "list"),
)  # fmt: skip
OF_STRANGERS = COMMANDS[:2]
"""Those that print what others wrote: words and titles."""


@pytest.mark.parametrize("home", HOMES, ids=str)
def test_a_home_may_be_anything(spoken: Sandbox, home: dict[str, str | None]) -> None:
    xdg: dict[str, str | None] = {}
    if "HOME" in home:
        xdg = dict.fromkeys(("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"))
    for command in COMMANDS:
        done = spoken.voicenote(*command, stdin=b"um hello\n", environment={**xdg, **home})
        check(done, 0, 1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a user without a name")
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command[0]))
def test_a_user_may_have_no_name_and_no_home(
    tmp_path: Path, command: tuple[str | Path, ...]
) -> None:
    wrap = 'exec setpriv --reuid 12345 --regid 12345 --clear-groups "$@"'
    (tmp_path / "empty").mkdir(mode=0o777)
    sandbox = scripted(tmp_path / "empty", tmp_path / "home")
    bare = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"))
    check(run_in(sandbox, wrap, command, **bare), 0, 1, 128)


@pytest.mark.parametrize(
    "locale",
    [{"LANG": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}, {"PYTHONIOENCODING": "ascii"},
     {"PYTHONIOENCODING": "latin-1"}, {"LC_ALL": "en_US.ISO-8859-1"}],
    ids=str,
)  # fmt: skip
def test_a_terminal_may_lack_characters(spoken: Sandbox, locale: dict[str, str]) -> None:
    spoken.commit("feat: naïve 重试 \u2013 \u2026", {"naïve": "重试 = 1\n"})
    for command in COMMANDS if "LANG" in locale else OF_STRANGERS:
        check(run_in(spoken, 'exec "$@"', command, **locale), 0, 1)


# what is done about a missing stream is done before a command is called; a broken one, after it
STREAMS = ("<&-", ">&-", "2>&-", "<&- >&- 2>&-", "2>/dev/full", "| true", ">/dev/null 2>&1 <&-")
STREAMS_OF_ALL = ("<&- >&- 2>&-", "| true")


@pytest.mark.parametrize("streams", STREAMS)
def test_streams_may_be_closed_or_broken(spoken: Sandbox, streams: str) -> None:
    record, *others = COMMANDS
    check(run_in(spoken, f'"$@" {streams}', record), 0, 1)
    # nothing was written to a file that took a stream's number
    assert spoken.voicenote("show").returncode == 0
    assert spoken.voicenote("history", "list").returncode == 0
    for command in others if streams in STREAMS_OF_ALL else OF_STRANGERS[1:]:
        check(run_in(spoken, f'"$@" {streams}', command), 0, 1)


def test_a_folder_that_is_gone_is_said(spoken: Sandbox) -> None:
    for command in COMMANDS:
        done = run_in(spoken, 'mkdir gone; cd gone; rmdir ../gone; exec "$@"', command)
        check(done, 128)
        gone = b"the current directory no longer exists"
        assert gone in done.stderr or b"git" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a repository away")
def test_somebody_elses_repository_is_refused_in_gits_words(spoken: Sandbox) -> None:
    os.chown(spoken.folder / ".git", 12345, 12345)
    os.chown(spoken.folder, 12345, 12345)
    done = spoken.voicenote("history", "list")
    check(done, 128)
    assert b"dubious ownership" in done.stderr
    assert b"safe.directory" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_the_state_of_another_user_of_a_repository_is_said_and_notes_are_shown(
    spoken: Sandbox,
) -> None:
    # root, but to be refused like anybody
    wrap = 'exec setpriv --bounding-set -dac_override,-dac_read_search "$@"'
    check(spoken.voicenote(*COMMANDS[0]), 0)
    os.chown(spoken.folder / ".git/voicenote", 12345, 12345)

    for command in (("record", "--from", SPOKEN), ("uninstall", "--recordings", "--yes")):
        check(run_in(spoken, wrap, command), 128)
    done = run_in(spoken, wrap, ("show",))
    check(done, 0)
    assert b"voicenote/recordings: Permission denied" in done.stderr
    check(run_in(spoken, wrap, ("remove",)), 0)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_folders_of_another_user_in_the_home_folder_are_said(spoken: Sandbox) -> None:
    wrap = 'exec setpriv --bounding-set -dac_override,-dac_read_search "$@"'
    for name in (".local/share", ".config"):
        folder = spoken.home / name / "git-voicenote"
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        os.chown(folder, 12345, 12345)
    for command in (("models", "list"), ("uninstall", "--dry-run"), ("vocabulary",)):
        done = run_in(spoken, wrap, command)
        check(done, 0, 128)
        assert done.returncode == 0 or b"Permission denied" in done.stderr, done.stderr


@pytest.mark.parametrize("make", [Path.touch, os.mkfifo], ids=["file", "pipe"])
def test_what_is_in_the_place_of_the_state_is_said_and_notes_are_shown(
    spoken: Sandbox, make: Callable[[Path], None]
) -> None:
    check(spoken.voicenote(*COMMANDS[0]), 0)
    state = spoken.folder / ".git/voicenote"
    shutil.rmtree(state)
    make(state)
    for command in (*COMMANDS, ("uninstall", "--recordings", "--yes")):
        done = spoken.voicenote(*command, stdin=b"um hello\n")
        check(done, 0, 1, 128)
        assert done.returncode == 0 or command != ("show",), done.stderr


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_nobody_else_reads_what_was_said_whatever_the_umask(spoken: Sandbox, umask: int) -> None:
    state = spoken.folder / ".git/voicenote"
    (state / "recordings").mkdir(parents=True)
    state.chmod(0o777)
    (state / "recordings").chmod(0o777)
    before = os.umask(umask)
    try:
        for command in COMMANDS:
            check(spoken.voicenote(*command, stdin=b"um hello\n"), 0, 1)
    finally:
        os.umask(before)
    open_to_others = [
        path for path in (state, *state.rglob("*")) if path.stat().st_mode & 0o077
    ]  # fmt: skip
    assert open_to_others == []
