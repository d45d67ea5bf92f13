"""Engines that show what becomes of their process."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.datatypes import Segment
from git_voicenote.engines.base import Context, EngineInfo, EngineOptions
from tests.support.engines import ScriptedEngine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from git_voicenote.datatypes import Waveform


class CrashingOnceEngine(ScriptedEngine):
    """Takes its process along the first time; $ENGINE_CALLS tells of that time."""

    def __init__(self, options: EngineOptions) -> None:
        self._is_first = not Path(os.environ["ENGINE_CALLS"]).exists()

    def transcribe(self, pieces: Iterable[Waveform], context: Context) -> Iterator[Segment]:
        for piece in super().transcribe(pieces, context):
            if self._is_first:
                os.kill(os.getpid(), signal.SIGKILL)
            yield piece


class HangingOnceEngine(ScriptedEngine):
    """Computes without end the first time; $ENGINE_CALLS tells of that time."""

    def __init__(self, options: EngineOptions) -> None:
        self._is_first = not Path(os.environ["ENGINE_CALLS"]).exists()

    def transcribe(self, pieces: Iterable[Waveform], context: Context) -> Iterator[Segment]:
        for piece in super().transcribe(pieces, context):
            if self._is_first:
                threading.Event().wait()
            yield piece


class WaitingEngine(ScriptedEngine):
    """Says in $ENGINE_CALLS that it computes, and goes on once that file is gone."""

    def transcribe(self, pieces: Iterable[Waveform], context: Context) -> Iterator[Segment]:
        calls = Path(os.environ["ENGINE_CALLS"])
        for segment in super().transcribe(pieces, context):
            calls.touch()
            while calls.exists():
                time.sleep(0.005)
            yield segment


class TellingItsIdEngine:
    """Hears the number of its process."""

    info = EngineInfo("telling", ("en",))

    def __init__(self, options: EngineOptions) -> None:
        """Have no choice."""

    def load(self) -> None:
        """Be ready at once."""

    def transcribe(self, pieces: Iterable[Waveform], context: Context) -> Iterator[Segment]:
        end = max(piece.end for piece in pieces)
        yield Segment(0.0, end, str(os.getpid()))


HANGING_ONCE = f"{__name__}:HangingOnceEngine"
WAITING = f"{__name__}:WaitingEngine"
CRASHING_ONCE = f"{__name__}:CrashingOnceEngine"
TELLING_ITS_ID = f"{__name__}:TellingItsIdEngine"
