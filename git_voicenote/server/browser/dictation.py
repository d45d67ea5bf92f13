"""A dictation with a browser as its microphone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from git_voicenote.audio.capture.received import ReceivedSound
from git_voicenote.errors import StoreError
from git_voicenote.server.live.speech import Speech
from git_voicenote.server.responses.refusals import RefusalError, refusal_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from git_voicenote.server.live.opening import Opening

_ID = "dictation"
_LOST_SECONDS = 3600.0
"""Seconds to wait for a browser to come back; Enter ends the wait."""


class BrowserDictation:
    """Sound from a page, which may be closed and opened again: the `Host` of one dictation.

    `began` is called when the first sound is on disk.
    """

    def __init__(self, path: Path, max_seconds: float, began: Callable[[], None]) -> None:
        self.speech: BrowserSpeech | None = None
        self.is_paused = False
        self._path = path
        self._max_seconds = max_seconds
        self._began = began

    async def begin(self, opening: Opening) -> Speech:
        """Begin the dictation, or continue it from a page that was reopened."""
        if self.speech is None:
            sound = await asyncio.to_thread(ReceivedSound, self._path, opening.rate)
            self.speech = BrowserSpeech(sound, self, self._max_seconds, self._began)
        elif opening.rate != self.speech.sound.rate:
            raise RefusalError(
                409, f"this dictation has a sample rate of {self.speech.sound.rate}: use the "
                "microphone that it began with",
                param="rate", code="other_rate",
            )  # fmt: skip
        else:
            self.speech.begin_again()
        return self.speech

    def resume(self, opening: Opening) -> Speech:
        """Return the dictation for a page whose connection broke. Raises RefusalError."""
        if self.speech is None or opening.resume != self.speech.id:
            raise RefusalError(404, "there is no such dictation", code="dictation_not_found")
        return self.speech


class BrowserSpeech(Speech):
    """The sound of a page; it is dropped while the dictation is paused."""

    def __init__(
        self,
        sound: ReceivedSound,
        dictation: BrowserDictation,
        max_seconds: float,
        began: Callable[[], None],
    ) -> None:
        super().__init__(_ID, sound, max_seconds, _LOST_SECONDS)
        self.failure: StoreError | None = None
        """Why the sound could not be written."""
        self._dictation = dictation
        self._began = began

    async def add(self, pcm: bytes) -> None:
        """Write sound to disk."""
        if self._dictation.is_paused:
            self.sound.skip(pcm)
            return
        is_first = not self.sound.samples
        try:
            await super().add(pcm)
        except StoreError as exc:
            self.failure = exc
            self.fail(refusal_of(exc))
            self.end("failed")
            return
        if is_first:
            self._began()
