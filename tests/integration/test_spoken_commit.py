"""A commit message spoken into the hook, and all that can fail on the way."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from git_voicenote.datatypes import MARK
from tests.support.desk import QUESTION, Desk
from tests.support.engines import CRASHING, FAILING, SCRIPTED
from tests.support.speech import SHORT, SPEECH
from tests.support.terminal import CTRL_C


@pytest.fixture
def spoken(desk: Desk) -> dict[str, str]:
    """The environment in which somebody speaks into the microphone, and what the engine hears."""
    words = desk.sandbox.home / "words"
    words.write_text("fix scope parser empty input no longer crashes\n")
    return {
        "GIT_VOICENOTE_MICROPHONE": f"file:{SHORT}",
        "GIT_VOICENOTE_ENGINE": SCRIPTED,
        "GIT_VOICENOTE_SILENCE": "1",
        "SCRIPTED_SPEECH": str(words),
        "ENGINE_CALLS": str(desk.sandbox.home / "calls"),
    }


@pytest.mark.parametrize("record", ["ask", "always"])
def test_a_message_is_spoken(desk: Desk, spoken: dict[str, str], record: str) -> None:
    desk.git("config", "voicenote.hook.record", record)
    with desk.at_terminal("git", "commit", **spoken) as terminal:
        if record == "ask":
            terminal.expect(QUESTION)
            terminal.type("\n")
        terminal.expect("speak now")
        assert terminal.wait() == 0
    assert (QUESTION in terminal.screen) == (record == "ask")
    assert desk.message() == "fix(parser): empty input no longer crashes\n"
    assert (desk.sandbox.home / "calls").exists()
    found = desk.sandbox.voicenote("history", "search", "crashes").stdout.decode()
    assert "empty input no longer [crashes]" in found.replace("crashes", "[crashes]")


@pytest.mark.parametrize("line", [0, 1])
def test_a_stretch_that_fails_is_told_and_marked_below_the_subject(
    desk: Desk, spoken: dict[str, str], line: int
) -> None:
    lines = ["fix scope parser empty input no longer crashes"]
    lines.insert(line, "!!out of memory")
    Path(spoken["SCRIPTED_SPEECH"]).write_text("\n".join(lines))
    with desk.at_terminal(
        "git", "commit", GIT_VOICENOTE_HOOK_RECORD="always", **spoken
    ) as terminal:
        terminal.expect("not understood] (out of memory)")
        assert terminal.wait() == 0
    subject, empty, body = desk.message().removesuffix("\n").split("\n")
    assert (subject, empty) == ("fix(parser): empty input no longer crashes", "")
    assert MARK.fullmatch(body)


def test_where_all_that_was_said_fails_git_goes_on_without(
    desk: Desk, spoken: dict[str, str]
) -> None:
    Path(spoken["SCRIPTED_SPEECH"]).write_text("!!out of memory\n")
    with desk.at_terminal(
        "git", "commit", GIT_VOICENOTE_HOOK_RECORD="always", **spoken
    ) as terminal:
        assert terminal.wait() == 0
    assert terminal.shows("the speech could not be transcribed: out of memory")
    assert desk.message() == "by hand\n"


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"GIT_VOICENOTE_ENGINE": FAILING}, "error: the engine broke down; the recording is kept"),
        ({"GIT_VOICENOTE_MICROPHONE": "file:none.wav"}, "none.wav"),
        ({"GIT_VOICENOTE_ENGINE": "none"}, "error: there is no engine named 'none'"),
        ({"GIT_VOICENOTE_ENGINE": CRASHING}, "warning: git voicenote stopped with status 137"),
    ],
    ids=["engine fails", "no microphone", "no engine", "crash"],
)
def test_a_failure_while_speaking_is_a_warning(
    desk: Desk, spoken: dict[str, str], fault: dict[str, str], said: str, strict: bool
) -> None:
    desk.git("config", "voicenote.hook.strict", str(strict).lower())
    with desk.at_terminal("git", "commit", **(spoken | fault)) as terminal:
        terminal.expect(QUESTION)
        terminal.type("y\n")
        if fault.get("GIT_VOICENOTE_ENGINE") == FAILING:
            terminal.expect("speak now")
            # the sound is worth keeping all the same: recording goes on until it is stopped
            terminal.press("\n", until="the recording is kept")
        status = terminal.wait()
    assert terminal.shows(said)
    assert (status == 0) == (not strict)
    assert desk.git("log", "-1", "--format=%s") == ("start the project" if strict else "by hand")


def test_nothing_heard_is_no_failure(desk: Desk, spoken: dict[str, str]) -> None:
    desk.git("config", "voicenote.hook.strict", "true")
    (desk.sandbox.home / "words").write_text("")
    screen = desk.commit((QUESTION, "y\n"), **spoken)
    assert "warning: git continues without a spoken message" in screen
    assert desk.message() == "by hand\n"


def test_ctrl_c_while_speaking_keeps_the_recording_and_the_commit(
    desk: Desk, spoken: dict[str, str]
) -> None:
    screen = desk.commit((QUESTION, "y\n"), ("speak now", CTRL_C), **spoken)
    assert "is kept" in screen
    assert desk.opened.read_text().startswith("\n# Please enter")
    assert desk.message() == "by hand\n"
    assert [*(desk.sandbox.folder / ".git/voicenote/recordings").iterdir()]


RESUME = "for a commit message was not finished."


def test_the_next_commit_offers_what_ctrl_c_kept_and_no_note_takes_it(
    desk: Desk, spoken: dict[str, str]
) -> None:
    spoken["GIT_VOICENOTE_SILENCE"] = "0"
    screen = desk.commit((QUESTION, "y\n"), ("fix scope parser", CTRL_C), **spoken)
    assert "the next `git commit` offers it for the message\n" in screen
    (recording,) = (desk.sandbox.folder / ".git/voicenote/recordings").iterdir()

    # neither of these makes a note of it
    taken = desk.sandbox.voicenote("record", "--from", recording.stem, environment=spoken)
    assert taken.returncode == 129
    assert b"was recorded for a commit message" in taken.stderr
    listed = desk.sandbox.voicenote("history", "list")
    assert b"not finished: the next `git commit` offers it for the message" in listed.stderr
    assert desk.sandbox.run("git", "notes", "--ref=voicenote", "list").stdout == b""

    desk.sandbox.write("README", "later\n")
    desk.commit((RESUME, "l\n"), (QUESTION, "n\n"), options=("-a",), **spoken)
    assert desk.message() == "by hand\n"
    # no microphone is needed for what was said already
    desk.sandbox.write("README", "used\n")
    without = spoken | {"GIT_VOICENOTE_MICROPHONE": "none"}
    desk.commit((RESUME, "\n"), options=("-a",), **without)
    assert desk.message() == "fix(parser): empty input no longer crashes\n"
    desk.sandbox.write("README", "asked as ever\n")
    assert RESUME not in desk.commit((QUESTION, "n\n"), options=("-a",), **spoken)


def test_a_crash_or_a_failed_engine_is_offered_to_the_next_commit_too(
    desk: Desk, spoken: dict[str, str]
) -> None:
    failing = spoken | {"GIT_VOICENOTE_ENGINE": FAILING}
    with desk.at_terminal("git", "commit", **failing) as terminal:
        terminal.expect(QUESTION)
        terminal.type("y\n")
        terminal.expect("speak now")
        terminal.press("\n", until="hint: the next `git commit` offers it for the message")
        assert terminal.wait() == 0
    desk.sandbox.write("README", "again\n")
    desk.commit((RESUME, "d\n"), (QUESTION, "n\n"), options=("-a",), **spoken)
    assert not [*(desk.sandbox.folder / ".git/voicenote/recordings").iterdir()]

    desk.sandbox.write("README", "killed\n")
    crashing = spoken | {"GIT_VOICENOTE_ENGINE": CRASHING}
    with desk.at_terminal("git", "commit", "-a", **crashing) as terminal:
        terminal.expect(QUESTION)
        terminal.type("y\n")
        assert terminal.wait() == 0
    desk.sandbox.write("README", "recovered\n")
    desk.commit((RESUME, "u\n"), options=("-a",), **spoken)
    assert desk.message() == "fix(parser): empty input no longer crashes\n"


IN_A_SHELL = "sh -c 'echo $$ >pid; exec git {}'; echo back; read line; echo done"
"""A job of a shell that controls its jobs, and what the shell does when it has ended."""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_git_that_is_killed_leaves_the_terminal_to_the_shell_and_the_sound_to_the_next_commit(
    desk: Desk, spoken: dict[str, str], number: signal.Signals
) -> None:
    """Nobody could stop the recording any more: the shell has the keys."""
    spoken |= {"GIT_VOICENOTE_SILENCE": "0", "GIT_VOICENOTE_HOOK_RECORD": "always"}
    with desk.at_terminal("sh", "-m", "-c", IN_A_SHELL.format("commit"), **spoken) as terminal:
        terminal.expect("fix scope parser")
        os.kill(int((desk.sandbox.folder / "pid").read_text()), number)
        terminal.expect("the next `git commit` offers it for the message")
        terminal.press("\n", until="done")
        assert terminal.wait() == 0
    assert "back" in terminal.screen
    (desk.sandbox.folder / ".git/index.lock").unlink(missing_ok=True)  # git's own, of a kill -9
    without = spoken | {"GIT_VOICENOTE_MICROPHONE": "none"}
    desk.commit((RESUME, "\n"), **without)
    assert desk.message() == "fix(parser): empty input no longer crashes\n"


def test_git_that_is_killed_leaves_the_terminal_to_the_shell_and_keeps_the_text(
    desk: Desk,
) -> None:
    editor = "sh -c 'echo words >\"$0\"; echo editing; read line'"
    job = IN_A_SHELL.format("voicenote edit")
    with desk.at_terminal("sh", "-m", "-c", job, GIT_EDITOR=editor) as terminal:
        terminal.expect("editing")
        os.kill(int((desk.sandbox.folder / "pid").read_text()), signal.SIGKILL)
        terminal.expect("back")
        terminal.press("\n", until="done")
        assert terminal.wait() == 0
    # the first Enter may be the editor's, which was waiting for it: then the note is saved
    until = time.monotonic() + 60
    while not (found := _words_or_their_file(desk)) and time.monotonic() < until:
        time.sleep(0.1)
    assert found


def _words_or_their_file(desk: Desk) -> bool:
    shown = desk.sandbox.voicenote("show")
    return b"words" in shown.stdout or b"was not saved" in shown.stderr


def test_where_no_microphone_can_be_speech_is_not_offered(
    desk: Desk, no_microphone: dict[str, str]
) -> None:
    del desk.sandbox.extra["GIT_VOICENOTE_MICROPHONE"]

    screen = desk.commit(**no_microphone)
    assert QUESTION not in screen
    assert "this machine has no microphone, so you are not asked to speak" in screen
    assert "`git config voicenote.hook.record never` turns off the question" in screen
    assert desk.message() == "by hand\n"

    desk.sandbox.write("README", "again\n")
    assert "voicenote" not in desk.commit(options=("-a",), **no_microphone)


def test_words_outlive_a_failure_after_they_were_heard(desk: Desk, spoken: dict[str, str]) -> None:
    (desk.sandbox.home / "words").write_text("empty input no longer crashes\n")
    screen = desk.commit((QUESTION, "y\n"), ("type [docs]:", CTRL_C), **spoken)
    assert "\n# voicenote heard:\n#   empty input no longer crashes\n" in desk.opened.read_text()
    assert "is kept\nthe next `git commit` offers it for the message\n" in screen


def test_the_embedded_engine_hears_a_whole_message(desk: Desk, spoken: dict[str, str]) -> None:
    real = {
        "GIT_VOICENOTE_ENGINE": "auto",
        "GIT_VOICENOTE_MICROPHONE": f"file:{SPEECH / 'commit-message.flac'}",
        "GIT_VOICENOTE_SILENCE": "1.5",
    }
    with desk.at_terminal("git", "commit", **(spoken | real)) as terminal:
        terminal.expect(QUESTION)
        terminal.type("\n")
        assert terminal.wait() == 0, terminal.screen
    assert desk.message().startswith(
        "fix(network): the server no longer stops when the name is empty\n"
    )
    assert desk.message().endswith("\n\nCloses: #42\n")
