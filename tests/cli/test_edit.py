from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

import pytest

from git_voicenote.datatypes import Note
from git_voicenote.git.repository import Repository
from git_voicenote.notes.covers import Covers
from git_voicenote.notes.store import Notes
from git_voicenote.store.history import History
from tests.support.terminal import CTRL_C, Terminal

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from tests.support.sandbox import Sandbox

SPOKEN = Note("Why it is so.", ("20261122-101400-0001",), "moonshine", "en", 3.0)
SCISSORS = "# ------------------------ >8 ------------------------"


def edit(
    sandbox: Sandbox, *arguments: str, editor: str, cwd: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run the command with an editor: a shell command that gets the file as its last argument."""
    return sandbox.voicenote("edit", *arguments, environment={"GIT_EDITOR": editor}, cwd=cwd)


def write(text: str, comment: str = "#") -> str:
    """Return an editor that replaces what is above the scissors."""
    scissors = comment + SCISSORS[1:]
    script = (
        "import sys, pathlib; file = pathlib.Path(sys.argv[2]); below = file.read_text()"
        f".partition({scissors!r}); assert below[1]; "
        "file.write_text(sys.argv[1] + below[1] + below[2])"
    )
    return f"{sys.executable} -c {shlex.quote(script)} {shlex.quote(text)}"


def notes(sandbox: Sandbox, revision: str = "HEAD") -> tuple[Note, ...]:
    repository = Repository.discover(sandbox.folder)
    return Notes(repository).read(repository.commit(revision).id)


@pytest.fixture
def explained(repo: Sandbox) -> Sandbox:
    repository = Repository.discover(repo.folder)
    commit_id = repo.commit("feat: jitter", {"a": "1\n"})
    Notes(repository).write(commit_id, [SPOKEN])
    return repo


def test_the_editor_shows_the_note_and_below_scissors_what_it_is_about(
    explained: Sandbox, tmp_path: Path
) -> None:
    done = edit(explained, editor=f"sh -c 'cp \"$0\" {tmp_path}/seen'")

    commit_id = explained.commit_id()
    assert (tmp_path / "seen").read_text() == (
        "Why it is so.\n\n"
        "Voicenote-Recording: 20261122-101400-0001\nVoicenote-Engine: moonshine\n"
        "Voicenote-Language: en\nVoicenote-Duration: 0:03\n\n"
        f"{SCISSORS}\n"
        "# Do not modify or remove the line above.\n# Everything below it will be ignored.\n#\n"
        f"# note for {commit_id[:7]} feat: jitter\n# Ada Lovelace, 2026-01-02 03:04\n#\n"
        "#  a | 1 +\n#  1 file changed, 1 insertion(+)\n#  create mode 100644 a\n"
    )
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr.decode() == f"the note for {commit_id[:7]} was not changed\n"


@pytest.mark.parametrize("comment", ["#", ";", "auto"])
def test_lines_that_look_like_comments_stay(repo: Sandbox, comment: str) -> None:
    repo.git("config", "core.commentChar", comment)
    text = "# a heading\n; another\n\n-- >8 --\n# last"

    done = edit(repo, editor=write(text + "\n", ";" if comment == ";" else "#"))

    assert done.returncode == 0, done.stderr
    assert notes(repo) == (Note(text),)


def test_words_may_hold_the_scissors_themselves(repo: Sandbox) -> None:
    text = f"above\n{SCISSORS}\nbelow"

    edit(repo, editor=write(text + "\n"))

    assert notes(repo) == (Note(text),)


def test_a_person_may_remove_the_scissors(repo: Sandbox) -> None:
    edit(repo, editor="sh -c 'echo all mine > \"$0\"'")

    assert notes(repo) == (Note("all mine"),)


def test_an_edited_note_keeps_its_recording_and_is_remembered(explained: Sandbox) -> None:
    done = edit(explained, editor="sed -i 's/so/better so/'")

    commit_id = explained.commit_id()
    assert done.stderr.decode() == f"note for {commit_id[:7]} saved\n"
    edited = notes(explained)[0]
    assert (edited.text, edited.recording_ids) == ("Why it is better so.", SPOKEN.recording_ids)
    patch_id = explained.git("patch-id", "--stable", stdin=explained.git("show").encode() + b"\n")
    remembered = History(explained.folder / ".git/voicenote").notes_of_patches(patch_id.split()[:1])
    assert [note.commit_id for notes in remembered.values() for note in notes] == [commit_id]


@pytest.mark.parametrize("text", ["", "\n  \n"])
def test_an_empty_text_leaves_the_note_as_it_was(explained: Sandbox, text: str) -> None:
    done = edit(explained, editor=write(text))

    short = explained.git("rev-parse", "--short=7", "HEAD")
    assert done.returncode == 1
    assert done.stderr.decode() == (
        f"error: the text is empty: the note for {short} was not changed\n"
        f"hint: to remove it: `git voicenote remove {short}`\n"
    )
    assert notes(explained) == (SPOKEN,)
    explained.git("notes", "--ref=refs/notes/voicenote", "remove", short)
    assert edit(explained, editor=write(text)).stderr.decode() == (
        f"error: the text is empty: no note for {short} was saved\n"
    )


def test_an_editor_that_fails_loses_nothing(explained: Sandbox) -> None:
    done = edit(explained, editor="sh -c 'echo half a thought > \"$0\"; exit 3'")

    assert done.returncode == 128
    error, hint = done.stderr.decode().splitlines()
    assert error.startswith("error: the editor ")
    assert error.endswith("stopped with exit status 3")
    kept = hint.removeprefix("hint: the text is kept in ")
    assert explained.run("cat", kept).stdout == b"half a thought\n"
    assert notes(explained) == (SPOKEN,)


def test_a_note_that_cannot_be_saved_is_kept_in_a_file(explained: Sandbox) -> None:
    explained.write(".git/refs/notes/voicenote.lock", "")

    done = edit(explained, editor="sed -i 's/so/better so/'")

    assert done.returncode == 128
    error, kept, hint = done.stderr.decode().splitlines()
    assert "refs/notes/voicenote is locked" in error
    assert hint.startswith("hint: if no git process is running,")
    text = explained.run("cat", kept.removeprefix("the text is kept in ")).stdout
    assert text.startswith(b"Why it is better so.\n")


def test_ctrl_c_in_the_editor_keeps_the_text(explained: Sandbox) -> None:
    editor = "sh -c 'echo half a thought > \"$0\"; echo at work; while :; do sleep 0.1; done'"
    command = [sys.executable, "-m", "git_voicenote", "edit"]
    environment = {**explained.environment, "GIT_EDITOR": editor}

    with Terminal(command, environment, explained.folder) as terminal:
        terminal.expect("at work")
        terminal.type(CTRL_C)
        assert terminal.wait() == 130

    kept = terminal.screen.partition("the text is kept in")[2].split()[0]
    assert explained.run("cat", kept).stdout == b"half a thought\n"


def test_an_editor_that_lives_through_ctrl_c_goes_on(explained: Sandbox) -> None:
    script = (
        "trap 'echo caught; caught=1' INT; echo at work; "
        'until [ "$caught" ]; do sleep 0.1; done; echo all done > "$0"'
    )
    command = [sys.executable, "-m", "git_voicenote", "edit"]
    environment = {**explained.environment, "GIT_EDITOR": f"sh -c {shlex.quote(script)}"}

    with Terminal(command, environment, explained.folder) as terminal:
        terminal.expect("at work")
        terminal.type(CTRL_C)
        terminal.expect("caught")
        assert terminal.wait() == 0

    assert notes(explained) == (Note("all done"),)


def test_the_editor_has_the_terminal_before_it_runs(explained: Sandbox) -> None:
    """A ^C at its first word is for the editor, and not for us."""
    first_act = (
        "import os; owner = os.tcgetpgrp(0); "
        "print('the terminal is', 'mine' if owner == os.getpgrp() else 'theirs')"
    )
    editor = f'{sys.executable} -c "{first_act}"'
    command = [sys.executable, "-m", "git_voicenote", "edit"]

    for _ in range(5):
        environment = {**explained.environment, "GIT_EDITOR": editor}
        with Terminal(command, environment, explained.folder) as terminal:
            terminal.expect("the terminal is mine")
            assert terminal.wait() == 0


def test_nothing_is_left_behind_where_all_went_well(explained: Sandbox) -> None:
    edit(explained, editor="sed -i 's/so/better so/'")

    left = {path.name for path in (explained.folder / ".git/voicenote").iterdir()}
    assert left == {"history.db", "notes.lock"}


def test_the_editor_is_the_one_that_git_would_start(explained: Sandbox) -> None:
    explained.git("config", "core.editor", "sed -i -e 's/so/just so/' --")
    explained.run("env", "-u", "GIT_EDITOR", sys.executable, "-m", "git_voicenote", "edit")

    assert notes(explained)[0].text == "Why it is just so."


def test_without_an_editor_git_says_so(explained: Sandbox) -> None:
    done = explained.run(
        "env", "-u", "GIT_EDITOR", sys.executable, "-m", "git_voicenote", "edit", check=False
    )

    assert done.returncode == 128
    assert b"EDITOR unset" in done.stderr


def test_editing_a_commit_that_lost_its_note_starts_from_it(explained: Sandbox) -> None:
    old = explained.git("rev-parse", "--short=7", "HEAD")
    explained.git("commit", "--amend", "--quiet", "--message=another")

    done = edit(explained, editor="true")

    assert f"starting from the note of {old}, which has the same patch" in done.stderr.decode()
    assert notes(explained) == (SPOKEN,)


def test_a_cover_is_edited_with_its_series_in_view(repo: Sandbox, tmp_path: Path) -> None:
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.commit("one", {"a": "1\n"})
    repo.commit("two", {"b": "1\n"})

    done = edit(repo, "--cover", editor=f'sh -c \'sed -i 1iWords. "$0"; cp "$0" {tmp_path}/seen\'')

    assert done.stderr == b"cover of topic saved\n"
    assert Covers(Repository.discover(repo.folder)).read("topic") == (Note("Words."),)
    seen = (tmp_path / "seen").read_text()
    assert "# cover of topic\n#\n# Ada Lovelace (2):\n#   one\n#   two\n#\n#  a | 1 +\n" in seen


def test_the_cover_of_another_branch_can_be_edited_and_only_of_one_that_is(repo: Sandbox) -> None:
    repo.git("branch", "side")

    assert edit(repo, "--cover", "side", editor=write("Words.\n")).returncode == 0
    assert Covers(Repository.discover(repo.folder)).keys() == ("side",)
    for name in ("sied", "side~0"):
        done = edit(repo, "--cover", name, editor=write("Words.\n"))
        assert done.returncode == 128
        assert done.stderr.startswith(f"error: no branch is named {name!r}\n".encode())


def test_an_empty_cover_is_not_saved(repo: Sandbox) -> None:
    done = edit(repo, "--cover", editor=write(""))

    assert (done.returncode, done.stderr) == (
        1, b"error: the text is empty: no cover of main was saved\n",
    )  # fmt: skip


def test_editing_needs_no_worktree_and_no_branch(repo: Sandbox, tmp_path: Path) -> None:
    repo.git("clone", "--quiet", "--bare", ".", tmp_path / "bare")
    done = edit(repo, editor=write("Words.\n"), cwd=tmp_path / "bare")
    assert done.returncode == 0, done.stderr

    repo.git("checkout", "--quiet", "--detach")
    commit_id = repo.commit_id()
    for arguments in ([], ["--cover"]):
        done = edit(repo, *arguments, editor=write("Words.\n"))
        assert done.returncode == 0, done.stderr
    assert Covers(Repository.discover(repo.folder)).keys() == (f"detached/{commit_id}",)


def test_a_damaged_history_is_a_warning(repo: Sandbox) -> None:
    repo.write(".git/voicenote/history.db", 1000 * "<html>")

    done = edit(repo, editor=write("Words.\n"))

    assert done.returncode == 0
    assert b"warning: saved in git, but not in the history: " in done.stderr
    assert notes(repo) == (Note("Words."),)
