"""The source of a recording: a microphone, or a file in its place."""

from __future__ import annotations

import queue
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from git_voicenote.audio.capture.devices import (
    FILE_PREFIX,
    choose_microphone,
    input_devices,
    load_portaudio,
)
from git_voicenote.audio.downmix import Downmix
from git_voicenote.audio.files.reading import read_blocks, tolerate_missing_sound
from git_voicenote.audio.resampling import Resampler
from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.errors import AudioDeviceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_voicenote.audio.capture.devices import InputDevice
    from git_voicenote.datatypes import Samples

_LATENCY = 0.1
"""Seconds of sound that the system may buffer. PortAudio's default (0.035) loses samples on a busy
machine, and with none PulseAudio sends half a second at a time."""
_ROOM_NOISE = 3e-4
"""RMS of a quiet room, about 10 of 32768: a microphone never sends exact zeros."""


class CaptureSource(Protocol):
    """Delivers sound in real time."""

    name: str
    latency: float
    overflowed: bool

    def read(self, timeout: float) -> Iterator[Samples]:
        """Yield what has come, mono float32 at 16 kHz; wait for the first up to `timeout`."""
        ...

    def lost(self) -> bool:
        """Return whether the source is gone for good."""
        ...

    def pause(self) -> None:
        """Close the device, and drop what it has buffered."""
        ...

    def resume(self) -> None:
        """Open the device again. Raises AudioDeviceError."""
        ...


def open_source(device: str | None) -> CaptureSource:
    """Open a microphone, or a sound file that is read in real time (`file:PATH`).

    Raises AudioDeviceError and AudioFileError.
    """
    if device is not None and device.startswith(FILE_PREFIX):
        return _SoundFile(Path(device.removeprefix(FILE_PREFIX)))
    return _Microphone(choose_microphone(device, input_devices()))


class _Microphone:
    """A PortAudio input stream."""

    def __init__(self, device: InputDevice) -> None:
        self.name = device.name
        self.latency = _LATENCY
        self.overflowed = False
        self._arrived: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._ended = threading.Event()
        self._device = device
        self._stream, self._channels, rate = self._open(device)
        self._downmix = Downmix()
        self._resampler = Resampler(rate)

    def _open(self, device: InputDevice) -> tuple[Any, int, float]:
        """Open the stream in our format, or else in the device's own."""
        portaudio = load_portaudio()
        native = device.sample_rate
        # both channels of two, because a sound server that mixes them to one may cancel them out
        several = min(2, device.channels)
        shapes = [(SAMPLE_RATE, several), (SAMPLE_RATE, 1), (native, several), (native, 1)]
        # some hardware supports a single format, with all its channels
        shapes.append((native, device.channels))
        refusal: Exception | None = None
        for rate, channels in dict.fromkeys(shapes):
            try:
                stream = portaudio.RawInputStream(
                    device=device.number, samplerate=rate, channels=channels, dtype="float32",
                    latency=_LATENCY, callback=self._take, finished_callback=self._ended.set,
                )  # fmt: skip
                stream.start()
            except portaudio.PortAudioError as exc:
                refusal = exc
                self._ended.clear()
            else:
                return stream, channels, rate
        raise AudioDeviceError(
            f"the microphone {device.name} could not be opened ({_reason(refusal)})",
            hint="another program may hold it; `git voicenote devices` lists the others",
        ) from refusal

    def _take(self, sound: Any, _frames: int, _time: object, status: Any) -> None:  # noqa: ANN401 - cffi's
        """Keep the sound, and do nothing else: this runs in PortAudio's real-time thread."""
        self._arrived.put(bytes(sound))
        if status.input_overflow:
            self.overflowed = True

    def read(self, timeout: float) -> Iterator[Samples]:
        """Yield what has come, mono float32 at 16 kHz; wait for the first up to `timeout`."""
        chunks = []
        try:
            chunks.append(self._arrived.get(timeout=timeout) if timeout else b"")
            while True:
                chunks.append(self._arrived.get_nowait())
        except queue.Empty:
            pass
        sound = np.frombuffer(b"".join(chunks), dtype=np.float32)
        mono = self._downmix.feed(sound.reshape(-1, self._channels))
        samples = self._resampler.feed(mono) if len(mono) else mono
        if len(samples):
            yield samples

    def lost(self) -> bool:
        """Return whether the stream has ended by itself."""
        # there is no other sign of a sound server that was killed
        return self._ended.is_set() or not self._stream.active

    def pause(self) -> None:
        """Close the stream, so that the desktop shows that nothing listens."""
        self._stream.close()

    def resume(self) -> None:
        """Open the stream again. Raises AudioDeviceError."""
        self._ended.clear()
        self._arrived = queue.SimpleQueue()
        self._stream, self._channels, rate = self._open(self._device)
        self._resampler = Resampler(rate)


class _SoundFile:
    """A sound file that acts as a microphone, in real time; after its end, a quiet room."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self.latency = 0.0
        self.overflowed = False
        self._blocks = tolerate_missing_sound(read_blocks(path), lambda _: None)
        self._next = next(self._blocks)  # a file without sound is refused here
        self._noise = np.random.default_rng(0)
        self._due = time.monotonic()

    def read(self, timeout: float) -> Iterator[Samples]:
        """Yield what is due by now; wait up to `timeout` for the first block."""
        time.sleep(min(timeout, max(0.0, self._due - time.monotonic())))
        while self._due <= time.monotonic():
            samples, self._next = self._next, next(self._blocks, self._quiet())
            self._due += len(samples) / SAMPLE_RATE
            yield samples

    def _quiet(self) -> Samples:
        noise = self._noise.standard_normal(SAMPLE_RATE // 10, dtype=np.float32)
        return noise * np.float32(_ROOM_NOISE)

    def lost(self) -> bool:
        """Return False: a file is never lost."""
        return False

    def pause(self) -> None:
        """Stop at the current position."""

    def resume(self) -> None:
        """Continue from there."""
        self._due = time.monotonic()


def _reason(refusal: Exception | None) -> str:
    # PortAudioError has as arguments a message, PortAudio's code, and details of the host API
    return str(refusal.args[0]) if refusal and refusal.args else "no reason given"
