"""What can go wrong while somebody records, and that no word is lost to it."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.engines import CRASHING, FAILING
from tests.support.recording import (
    RECORD,
    SPOKEN,
    WORDS,
    at_terminal,
    recordings,
    words_of,
)
from tests.support.sandbox import Sandbox
from tests.support.speech import SPEECH
from tests.support.terminal import ENTER

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.disk import SmallDisk


@pytest.mark.parametrize("arguments", [("--from", str(SPOKEN)), (f"--device=file:{SPOKEN}",)])
def test_an_engine_that_fails_costs_no_sound(repo: Sandbox, arguments: tuple[str, ...]) -> None:
    repo.extra["GIT_VOICENOTE_ENGINE"] = FAILING
    done = repo.voicenote("record", *arguments)
    (recording,) = recordings(repo)
    assert done.returncode == 128
    assert b"error: the engine broke down; the recording is kept" in done.stderr
    head = repo.git("rev-parse", "--short=7", "HEAD")
    assert f"git voicenote record {head} --from {recording.stem}" in done.stderr.decode()


def test_a_stretch_that_fails_is_marked_in_the_note_and_told(scripted: Sandbox) -> None:
    (scripted.home / "lines").write_text("we now write a new file\n!!out of memory\n")
    done = scripted.voicenote("record", "--from", SPOKEN, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    failed = told["segments"][1]
    assert (failed["text"], failed["failure"]) == ("", "out of memory")
    mark = "[0:01-0:03 not understood]"
    assert told["text"] == f"We now write a new file. {mark}"
    assert words_of(scripted) == [told["text"]]
    assert f"warning: {mark} (out of memory)\n" in done.stderr.decode()


@pytest.mark.parametrize("arguments", [("--from", str(SPOKEN)), (f"--device=file:{SPOKEN}",)])
def test_an_engine_that_gives_up_on_all_that_was_said_has_failed(
    scripted: Sandbox, arguments: tuple[str, ...]
) -> None:
    (scripted.home / "lines").write_text("!!out of memory\n" * 9)
    done = scripted.voicenote("record", *arguments)
    (recording,) = recordings(scripted)
    assert done.returncode == 128
    head = scripted.git("rev-parse", "--short=7", "HEAD")
    assert (
        "error: the speech could not be transcribed: out of memory; the recording is kept\n"
        f"hint: `git voicenote record {head} --from {recording.stem}` tries it again (--engine: "
    ) in done.stderr.decode()
    assert scripted.git("notes", "--ref=voicenote", "list") == ""
    known = scripted.voicenote("history", "show", recording.stem).stdout.decode()
    assert "State:     failed\n" in known
    assert "transcribed: out of memory\n" in known


def test_a_stretch_that_fails_is_seen_while_one_speaks(scripted: Sandbox) -> None:
    (scripted.home / "lines").write_text("we now write !!out of memory\nand rename it\n")
    with at_terminal(scripted) as terminal:
        terminal.expect("we now write [0:0")
        terminal.press(ENTER, until="warning: [0:0")
        assert terminal.wait() == 0
    assert terminal.shows("not understood] (out of memory)")


def test_an_engine_that_takes_us_down_costs_no_sound(scripted: Sandbox) -> None:
    done = scripted.voicenote("record", "--from", SPOKEN, "--engine", CRASHING)
    assert done.returncode == -signal.SIGKILL
    (recording,) = recordings(scripted)
    scripted.voicenote("record", "--from", recording.stem)
    assert words_of(scripted) == [WORDS]


def test_nothing_heard_is_no_note_and_exit_1(repo: Sandbox) -> None:
    silence = repo.home / "silence.wav"
    silence.write_bytes(_silent_wav(seconds=2))
    done = repo.voicenote("record", "--from", silence)
    assert done.returncode == 1
    assert b"error: no speech was found in the recording" in done.stderr
    assert repo.run("git", "notes", "--ref=voicenote", "list").stdout == b""
    assert len(recordings(repo)) == 1


def _silent_wav(seconds: int) -> bytes:
    import io
    import wave

    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(bytes(2 * 16_000 * seconds))
    return written.getvalue()


def test_a_file_that_is_no_sound_is_refused_by_name_and_leaves_nothing(repo: Sandbox) -> None:
    page = repo.write("page.wav", "<!DOCTYPE html><html><body>404</body></html>")
    done = repo.voicenote("record", "--from", page)
    assert done.returncode == 128
    assert str(page) in done.stderr.decode()
    assert b"hint: " in done.stderr
    assert recordings(repo) == []
    assert json.loads(repo.voicenote("history", "list", "--json").stdout) == []


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("record", "nonsense"), 128, "error: no commit is named 'nonsense'"),
        (("record", "--from", "nonsense"), 128, "there is no file and no recording 'nonsense'"),
        (("record", "--cover", "HEAD"), 129, "--cover explains the series of the branch"),
        (("record", "HEAD..HEAD"), 129, "'HEAD..HEAD' is a range, and one commit is meant"),
        (("record", "^HEAD"), 129, "'^HEAD' is a range"),
        (("edit", "main...HEAD"), 129, "'main...HEAD' is a range"),
        (("play", "HEAD^!"), 129, "'HEAD^!' is a range"),
        (
            ("record", "--replace", "--append"),
            129,
            "error: options '--replace' and '--append' cannot be used together",
        ),
        (("record", "--append", "--keep-both"), 129, "options '--append' and '--keep-both'"),
        (("record", "--cover", "--walk"), 129, "options '--cover' and '--walk'"),
        (("record", "--from=x", "--device=y"), 129, "options '--from' and '--device'"),
        (("record", "--from=x", "--silence=1"), 129, "options '--from' and '--silence'"),
        (("record", "--from=x", "--max-duration=0"), 129, "options '--from' and '--max-duration'"),
        (("record", "--language=xx"), 128, "supports en, not 'xx'"),
        (("review", "--html=x", "--json"), 129, "options '--html' and '--json' cannot be used"),
        (("review", "--json", "--all"), 129, "options '--json' and '--all' cannot be used"),
        (("hook", "install", "--force", "--manual"), 129, "options '--force' and '--manual'"),
        (("text", "--list", "--pass=itn"), 129, "options '--list' and '--pass'"),
        (("serve", "--socket=x", "--port=1"), 129, "options '--socket' and '--port'"),
        (
            ("record", "--engine", "nonsense", "--from", str(SPOKEN)),
            128,
            "there is no engine named",
        ),
        (("record", "--device", "file:/nonexistent"), 128, "/nonexistent"),
        (("record", "--silence", "-1"), 129, "--silence"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    repo: Sandbox, arguments: tuple[str, ...], status: int, message: str
) -> None:
    done = repo.voicenote(*arguments)
    assert done.returncode == status
    assert message in done.stderr.decode()
    if "--device" not in arguments:
        assert done.stderr.startswith(b"error: ")  # nothing was said or asked before
    assert recordings(repo) == []


def test_outside_a_repository_there_is_nothing_to_explain(sandbox: Sandbox) -> None:
    done = sandbox.voicenote("record", "--from", SPOKEN)
    assert done.returncode == 128
    assert b"error: not a git repository" in done.stderr
    assert b"hint: run this inside a git repository" in done.stderr


def test_a_branch_without_commits_has_nothing_to_explain(sandbox: Sandbox) -> None:
    sandbox.git("init", "--quiet")
    done = sandbox.voicenote("record", "--from", SPOKEN)
    assert done.returncode == 128
    assert b"no commit" in done.stderr


def test_a_broken_history_costs_no_word(scripted: Sandbox) -> None:
    folder = scripted.folder / ".git/voicenote"
    folder.mkdir()
    (folder / "history.db").write_bytes(b"not a database" * 1000)
    done = scripted.voicenote("record", "--from", SPOKEN)
    assert done.returncode == 0, done.stderr
    assert b"warning: " in done.stderr
    assert words_of(scripted) == [WORDS]


def test_no_microphone_is_said_with_the_ways_out(
    repo: Sandbox, no_microphone: dict[str, str]
) -> None:
    done = repo.voicenote("record", environment=no_microphone)
    assert done.returncode == 128
    assert b"error: no microphone found (PortAudio sees 0 input devices)" in done.stderr
    assert b"`--from FILE` reads a recording" in done.stderr
    assert recordings(repo) == []


def test_a_read_only_repository_is_told_of_before_anybody_speaks(
    scripted: Sandbox, read_only: Callable[[Path], tuple[str, ...]]
) -> None:
    done = scripted.run(
        *read_only(scripted.folder), *RECORD, f"--device=file:{SPOKEN}", check=False
    )
    assert done.returncode == 128
    assert b"Read-only file system" in done.stderr
    assert b"hint: it is read-only, or belongs to another user" in done.stderr
    assert b"speak now" not in done.stderr


@pytest.mark.parametrize("leave", [100_000, 150_000, 200_000, 250_000])
def test_a_disk_that_fills_is_told_of_and_what_was_said_is_kept(
    scripted: Sandbox, small_disk: SmallDisk, leave: int
) -> None:
    full = Sandbox(small_disk.folder, scripted.home, scripted.extra)
    full.git("init", "--quiet", "--template=")
    full.commit("start")
    small_disk.fill(leave=leave)
    device = f"--device=file:{SPEECH / 'rename.flac'}"  # larger than the room that is left
    done = full.voicenote("record", device, "--silence=1")
    screen = done.stderr.decode()
    assert "Traceback" not in screen
    if "speak now" not in screen:  # refused before anybody said a word
        assert "No space left on device\nhint: free some disk space" in screen
        return
    (recording,) = recordings(full)
    assert recording.stat().st_size > 2 * 16_000  # more than a second
    if done.returncode == 0:
        (words,) = words_of(full)
    else:
        assert "the disk is full: free some space" in screen
        (path,) = re.findall("the text is kept in (.*)", screen)
        words = Path(path).read_text()
    assert words.startswith("We now write a new file.")
