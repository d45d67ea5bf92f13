"""Transcribe dictations in the engine process while their sound arrives on disk."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from git_voicenote.audio.files.growing import growing_blocks
from git_voicenote.audio.voice_activity import VoiceActivity
from git_voicenote.errors import AudioFileError, VoicenoteError
from git_voicenote.log import Log
from git_voicenote.server.decoding.backlog import Backlog
from git_voicenote.server.decoding.messages import Done, Partial, SegmentHeard, Voice
from git_voicenote.server.decoding.turns import LIVE
from git_voicenote.workflows.hearing.transcription import trace_segment
from git_voicenote.workflows.hearing.writing import written_text
from git_voicenote.workflows.vocabulary.harvested import with_keywords

if TYPE_CHECKING:
    from collections.abc import Callable

    from git_voicenote.datatypes import PartialText, Segment, Waveform
    from git_voicenote.server.decoding.engine import Decoding
    from git_voicenote.server.decoding.messages import TranscribeDictation
    from git_voicenote.workflows.hearing.listening import Listening

_log = Log(__name__)


class Dictations:
    """The dictations in progress, by number."""

    def __init__(self, decoding: Decoding) -> None:
        self._decoding = decoding
        self._running: dict[int, _Running] = {}

    @property
    def are_any(self) -> bool:
        """Whether a dictation is in progress."""
        return bool(self._running)

    def begin(self, order: TranscribeDictation) -> None:
        """Start to listen, without blocking."""
        running = _Running(order, self._decoding, lambda: self._running.pop(order.number, None))
        self._running[order.number] = running
        running.start()

    def complete(self, number: int) -> None:
        """Note that a dictation's sound is complete."""
        if running := self._running.get(number):
            running.complete()

    def cancel(self, number: int) -> None:
        """Stop a dictation."""
        if running := self._running.get(number):
            running.cancel()


class _Running:
    """A dictation: one thread reads its sound, another one computes."""

    def __init__(
        self, order: TranscribeDictation, decoding: Decoding, ended: Callable[[], object]
    ) -> None:
        self._order = order
        self._decoding = decoding
        self._ended = ended
        self._complete = threading.Event()
        self._is_cancelled = False
        self._is_spoken = False
        self._backlog = Backlog()
        self._activity = VoiceActivity(decoding.detection)
        self._unreadable: AudioFileError | None = None
        self._warnings: list[str] = []

    def start(self) -> None:
        for work in (self._listen, self._transcribe):
            threading.Thread(target=work, daemon=True).start()

    def complete(self) -> None:
        self._complete.set()

    def cancel(self) -> None:
        self._is_cancelled = True
        self._complete.set()
        self._backlog.close(discard=True)

    def _listen(self) -> None:
        try:
            blocks = growing_blocks(self._order.path, self._complete)
            for piece in self._activity.pieces(blocks):
                if self._is_cancelled:
                    break
                self._report_voice(piece)
                self._backlog.put(piece)
        except OSError as exc:
            self._unreadable = AudioFileError(
                f"the recording cannot be read: {exc.strerror or exc}"
            )
        finally:
            self._backlog.close()

    def _transcribe(self) -> None:
        error: VoicenoteError | None = None
        segments: list[Segment] = []
        text = ""
        begun = time.monotonic()
        try:
            listening = self._listening()
            self._hear(listening, segments)
            error = self._unreadable
            if self._order.target is not None and not self._is_cancelled:
                text, _ = written_text(listening, segments)
        except VoicenoteError as exc:
            error = exc
        except Exception as exc:  # noqa: BLE001 - a fault of ours ends this dictation alone
            _log.failed("the dictation was not transcribed to its end", exc)
            error = VoicenoteError(f"unexpected {type(exc).__name__}: {exc}")
        finally:
            self._ended()
        took, warnings = time.monotonic() - begun, tuple(dict.fromkeys(self._warnings))
        self._decoding.send(
            Done(self._order.number, self._activity.heard, took, warnings, error, text)
        )

    def _listening(self) -> Listening:
        if self._order.target is None:
            return self._decoding.general
        return self._decoding.listening(
            self._order.target, self._order.language, self._warnings.append
        )

    def _hear(self, listening: Listening, segments: list[Segment]) -> None:
        engine = self._decoding.engine(LIVE)
        engine.load()  # while the person begins to speak, like everything after it
        with self._decoding.reading:
            context = replace(
                listening.context, language=self._order.language, partial=self._report_partial
            )
            _ = listening.chain
        context = with_keywords(context, self._order.keywords)
        for segment in engine.transcribe(self._backlog, context):
            if self._is_cancelled:
                return
            trace_segment(segment)
            segments.append(segment)
            self._decoding.send(SegmentHeard(self._order.number, segment))

    def _report_voice(self, piece: Waveform) -> None:
        number = self._order.number
        if not self._is_spoken:
            self._decoding.send(Voice(number, piece.start, begins=True))
        if piece.final:
            self._decoding.send(Voice(number, piece.end, begins=False))
        self._is_spoken = not piece.final

    def _report_partial(self, heard: PartialText) -> None:
        self._decoding.send(Partial(self._order.number, heard))
