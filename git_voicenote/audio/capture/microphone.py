"""Record in a separate process, and read the WAV that it writes while it grows."""

from __future__ import annotations

import subprocess
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, cast

from git_voicenote.audio.capture.devices import BROWSER, FILE_PREFIX
from git_voicenote.audio.files.growing import growing_blocks
from git_voicenote.audio.files.wav import repair_wav
from git_voicenote.bounded import Limits, parse_json
from git_voicenote.characters import json_text, visible
from git_voicenote.datatypes import PartialText, Segment
from git_voicenote.errors import (
    AudioDeviceError,
    AudioError,
    AudioFileError,
    ContentError,
    StoreError,
    VoicenoteError,
)
from git_voicenote.log import Log
from git_voicenote.processes import start_module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType
    from typing import Self

    from git_voicenote.datatypes import Samples

_log = Log(__name__)

Reason = Literal["stopped", "cancelled", "limit", "failed"]

_REPORT = Limits(size=1 << 16, surrogates=True)
_RECORDER = "git_voicenote.audio.capture.recorder"
_BROWSER_RECORDER = "git_voicenote.server.browser.recorder"
"""Only named here, because it belongs to a higher layer; it reports like the other recorder."""
_START_TIMEOUT = 30.0
"""Seconds for the recorder to start and deliver the first sound; it gives up by itself after 10."""
_END_TIMEOUT = 5.0
"""Seconds for the recorder to finish its file before it is killed; no written sound is lost."""

_ERRORS = {"device": AudioDeviceError, "file": AudioFileError, "store": StoreError}


class Capture:
    """A recording in progress: a recorder process that writes a WAV, and its state.

        with Capture(path, device="Yeti", max_duration=1800) as capture:
            capture.start()             # returns when there is sound: "speak now"
            for block in capture.blocks():
                ...                     # capture.level, .elapsed, .warning; capture.stop()
        if capture.failure: ...

    `device` is a number, a name or a part of one, None for the default, `file:PATH` for a sound
    file in place of a microphone, or `browser`. For a browser, `waiting` is called with the link
    of the page to open, and the page shows `title`. `max_duration` is in seconds, 0 for no limit.
    Whatever happens after `start`, the sound recorded so far stays at `path`. Leaving the context
    cancels a recording that was not stopped. All methods are thread-safe.
    """

    def __init__(
        self,
        path: Path,
        *,
        device: str | None = None,
        max_duration: float = 0.0,
        title: str = "",
        waiting: Callable[[str], None] | None = None,
    ) -> None:
        self.path = path
        self.device_name: str | None = None
        """The name of the device, once there is sound."""
        self.elapsed = 0.0
        """Seconds recorded."""
        self.level = 0.0
        """The current level, from 0 (a quiet room) to 1 (full scale), linear in decibels."""
        self.stopped_at: float | None = None
        """Seconds that were recorded at `stop`; None before."""
        self.warning: str | None = None
        """The current problem with the sound, such as a muted microphone."""
        self.reason: Reason | None = None
        """Why the recording ended; None while it is in progress."""
        self.failure: str | None = None
        """The failure that ended the recording; the sound before it is kept."""
        self._device = device
        self._max_duration = max_duration
        self._title = title
        self._waiting = waiting
        self._is_waiting = False
        self._process: subprocess.Popen[bytes] | None = None
        self._error: VoicenoteError | None = None
        self._under_way = threading.Event()
        self._ended = threading.Event()
        self._paused = threading.Event()
        self._sending = threading.Lock()

    def start(self) -> None:
        """Start recording; return when the first sound has arrived, so that the person can speak.

        Raises AudioDeviceError (no PortAudio, no such microphone, or one without sound),
        AudioFileError (`file:`) and StoreError (the WAV cannot be written).
        """
        # PortAudio and ALSA print on stderr, which must not reach the terminal
        complaints = tempfile.TemporaryFile()  # noqa: SIM115 - _follow closes it
        try:
            self._process = start_module(
                _BROWSER_RECORDER if self.shows_text else _RECORDER,
                *self._arguments(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                bufsize=0,
            )
        except OSError as exc:
            complaints.close()
            raise AudioError(f"the recorder could not be started: {exc.strerror}") from exc
        threading.Thread(target=self._follow, args=(self._process, complaints), daemon=True).start()
        if self.shows_text:
            self._send_json("title", self._title)
        while not self._under_way.wait(_START_TIMEOUT):
            if self._is_waiting:  # a person may take any time to open the page
                continue
            self._process.kill()
            raise AudioDeviceError(
                "the microphone could not be opened: the system does not answer",
                hint="`git voicenote devices` lists the others",
            )
        if self._error:
            raise self._error
        if self.device_name is None:
            raise AudioError("the recording was cancelled before there was any sound")

    def blocks(self) -> Iterator[Samples]:
        """Yield the recording from its start, while it grows, until it has ended.

        Blocks are mono float32 at 16 kHz, 0.1 s each. They are read from the file, so all sound
        that is heard is on disk.
        """
        return growing_blocks(self.path, self._ended)

    def stop(self) -> None:
        """End the recording after the tail of the last word; `blocks` continues to the end."""
        self.stopped_at = self.elapsed
        self._send(b"stop\n")

    def end_tail(self) -> None:
        """End a recording that was stopped: the last word is over."""
        # a page's sound is still on its way: there the tail is not only for the last word
        if not self.shows_text:
            self._send(b"end\n")

    def pause(self) -> None:
        """Close the microphone until `resume`; return when it is closed."""
        self._paused.clear()
        self._send(b"pause\n")
        self._paused.wait(_END_TIMEOUT)

    def resume(self) -> None:
        """Open the microphone again. If that fails, the recording ends with a `failure`."""
        self._send(b"resume\n")

    def show(self, heard: Segment | PartialText) -> None:
        """Show a segment, or the text so far, on the page where the person speaks."""
        if self.shows_text:
            self._send_json("words", _event_of(heard))

    def conclude(self, text: str) -> None:
        """Show the final text on the page where the person spoke."""
        if self.shows_text:
            self._send_json("final", {"text": text, "duration": round(self.elapsed, 3)})

    def cancel(self) -> None:
        """End the recording immediately, and wait until its file is finished."""
        self._send(b"cancel\n")
        if self._process is not None and not self._ended.wait(_END_TIMEOUT):
            self._process.kill()
            self._ended.wait(_END_TIMEOUT)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None and not self._ended.is_set():
            self.cancel()
        self._close_stdin()  # ends a recorder that still shows its page

    @property
    def shows_text(self) -> bool:
        """Whether the person speaks on a page that shows the transcribed text."""
        return self._device == BROWSER

    def _arguments(self) -> list[str]:
        arguments = [str(self.path.absolute()), "--max-duration", str(self._max_duration)]
        if self._device is None:
            return arguments
        device = self._device
        if device.startswith(FILE_PREFIX):  # the recorder works in another folder
            device = f"{FILE_PREFIX}{Path(device.removeprefix(FILE_PREFIX)).absolute()}"
        return [*arguments, f"--device={device}"]

    def _send(self, word: bytes) -> None:
        with self._sending, suppress(OSError, ValueError):  # it may have exited
            if self._process is not None and self._process.stdin is not None:
                self._process.stdin.write(word)

    def _send_json(self, word: str, value: object) -> None:
        self._send(f"{word} {json_text(value, indent=None)}\n".encode())

    def _close_stdin(self) -> None:
        with self._sending, suppress(OSError):
            if self._process is not None and self._process.stdin is not None:
                self._process.stdin.close()

    def _follow(self, process: subprocess.Popen[bytes], complaints: IO[bytes]) -> None:
        """Read the reports of the recorder until it exits, for whatever reason."""
        try:
            with complaints:
                for line in process.stdout or ():
                    try:
                        report = parse_json(line, "a report", _REPORT)
                    except ContentError as exc:  # incomplete, from a recorder that was killed
                        _log.failed("a report of the recorder is incomplete", exc)
                    else:
                        self._take(cast("dict[str, Any]", report))
                process.wait()
                complaints.seek(0)
                printed = complaints.read()
                if self.reason is None and self._error is None:
                    self._take_crash(process.returncode, printed)
                elif printed:  # ALSA prints warnings on any machine
                    _log.step("the recorder printed: %s", printed.decode("utf-8", "replace"))
        finally:
            self._ended.set()
            self._under_way.set()
            self._paused.set()
            for pipe in (process.stdin, process.stdout):
                with self._sending, suppress(OSError):
                    if pipe is not None:
                        pipe.close()

    def _take(self, report: dict[str, Any]) -> None:
        self.elapsed = report.get("elapsed", self.elapsed)
        match report["event"]:
            case "waiting":
                self._is_waiting = True
                if self._waiting is not None:
                    self._waiting(report["link"])
            case "started":
                self.device_name = report["device"]
                self._under_way.set()
            case "level":
                self.level = report["level"]
            case "paused":
                self._paused.set()
            case "warning":
                self.warning = report["message"]
            case "error":
                self._error = _ERRORS[report["kind"]](report["message"], hint=report["hint"])
            case "finished":
                self.reason = report["reason"]
                self.failure = report.get("message")
                self._ended.set()  # its file is complete; a page may still be shown

    def _take_crash(self, status: int, complaints: bytes) -> None:
        """Report that the recorder exited without giving a reason, and complete its file."""
        lines = complaints.decode("utf-8", "replace").splitlines()
        how = f"signal {-status}" if status < 0 else (lines or [f"status {status}"])[-1]
        message = f"the recorder stopped unexpectedly ({how})"
        _log.failed("\n".join((message, *lines)))
        if not self._under_way.is_set():
            self._error = AudioError(message)
            return
        self.failure = f"{message}; what was said before is kept"
        self.reason = "failed"
        try:
            self.elapsed = repair_wav(self.path)
        except VoicenoteError as exc:
            _log.failed(f"{self.path} could not be repaired", exc)


def _event_of(heard: Segment | PartialText) -> dict[str, object]:
    """Return an event for the page, as the service sends it."""
    if isinstance(heard, PartialText):
        text, tentative = visible(heard.text), visible(heard.tentative)
        return {"type": "partial", "text": text, "tentative": tentative}
    return {
        "type": "segment", "start": heard.start, "end": heard.end,
        "text": visible(heard.marked_text), "confidence": heard.confidence, "words": [],
    }  # fmt: skip
