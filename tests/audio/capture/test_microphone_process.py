"""Recording, with a sound file in the microphone's place: what becomes of the recording when."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from git_voicenote.audio.capture.microphone import Capture
from git_voicenote.audio.files.reading import read_blocks
from git_voicenote.audio.files.wav import is_being_written, repair_wav
from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.errors import AudioDeviceError, AudioError, AudioFileError, StoreError
from tests.support.logged import logged
from tests.support.sound import tone, write_sound

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from git_voicenote.datatypes import Samples
    from tests.support.disk import SmallDisk
    from tests.support.sandbox import Sandbox

_PATIENCE = 30.0


def sound_of(path: Path) -> Samples:
    return np.concatenate(list(read_blocks(path)))


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    """Ten seconds of something that is loud throughout."""
    return write_sound(tmp_path / "speech.wav", tone(10))


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    return tmp_path / "recorded.wav"


def follow(blocks: Iterator[Samples], seconds: float) -> list[Samples]:
    """Take blocks until there are so many seconds."""
    taken: list[Samples] = []
    for block in blocks:
        taken.append(block)
        if sum(map(len, taken)) >= seconds * SAMPLE_RATE:
            break
    return taken


def test_what_is_handed_on_is_what_is_on_disk(speech: Path, recorded: Path) -> None:
    with Capture(recorded, device=f"file:{speech}") as capture:
        capture.start()
        assert is_being_written(recorded)
        blocks = capture.blocks()
        heard = follow(blocks, 1)
        # all that was handed on is on disk already, in a file that is whole
        assert len(sound_of(recorded)) >= SAMPLE_RATE
        assert capture.elapsed > 0
        assert capture.level == pytest.approx(0.85, abs=0.01)  # -9 dBFS
        assert capture.warning is None
        capture.stop()
        heard += blocks
    assert (capture.reason, capture.failure) == ("stopped", None)
    assert capture.device_name == str(speech)
    whole = np.concatenate(heard)
    np.testing.assert_array_equal(whole, sound_of(recorded))
    np.testing.assert_allclose(whole, tone(10)[: len(whole)], atol=1e-4)
    assert capture.elapsed == len(whole) / SAMPLE_RATE
    assert stat.S_IMODE(recorded.stat().st_mode) == 0o600
    assert not is_being_written(recorded)


def test_the_tail_of_the_last_word_is_kept_after_the_stop_key(speech: Path, recorded: Path) -> None:
    with Capture(recorded, device=f"file:{speech}") as capture:
        capture.start()
        blocks = capture.blocks()
        before = follow(blocks, 0.5)
        capture.stop()
        after = list(blocks)
    assert sum(map(len, before)) >= 0.5 * SAMPLE_RATE
    assert sum(map(len, after)) >= 0.3 * SAMPLE_RATE


def test_the_tail_ends_early_if_the_last_word_is_over(speech: Path, recorded: Path) -> None:
    with Capture(recorded, device=f"file:{speech}") as capture:
        capture.start()
        blocks = capture.blocks()
        before = follow(blocks, 0.5)
        capture.stop()
        capture.end_tail()
        whole = np.concatenate([*before, *blocks])
    assert (capture.reason, capture.failure) == ("stopped", None)
    np.testing.assert_array_equal(whole, sound_of(recorded))


def test_after_a_file_ends_the_room_is_quiet_but_not_dead(tmp_path: Path, recorded: Path) -> None:
    speech = write_sound(tmp_path / "speech.wav", tone(0.5))
    with Capture(recorded, device=f"file:{speech}", max_duration=1.5) as capture:
        capture.start()
        heard = np.concatenate(list(capture.blocks()))
    assert capture.reason == "limit"
    assert len(heard) >= 1.5 * SAMPLE_RATE
    room = heard[8000:]
    assert room.any()
    assert np.abs(room).max() < 0.005


def test_cancel_ends_at_once_and_keeps_what_was_said(speech: Path, recorded: Path) -> None:
    with Capture(recorded, device=f"file:{speech}") as capture:
        capture.start()
        follow(capture.blocks(), 0.5)
        capture.cancel()
        assert not is_being_written(recorded)
        assert len(sound_of(recorded)) >= 0.5 * SAMPLE_RATE
    assert (capture.reason, capture.failure) == ("cancelled", None)
    capture.stop()  # nothing to stop any more, and no fault


def test_leaving_in_an_exception_keeps_what_was_said(speech: Path, recorded: Path) -> None:
    def record() -> None:
        with Capture(recorded, device=f"file:{speech}") as capture:
            capture.start()
            follow(capture.blocks(), 0.5)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        record()
    assert not is_being_written(recorded)
    assert len(sound_of(recorded)) >= 0.5 * SAMPLE_RATE


def test_a_slow_listener_misses_nothing(speech: Path, recorded: Path) -> None:
    with Capture(recorded, device=f"file:{speech}", max_duration=1.0) as capture:
        capture.start()
        while capture.reason is None:
            time.sleep(0.05)
        heard = np.concatenate(list(capture.blocks()))
    np.testing.assert_allclose(heard[:SAMPLE_RATE], tone(1.0), atol=1e-4)


def test_the_recorder_killed_is_a_failure_that_leaves_what_was_said(
    speech: Path, recorded: Path
) -> None:
    with Capture(recorded, device=f"file:{speech}") as capture:
        capture.start()
        blocks = capture.blocks()
        heard = follow(blocks, 1)
        os.kill(recorder_of(os.getpid()), signal.SIGKILL)
        heard += blocks  # comes to an end
    assert capture.reason == "failed"
    assert capture.failure == (
        "the recorder stopped unexpectedly (signal 9); what was said before is kept"
    )
    assert "the recorder stopped unexpectedly (signal 9)" in logged()
    np.testing.assert_array_equal(np.concatenate(heard), sound_of(recorded))
    assert len(sound_of(recorded)) >= SAMPLE_RATE


def test_the_recorder_ends_in_order_when_the_system_shuts_down(
    speech: Path, recorded: Path
) -> None:
    with Capture(recorded, device=f"file:{speech}") as capture:
        capture.start()
        os.kill(recorder_of(os.getpid()), signal.SIGTERM)
        list(capture.blocks())
    assert (capture.reason, capture.failure) == ("cancelled", None)


def test_a_full_disk_ends_the_recording_and_keeps_what_was_said(
    small_disk: SmallDisk, speech: Path
) -> None:
    recorded = small_disk.folder / "recorded.wav"
    with Capture(recorded, device=f"file:{speech}") as capture:
        capture.start()
        blocks = capture.blocks()
        heard = follow(blocks, 0.5)
        small_disk.fill(leave=8192)
        heard += blocks
    assert capture.reason == "failed"
    assert capture.failure == (
        f"could not write {recorded}: No space left on device; what was said before is kept"
    )
    kept = sound_of(recorded)
    assert len(kept) >= 0.5 * SAMPLE_RATE
    np.testing.assert_array_equal(np.concatenate(heard), kept)


def test_a_disk_that_is_full_already_is_said_before_anybody_speaks(
    small_disk: SmallDisk, speech: Path
) -> None:
    small_disk.fill()
    recorded = small_disk.folder / "recorded.wav"
    with (
        Capture(recorded, device=f"file:{speech}") as capture,
        pytest.raises(StoreError, match="No space left on device"),
    ):
        capture.start()
    assert not recorded.exists()


@pytest.mark.parametrize(
    ("device", "error", "message"),
    [
        ("file:/nowhere/a.wav", AudioFileError, "there is no file /nowhere/a.wav"),
        (None, AudioDeviceError, "no microphone found (PortAudio sees 0 input devices)"),
        ("Yeti", AudioDeviceError, "no microphone found (PortAudio sees 0 input devices)"),
    ],
)
def test_what_cannot_be_recorded_is_told_before_anybody_speaks(
    device: str | None,
    error: type[AudioError],
    message: str,
    recorded: Path,
    no_microphone: None,
) -> None:
    with Capture(recorded, device=device) as capture, pytest.raises(error) as caught:
        capture.start()
    assert caught.value.message == message
    assert caught.value.hint
    assert not recorded.exists()


def test_a_recording_is_not_overwritten(speech: Path, recorded: Path) -> None:
    recorded.write_bytes(b"precious")
    with (
        Capture(recorded, device=f"file:{speech}") as capture,
        pytest.raises(StoreError, match="File exists"),
    ):
        capture.start()
    assert recorded.read_bytes() == b"precious"


def test_a_folder_that_shadows_our_modules_is_not_run(
    speech: Path, recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "numpy.py").write_text("raise SystemExit('code of the repository was run')")
    monkeypatch.chdir(tmp_path)
    with Capture(recorded, device=f"file:{speech}", max_duration=0.2) as capture:
        capture.start()
        list(capture.blocks())
    assert capture.reason == "limit"


PARENT = """
import pathlib, sys
from git_voicenote.audio.capture.microphone import Capture
with Capture(pathlib.Path(sys.argv[1]), device="file:" + sys.argv[2]) as capture:
    capture.start()
    heard = 0
    for block in capture.blocks():
        heard += len(block)
        if heard == 16000:
            print("one second", flush=True)
"""


@pytest.fixture
def recording_process(
    sandbox: Sandbox, speech: Path, recorded: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A program that has recorded for one second and goes on."""
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT, recorded, speech],
        stdout=subprocess.PIPE, env=sandbox.environment, cwd=sandbox.folder, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == b"one second\n"
    yield process
    process.stdout.close()
    process.kill()
    process.wait()


def test_a_program_killed_in_mid_recording_leaves_a_finished_file(
    recording_process: subprocess.Popen[bytes], recorded: Path
) -> None:
    recording_process.kill()
    wait_until_written(recorded)
    before = recorded.read_bytes()
    assert len(sound_of(recorded)) >= SAMPLE_RATE
    assert repair_wav(recorded) == len(sound_of(recorded)) / SAMPLE_RATE
    assert recorded.read_bytes() == before


def test_both_killed_leave_all_that_was_heard(
    recording_process: subprocess.Popen[bytes], recorded: Path
) -> None:
    recorder = recorder_of(recording_process.pid)
    os.kill(recording_process.pid, signal.SIGSTOP)  # so that it sees no end to finish anything
    os.kill(recorder, signal.SIGKILL)
    recording_process.kill()
    wait_until_written(recorded)
    assert repair_wav(recorded) >= 1.0
    assert len(sound_of(recorded)) >= SAMPLE_RATE


def test_a_program_that_is_suspended_loses_nothing(
    recording_process: subprocess.Popen[bytes], recorded: Path
) -> None:
    recording_process.send_signal(signal.SIGSTOP)
    deadline = time.monotonic() + _PATIENCE
    while len(sound_of(recorded)) < 2 * SAMPLE_RATE:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert is_being_written(recorded)


def test_the_interrupt_key_reaches_the_program_and_not_the_recorder(
    recording_process: subprocess.Popen[bytes], recorded: Path
) -> None:
    os.killpg(recording_process.pid, signal.SIGINT)
    assert recording_process.wait(_PATIENCE) == -signal.SIGINT
    assert not is_being_written(recorded)  # the context was left in order
    assert len(sound_of(recorded)) >= SAMPLE_RATE


def recorder_of(parent: int) -> int:
    """The process id of the recorder that a process has started."""
    (recorder,) = subprocess.run(
        ["pgrep", "-P", str(parent), "-f", "git_voicenote.audio.capture.recorder"],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    return int(recorder)


def wait_until_written(path: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while is_being_written(path):
        assert time.monotonic() < deadline
        time.sleep(0.02)
