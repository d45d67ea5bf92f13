"""Engines for tests. They enter through the registry: `voicenote.engine = module:Class`."""

from __future__ import annotations

import os
import signal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.datatypes import Segment
from git_voicenote.engines.base import Context, EngineInfo, EngineOptions
from git_voicenote.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from git_voicenote.datatypes import Waveform
    from git_voicenote.engines.base import K


class ScriptedEngine:
    """Answers each stretch of speech with the next line of the file $SCRIPTED_SPEECH.

    A line `words !! reason` is a stretch that it gives up on, for that reason, after these words.
    Counts its calls in $ENGINE_CALLS, where that is set, so that a test can see it was not asked,
    and writes what it is told to $ENGINE_HOTWORDS.
    """

    info = EngineInfo("scripted", ("en",))

    def __init__(self, options: EngineOptions) -> None:
        """Have no choice."""

    def load(self) -> None:
        calls = os.environ.get("ENGINE_CALLS")
        if calls:
            with Path(calls).open("a") as file:
                file.write("load\n")

    def transcribe(self, pieces: Iterable[Waveform], context: Context) -> Iterator[Segment]:
        self.load()
        told = os.environ.get("ENGINE_HOTWORDS")
        if told:
            Path(told).write_text("\n".join(context.hotwords))
        lines = iter(Path(os.environ["SCRIPTED_SPEECH"]).read_text().splitlines())
        start = None
        for piece in pieces:
            start = piece.start if start is None else start
            if piece.final:
                yield scripted_segment(start, piece.end, next(lines, ""))
                start = None


def scripted_segment(start: float, end: float, line: str) -> Segment:
    text, _, failure = line.partition("!!")
    return Segment(start, end, text.strip(), 0.9, failure.strip() or None)


class FailingEngine:
    """Fails as soon as it is asked for words."""

    info = EngineInfo("failing", ("en",))

    def __init__(self, options: EngineOptions) -> None:
        """Have no choice."""

    def load(self) -> None:
        """Load without a fault: the failure comes later."""

    def transcribe(self, pieces: Iterable[Waveform], context: Context) -> Iterator[Segment]:
        raise EngineError("the engine broke down")
        yield


class CrashingEngine:
    """Takes its process along, as a fault in native code does."""

    info = EngineInfo("crashing", ("en",))

    def __init__(self, options: EngineOptions) -> None:
        """Have no choice."""

    def load(self) -> None:
        """Load without a fault: the crash comes later."""

    def transcribe(self, pieces: Iterable[Waveform], context: Context) -> Iterator[Segment]:
        for _ in pieces:
            os.kill(os.getpid(), signal.SIGKILL)
        yield Segment(0.0, 0.0, "")


class ComputingEngine:
    """Computes in torch and comes to no end; says so in $ENGINE_CALLS when it has begun."""

    info = EngineInfo("computing", ("en",))

    def __init__(self, options: EngineOptions) -> None:
        """Have no choice."""

    def load(self) -> None:
        """Load nothing: that is not what takes long."""

    def transcribe(self, pieces: Iterable[Waveform], context: Context) -> Iterator[Segment]:
        import torch

        numbers = torch.randn(400, 400)
        Path(os.environ["ENGINE_CALLS"]).write_text("computing\n")
        while True:
            numbers @ numbers
        yield


SCRIPTED = f"{__name__}:ScriptedEngine"
FAILING = f"{__name__}:FailingEngine"
CRASHING = f"{__name__}:CrashingEngine"
COMPUTING = f"{__name__}:ComputingEngine"


class PairingEngine:
    """An engine for batches: hears two recordings at a time, in turns, and the later one first.

    Each stretch gets the next line of $SCRIPTED_SPEECH; `!!reason` gives up on it, `!!!reason` on
    the whole recording.
    """

    info = EngineInfo("pairing", ("en",))

    def __init__(self, options: EngineOptions) -> None:
        """Have no choice."""

    def load(self) -> None:
        """Be ready at once."""

    def transcribe(self, pieces: Iterable[Waveform], context: Context) -> Iterator[Segment]:
        raise AssertionError("files are heard in batches")
        yield

    def transcribe_many(
        self, recordings: Iterable[tuple[K, Iterable[Waveform]]], context: Context
    ) -> Iterator[tuple[K, Segment | EngineError | None]]:
        lines = iter(Path(os.environ["SCRIPTED_SPEECH"]).read_text().splitlines())
        drawn = iter(recordings)
        while pair := list(islice(drawn, 2)):
            hearing = {key: _stretches(pieces) for key, pieces in reversed(pair)}
            while hearing:
                for key in tuple(hearing):
                    stretch = next(hearing[key], None)
                    line = next(lines, "") if stretch else ""
                    if stretch and not line.startswith("!!!"):
                        yield key, scripted_segment(*stretch, line)
                        continue
                    yield key, EngineError(line[3:]) if stretch else None
                    del hearing[key]


def _stretches(pieces: Iterable[Waveform]) -> Iterator[tuple[float, float]]:
    start = None
    for piece in pieces:
        start = piece.start if start is None else start
        if piece.final:
            yield start, piece.end
            start = None


PAIRING = f"{__name__}:PairingEngine"
