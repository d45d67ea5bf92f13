"""Check PortAudio, and record from the microphone for a second."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from git_voicenote import files
from git_voicenote.audio.capture.devices import BROWSER, FILE_PREFIX, input_devices
from git_voicenote.audio.capture.microphone import Capture
from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.errors import AudioDeviceError
from git_voicenote.phrases import counted
from git_voicenote.workflows.doctor.findings import note, ok, problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_voicenote.datatypes import Samples
    from git_voicenote.workflows.doctor.findings import CheckedSetup, Finding

_SECONDS = 1.0
_QUIET_DBFS = -50.0
"""A peak below this is not speech: a quiet room, or a low input volume."""


def portaudio(patient: CheckedSetup) -> Iterator[Finding]:
    """Load PortAudio, and count the input devices."""
    try:
        found = input_devices()
    except AudioDeviceError as exc:
        kind = problem if patient.hears else note
        yield kind(exc.message, exc.hint)
        return
    yield ok(f"{counted(len(found), 'input device')} (git voicenote devices)")


def microphone(patient: CheckedSetup) -> Iterator[Finding]:
    """Record a second, and report its level. The sound is not kept."""
    device = patient.settings.microphone
    if not patient.hears:
        yield note("not tested")
        return
    if device == BROWSER:
        yield note("voicenote.microphone is a browser, which `git voicenote record` opens")
        return
    patient.dialogue.say(f"listening to the microphone for {_SECONDS:g} s: say something")
    with files.scratch_folder() as folder:
        capture = Capture(folder / "heard.wav", device=device, max_duration=_SECONDS)
        with capture:
            capture.start()
            blocks = list(capture.blocks())
    heard = np.concatenate(blocks) if blocks else np.zeros(0, dtype=np.float32)
    yield _judged(heard, capture, device)


def _judged(heard: Samples, capture: Capture, device: str | None) -> Finding:
    name = capture.device_name or device or "the microphone"
    if capture.failure or not len(heard):
        return problem(f"{name}: {capture.failure or 'no sound came'}", _others(device))
    peak, loudness = _dbfs(float(np.abs(heard).max())), _dbfs(_rms(heard))
    if math.isinf(peak):
        return problem(
            f"{name} sends only zeros",
            f"unmute it in the sound settings, or {_others(device)}",
        )
    seconds = len(heard) / SAMPLE_RATE
    told = f"{name}: {seconds:.1f} s, peak {peak:.0f} dBFS, mean {loudness:.0f} dBFS"
    if peak < _QUIET_DBFS:
        return note(f"{told}: no speech", "speak while this runs; speech has peaks above -30 dBFS")
    return ok(told)


def _others(device: str | None) -> str:
    if device is not None and device.startswith(FILE_PREFIX):
        return "voicenote.microphone names a sound file"
    return "`git voicenote devices` lists the others"


def _rms(heard: Samples) -> float:
    return math.sqrt(float((heard.astype("float64") ** 2).mean()))


def _dbfs(amplitude: float) -> float:
    return 20 * math.log10(amplitude) if amplitude > 0 else -math.inf
