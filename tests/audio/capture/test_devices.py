"""Which microphone is meant."""

from __future__ import annotations

import ctypes.util
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from git_voicenote.audio.capture.devices import InputDevice, choose_microphone, microphone_problem
from git_voicenote.errors import AudioDeviceError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox

DEVICES = (
    InputDevice(0, "HDA Intel PCH: ALC257 Analog (hw:0,0)", "ALSA", 2, 44100.0, False),
    InputDevice(3, "Yeti Stereo Microphone", "ALSA", 2, 48000.0, False),
    InputDevice(4, "Yeti Nano", "ALSA", 2, 48000.0, False),
    InputDevice(7, "pulse", "ALSA", 32, 44100.0, False),
    InputDevice(8, "default", "ALSA", 32, 44100.0, True),
    InputDevice(9, "pulse monitor", "ALSA", 32, 44100.0, False),
)


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        (None, 8),
        ("3", 3),
        ("Yeti Nano", 4),
        ("yeti nano", 4),
        ("nano", 4),
        ("ALC257", 0),
        ("pulse", 7),  # the whole name of one, though a part of two
    ],
)
def test_a_microphone_is_named_in_many_ways(wanted: str | None, number: int) -> None:
    assert choose_microphone(wanted, DEVICES).number == number


def test_without_a_default_the_first_microphone_is_used() -> None:
    assert choose_microphone(None, DEVICES[:3]).number == 0


@pytest.mark.parametrize(
    ("wanted", "message", "hint"),
    [
        (
            "yeti",
            "'yeti' is the name of more than one microphone",
            "give the number of one: 3 'Yeti Stereo Microphone', 4 'Yeti Nano'",
        ),
        (
            "Snowball",
            "no microphone is called 'Snowball'",
            "the microphones are: 3 'Yeti Stereo Microphone', 4 'Yeti Nano'",
        ),
        (
            "5",
            "no microphone is called '5'",
            "the microphones are: 3 'Yeti Stereo Microphone', 4 'Yeti Nano'",
        ),
    ],
)
def test_a_name_that_does_not_settle_it_lists_what_there_is(
    wanted: str, message: str, hint: str
) -> None:
    with pytest.raises(AudioDeviceError) as caught:
        choose_microphone(wanted, DEVICES[1:3])
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_a_machine_without_a_microphone_is_told_the_ways_out() -> None:
    with pytest.raises(AudioDeviceError) as caught:
        choose_microphone(None, ())
    assert caught.value.message == "no microphone found (PortAudio sees 0 input devices)"
    assert (caught.value.hint or "").startswith("plug one in, or start the sound server")
    assert caught.value.hint is not None
    assert "--from FILE" in caught.value.hint


def test_a_machine_without_portaudio_is_told_what_to_install(sandbox: Sandbox) -> None:
    command: list[str | Path] = [sys.executable, "-m", "git_voicenote", "devices"]
    if ctypes.util.find_library("portaudio"):
        cache = subprocess.run(
            ["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=False
        ).stdout
        libraries = re.findall(r"=> (\S*/libportaudio\.so\S*)", cache)
        # an empty file in its place, which only this process sees
        hide = " && ".join(f"mount --bind /dev/null {path}" for path in libraries) or "false"
        apart = ["unshare", "--mount", "--map-root-user", "sh", "-c"]
        if sandbox.run(*apart, hide, check=False).returncode:
            pytest.skip("PortAudio is installed, and cannot be hidden from a process here")
        command = [*apart, f'{hide} && exec "$@"', "sh", *command]
    done = sandbox.run(*command, check=False)
    printed = done.stderr.decode()
    assert done.returncode == 128
    assert printed.startswith("error: PortAudio, which accesses the microphone, is not installed (")
    assert "hint: apt install libportaudio2 (Debian)" in printed
    assert "Traceback" not in printed


def test_a_browser_is_a_microphone_where_there_is_none() -> None:
    assert microphone_problem("browser") is None
