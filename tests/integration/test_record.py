"""`git voicenote record`, from sound to a note in git."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from git_voicenote.repo.note_format import parse_notes
from tests.support.engines import CRASHING, FAILING, SCRIPTED
from tests.support.sandbox import Sandbox
from tests.support.speech import SPEECH
from tests.support.terminal import CTRL_C, ENTER, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.disk import SmallDisk

SPOKEN = SPEECH / "rename.flac"
RECORD = (sys.executable, "-m", "git_voicenote", "record")


@pytest.fixture
def scripted(repo: Sandbox) -> Sandbox:
    """The repository, with an engine whose words are known: two sentences."""
    lines = repo.home / "lines"
    lines.write_text("we now write a new file\nif that fails we can still read the old file\n")
    repo.extra |= {"GIT_VOICENOTE_ENGINE": SCRIPTED, "SCRIPTED_SPEECH": str(lines)}
    return repo


def note_of(repo: Sandbox, revision: str = "HEAD") -> str:
    return repo.git("notes", "--ref=voicenote", "show", revision)


def words_of(repo: Sandbox, revision: str = "HEAD") -> list[str]:
    return [note.text for note in parse_notes(note_of(repo, revision))]


def recordings(repo: Sandbox) -> list[Path]:
    return sorted((repo.folder / ".git/voicenote/recordings").glob("*"))


WORDS = "We now write a new file. If that fails we can still read the old file."


# from files, pipes and earlier recordings


def test_a_sound_file_becomes_the_note_of_a_commit(scripted: Sandbox) -> None:
    done = scripted.voicenote("record", "--from", SPOKEN)
    assert done.returncode == 0, done.stderr
    assert done.stdout == b""
    (recording,) = recordings(scripted)
    assert note_of(scripted) == (
        f"{WORDS}\n\nVoicenote-Recording: {recording.stem}\nVoicenote-Engine: scripted\n"
        "Voicenote-Language: en\nVoicenote-Duration: 0:08"
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
    first = scripted.git("rev-parse", "HEAD")
    scripted.commit("feat: go on", {"sub/a": "a"})
    done = scripted.voicenote("record", "HEAD~1", "--from", SPOKEN, cwd=scripted.folder / "sub")
    assert f"explaining {first[:7]} start the project" in done.stderr.decode()
    assert words_of(scripted, first) == [WORDS]


def test_a_series_is_explained_by_its_cover(scripted: Sandbox) -> None:
    done = scripted.voicenote("record", "--cover", "--from", SPOKEN)
    assert done.returncode == 0, done.stderr
    shown = scripted.git("show", "refs/voicenote/cover/main:cover")
    assert shown.startswith(WORDS)
    assert scripted.run("git", "config", "branch.main.description", check=False).stdout == b""


def test_json_tells_all_on_stdout(scripted: Sandbox) -> None:
    done = scripted.voicenote("record", "--from", SPOKEN, "--json")
    told = json.loads(done.stdout)
    assert told["target"] == "commit:" + scripted.git("rev-parse", "HEAD")
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


def at_terminal(repo: Sandbox, *arguments: str, editor: str = "true") -> Terminal:
    environment = {**repo.environment, "GIT_EDITOR": editor}
    return Terminal((*RECORD, f"--device=file:{SPOKEN}", *arguments), environment, repo.folder)


def test_enter_stops_and_the_words_open_in_the_editor(scripted: Sandbox) -> None:
    editor = scripted.write("editor", '#!/bin/sh\nsed -i s/new/NEW/ "$1"\n')
    editor.chmod(0o755)
    with at_terminal(scripted, editor=str(editor)) as terminal:
        terminal.expect("speak now · Enter stops, Ctrl-C keeps the sound and quits")
        terminal.expect("we now write a new file")  # while recording goes on
        terminal.type(ENTER)
        terminal.expect("spoken, text in")
        terminal.expect("let notes follow amend and rebase?")
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
    done = scripted.voicenote("record", f"--device=file:{SPOKEN}", "--max-duration=3.5")
    assert done.returncode == 0, done.stderr
    assert words_of(scripted) == ["We now write a new file."]
    assert parse_notes(note_of(scripted))[0].duration == pytest.approx(3.5, abs=1)


def test_an_editor_that_leaves_nothing_saves_nothing_and_names_the_way_back(
    scripted: Sandbox,
) -> None:
    editor = scripted.write("editor", '#!/bin/sh\n: >"$1"\n')
    editor.chmod(0o755)
    with at_terminal(scripted, "--silence=1", editor=str(editor)) as terminal:
        assert terminal.wait() == 1, terminal.screen
    (recording,) = recordings(scripted)
    assert "the text is empty: no note for" in terminal.screen
    assert f"git voicenote record --from {recording.stem}" in terminal.screen.replace("\n", "")


def test_ctrl_c_keeps_the_recording_and_names_it(scripted: Sandbox) -> None:
    with at_terminal(scripted) as terminal:
        terminal.expect("speak now")
        time.sleep(1.5)
        terminal.type(CTRL_C)
        assert terminal.wait() == 130
    (recording,) = recordings(scripted)
    assert recording.suffix == ".flac"
    assert f"the recording {recording.stem} is kept" in terminal.screen
    assert scripted.run("git", "notes", "--ref=voicenote", "list").stdout == b""
    again = scripted.voicenote("record", "--from", recording.stem)
    assert again.returncode == 0, again.stderr


@pytest.mark.parametrize(
    ("answer", "left"),
    [("t", "transcribed"), ("k", "kept"), ("d", None)],
    ids=["transcribe", "keep", "delete"],
)
def test_after_a_kill_the_next_command_offers_what_was_saved(
    scripted: Sandbox, answer: str, left: str | None
) -> None:
    head = scripted.git("rev-parse", "HEAD")
    process = subprocess.Popen(
        (*RECORD, f"--device=file:{SPOKEN}"), cwd=scripted.folder, env=scripted.environment,
        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert process.stderr is not None
    while b"speak now" not in process.stderr.readline():
        pass
    spoken_from = time.monotonic()
    time.sleep(4)
    recorder = subprocess.check_output(["pgrep", "-P", str(process.pid)], text=True).split()
    for pid in (process.pid, *map(int, recorder)):
        os.kill(pid, signal.SIGKILL)
    spoken = time.monotonic() - spoken_from
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
        assert spoken - 1 <= found[0]["duration"] <= spoken + 1
    if answer == "t":
        assert words_of(scripted, head)[0].startswith("We now write a new file.")
    again = scripted.voicenote("record", "--from", SPOKEN)
    assert b"was not finished" not in again.stderr


def test_without_a_terminal_what_was_saved_is_named(scripted: Sandbox) -> None:
    scripted.voicenote("record", "--from", SPOKEN)
    folder = scripted.folder / ".git/voicenote"
    shutil.copy(SPOKEN, folder / "recordings/a.flac")
    cut_off = folder / "recordings/20260102-030405-abcd.wav"
    scripted.run("sox", SPOKEN, cut_off) if shutil.which("sox") else _write_wav(cut_off)
    done = scripted.voicenote("record", "--from", SPOKEN)
    way = b"`git voicenote record --from 20260102-030405-abcd` takes it up"
    assert way in done.stderr
    assert way in scripted.voicenote("show").stderr
    assert way in scripted.voicenote("history", "list").stderr


def _write_wav(path: Path) -> None:
    from git_voicenote.audio.files import import_sound

    import_sound(SPOKEN, path)


# what can go wrong


@pytest.mark.parametrize("arguments", [("--from", str(SPOKEN)), (f"--device=file:{SPOKEN}",)])
def test_an_engine_that_fails_costs_no_sound(repo: Sandbox, arguments: tuple[str, ...]) -> None:
    repo.extra["GIT_VOICENOTE_ENGINE"] = FAILING
    done = repo.voicenote("record", *arguments)
    (recording,) = recordings(repo)
    assert done.returncode == 128
    assert b"error: the engine broke down; the recording is kept" in done.stderr
    assert f"git voicenote record --from {recording.stem}" in done.stderr.decode()


def test_a_stretch_that_fails_is_marked_in_the_note_and_told(scripted: Sandbox) -> None:
    (scripted.home / "lines").write_text("we now write a new file\n!!out of memory\n")
    done = scripted.voicenote("record", "--from", SPOKEN, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    failed = told["segments"][1]
    assert (failed["text"], failed["failure"]) == ("", "out of memory")
    mark = "[0:04-0:08 not understood]"
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
    assert (
        "error: nothing of what was said was understood: out of memory; the recording is kept\n"
        f"hint: `git voicenote record --from {recording.stem}` tries again"
    ) in done.stderr.decode()
    assert scripted.git("notes", "--ref=voicenote", "list") == ""
    known = scripted.voicenote("history", "show", recording.stem).stdout.decode()
    assert "State:     failed\n" in known
    assert "understood: out of memory\n" in known


def test_a_stretch_that_fails_is_seen_while_one_speaks(scripted: Sandbox) -> None:
    (scripted.home / "lines").write_text("we now write !!out of memory\nand rename it\n")
    with at_terminal(scripted) as terminal:
        terminal.expect("we now write [0:0")
        terminal.press(ENTER, until="warning: [0:0")
        assert terminal.wait() == 0
    assert "not understood] (out of memory)" in terminal.screen


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
    assert b"error: nothing was heard in the recording" in done.stderr
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
        (("record", "--engine", "nonsense", "--from", str(SPOKEN)), 128, "no engine is named"),
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
    assert b"`--from FILE` takes a recording" in done.stderr
    assert recordings(repo) == []


def test_a_read_only_repository_is_told_of_before_anybody_speaks(
    scripted: Sandbox, read_only: Callable[[Path], tuple[str, ...]]
) -> None:
    done = scripted.run(
        *read_only(scripted.folder), *RECORD, f"--device=file:{SPOKEN}", check=False
    )
    assert done.returncode == 128
    assert b"Read-only file system" in done.stderr
    assert b"hint: it is read-only, or belongs to somebody else" in done.stderr
    assert b"speak now" not in done.stderr


@pytest.mark.parametrize("leave", [100_000, 150_000, 200_000, 250_000])
def test_a_disk_that_fills_is_told_of_and_what_was_said_is_kept(
    scripted: Sandbox, small_disk: SmallDisk, leave: int
) -> None:
    full = Sandbox(small_disk.folder, scripted.home, scripted.extra)
    full.git("init", "--quiet", "--template=")
    full.commit("start")
    small_disk.fill(leave=leave)
    done = full.voicenote("record", f"--device=file:{SPOKEN}", "--silence=1")
    screen = done.stderr.decode()
    assert "Traceback" not in screen
    if "speak now" not in screen:  # refused before anybody said a word
        assert "No space left on device\nhint: free some space on that disk" in screen
        return
    (recording,) = recordings(full)
    assert recording.stat().st_size > 2 * 16_000  # more than a second
    if done.returncode == 0:
        (words,) = words_of(full)
    else:
        assert "the disk is full: make room" in screen
        (path,) = re.findall("the text is kept in (.*)", screen)
        words = Path(path).read_text()
    assert words.startswith("We now write a new file.")
