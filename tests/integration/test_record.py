"""`git voicenote record`, from sound to a note in git."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from git_voicenote.notes.format import parse_notes
from tests.support.engines import COMPUTING
from tests.support.recording import (
    RECORD,
    SPOKEN,
    WORDS,
    at_terminal,
    note_of,
    recordings,
    words_of,
)
from tests.support.terminal import CTRL_C, ENTER, Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox


# from files, pipes and earlier recordings


def test_a_sound_file_becomes_the_note_of_a_commit(scripted: Sandbox) -> None:
    done = scripted.voicenote("record", "--from", SPOKEN)
    assert done.returncode == 0, done.stderr
    assert done.stdout == b""
    (recording,) = recordings(scripted)
    assert note_of(scripted) == (
        f"{WORDS}\n\nVoicenote-Recording: {recording.stem}\nVoicenote-Engine: scripted\n"
        "Voicenote-Language: en\nVoicenote-Duration: 0:02"
    )


def test_recordings_are_for_nobody_else_to_read(scripted: Sandbox) -> None:
    scripted.voicenote("record", "--from", SPOKEN)
    (recording,) = recordings(scripted)
    assert recording.suffix == ".flac"
    assert recording.stat().st_mode & 0o777 == 0o600
    assert recording.parent.stat().st_mode & 0o777 == 0o700


def test_standard_input_can_be_the_sound(scripted: Sandbox) -> None:
    scripted.voicenote("record", "--from", "-", stdin=SPOKEN.read_bytes())
    assert words_of(scripted) == [WORDS]


def test_an_earlier_recording_can_be_taken_up_again(scripted: Sandbox) -> None:
    scripted.voicenote("record", "--from", SPOKEN)
    (recording,) = recordings(scripted)
    scripted.git("notes", "--ref=voicenote", "remove", "HEAD")
    scripted.voicenote("record", "--from", recording.stem)
    assert words_of(scripted) == [WORDS]
    assert recordings(scripted) == [recording]


def test_another_commit_can_be_explained_from_a_subfolder(scripted: Sandbox) -> None:
    first = scripted.commit_id()
    scripted.commit("feat: go on", {"sub/a": "a"})
    done = scripted.voicenote("record", "HEAD~1", "--from", SPOKEN, cwd=scripted.folder / "sub")
    assert f"explaining {first[:7]} start the project" in done.stderr.decode()
    assert words_of(scripted, first) == [WORDS]


def test_the_cover_of_a_detached_head_is_named_by_its_abbreviated_id(scripted: Sandbox) -> None:
    scripted.git("checkout", "--quiet", "--detach")
    head = f"detached HEAD {scripted.git('rev-parse', '--short', 'HEAD')}"
    done = scripted.voicenote("record", "--cover", "--from", SPOKEN, "--no-edit")
    assert done.stderr.decode().startswith(f"explaining the series of {head}\n")
    assert f"cover of {head} saved" in done.stderr.decode()


def test_there_is_no_cover_before_the_first_commit(scripted: Sandbox) -> None:
    scripted.git("checkout", "--quiet", "--orphan", "empty")
    scripted.git("update-ref", "-d", "refs/heads/main")
    done = scripted.voicenote("record", "--cover", "--from", SPOKEN)
    assert done.returncode == 128
    assert done.stderr.startswith(b"error: there are no commits yet\n")


def test_a_series_is_explained_by_its_cover(scripted: Sandbox) -> None:
    done = scripted.voicenote("record", "--cover", "--from", SPOKEN)
    assert done.returncode == 0, done.stderr
    shown = scripted.git("show", "refs/voicenote/cover/main:cover")
    assert shown.startswith(WORDS)
    assert scripted.run("git", "config", "branch.main.description", check=False).stdout == b""


def test_json_tells_all_on_stdout(scripted: Sandbox) -> None:
    done = scripted.voicenote("record", "--from", SPOKEN, "--json")
    told = json.loads(done.stdout)
    assert told["target"] == "commit:" + scripted.commit_id()
    assert told["text"] == WORDS
    assert told["recording"]["path"] == str(recordings(scripted)[0])
    assert [segment["text"] for segment in told["segments"]] == [
        "we now write a new file",
        "if that fails we can still read the old file",
    ]


@pytest.mark.parametrize(
    ("option", "texts"),
    [
        ("--replace", [WORDS]),
        ("--append", [f"{WORDS}\n\n{WORDS}"]),
        ("--keep-both", [WORDS, WORDS]),
        (None, [f"{WORDS}\n\n{WORDS}"]),  # nobody to ask: what loses nothing
    ],
)
def test_a_second_recording_replaces_adds_or_stands_beside(
    scripted: Sandbox, option: str | None, texts: list[str]
) -> None:
    scripted.voicenote("record", "--from", SPOKEN)
    scripted.voicenote("record", "--from", SPOKEN, *([option] if option else []))
    assert words_of(scripted) == texts
    assert len(recordings(scripted)) == 2


# from the microphone; a sound file stands in for it


def test_enter_stops_and_the_words_open_in_the_editor(scripted: Sandbox) -> None:
    editor = scripted.write("editor", '#!/bin/sh\nsed -i s/new/NEW/ "$1"\n')
    editor.chmod(0o755)
    with at_terminal(scripted, editor=str(editor)) as terminal:
        terminal.expect("speak now · Enter stops, Ctrl-C keeps the sound and quits")
        terminal.expect("we now write a new file")  # while recording goes on
        terminal.type(ENTER)
        terminal.expect("spoken, text in")
        terminal.expect("let notes follow amend and rebase?")
        terminal.expect("(notes.rewriteRef = refs/notes/voicenote) [Y]es, [n]o?")
        terminal.type(f"y{ENTER}")
        assert terminal.wait() == 0, terminal.screen
    assert words_of(scripted)[0].startswith("We now write a NEW file.")
    assert scripted.git("config", "--get-all", "notes.rewriteRef") == "refs/notes/voicenote"


def test_a_terminal_that_can_redraw_shows_time_level_and_words(scripted: Sandbox) -> None:
    scripted.extra["TERM"] = "xterm"
    with at_terminal(scripted, "--silence=1") as terminal:
        terminal.expect("● 0:0")
        terminal.expect("we now write a new file")
        terminal.expect("let notes follow")
        terminal.type(f"n{ENTER}")
        assert terminal.wait() == 0
    assert any(bar in terminal.screen for bar in "▄▅▆▇█")


def test_silence_stops_when_asked_to(scripted: Sandbox) -> None:
    done = scripted.voicenote("record", f"--device=file:{SPOKEN}", "--silence=1.5")
    assert done.returncode == 0, done.stderr
    assert words_of(scripted) == [WORDS]


def test_the_longest_time_stops(scripted: Sandbox) -> None:
    done = scripted.voicenote("record", f"--device=file:{SPOKEN}", "--max-duration=1.3")
    assert done.returncode == 0, done.stderr
    assert words_of(scripted) == ["We now write a new file."]
    assert parse_notes(note_of(scripted))[0].duration == 1


def test_an_editor_that_leaves_nothing_saves_nothing_and_names_the_way_back(
    scripted: Sandbox,
) -> None:
    editor = scripted.write("editor", '#!/bin/sh\n: >"$1"\n')
    editor.chmod(0o755)
    with at_terminal(scripted, "--silence=1", editor=str(editor)) as terminal:
        assert terminal.wait() == 1, terminal.screen
    (recording,) = recordings(scripted)
    assert terminal.shows("the text is empty: no note for")
    head = scripted.git("rev-parse", "--short=7", "HEAD")
    way = f"git voicenote record {head} --from {recording.stem}"
    assert terminal.shows(way)


def test_a_failing_editor_keeps_the_recording_for_the_next_record(scripted: Sandbox) -> None:
    with at_terminal(scripted, "--silence=1", editor="false") as terminal:  # as :cq
        assert terminal.wait() == 128, terminal.screen
    (recording,) = recordings(scripted)
    assert f"the recording {recording.stem} is kept\n" in terminal.screen
    assert "the next `git voicenote record` offers it\n" in terminal.screen
    assert scripted.run("git", "notes", "--ref=voicenote", "list").stdout == b""
    with at_terminal(scripted) as terminal:
        terminal.expect("was not finished. [T]ranscribe, [k]eep, [d]elete?")
        terminal.type(ENTER)
        terminal.expect("let notes follow")
        terminal.type(f"n{ENTER}")
        terminal.expect("you will not be asked again")
        assert terminal.wait() == 0, terminal.screen
    assert words_of(scripted) == [WORDS]
    # asked once: a "no" is remembered
    with at_terminal(scripted, "--replace", "--silence=1") as terminal:
        assert terminal.wait() == 0, terminal.screen
    assert "let notes follow" not in terminal.screen


def test_a_recording_for_something_else_is_no_note_by_default(scripted: Sandbox) -> None:
    scripted.voicenote("record", "--from", SPOKEN)
    (recording,) = recordings(scripted)
    first = scripted.git("rev-parse", "HEAD")
    scripted.commit("feat: go on")

    refused = scripted.voicenote("record", "--from", recording.stem)
    assert refused.returncode == 129
    assert refused.stderr.decode().startswith(
        f"error: the recording {recording.stem} was recorded for another commit, {first[:7]}\n"
    )
    assert scripted.voicenote("record", "HEAD", "--from", recording.stem).returncode == 0
    assert words_of(scripted) == [WORDS]


def test_ctrl_c_keeps_the_recording_and_names_it(scripted: Sandbox) -> None:
    explained = scripted.commit_id()
    scripted.commit("feat: go on")
    with at_terminal(scripted, explained) as terminal:
        terminal.expect("we now write a new file")
        terminal.type(CTRL_C)
        assert terminal.wait() == 130
    (recording,) = recordings(scripted)
    assert recording.suffix == ".flac"
    screen = " ".join(terminal.screen.split())
    assert f"the recording {recording.stem} is kept" in screen
    assert scripted.run("git", "notes", "--ref=voicenote", "list").stdout == b""
    way = re.search(r"`git voicenote (record .*?)` transcribes it", screen)
    assert way, screen
    again = scripted.voicenote(*way[1].split())
    assert again.returncode == 0, again.stderr
    assert words_of(scripted, explained)


def recording_begun(
    repo: Sandbox, *arguments: str, until: str = "we now write a new file"
) -> subprocess.Popen[bytes]:
    """Start to record without a terminal; return the process once it has shown a text."""
    process = subprocess.Popen(
        (*RECORD, *arguments, f"--device=file:{SPOKEN}"), cwd=repo.folder, env=repo.environment,
        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert process.stderr is not None
    while until.encode() not in (line := process.stderr.readline()):
        assert line, f"it ended before it had shown {until!r}"
    return process


def test_the_ctrl_c_that_git_passes_on_as_well_costs_nothing(scripted: Sandbox) -> None:
    process = recording_begun(scripted)
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        time.sleep(0.02)
    told = process.communicate(timeout=30)[1].decode()
    assert process.returncode == 130, told
    (recording,) = recordings(scripted)
    assert f"the recording {recording.stem} is kept" in told
    assert "Traceback" not in told


def test_ctrl_c_does_not_wait_for_an_engine_that_computes(repo: Sandbox) -> None:
    began = repo.home / "began"
    repo.extra["ENGINE_CALLS"] = str(began)
    process = recording_begun(repo, "--engine", COMPUTING, until="speak now")
    while not began.exists():
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    told = process.communicate(timeout=30)[1].decode()
    assert process.returncode == 130, told
    (recording,) = recordings(repo)
    assert f"the recording {recording.stem} is kept" in told
    assert "terminate" not in told


@pytest.mark.parametrize(
    ("answer", "left"),
    [("t", "transcribed"), ("k", "kept"), ("d", None)],
    ids=["transcribe", "keep", "delete"],
)
def test_after_a_kill_the_next_command_offers_what_was_saved(
    scripted: Sandbox, answer: str, left: str | None
) -> None:
    head = scripted.commit_id()
    process = recording_begun(scripted)
    recorder = subprocess.check_output(["pgrep", "-P", str(process.pid)], text=True).split()
    for pid in (process.pid, *map(int, recorder)):
        os.kill(pid, signal.SIGKILL)
    process.wait()

    scripted.commit("feat: go on")
    with Terminal(
        (*RECORD, "--device=file:/nonexistent", "--no-edit"), scripted.environment, scripted.folder
    ) as terminal:
        terminal.expect(f"for {head[:7]} start the project was not finished.")
        terminal.type(f"{answer}{ENTER}")
        if answer == "t":
            terminal.expect("let notes follow amend and rebase?")
            terminal.type(f"n{ENTER}")
        terminal.wait()
    listed = json.loads(scripted.voicenote("history", "list", "--json").stdout)
    found = [entry for entry in listed if entry["target"] == f"commit:{head}"]
    assert [entry["state"] for entry in found] == ([left] if left else [])
    if left:
        assert found[0]["duration"] > 1  # the first stretch, which was transcribed already
    if answer == "t":
        assert words_of(scripted, head)[0].startswith("We now write a new file.")
    again = scripted.voicenote("record", "--from", SPOKEN)
    assert b"was not finished" not in again.stderr


@pytest.mark.parametrize("about", ["HEAD", "HEAD~1"])
def test_who_takes_up_what_they_came_to_say_is_done(scripted: Sandbox, about: str) -> None:
    scripted.commit("feat: go on")
    process = recording_begun(scripted, about)
    process.kill()
    process.wait()
    command = (*RECORD, "--device=file:/nonexistent", "--no-edit")
    with Terminal(command, scripted.environment, scripted.folder) as terminal:
        terminal.expect("was not finished.")
        terminal.type(f"t{ENTER}")
        terminal.expect("let notes follow amend and rebase?")
        terminal.type(f"n{ENTER}")
        # a microphone that is not there fails only who goes on to speak
        assert terminal.wait() == (0 if about == "HEAD" else 128)
    assert words_of(scripted, about)[0].startswith("We now write a new file.")


def test_without_a_terminal_what_was_saved_is_named(scripted: Sandbox) -> None:
    scripted.voicenote("record", "--from", SPOKEN)
    folder = scripted.folder / ".git/voicenote"
    shutil.copy(SPOKEN, folder / "recordings/a.flac")
    cut_off = folder / "recordings/20260102-030405-abcd.wav"
    scripted.run("sox", SPOKEN, cut_off) if shutil.which("sox") else _write_wav(cut_off)
    done = scripted.voicenote("record", "--from", SPOKEN)
    way = b"`git voicenote record --from 20260102-030405-abcd` resumes it"
    assert way in done.stderr
    assert way in scripted.voicenote("show").stderr
    assert way in scripted.voicenote("history", "list").stderr


@pytest.mark.parametrize("piped", [False, True])
def test_a_file_that_is_not_whole_is_explained_as_far_as_it_goes_and_fails(
    piped: bool, scripted: Sandbox
) -> None:
    path = scripted.folder / "cut.wav"
    _write_wav(path)
    content = path.read_bytes()[: 44 + 2 * 24_000]
    path.write_bytes(content)
    source, stdin = ("-", content) if piped else (path, b"")
    done = scripted.voicenote("record", "--json", "--from", source, stdin=stdin)
    assert done.returncode == 128
    told = json.loads(done.stdout)
    assert told["recording"]["duration"] == 1.5
    assert told["text"].strip() == words_of(scripted, "HEAD")[0]
    name = "standard input" if piped else path
    lines = done.stderr.decode().splitlines()
    assert f"warning: {name} is cut off: 0.9 s of sound are missing" in lines
    assert lines[-2:] == [
        f"error: {name} was not read whole: 1.5 s of it could be read",
        "hint: copy it again from its source, or export it again",
    ]
    assert any(" saved " in line for line in lines)


def _write_wav(path: Path) -> None:
    from git_voicenote.audio.files.reading import import_sound

    import_sound(SPOKEN, path)
