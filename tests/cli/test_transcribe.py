"""`git voicenote transcribe` prints what is said in a file."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.engines import FAILING, SCRIPTED
from tests.support.speech import SPEECH

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox

RENAME = SPEECH / "rename.flac"
TEXT = """\
We now write a new file and rename it at the end.
If that fails, we can still read the old file.
"""


def test_the_text_is_printed_outside_of_any_repository(sandbox: Sandbox) -> None:
    done = sandbox.voicenote("transcribe", RENAME)
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, TEXT, b"")
    assert not (sandbox.home / ".local/share/git-voicenote").exists()  # nothing is kept of it


def test_standard_input_is_read_and_json_tells_the_times(repo: Sandbox) -> None:
    done = repo.voicenote("transcribe", "-", "--json", stdin=RENAME.read_bytes())
    told = json.loads(done.stdout)
    assert told["text"] == TEXT.replace("\n", " ").strip()
    assert (told["file"], told["engine"], told["language"]) == ("-", "moonshine", "en")
    assert told["duration"] == pytest.approx(7.4, abs=1)
    first, second = told["segments"]
    assert first["text"] == "We now write a new file and rename it at the end."
    assert 0 <= first["start"] < first["end"] <= second["start"] < second["end"]


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_nothing_heard_is_an_empty_transcript_and_exit_1(
    sandbox: Sandbox, options: tuple[str, ...]
) -> None:
    silence = sandbox.write("silence.wav", wav(bytes(2 * 16_000 * 3)))
    done = sandbox.voicenote("transcribe", silence, *options)
    assert done.returncode == 1
    assert f"error: no speech was found in {silence}".encode() in done.stderr
    assert (json.loads(done.stdout)["segments"] == []) if options else (done.stdout == b"")


def wav(pcm: bytes) -> bytes:
    import io
    import wave

    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(pcm)
    return written.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.wav", b"<!DOCTYPE html><html><body>not found</body></html>"),
        ("empty.wav", b""),
        ("header.wav", wav(b"")),
        ("cut.flac", RENAME.read_bytes()[:200]),
    ],
)
def test_what_holds_no_sound_is_refused_by_name(
    sandbox: Sandbox, name: str, content: bytes
) -> None:
    file = sandbox.write(name, content)
    done = sandbox.voicenote("transcribe", file)
    assert done.returncode == 128
    assert done.stdout == b""
    error, hint = done.stderr.decode().splitlines()
    assert error.startswith(f"error: {file}")
    assert hint.startswith("hint: ")


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("nonexistent.wav",), 128, "nonexistent.wav"),
        ((".",), 128, "folder"),
        ((), 129, "missing argument"),
        ((RENAME, "--engine=nonsense"), 128, "there is no engine named 'nonsense'"),
        ((RENAME, f"--engine={FAILING}"), 128, "the engine broke down"),
        ((RENAME, "--language=zh"), 128, "supports en, not"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    sandbox: Sandbox, arguments: tuple[str | Path, ...], status: int, message: str
) -> None:
    done = sandbox.voicenote("transcribe", *arguments)
    assert done.returncode == status
    assert message in done.stderr.decode()
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="reads its memory from /proc")
def test_long_sound_takes_no_more_memory_than_short(sandbox: Sandbox) -> None:
    """The engine is not asked, for nobody speaks: what is measured is the way of the sound."""
    # not ru_maxrss: a child starts with its parent's, and the parent made the sound
    script = (
        "import sys; from git_voicenote.cli import main\n"
        "try: main()\n"
        "finally: print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    )
    environment = {"SCRIPTED_SPEECH": str(sandbox.write("lines", ""))}
    peaks = []
    for seconds in (10, 400):
        file = sandbox.write("long.wav", wav(bytes(2 * 16_000 * seconds)))
        done = sandbox.run(
            sys.executable, "-c", script, "transcribe", file, f"--engine={SCRIPTED}",
            check=False, environment=environment,
        )  # fmt: skip
        assert b"no speech was found" in done.stderr
        peaks.append(int(done.stdout))
    sound = 2 * 16_000 * 390 // 1024
    assert peaks[1] - peaks[0] < sound / 2


def test_segments_come_as_they_are_understood(sandbox: Sandbox) -> None:
    lines = sandbox.write("lines", "one\ntwo\n")
    environment = {
        **sandbox.environment,
        "SCRIPTED_SPEECH": str(lines),
        "GIT_VOICENOTE_ENGINE": SCRIPTED,
    }
    # a pipe that stays open: what is in it so far is all that can be understood
    with subprocess.Popen(
        (sys.executable, "-m", "git_voicenote", "transcribe", RENAME),
        env=environment, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == b"One.\n"
        assert process.stdout.read() == b"Two.\n"
    assert process.returncode == 0
