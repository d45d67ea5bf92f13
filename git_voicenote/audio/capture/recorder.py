"""The process that records: `python -m git_voicenote.audio.capture.recorder PATH [--device NAME]`.

It is a process of its own, because an engine may hold Python's global lock for 0.7 s at a time,
during which a microphone callback in the same process would lose sound, and because the recording
must survive an engine that crashes.

On stdin, it reads `stop` (record the tail of the last word), `end` (end the tail), `cancel` (end
immediately), `pause` (close the device) and `resume`. The end of stdin is the end of its parent,
and ends the recording. On stdout, it writes JSON lines, each an object with `event`:
  started   device
  level     level (0 … 1), elapsed (s)
  warning   message, or null when the problem is over
  error     kind (device, file, store), message, hint; nothing was recorded
  paused    the device is closed
  finished  elapsed, reason (stopped, cancelled, limit, failed), message if it failed
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.audio.capture.level import level
from git_voicenote.audio.capture.reports import Reports
from git_voicenote.audio.capture.sources import open_source
from git_voicenote.audio.files.wav import WavWriter
from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.errors import AudioDeviceError, StoreError, VoicenoteError
from git_voicenote.log import Log

if TYPE_CHECKING:
    from git_voicenote.audio.capture.sources import CaptureSource
    from git_voicenote.datatypes import Samples

_log = Log("git_voicenote.audio.capture.recorder")  # __name__ is __main__ here

TAIL = 0.4
"""Seconds recorded after the stop key, because people press it during their last word."""
FIRST_SOUND = 10.0
"""Seconds that a device may take for its first sound; PulseAudio takes 2, Bluetooth more."""
LOST_AFTER = 2.0
"""Seconds without any samples after which the device counts as lost."""
MUTED_AFTER = 3.0
"""Seconds of samples that are exactly 0, as from no real microphone, before a warning."""

_REPORT_INTERVAL = 0.1
_TICK = 0.05


def main() -> None:
    """Record as the command line says, and exit without waiting for a device that may hang."""
    # ^C in the terminal is for our parent, which sends us an order
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    controls = _Controls()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, controls.on_signal)
    arguments = _parser().parse_args()
    reports = Reports(sys.stdout.fileno())
    threading.Thread(target=controls.listen, daemon=True).start()
    status = 0
    try:
        source = open_source(arguments.device)
        _Recorder(arguments.path, source, controls, reports, arguments.max_duration).run()
    except VoicenoteError as exc:
        kind = {AudioDeviceError: "device", StoreError: "store"}.get(type(exc), "file")
        reports.add({"event": "error", "kind": kind, "message": exc.message, "hint": exc.hint})
    except Exception as exc:  # noqa: BLE001 - a bug: our parent shows its last line
        _log.failed("the recorder stopped", exc)
        traceback.print_exc()
        status = 1
    reports.close()
    # the file is closed and its end reported; closing a stream of a dead sound server can hang
    os._exit(status)


@dataclass
class _Controls:
    """The orders from the parent or by a signal."""

    stopped: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    cancelled: threading.Event = field(default_factory=threading.Event)
    paused: threading.Event = field(default_factory=threading.Event)

    def listen(self) -> None:
        """Read orders from stdin until it is closed, which happens however our parent ends."""
        with open(0, "rb", buffering=0, closefd=False) as told:
            for word in told:
                match word.strip():
                    case b"stop":
                        self.stopped.set()
                    case b"end":
                        self.ended.set()
                    case b"pause":
                        self.paused.set()
                    case b"resume":
                        self.paused.clear()
                    case b"cancel":
                        break
        self.cancelled.set()

    @property
    def is_over(self) -> bool:
        """Whether the recording should end."""
        return self.stopped.is_set() or self.cancelled.is_set()

    def on_signal(self, _number: int, _frame: object) -> None:
        """End the recording, because the system shuts down."""
        self.cancelled.set()


class _Recorder:
    """One recording, from its first sound to its end."""

    def __init__(
        self, path: Path, source: CaptureSource, controls: _Controls, reports: Reports, limit: float
    ) -> None:
        self._path = path
        self._source = source
        self._controls = controls
        self._reports = reports
        self._limit = limit
        self._zeros = 0
        self._warning: str | None = None
        self._reported_at = 0.0
        self._level = 0.0

    def run(self) -> None:
        """Record from the first sound, and report the end."""
        first = self._wait_for_sound()
        if first is None:
            self._reports.add({"event": "finished", "reason": "cancelled", "elapsed": 0.0})
            return
        with WavWriter(self._path) as wav:
            self._reports.add({"event": "started", "device": self._source.name})
            try:
                self._keep(first, wav)
                reason, message = self._record(wav)
                for rest in self._source.read(0):
                    wav.write(rest)
            except VoicenoteError as exc:
                reason, message = "failed", f"{exc.message}; what was said before is kept"
        self._reports.add(
            {"event": "finished", "reason": reason, "message": message, "elapsed": wav.duration}
        )

    def _wait_for_sound(self) -> Samples | None:
        """Return the first sound. The person cannot speak before it has arrived."""
        give_up = time.monotonic() + FIRST_SOUND
        while time.monotonic() < give_up and not self._source.lost():
            if self._controls.cancelled.is_set():
                return None
            for samples in self._source.read(_TICK):
                return samples
        raise AudioDeviceError(
            f"the microphone {self._source.name} gives no sound",
            hint="another program may hold it; `git voicenote devices` lists the others",
        )

    def _record(self, wav: WavWriter) -> tuple[str, str | None]:
        """Write until there is a reason to end; return the reason, and the message of a failure."""
        heard = looked = time.monotonic()
        end: float | None = None
        while True:
            if self._controls.paused.is_set():
                if not self._pause():
                    return "cancelled" if self._controls.cancelled.is_set() else "stopped", None
                heard = looked = time.monotonic()
            for samples in self._source.read(_TICK):
                self._keep(samples, wav)
                heard = time.monotonic()
            now = time.monotonic()
            self._report(wav.duration, now)
            if self._controls.cancelled.is_set():
                return "cancelled", None
            if self._controls.stopped.is_set():
                end = end or now + TAIL + self._source.latency
                if now >= end or self._controls.ended.is_set():
                    return "stopped", None
            if self._limit and wav.duration >= self._limit:
                return "limit", None
            if self._source.lost():
                return "failed", f"the microphone {self._source.name} was lost"
            if now - looked > LOST_AFTER / 2:
                heard = now  # this process was held up, by a busy machine or SIGSTOP
            looked = now
            if now - heard > LOST_AFTER:
                return "failed", f"the microphone {self._source.name} stopped sending sound"

    def _pause(self) -> bool:
        """Close the device until the order to resume; return False if the order is to end.

        Raises AudioDeviceError if it cannot be opened again.
        """
        self._source.pause()
        self._reports.add({"event": "paused"})
        while self._controls.paused.is_set():
            if self._controls.is_over:
                return False
            time.sleep(_TICK)
            self._reports.flush()
        self._source.resume()
        return True

    def _keep(self, samples: Samples, wav: WavWriter) -> None:
        """Write samples, and warn of problems while they can still be fixed."""
        wav.write(samples)
        self._level = level(samples)
        self._zeros = 0 if samples.any() else self._zeros + len(samples)
        warning = None
        if self._zeros >= MUTED_AFTER * SAMPLE_RATE:
            warning = f"the microphone {self._source.name} sends only silence: is it muted?"
        elif self._source.overflowed:
            warning = "this machine is too busy: some sound was lost"
        if warning != self._warning:
            self._warning = warning
            self._reports.add({"event": "warning", "message": warning})

    def _report(self, elapsed: float, now: float) -> None:
        if now - self._reported_at < _REPORT_INTERVAL:
            self._reports.flush()
            return
        self._reported_at = now
        self._reports.offer({"event": "level", "level": self._level, "elapsed": elapsed})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="git_voicenote.audio.capture.recorder")
    parser.add_argument("path", type=Path)
    parser.add_argument("--device")
    parser.add_argument("--max-duration", type=float, default=0.0)
    return parser


if __name__ == "__main__":
    main()
