"""A dictation that is not kept: that of the engine `remote` on another machine.

That machine keeps the recording. Here, the sound is stored with the uploads until the text was
sent.
"""

from __future__ import annotations

import secrets
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from git_voicenote.audio.capture.received import ReceivedSound
from git_voicenote.datatypes import SAMPLE_RATE, Recording

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from git_voicenote.datatypes import Segment


class RecordingKeeper(Protocol):
    """Stores a recording and its transcript, or discards them; see `archive.Archive`."""

    def complete(self, recording: Recording) -> object:
        """Store a complete recording."""
        ...

    def keep(self, recording: Recording) -> object:
        """Store a recording without a transcript."""
        ...

    def transcribed(
        self, recording: Recording, engine: str, language: str, segments: Sequence[Segment]
    ) -> object:
        """Store the transcript."""
        ...

    def failed(self, recording: Recording, engine: str, language: str, error: Exception) -> object:
        """Store the reason why there is no transcript."""
        ...

    def compressed(self, recording: Recording) -> object:
        """Convert the sound to its final format."""
        ...


@dataclass(frozen=True, slots=True)
class PassingSound:
    """The sound of a dictation that is not kept; it is removed when `held` is closed."""

    recording: Recording
    sound: ReceivedSound
    held: ExitStack


class DiscardingKeeper:
    """Keeps nothing."""

    def complete(self, recording: Recording) -> None:
        """Do nothing."""

    def keep(self, recording: Recording) -> None:
        """Do nothing."""

    def transcribed(
        self, recording: Recording, engine: str, language: str, segments: Sequence[Segment]
    ) -> None:
        """Do nothing."""

    def failed(self, recording: Recording, engine: str, language: str, error: Exception) -> None:
        """Do nothing."""

    def compressed(self, recording: Recording) -> None:
        """Do nothing."""


def passing_sound(spool: Path, rate: int) -> PassingSound:
    """Create a file for sound that will arrive, outside any archive. Raises StoreError."""
    name = secrets.token_hex(16)
    path = spool / name
    held = ExitStack()
    held.callback(path.unlink, missing_ok=True)
    recording = Recording(name, path, SAMPLE_RATE, 0.0, datetime.now(UTC))
    return PassingSound(recording, ReceivedSound(path, rate), held)
