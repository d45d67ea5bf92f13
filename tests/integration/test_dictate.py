"""`git voicenote dictate`, alone and as the editor of git and others."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.engines import FAILING, SCRIPTED
from tests.support.speech import SHORT
from tests.support.terminal import CTRL_C, Terminal

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

SPOKEN = SHORT
DICTATE = (sys.executable, "-m", "git_voicenote", "dictate")
COMMAND = shlex.join(DICTATE)
FROM = f"{COMMAND} --from {SPOKEN}"


@pytest.fixture
def scripted(repo: Sandbox) -> Sandbox:
    """A repository with a commit to amend, and words that the engine hears."""
    words = repo.home / "words"
    words.write_text("Retries move to the transport.\nThey were everywhere.\n")
    repo.extra |= {
        "GIT_VOICENOTE_ENGINE": SCRIPTED,
        "SCRIPTED_SPEECH": str(words),
        "GIT_EDITOR": FROM,
        "EDITOR": "true",
    }
    repo.commit("old title", {"a": "1\n"})
    return repo


def test_words_go_to_stdout_and_nothing_else_does(scripted: Sandbox) -> None:
    done = scripted.voicenote("dictate", "--from", SPOKEN)
    assert done.returncode == 0
    assert done.stdout.decode() == "Retries move to the transport. They were everywhere.\n"

    outside = scripted.run(*DICTATE, "--from", SPOKEN, cwd=scripted.home)
    assert outside.stdout == done.stdout


def test_git_has_its_texts_spoken(scripted: Sandbox) -> None:
    spoken = "Retries move to the transport\n\nThey were everywhere."
    scripted.git("commit", "--amend", "--quiet")
    assert scripted.git("log", "-1", "--format=%B") == f"{spoken}\n\nold title\n"

    scripted.git("tag", "-a", "v1")
    assert scripted.git("tag", "-l", "--format=%(contents)", "v1") == f"{spoken}\n"

    scripted.git("notes", "edit")
    prose = "Retries move to the transport. They were everywhere."
    assert scripted.git("notes", "show") == prose

    scripted.git("branch", "--edit-description")
    assert scripted.git("config", "branch.main.description") == f"{prose}\n"


def test_a_list_of_commits_goes_straight_to_the_editor(scripted: Sandbox) -> None:
    scripted.extra["GIT_SEQUENCE_EDITOR"] = f"{COMMAND} --editor 'sed -i s/^pick/reword/'"
    scripted.git("rebase", "--quiet", "-i", "HEAD~1")

    assert scripted.git("log", "-1", "--format=%s") == "Retries move to the transport"


def test_a_message_is_composed_where_its_type_is_said(scripted: Sandbox) -> None:
    (scripted.home / "words").write_text("fix scope parser empty input no longer crashes\n")
    scripted.git("commit", "--quiet", "--allow-empty")
    assert scripted.git("log", "-1", "--format=%B") == (
        "fix(parser): empty input no longer crashes\n"
    )


def test_the_editor_is_the_next_one_that_is_not_ourselves(scripted: Sandbox) -> None:
    def title(**environment: str) -> str:
        scripted.run(
            "git", "commit", "--amend", "--quiet", "--allow-empty", environment=environment
        )
        return scripted.git("log", "-1", "--format=%s")

    for key, value in (("core.editor", "sed -i '1s/^/by core.editor: /'"), ("core.editor", FROM)):
        scripted.git("config", "--add", key, value)
    assert title(VISUAL="false", EDITOR="false") == "by core.editor: Retries move to the transport"
    scripted.git("config", "voicenote.editor", "sed -i '1s/^/by voicenote.editor: /'")
    assert title().startswith("by voicenote.editor: ")
    # record's editor is not a dictation either
    assert scripted.voicenote("edit").returncode == 0
    assert scripted.git("notes", "--ref=voicenote", "show") == "by core.editor:"


def test_an_editor_that_leads_back_is_an_error(scripted: Sandbox) -> None:
    loop = scripted.write("loop", f'#!/bin/sh\nexec {FROM} "$@"\n')
    loop.chmod(0o755)
    done = scripted.run(
        "git", "commit", "--amend", check=False, environment={"GIT_EDITOR": str(loop)}
    )
    assert done.returncode == 1
    assert done.stderr.decode().count("error: the editor leads back") == 1
    assert scripted.git("log", "-1", "--format=%s") == "old title"


def test_speech_that_fails_leaves_the_file_to_the_editor(scripted: Sandbox) -> None:
    for environment, error in (
        ({"GIT_VOICENOTE_ENGINE": FAILING}, "error: the engine broke down"),
        ({"GIT_EDITOR": f"{COMMAND} --from nope.wav"}, "error: there is no file"),
        ({"GIT_EDITOR": f"{COMMAND} --device file:/nope"}, "error: "),
    ):
        done = scripted.run(
            "git", "commit", "--amend", "--allow-empty",
            environment={"EDITOR": "sed -i 's/old/by hand:/'", **environment},
        )  # fmt: skip
        assert error in done.stderr.decode()
        assert "the editor opens without a dictation" in done.stderr.decode()
        assert scripted.git("log", "-1", "--format=%s") == "by hand: title"
        scripted.git("reset", "--quiet", "--soft", "HEAD@{1}")


def test_words_are_kept_where_the_editor_fails(scripted: Sandbox) -> None:
    path = scripted.write("../draft.md", "Old.\n")
    done = scripted.voicenote("dictate", "--from", SPOKEN, "--editor", "exit 3;", path)
    assert done.returncode == 3
    assert path.read_text().endswith("everywhere.\n\nOld.\n")
    kept = done.stderr.decode().splitlines()[-1].removeprefix("the text is kept in ")
    path.unlink()
    assert scripted.run("cat", kept).stdout.endswith(b"everywhere.\n\nOld.\n")
    assert f"{kept}" in scripted.voicenote("show").stderr.decode()


def test_a_person_speaks_and_stops(scripted: Sandbox) -> None:
    """Ctrl-C keeps the sound, and git makes no commit; the recording becomes the text later."""
    environment = {
        **scripted.environment,
        "GIT_EDITOR": COMMAND,
        "GIT_VOICENOTE_MICROPHONE": f"file:{SPOKEN}",
    }
    tag = ("git", "tag", "-a", "v2")
    with Terminal(tag, environment, scripted.folder) as terminal:
        terminal.expect("speak now")
        terminal.type(CTRL_C)
        terminal.expect("transcribes it")
        assert terminal.wait() != 0
    assert scripted.git("tag") == ""
    (sound,) = (scripted.folder / ".git/voicenote/recordings").iterdir()
    assert terminal.shows(f"`git voicenote dictate --from {sound.stem}` transcribes it")

    with Terminal(tag, environment, scripted.folder) as terminal:
        terminal.expect("speak now")
        terminal.expect("Retries move")
        terminal.type("\n")
        assert terminal.wait() == 0
    assert scripted.git("tag", "-l", "--format=%(subject)") == "Retries move to the transport"


def test_of_a_file_that_is_too_long_no_more_than_the_limit_is_read(scripted: Sandbox) -> None:
    path = scripted.folder / "long.txt"
    with path.open("wb") as file:
        file.truncate(1 << 38)  # a hole
    done = scripted.voicenote("dictate", "--from", SPOKEN, path)
    assert done.returncode == 0, done.stderr.decode()
    assert path.stat().st_size == 1 << 38
