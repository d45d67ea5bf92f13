"""Playing a recording, and hearing it with the virtual microphone."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from git_voicenote.audio.capture.microphone import Capture
from git_voicenote.audio.playback import play
from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.errors import AudioFileError
from tests.support.sound import loud_part, pitch, tone, write_sound

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from git_voicenote.datatypes import Samples
    from tests.support.microphone import VirtualMicrophone
    from tests.support.sandbox import Sandbox

# in a process of its own: PortAudio looks for devices once, when it is loaded
PLAY = """
import pathlib, sys
from git_voicenote.audio.playback import play
from git_voicenote.errors import VoicenoteError
try:
    play(pathlib.Path(sys.argv[1]), float(sys.argv[2]))
except VoicenoteError as error:
    sys.exit(f"{type(error).__name__}: {error.message}\\nhint: {error.hint}")
"""


@pytest.mark.microphone
@pytest.mark.xdist_group("microphone")
def test_a_recording_is_heard_from_where_one_asks(
    microphone: VirtualMicrophone, sandbox: Sandbox, tmp_path: Path
) -> None:
    sound = np.concatenate((tone(1.0, hertz=440), tone(1.03, hertz=880)))
    path = write_sound(tmp_path / "a.flac", sound)
    with Capture(tmp_path / "heard.wav") as capture:
        capture.start()
        sandbox.run(sys.executable, "-c", PLAY, path, "1.0", environment=microphone.environment)
        capture.stop()
        heard = loud_part(np.concatenate(list(capture.blocks())))
    assert len(heard) == pytest.approx(1.03 * SAMPLE_RATE, abs=0.1 * SAMPLE_RATE)
    assert pitch(heard) == pytest.approx(880, rel=0.03)


@pytest.fixture
def playing(
    microphone: VirtualMicrophone, sandbox: Sandbox, tmp_path: Path
) -> Iterator[subprocess.Popen[str]]:
    """A process that plays a minute, and was heard to begin."""
    path = write_sound(tmp_path / "a.wav", tone(60))
    with Capture(tmp_path / "heard.wav") as capture:
        capture.start()
        process = subprocess.Popen(
            [sys.executable, "-c", PLAY, path, "0"],
            env={**sandbox.environment, **microphone.environment},
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        for block in capture.blocks():
            if _is_loud(block):
                break
    with process:
        yield process
        process.kill()


@pytest.mark.microphone
@pytest.mark.xdist_group("microphone")
def test_the_interrupt_key_stops_it(playing: subprocess.Popen[str]) -> None:
    playing.send_signal(signal.SIGINT)
    assert playing.wait(30) == -signal.SIGINT


@pytest.mark.microphone
@pytest.mark.xdist_group("microphone")
def test_a_loudspeaker_that_is_lost_ends_it(
    microphone: VirtualMicrophone, playing: subprocess.Popen[str], tmp_path: Path
) -> None:
    microphone.kill_server()
    _, printed = playing.communicate(timeout=60)
    assert "AudioDeviceError: no loudspeaker to play on (" in printed
    assert printed.endswith(f"hint: the sound is in {tmp_path}/a.wav\n")


def test_without_a_loudspeaker_the_file_is_named(
    no_microphone: dict[str, str], sandbox: Sandbox, tmp_path: Path
) -> None:
    path = write_sound(tmp_path / "a.wav", tone(0.5))
    done = sandbox.run(
        sys.executable, "-c", PLAY, path, "0", check=False, environment=no_microphone
    )
    assert done.returncode == 1
    printed = done.stderr.decode()
    assert printed.startswith("AudioDeviceError: no loudspeaker to play on (")
    assert printed.endswith(f"hint: the sound is in {path}\n")


@pytest.mark.parametrize("start", [0.7, 100.0])
def test_there_is_nothing_after_the_end(start: float, tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.wav", tone(0.5))
    with pytest.raises(AudioFileError) as caught:
        play(path, start)
    assert caught.value.message == f"{path} is only 0.5 s long"


def test_what_is_no_sound_is_not_played(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_text("<html>")
    with pytest.raises(AudioFileError, match="is a web page, not sound"):
        play(path)


def _is_loud(block: Samples) -> bool:
    return bool(np.abs(block).max() > 0.1)
