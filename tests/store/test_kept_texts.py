"""A text that was edited when we were killed: the next command names it, and `edit` resumes it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.support.processes import wait_until
from tests.support.recording import SPOKEN
from tests.support.terminal import ENTER

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox


EDIT = (sys.executable, "-m", "git_voicenote", "edit")
MENTIONED = b"was not saved: "


def kept(repo: Sandbox) -> list[Path]:
    return sorted((repo.folder / ".git/voicenote").glob("edit-*/NOTES_EDITMSG"))


def killed_while_editing(repo: Sandbox, words: str, *arguments: str) -> int:
    """Kill `edit` once its editor has saved words; return the id of that editor, which lives on."""
    told = repo.home / "told"
    told.unlink(missing_ok=True)
    editor = repo.home / "editor"
    editor.write_text(
        f'#!/bin/sh\n{{ echo "{words}"; cat "$1"; }} >"$1.new"; mv "$1.new" "$1"\n'
        f"echo $$ >{told}.new; mv {told}.new {told}; exec sleep 99\n"
    )
    editor.chmod(0o755)
    environment = {**repo.environment, "GIT_EDITOR": str(editor)}
    process = subprocess.Popen(
        (*EDIT, *arguments), cwd=repo.folder, env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    wait_until(told.exists)
    process.kill()
    process.wait()
    return int(told.read_text())


@pytest.fixture
def left(repo: Sandbox) -> Sandbox:
    """A repository where an `edit` was killed, and its editor as well."""
    os.kill(killed_while_editing(repo, "Why it is so."), signal.SIGKILL)
    wait_until(lambda: MENTIONED in repo.voicenote("show").stderr)
    return repo


@pytest.mark.parametrize(
    "command", [("show",), ("record", "--from", str(SPOKEN)), ("history", "list"), ("play",),
                ("review",), ("format-patch", "-1", "--stdout"), ("sync", "status"), ("edit",)],
    ids=" ".join,
)  # fmt: skip
def test_the_next_command_names_it_once(left: Sandbox, command: tuple[str, ...]) -> None:
    told = left.voicenote(*command, environment={"GIT_EDITOR": "true"}).stderr.decode()
    (path,) = kept(left)
    short = left.git("rev-parse", "--short=7", "HEAD")
    assert (
        len(re.findall(f"the note for {short}, edited at .*, was not saved: {path}\n", told)) == 1
    )
    assert told.count("resumes it") == 1


def test_the_text_of_a_living_editor_is_not_named(repo: Sandbox) -> None:
    editor = killed_while_editing(repo, "Why it is so.")
    assert MENTIONED not in repo.voicenote("show").stderr
    os.kill(editor, signal.SIGTERM)
    wait_until(lambda: MENTIONED in repo.voicenote("show").stderr)


def test_edit_resumes_it_and_it_is_gone_when_it_is_saved(left: Sandbox) -> None:
    with left.at_terminal("edit", environment={"GIT_EDITOR": "cat"}) as person:
        person.expect("[R]esume it, [k]eep it for later, [d]elete?")
        person.type(ENTER)
        person.expect("Why it is so.")
        person.expect("saved")
        assert person.wait() == 0
    assert left.git("notes", "--ref=voicenote", "show") == "Why it is so."
    assert kept(left) == []


@pytest.mark.parametrize(("key", "number"), [("k", 1), ("d", 0)])
def test_edit_keeps_or_deletes_it(left: Sandbox, key: str, number: int) -> None:
    with left.at_terminal("edit", environment={"GIT_EDITOR": "true"}) as person:
        person.expect("[d]elete?")
        person.type(key + ENTER)
        person.expect("no note for")
        person.wait()
    assert len(kept(left)) == number


def test_a_text_that_is_the_note_already_is_removed_without_a_word(repo: Sandbox) -> None:
    os.kill(killed_while_editing(repo, ""), signal.SIGKILL)
    deadline = time.monotonic() + 30
    while kept(repo) and time.monotonic() < deadline:
        assert MENTIONED not in repo.voicenote("show").stderr
    assert kept(repo) == []
