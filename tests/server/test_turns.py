"""Who computes next: live speech before files, and whoever waits longest among equals."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import numpy as np

from git_voicenote.datatypes import Waveform
from git_voicenote.engines.base import Context, EngineInfo
from git_voicenote.server.decoding.backlog import Backlog
from git_voicenote.server.decoding.turns import FILE, LIVE, PARTIAL, PriorityLock, SharedEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from git_voicenote.datatypes import Segment


def piece(start: float, *, final: bool = False) -> Waveform:
    return Waveform(np.full(1600, start, np.float32), start, final)


def test_live_speech_goes_first_and_equals_in_their_order() -> None:
    waiting = (
        ("file 1", FILE), ("live 1", LIVE), ("partial", PARTIAL), ("file 2", FILE),
        ("live 2", LIVE),
    )  # fmt: skip
    assert order_of(*waiting) == ["live 1", "live 2", "file 1", "partial", "file 2"]


def test_a_priority_counts_as_it_is_when_the_turn_is_free() -> None:
    ended: list[str] = []

    def urgency() -> int:
        return LIVE if ended else PARTIAL

    waiting = (("partial 1", PARTIAL), ("partial 2", urgency))
    assert order_of(*waiting) == ["partial 1", "partial 2"]
    assert order_of(*waiting, at_last=lambda: ended.append("the sentence")) == [
        "partial 2",
        "partial 1",
    ]


def order_of(
    *waiting: tuple[str, int | Callable[[], int]], at_last: Callable[[], None] = lambda: None
) -> list[str]:
    """Return in which order the turn is given to those who come while it is taken."""
    turns = PriorityLock()
    order: list[str] = []

    def compute(name: str, priority: int | Callable[[], int]) -> None:
        turns.take(priority)
        order.append(name)
        turns.release()

    turns.take(FILE)
    threads = []
    for name, priority in waiting:
        threads.append(threading.Thread(target=compute, args=(name, priority)))
        threads[-1].start()
        while turns.waiting < len(threads):
            time.sleep(0.001)
    at_last()
    turns.release()
    for thread in threads:
        thread.join()
    return order


def test_no_final_text_waits_for_more_than_one_partial_result_however_many_speak() -> None:
    """Eight people speak on, all in one breath; then one of them ends a sentence."""
    turns = PriorityLock()
    computed: list[tuple[int, bool]] = []
    backlogs = [Backlog() for _ in range(8)]
    threads = []
    turns.take(LIVE)  # while all of them speak
    for number, backlog in enumerate(backlogs):
        engine = SharedEngine(_Noting(number, computed), turns, LIVE, lambda: None)
        threads.append(threading.Thread(target=_drain, args=(engine, backlog)))
        threads[-1].start()
        backlog.put(piece(0.0))
    while turns.waiting < len(threads):
        time.sleep(0.001)
    turns.release()
    while len(computed) < len(backlogs):
        time.sleep(0.001)
    computed.clear()
    turns.take(LIVE)
    for backlog in backlogs:
        backlog.put(piece(0.1))
    while turns.waiting < len(threads):
        time.sleep(0.001)
    backlogs[-1].put(piece(0.2, final=True))
    turns.release()
    for backlog in backlogs:
        backlog.close()
    for thread in threads:
        thread.join()
    assert computed[0] == (7, True)
    assert sorted(number for number, _ in computed[1:]) == list(range(7))


def _drain(engine: SharedEngine, backlog: Backlog) -> None:
    assert list(engine.transcribe(backlog, Context())) == []


class _Noting:
    """An engine that notes what it is given."""

    info = EngineInfo("noting", ("en",))

    def __init__(self, number: int, computed: list[tuple[int, bool]]) -> None:
        self._number = number
        self._computed = computed

    def load(self) -> None:
        pass

    def transcribe(self, pieces: Iterable[Waveform], context: Context) -> Iterator[Segment]:
        for each in pieces:
            self._computed.append((self._number, each.final))
        yield from ()


def test_a_turn_is_held_for_the_sound_that_was_not_answered_yet() -> None:
    turns = PriorityLock()
    assert turns.held == (0.0, 0.0)
    turns.take(FILE)
    turns.computes(3.0)
    turns.computes(4.0)
    assert turns.held[1] == 7.0
    turns.answered()
    assert turns.held[1] == 0.0


def test_an_engine_that_is_late_gets_all_that_was_said_meanwhile_in_one_piece() -> None:
    backlog = Backlog()
    for each in (piece(0.0), piece(0.1), piece(0.2, final=True), piece(0.3)):
        backlog.put(each)
    backlog.close()
    joined = backlog.joined(next(backlog))
    assert (joined.start, joined.final, len(joined.samples)) == (0.0, True, 4800)
    assert np.unique(joined.samples).tolist() == np.array([0.0, 0.1, 0.2], np.float32).tolist()
    assert [one.start for one in backlog] == [0.3]
