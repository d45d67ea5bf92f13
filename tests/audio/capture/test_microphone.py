"""Recording from a real (virtual) microphone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from git_voicenote.audio.capture.microphone import Capture
from git_voicenote.audio.files.reading import read_blocks
from git_voicenote.datatypes import SAMPLE_RATE
from tests.support.sound import loud_part, pitch, tone, write_sound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from git_voicenote.datatypes import Samples
    from tests.support.microphone import VirtualMicrophone

pytestmark = [pytest.mark.microphone, pytest.mark.xdist_group("microphone")]


def test_what_is_spoken_after_start_is_recorded_whole(
    microphone: VirtualMicrophone, tmp_path: Path
) -> None:
    spoken = np.concatenate((tone(1.0, hertz=440), tone(1.0, hertz=880)))
    played = write_sound(tmp_path / "played.wav", spoken)
    path = tmp_path / "recorded.wav"
    with Capture(path) as capture:
        capture.start()
        microphone.speak(played)
        capture.stop()
        heard = np.concatenate(list(capture.blocks()))
    assert (capture.reason, capture.failure) == ("stopped", None)
    assert capture.device_name == "default"
    loud = loud_part(heard)
    assert len(loud) == pytest.approx(len(spoken), abs=0.1 * SAMPLE_RATE)
    assert pitch(loud[: len(loud) // 2]) == pytest.approx(440, rel=0.03)
    assert pitch(loud[len(loud) // 2 :]) == pytest.approx(880, rel=0.03)
    # what was handed on is what is on disk, from the first sample to the last
    np.testing.assert_array_equal(heard, np.concatenate(list(read_blocks(path))))


def test_a_balanced_cable_on_a_stereo_input_is_heard(
    microphone: VirtualMicrophone, tmp_path: Path
) -> None:
    microphone.become_stereo()
    spoken = tone(1.0, hertz=440)
    played = tmp_path / "played.wav"
    soundfile.write(played, np.stack((spoken, -spoken), axis=1), SAMPLE_RATE)
    with Capture(tmp_path / "recorded.wav") as capture:
        capture.start()
        microphone.speak(played)
        capture.stop()
        heard = np.concatenate(list(capture.blocks()))
    loud = loud_part(heard)
    assert len(loud) == pytest.approx(len(spoken), abs=0.1 * SAMPLE_RATE)
    assert pitch(loud) == pytest.approx(440, rel=0.03)


def test_the_device_is_found_by_part_of_its_name(
    microphone: VirtualMicrophone, tmp_path: Path
) -> None:
    with Capture(tmp_path / "recorded.wav", device="PUL", max_duration=0.3) as capture:
        capture.start()
        heard = np.concatenate(list(capture.blocks()))
    assert capture.device_name == "pulse"
    assert capture.reason == "limit"
    assert len(heard) >= 0.3 * SAMPLE_RATE


@pytest.mark.parametrize("accident", ["break_source", "kill_server"])
def test_a_microphone_lost_in_mid_recording_leaves_what_was_said(
    accident: str, microphone: VirtualMicrophone, tmp_path: Path
) -> None:
    played = write_sound(tmp_path / "played.wav", tone(30))
    path = tmp_path / "recorded.wav"
    with Capture(path) as capture:
        capture.start()
        microphone.say_in_background(played)
        heard = []
        blocks = capture.blocks()
        for block in blocks:
            heard.append(block)
            if len(loud_part(np.concatenate(heard))) > SAMPLE_RATE:
                break
        getattr(microphone, accident)()
        heard += list(blocks)  # ends by itself
    assert capture.reason == "failed"
    assert capture.failure is not None
    assert "the microphone default" in capture.failure
    kept = np.concatenate(list(read_blocks(path)))
    np.testing.assert_array_equal(kept, np.concatenate(heard))
    assert len(loud_part(kept)) > SAMPLE_RATE


def test_a_muted_microphone_is_named_while_it_can_still_be_helped(
    microphone: VirtualMicrophone, tmp_path: Path
) -> None:
    with Capture(tmp_path / "recorded.wav") as capture:
        capture.start()
        blocks = capture.blocks()
        _follow_until(blocks, lambda: capture.warning is not None)
        assert capture.warning == "the microphone default sends only silence: is it muted?"
        microphone.say_in_background(write_sound(tmp_path / "played.wav", tone(5)))
        _follow_until(blocks, lambda: capture.warning is None)
        capture.cancel()
    assert (capture.reason, capture.failure) == ("cancelled", None)


def _follow_until(blocks: Iterator[Samples], condition: Callable[[], bool]) -> None:
    for _ in blocks:
        if condition():
            return
    raise AssertionError("the recording ended before that")
