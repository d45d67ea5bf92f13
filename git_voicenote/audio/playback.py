"""Play a recording on the loudspeaker."""

from __future__ import annotations

import queue
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from git_voicenote.audio.capture.devices import load_portaudio
from git_voicenote.audio.files.reading import read_blocks, tolerate_missing_sound
from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.errors import AudioDeviceError, AudioFileError, IncompleteSoundError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FRAMES = SAMPLE_RATE // 10
_AHEAD = 20
"""Blocks of 0.1 s that are decoded ahead."""
_TAIL = 2
"""Blocks of silence at the end, because PulseAudio drops its buffer when a stream is closed."""
_LATENCY = 0.2
"""Seconds of sound that the system buffers; with PortAudio's default (0.035), a busy machine
stutters."""
_TIMEOUT_SECONDS = 5.0
"""Seconds without progress after which the device has failed; PulseAudio may take 2 to start."""


def play(path: Path, start: float = 0.0) -> None:
    """Play a sound file from `start` (seconds) to its end; ^C stops it immediately.

    Raises AudioFileError, and AudioDeviceError if there is no loudspeaker or it fails; its hint is
    the file's path.
    """
    blocks = _blocks(path, start)
    first = next(blocks)  # an unreadable file is reported before a device is opened
    try:
        portaudio = load_portaudio()
    except AudioDeviceError as exc:
        raise _no_loudspeaker(path, exc.message) from exc
    player = _Player(portaudio)
    try:
        with player.open():
            player.feed(first)
            for block in blocks:
                player.feed(block)
            player.finish()
    except portaudio.PortAudioError as exc:
        raise _no_loudspeaker(path, str(exc.args[0])) from exc
    except TimeoutError as exc:
        raise _no_loudspeaker(path, "the loudspeaker stopped working") from exc


class _Player:
    """A queue of blocks that PortAudio's thread empties, so that ^C is never delayed."""

    def __init__(self, portaudio: Any) -> None:  # noqa: ANN401 - sounddevice has no types
        self._portaudio = portaudio
        self._queue: queue.Queue[bytes | None] = queue.Queue(_AHEAD)
        self._ended = threading.Event()

    def open(self) -> Any:  # noqa: ANN401 - sounddevice has no types
        return self._portaudio.RawOutputStream(
            samplerate=SAMPLE_RATE, channels=1, dtype="float32", blocksize=_FRAMES,
            latency=_LATENCY, callback=self._fill, finished_callback=self._ended.set,
        )  # fmt: skip

    def feed(self, block: bytes | None) -> None:
        """Queue a block; wait while the queue is full."""
        give_up = time.monotonic() + _TIMEOUT_SECONDS
        while not self._ended.is_set() and time.monotonic() < give_up:
            with suppress(queue.Full):
                self._queue.put(block, timeout=_FRAMES / SAMPLE_RATE)
                return
        raise TimeoutError

    def finish(self) -> None:
        """Wait until the last block was heard."""
        for _ in range(_TAIL):
            self.feed(bytes(_FRAMES * 4))
        self.feed(None)
        if not self._ended.wait(_AHEAD * _FRAMES / SAMPLE_RATE + _TIMEOUT_SECONDS):
            raise TimeoutError

    def _fill(self, out: Any, _frames: int, _time: object, _status: object) -> None:  # noqa: ANN401 - cffi's
        try:
            block = self._queue.get_nowait()
        except queue.Empty:
            block = bytes(len(out))  # the disk is slow: play silence meanwhile
        if block is None:
            out[:] = bytes(len(out))
            raise self._portaudio.CallbackStop
        out[:] = block


def _blocks(path: Path, start: float) -> Iterator[bytes]:
    """Yield the sound from `start` in blocks of exactly _FRAMES samples; pad the last one."""
    skip = int(start * SAMPLE_RATE)
    waiting = np.zeros(0, np.float32)
    incomplete: list[IncompleteSoundError] = []
    for samples in tolerate_missing_sound(read_blocks(path), incomplete.append):
        skipped = min(skip, len(samples))
        skip -= skipped
        waiting = np.concatenate((waiting, samples[skipped:]))
        while len(waiting) >= _FRAMES:
            yield waiting[:_FRAMES].tobytes()
            waiting = waiting[_FRAMES:]
    if skip > 0:
        seconds = start - skip / SAMPLE_RATE
        raise AudioFileError(f"{path} is only {seconds:.1f} s long", hint="start earlier")
    yield np.pad(waiting, (0, _FRAMES - len(waiting))).tobytes()
    if incomplete:
        raise incomplete[0]


def _no_loudspeaker(path: Path, reason: str) -> AudioDeviceError:
    return AudioDeviceError(f"no loudspeaker to play on ({reason})", hint=f"the sound is in {path}")
