"""Who computes next: live speech before files, and whoever waits longest among equals."""

from __future__ import annotations

import threading

import numpy as np

from git_voicenote.datatypes import Waveform
from git_voicenote.server.decoding.backlog import Backlog
from git_voicenote.server.decoding.turns import FILE, LIVE, Turns


def piece(start: float, *, final: bool = False) -> Waveform:
    return Waveform(np.full(1600, start, np.float32), start, final)


def test_live_speech_goes_first_and_equals_in_their_order() -> None:
    turns = Turns()
    order: list[str] = []

    def compute(name: str, priority: int) -> None:
        with turns.taken(priority):
            order.append(name)

    turns.take(FILE)
    threads = []
    for name, priority in (("file 1", FILE), ("live 1", LIVE), ("file 2", FILE), ("live 2", LIVE)):
        threads.append(threading.Thread(target=compute, args=(name, priority)))
        threads[-1].start()
        while turns.waiting < len(threads):
            pass
    turns.give_back()
    for thread in threads:
        thread.join()
    assert order == ["live 1", "live 2", "file 1", "file 2"]


def test_a_turn_is_held_for_the_sound_that_was_not_answered_yet() -> None:
    turns = Turns()
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
