"""Share one engine among several recordings: one computes at a time, complete sentences first."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.engines.base import BatchEngine
from git_voicenote.server.decoding.backlog import Backlog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from git_voicenote.datatypes import Segment, Waveform
    from git_voicenote.engines.base import Context, Engine, EngineInfo, K
    from git_voicenote.errors import EngineError

LIVE, PARTIAL, FILE = 0, 1, 1
"""Priorities; lower ones go first. The end of a spoken sentence goes before everything else.
Partial results and files alternate: with many dictations, each gets fewer partial results, but no
final text is late and no file waits for ever.
"""


@dataclass(frozen=True, slots=True, eq=False)
class _Ticket:
    priority: Callable[[], int]
    number: int


class PriorityLock:
    """A lock that goes to the waiter with the lowest priority, and among those, to the first."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._is_taken = False
        self._taken_at = 0.0
        self._sound = 0.0
        self._tickets: list[_Ticket] = []
        self._count = 0

    def take(self, priority: int | Callable[[], int]) -> None:
        """Wait for the turn. A priority that may change is a function, called when the turn is
        free.
        """
        with self._changed:
            if self._is_taken:
                self._count += 1
                ask = priority if callable(priority) else lambda: priority
                ticket = _Ticket(ask, self._count)
                self._tickets.append(ticket)
                self._changed.wait_for(lambda: ticket not in self._tickets)
            self._is_taken, self._taken_at = True, time.monotonic()

    def release(self) -> None:
        """Give the turn to the next waiter."""
        with self._changed:
            # it passes to the next waiter directly
            self._is_taken = bool(self._tickets)
            if self._tickets:
                self._tickets.remove(
                    min(self._tickets, key=lambda ticket: (ticket.priority(), ticket.number))
                )
                self._changed.notify_all()

    def computes(self, sound: float) -> None:
        """Note how many seconds of sound the holder of the turn was given."""
        with self._changed:
            self._sound += sound

    def answered(self) -> None:
        """Note that the holder of the turn has answered for its sound."""
        with self._changed:
            self._sound = 0.0

    @property
    def waiting(self) -> int:
        """The number of waiters."""
        with self._changed:
            return len(self._tickets)

    @property
    def held(self) -> tuple[float, float]:
        """Seconds since the turn was taken (0 if it is free), and seconds of its sound."""
        with self._changed:
            since = time.monotonic() - self._taken_at if self._is_taken else 0.0
            return since, self._sound if self._is_taken else 0.0

    @contextmanager
    def taken(self, priority: int) -> Iterator[None]:
        """Hold the turn while the context lasts."""
        self.take(priority)
        try:
            yield
        finally:
            self.release()

    @contextmanager
    def released(self, priority: int) -> Iterator[None]:
        """Give the turn back during the context, then take it again."""
        self.release()
        try:
            yield
        finally:
            self.take(priority)


class SharedEngine:
    """An engine that computes only in its turn.

    It gives the turn back while it waits for sound and while a segment is handled. An engine that
    computes elsewhere takes no turns. `loaded` is called once the engine is loaded.
    """

    def __init__(
        self, engine: Engine, turns: PriorityLock, priority: int, loaded: Callable[[], None]
    ) -> None:
        self._engine = engine
        # an engine on another machine needs no turns
        self._turns = PriorityLock() if engine.info.server else turns
        self._priority = priority
        self._loaded = loaded

    @property
    def info(self) -> EngineInfo:
        """Information about the engine."""
        return self._engine.info

    def load(self) -> None:
        """Load the weights. Raises EngineError."""
        with self._turns.taken(self._priority):
            self._engine.load()
        self._loaded()

    def transcribe(self, pieces: Iterable[Waveform], context: Context) -> Iterator[Segment]:
        """Yield a segment for each utterance; see Engine."""
        with self._turns.taken(self._priority):
            for segment in self._engine.transcribe(self._between(pieces), context):
                self._turns.answered()
                with self._turns.released(self._priority):
                    yield segment

    def _between(self, pieces: Iterable[Waveform]) -> Iterator[Waveform]:
        """Yield pieces; the turn is free while waiting for one."""
        self._loaded()  # an engine asks for sound after it has loaded
        waiting = iter(pieces)
        while True:
            piece = None
            self._turns.release()
            try:
                piece = next(waiting, None)
            finally:
                self._turns.take(self._urgency(piece, pieces))
            if piece is None:
                return
            if isinstance(pieces, Backlog):
                piece = pieces.joined(piece)
            self._turns.computes(len(piece.samples) / SAMPLE_RATE)
            yield piece

    def _urgency(
        self, piece: Waveform | None, pieces: Iterable[Waveform]
    ) -> int | Callable[[], int]:
        if piece is None or piece.final or not isinstance(pieces, Backlog):
            return self._priority
        # the end of the sentence may come while its partial result waits for the turn
        return lambda: self._priority if pieces.holds_an_end else PARTIAL


class SharedBatchEngine(SharedEngine):
    """An engine for batches that computes only in its turn; live speech comes between batches."""

    def __init__(
        self, engine: BatchEngine, turns: PriorityLock, priority: int, loaded: Callable[[], None]
    ) -> None:
        super().__init__(engine, turns, priority, loaded)
        self._batches = engine

    def transcribe_many(
        self, recordings: Iterable[tuple[K, Iterable[Waveform]]], context: Context
    ) -> Iterator[tuple[K, Segment | EngineError | None]]:
        """Yield the segments of several recordings; see BatchEngine."""
        with self._turns.taken(self._priority):
            context = replace(context, pause=self._pause)
            for event in self._batches.transcribe_many(self._opened(recordings), context):
                self._turns.answered()
                with self._turns.released(self._priority):
                    yield event

    def _opened(
        self, recordings: Iterable[tuple[K, Iterable[Waveform]]]
    ) -> Iterator[tuple[K, Iterable[Waveform]]]:
        waiting = iter(recordings)
        while True:
            with self._turns.released(self._priority):
                found = next(waiting, None)
            if found is None:
                return
            yield found[0], self._between(found[1])

    def _pause(self) -> None:
        with self._turns.released(self._priority):
            pass


def shared(
    engine: Engine, turns: PriorityLock, priority: int, loaded: Callable[[], None]
) -> SharedEngine:
    """Return an engine that computes in its turn.

    On a CPU, batches are not used: live speech would wait too long for one, and it is hardly
    faster.
    """
    if isinstance(engine, BatchEngine) and priority == FILE and engine.info.device != "cpu":
        return SharedBatchEngine(engine, turns, priority, loaded)
    return SharedEngine(engine, turns, priority, loaded)
