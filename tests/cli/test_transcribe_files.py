"""`git voicenote transcribe` with many files: each has its result, and it goes on where it was."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from tests.support.engines import FAILING, PAIRING, SCRIPTED
from tests.support.sound import write_sound
from tests.support.speech import SPEECH
from tests.support.terminal import CTRL_C, Terminal

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

SPOKEN = SPEECH / "test.flac"
"""Two stretches of speech."""
COMMAND = (sys.executable, "-m", "git_voicenote", "transcribe")


@pytest.fixture
def talks(sandbox: Sandbox) -> Sandbox:
    """A folder of talks: two with the same name, one in which nobody speaks, and a web page."""
    for name in ("one/talk.flac", "two/talk.flac"):
        (sandbox.folder / name).parent.mkdir()
        shutil.copy(SPOKEN, sandbox.folder / name)
    write_sound(sandbox.folder / "two/silence.wav", np.zeros(16_000, np.float32))
    lines = sandbox.home / "lines"
    lines.write_text("one\ntwo\n")
    sandbox.extra |= {
        "GIT_VOICENOTE_ENGINE": SCRIPTED,
        "SCRIPTED_SPEECH": str(lines),
        "ENGINE_CALLS": str(sandbox.home / "calls"),
    }
    return sandbox


def calls(sandbox: Sandbox) -> int:
    """Return how many recordings the engine was asked about since the last time."""
    path = sandbox.home / "calls"
    count = len(path.read_text().splitlines()) if path.exists() else 0
    path.unlink(missing_ok=True)
    return count


def results(folder: Path) -> dict[str, str]:
    return {p.name: p.read_text() for p in folder.iterdir() if not p.name.startswith(".")}


def test_several_files_are_printed_below_their_names(talks: Sandbox) -> None:
    done = talks.voicenote("transcribe", "two/talk.flac", "one/talk.flac", "two/silence.wav")
    assert done.returncode == 1
    assert done.stdout.decode() == (
        "==> two/talk.flac <==\nOne.\nTwo.\n"
        "\n==> one/talk.flac <==\nOne.\nTwo.\n"
        "\n==> two/silence.wav <==\n"
    )
    assert done.stderr.decode() == (
        "warning: no speech was found in two/silence.wav\n"
        "3 files: 2 transcribed, 1 without speech\n"
    )


def test_a_folder_is_the_sound_files_in_it_each_once(talks: Sandbox) -> None:
    done = talks.voicenote("transcribe", "--format=json", "two/talk.flac", ".", talks.folder)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["file"] for one in told] == ["two/talk.flac", "one/talk.flac", "two/silence.wav"]
    assert [one["text"] for one in told] == ["One. Two.", "One. Two.", ""]


def test_a_file_that_fails_is_named_and_stops_no_other(talks: Sandbox) -> None:
    talks.write("page.wav", "<html>")
    done = talks.voicenote("transcribe", "page.wav", "absent.wav", "one/talk.flac", "--json")
    assert done.returncode == 128
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one.get("error") for one in told] == [
        "page.wav is a web page, not sound",
        "there is no file absent.wav",
        None,
    ]
    assert told[2]["text"] == "One. Two."
    errors = done.stderr.decode()
    assert "error: page.wav is a web page, not sound\nhint: " in errors
    assert "error: there is no file absent.wav\n" in errors
    assert errors.endswith("\n3 files: 1 transcribed, 2 failed\n")


@pytest.fixture
def cut(talks: Sandbox) -> Sandbox:
    """A talk that was cut off after its first stretch of speech."""
    sound, rate = soundfile.read(SPOKEN, dtype="float32")
    path = write_sound(talks.folder / "cut.wav", sound, rate=rate)
    os.truncate(path, 44 + 4 * rate * 2)
    return talks


CUT = """\
warning: cut.wav is cut off: 2.2 s of sound are missing
error: cut.wav was not read whole: 4.0 s of it could be read
hint: copy it again from its source, or export it again
"""


def test_a_file_that_is_not_whole_is_printed_as_far_as_it_goes_and_fails(cut: Sandbox) -> None:
    done = cut.voicenote("transcribe", "cut.wav")
    assert (done.returncode, done.stdout.decode(), done.stderr.decode()) == (128, "One.\n", CUT)
    done = cut.voicenote("transcribe", "cut.wav", "one/talk.flac")
    assert done.returncode == 128
    assert done.stdout.decode() == "==> cut.wav <==\nOne.\n\n==> one/talk.flac <==\nOne.\nTwo.\n"
    assert done.stderr.decode() == f"{CUT}2 files: 2 transcribed, 1 read only in part\n"


def test_json_of_a_file_that_is_not_whole_has_both_its_words_and_the_error(cut: Sandbox) -> None:
    done = cut.voicenote("transcribe", "cut.wav", "--json")
    assert done.returncode == 128
    told = json.loads(done.stdout)
    assert told["error"] == "cut.wav was not read whole: 4.0 s of it could be read"
    assert told["text"] == "One."


def test_the_result_of_a_file_that_is_not_whole_is_written_and_fails_each_time(
    cut: Sandbox,
) -> None:
    command = ("transcribe", "-o", "texts", "cut.wav", "one/talk.flac")
    first, again = cut.voicenote(*command), cut.voicenote(*command)
    assert results(cut.folder / "texts") == {"cut.txt": "One.\n", "talk.txt": "One.\nTwo.\n"}
    assert (first.returncode, again.returncode) == (128, 128)
    assert first.stdout == again.stdout == b"texts/cut.txt\ntexts/talk.txt\n"
    assert again.stderr.decode() == (
        "2 files: 2 already there (--again replaces them), 1 read only in part\n"
    )


def test_an_engine_that_fails_is_told_once(talks: Sandbox) -> None:
    done = talks.voicenote("transcribe", ".", f"--engine={FAILING}")
    assert (done.returncode, done.stdout) == (128, b"")
    assert done.stderr == b"error: the engine broke down\n"


@pytest.mark.parametrize(
    ("lines", "status", "stdout", "stderr"),
    [
        (
            "one\n!!broke\n",
            0,
            "One.\n[0:04-0:07 not understood]\n",
            "warning: [0:04-0:07 not understood] (broke)\n",
        ),
        (
            "!!broke\n!!broke\n",
            128,
            "[0:00-0:04 not understood]\n[0:04-0:07 not understood]\n",
            "error: the speech could not be transcribed: broke\n",
        ),
    ],
)
def test_what_the_engine_gave_up_on_is_marked(
    talks: Sandbox, lines: str, status: int, stdout: str, stderr: str
) -> None:
    Path(talks.extra["SCRIPTED_SPEECH"]).write_text(lines)
    done = talks.voicenote("transcribe", "one/talk.flac")
    assert (done.returncode, done.stdout.decode(), done.stderr.decode()) == (status, stdout, stderr)


def test_results_are_written_to_a_folder_and_their_names_printed(talks: Sandbox) -> None:
    done = talks.voicenote("transcribe", ".", "-o", "../out")
    assert done.stdout.decode() == "../out/talk.txt\n../out/silence.txt\n../out/talk-2.txt\n"
    assert results(talks.folder / "../out") == {
        "talk.txt": "One.\nTwo.\n",
        "talk-2.txt": "One.\nTwo.\n",
        "silence.txt": "",
    }
    assert done.returncode == 1


@pytest.mark.parametrize(("form", "suffix"), [("json", ".json"), ("srt", ".srt"), ("csv", ".csv")])
def test_results_in_other_forms(talks: Sandbox, form: str, suffix: str) -> None:
    talks.voicenote("transcribe", "one", "--format", form, "--output", "out")
    text = (talks.folder / f"out/talk{suffix}").read_text()
    if form == "json":
        told = json.loads(text)
        assert (told["file"], told["text"]) == ("one/talk.flac", "One. Two.")
        assert [segment["text"] for segment in told["segments"]] == ["one", "two"]
    elif form == "srt":
        assert text.startswith("1\n00:00:00,")
        assert text.endswith("\ntwo\n")
    else:
        assert re.fullmatch(r"start,end,text\n\d+,\d+,one\n\d+,\d+,two\n", text)
    printed = talks.voicenote("transcribe", "one/talk.flac", "--format", form).stdout.decode()
    assert printed == text


def test_what_is_there_is_passed_over_until_something_changes(talks: Sandbox) -> None:
    command = ("transcribe", ".", "--output=out")
    first = talks.voicenote(*command)
    assert calls(talks) == 3

    again = talks.voicenote(*command)
    assert (calls(talks), again.stdout, again.returncode) == (0, first.stdout, 1)
    assert again.stderr == b"3 files: 3 already there (--again replaces them)\n"

    os.utime(talks.folder / "two/talk.flac", (1, 1))
    changed = talks.voicenote(*command)
    assert (calls(talks), changed.stdout) == (1, first.stdout)
    assert changed.stderr == b"3 files: 1 transcribed, 2 already there (--again replaces them)\n"

    for other, count in ((("--language=de",), 3), (("--language=de", "--again"), 3)):
        assert talks.voicenote(*command, *other).stdout == first.stdout
        assert calls(talks) == count
    assert talks.voicenote(*command, environment={"GIT_VOICENOTE_MODEL": "m"}).returncode == 1
    assert calls(talks) == 3


def test_what_failed_is_tried_again(talks: Sandbox) -> None:
    page = talks.write("one/page.wav", "<html>")
    assert talks.voicenote("transcribe", "one", "-o", "out").returncode == 128
    calls(talks)
    shutil.copy(SPOKEN, page)
    done = talks.voicenote("transcribe", "one", "-o", "out")
    assert (done.returncode, calls(talks)) == (0, 1)
    assert results(talks.folder / "out")["page.txt"] == "One.\nTwo.\n"


def test_a_result_that_a_person_edited_is_not_replaced(talks: Sandbox) -> None:
    talks.voicenote("transcribe", "one", "-o", "out")
    talks.write("out/talk.txt", "edited\n")
    done = talks.voicenote("transcribe", "one", "-o", "out", "--again")
    assert done.stdout == b"out/talk-2.txt\n"
    assert results(talks.folder / "out") == {"talk.txt": "edited\n", "talk-2.txt": "One.\nTwo.\n"}


def test_an_engine_for_batches_gives_the_same_results_in_order(talks: Sandbox) -> None:
    Path(talks.extra["SCRIPTED_SPEECH"]).write_text("one\nuno\ntwo\n!!!out of memory\n")
    talks.extra["GIT_VOICENOTE_ENGINE"] = PAIRING
    files = ("one/talk.flac", "two/talk.flac", "two/silence.wav")
    done = talks.voicenote("transcribe", *files)
    # two at a time, the later one first
    assert done.stdout.decode() == (
        "\n==> two/talk.flac <==\nOne.\nTwo.\n\n==> two/silence.wav <==\n"
    )
    assert b"error: one/talk.flac: out of memory\n" in done.stderr
    assert done.returncode == 128


def test_a_batch_that_ends_with_the_first_file_prints_it_first(talks: Sandbox) -> None:
    talks.extra["GIT_VOICENOTE_ENGINE"] = PAIRING
    done = talks.voicenote("transcribe", "one/talk.flac", "two/silence.wav", "-o", "out")
    assert done.stdout == b"out/talk.txt\nout/silence.txt\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-", "one/talk.flac"), "cannot be combined with files"),
        (("-", "--output=out"), "cannot be combined with files"),
        (("one", "--format=srt"), "name a folder with --output"),
        (("one/talk.flac", "two/talk.flac", "--format=srt"), "name a folder with --output"),
        (
            ("one", "--format=tsv"),
            "rows are written for one recording: name a folder with --output",
        ),
        (("one", "--again"), "--again requires --output"),
        (
            ("one", "--json", "--format=srt"),
            "options '--json' and '--format' cannot",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(
    talks: Sandbox, arguments: tuple[str, ...], message: str
) -> None:
    done = talks.voicenote("transcribe", *arguments)
    assert (done.returncode, done.stdout) == (129, b"")
    assert message in done.stderr.decode()
    assert not (talks.folder / "out").exists()


def test_a_name_of_any_octets(talks: Sandbox) -> None:
    name = b"caf\xe9 \xe2\x80\xae.flac"
    shutil.copy(SPOKEN, os.fsdecode(os.fsencode(talks.folder) + b"/" + name))
    done = talks.voicenote("transcribe", os.fsdecode(name), "-o", "out")
    assert done.stdout == b"out/" + name.replace(b".flac", b".txt") + b"\n"
    done = talks.voicenote("transcribe", os.fsdecode(name), "one", "--json")
    assert json.loads(done.stdout.splitlines()[0])["text"] == "One. Two."


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(talks: Sandbox) -> None:
    os.mkfifo(talks.folder / "pipe.wav")  # it waits here for ever
    command = (*COMMAND, "one/talk.flac", "two/talk.flac", "pipe.wav", "-o", "out")
    with Terminal(command, {**talks.environment, "TERM": "xterm"}, talks.folder) as terminal:
        terminal.expect("out/talk-2.txt")
        terminal.expect("file 3 of 3")
        terminal.type(CTRL_C)
        terminal.expect("2 of 3 are done; the same command transcribes the others")
        assert terminal.wait() == 130
    assert results(talks.folder / "out") == dict.fromkeys(
        ("talk.txt", "talk-2.txt"), "One.\nTwo.\n"
    )


def test_a_kill_keeps_what_is_done(talks: Sandbox) -> None:
    os.mkfifo(talks.folder / "pipe.wav")
    command = (*COMMAND, "one/talk.flac", "pipe.wav", "-o", "out")
    with subprocess.Popen(
        command, cwd=talks.folder, env=talks.environment, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"out/talk.txt\n"
        process.send_signal(signal.SIGKILL)
    calls(talks)
    (talks.folder / "pipe.wav").unlink()
    done = talks.voicenote("transcribe", "one/talk.flac", "two/talk.flac", "-o", "out")
    assert (done.stdout, calls(talks)) == (b"out/talk.txt\nout/talk-2.txt\n", 1)


def test_the_bar_is_for_the_terminal_and_leaves_stdout_alone(talks: Sandbox) -> None:
    talks.write("page.wav", "<html>")
    environment = {**talks.environment, "TERM": "xterm"}
    shell = f"{' '.join(COMMAND)} one/talk.flac page.wav two/talk.flac two/silence.wav >out"
    with Terminal(("sh", "-c", shell), environment, talks.folder) as terminal:
        terminal.expect("file 1 of 4")
        terminal.expect("error: page.wav is a web page, not sound")
        terminal.expect("4 files: 2 transcribed, 1 without speech, 1 failed")
        assert terminal.wait() == 128
    assert (talks.folder / "out").read_text() == (
        "==> one/talk.flac <==\nOne.\nTwo.\n"
        "\n==> two/talk.flac <==\nOne.\nTwo.\n\n==> two/silence.wav <==\n"
    )


def test_the_bar_goes_with_the_seconds_where_the_files_state_them(talks: Sandbox) -> None:
    environment = {**talks.environment, "TERM": "xterm"}
    with Terminal((*COMMAND, "one", "two"), environment, talks.folder) as terminal:
        terminal.expect("0:00 of 0:13")
        terminal.expect("3 files: 2 transcribed")
        assert terminal.wait() == 1
    assert "One.\nTwo.\n" in terminal.screen
