"""git voicenote devices."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.microphone import VirtualMicrophone
    from tests.support.sandbox import Sandbox


@pytest.mark.microphone
@pytest.mark.xdist_group("microphone")
def test_the_microphones_are_listed_and_the_chosen_one_marked(
    microphone: VirtualMicrophone, repo: Sandbox
) -> None:
    repo.extra.update(microphone.environment)
    done = repo.voicenote("devices")
    assert done.stdout.decode() == (
        "   0  pulse  (ALSA, 32 channels, 44100 Hz)\n"
        "*  1  default  (ALSA, 32 channels, 44100 Hz, the system's default)\n"
    )
    assert (done.returncode, done.stderr) == (0, b"")

    repo.git("config", "voicenote.microphone", "puls")
    done = repo.voicenote("devices")
    assert done.stdout.startswith(b"*  0  pulse  (")
    assert done.stderr == b"voicenote.microphone = puls selects pulse\n"

    listed = json.loads(repo.voicenote("devices", "--json").stdout)
    assert (listed["microphone"], listed["chosen"]) == ("puls", 0)
    assert [device["name"] for device in listed["devices"]] == ["pulse", "default"]
    assert listed["devices"][1]["is_default"] is True

    repo.git("config", "voicenote.microphone", "Yeti")
    done = repo.voicenote("devices")
    assert b"*" not in done.stdout
    assert done.stderr == b"warning: voicenote.microphone: no microphone is called 'Yeti'\n"
    assert done.returncode == 0


def test_no_microphone_is_a_negative_answer_with_the_ways_out(
    no_microphone: dict[str, str], sandbox: Sandbox
) -> None:
    sandbox.extra.update(no_microphone)
    done = sandbox.voicenote("devices")
    assert (done.returncode, done.stdout) == (1, b"")
    error, hint = done.stderr.decode().splitlines()
    assert error == "error: no microphone found (PortAudio sees 0 input devices)"
    assert hint.startswith("hint: plug one in, or start the sound server; `--from FILE`")

    done = sandbox.voicenote("devices", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout) == {"microphone": None, "chosen": None, "devices": []}
