"""A live dictation: sound goes to disk and is transcribed while the user speaks."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from git_voicenote.datatypes import PartialText
from git_voicenote.log import Log
from git_voicenote.workflows.hearing.transcription import transcribe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from git_voicenote.audio.capture.microphone import Capture
    from git_voicenote.audio.voice_activity import VoiceActivity
    from git_voicenote.datatypes import Samples, Segment
    from git_voicenote.engines.base import Context, Engine

_log = Log(__name__)

_FIRST_WORD_SECONDS = 10.0
"""Seconds before the first word in which silence does not stop the recording."""
_WORD_IS_OVER = 0.25
"""Seconds of silence that are in no word: a stop consonant is shorter."""
_REPORT_DELAY = 0.1
"""Seconds that a capture may have recorded since it last said how many there are."""


class LiveDictation:
    """A capture whose sound an engine transcribes in a thread of its own.

    The engine loads while the microphone opens and the user begins to speak. It reads only sound
    that is on disk, so no sound is lost if it is slow or fails: recording continues until `stop` or
    `cancel`.

    `context` may be slow, because it is called while the user already speaks.
    """

    def __init__(
        self,
        capture: Capture,
        engine: Engine,
        context: Callable[[], Context],
        activity: VoiceActivity,
    ) -> None:
        self.capture = capture
        self.engine = engine
        self.is_loaded = False
        self.is_started = False
        self._context = context
        self._activity = activity
        self._segments: list[Segment] = []
        self._partial = PartialText()
        self._is_over = False
        self._words = threading.Lock()  # an engine may report partial text from its own threads
        self._failure: Exception | None = None
        self._sound_is_there = threading.Event()
        self._worker = threading.Thread(target=self._work, name="transcription", daemon=True)

    def start(self) -> None:
        """Start to load and to record; return when the microphone delivers sound.

        Raises AudioDeviceError.
        """
        self._worker.start()
        self.capture.start()
        self.is_started = True
        self._sound_is_there.set()

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The segments so far."""
        return self.so_far[0]

    @property
    def partial(self) -> PartialText:
        """The text so far of the segment that is being spoken."""
        return self.so_far[1]

    @property
    def so_far(self) -> tuple[tuple[Segment, ...], PartialText]:
        """The segments and the text so far of the next one, consistent with each other."""
        with self._words:
            return tuple(self._segments), self._partial

    @property
    def failure(self) -> Exception | None:
        """Why the engine failed, or None; recording continues."""
        return self._failure

    @property
    def is_done(self) -> bool:
        """Whether transcription has ended, with or without a failure."""
        return not self._worker.is_alive()

    def has_fallen_silent(self, seconds: float) -> bool:
        """Whether there was no speech for this many seconds; before the first word, for at least
        10.
        """
        patience = seconds if self._activity.last_speech else max(seconds, _FIRST_WORD_SECONDS)
        return self._activity.silence >= patience

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until transcription has ended; return whether it has."""
        self._worker.join(seconds)
        return self.is_done

    def result(self) -> tuple[Segment, ...]:
        """Wait for all segments and return them; raise the engine's failure."""
        self._worker.join()
        if self._failure is not None:
            raise self._failure
        return self.segments

    def _work(self) -> None:
        try:
            self.engine.load()
            self.is_loaded = True
            # not earlier, because its reading would delay the opening of the microphone
            self._sound_is_there.wait()
            context = replace(self._context(), partial=self._hear)
            for segment in transcribe(self._blocks(), self.engine, context, self._activity):
                with self._words:
                    self._segments.append(segment)
                    self._partial = PartialText()
                self.capture.show(segment)
        except Exception as exc:  # noqa: BLE001 - kept for result(), in the thread that asks
            _log.failed("the dictation was not transcribed to its end", exc)
            self._failure = exc
        finally:
            with self._words:
                self._partial, self._is_over = PartialText(), True

    def _blocks(self) -> Iterator[Samples]:
        """Yield the recording; end its tail when the last word before the stop is over."""
        has_ended = False
        for block in self.capture.blocks():
            yield block
            if not has_ended and self._last_word_is_over():
                self.capture.end_tail()
                has_ended = True

    def _last_word_is_over(self) -> bool:
        stopped_at = self.capture.stopped_at
        return (
            stopped_at is not None
            and self._activity.heard >= stopped_at + _REPORT_DELAY
            and self._activity.silence >= _WORD_IS_OVER
        )

    def _hear(self, partial: PartialText) -> None:
        with self._words:
            self._partial = PartialText() if self._is_over else partial
        self.capture.show(partial)
