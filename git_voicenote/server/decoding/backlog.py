"""Queue speech for an engine."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from git_voicenote.datatypes import Waveform

if TYPE_CHECKING:
    from collections.abc import Iterator


class Backlog:
    """Pieces of speech from the listening thread to the computing one.

    Iterating waits for pieces until `close`.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._pieces: deque[Waveform] = deque()
        self._is_closed = False

    def put(self, piece: Waveform) -> None:
        """Add a piece."""
        with self._changed:
            self._pieces.append(piece)
            self._changed.notify_all()

    def close(self, *, discard: bool = False) -> None:
        """End the iteration after the last piece, or at once if the rest is discarded."""
        with self._changed:
            self._is_closed = True
            if discard:
                self._pieces.clear()
            self._changed.notify_all()

    def __iter__(self) -> Iterator[Waveform]:
        return self

    def __next__(self) -> Waveform:
        with self._changed:
            self._changed.wait_for(lambda: self._pieces or self._is_closed)
            if not self._pieces:
                raise StopIteration
            return self._pieces.popleft()

    @property
    def holds_an_end(self) -> bool:
        """Whether the end of a segment is waiting."""
        with self._changed:
            return any(piece.final for piece in self._pieces)

    def joined(self, piece: Waveform) -> Waveform:
        """Return a piece joined with those after it, up to the end of its segment.

        So an engine that is late computes one partial result instead of several.
        """
        pieces = [piece]
        with self._changed:
            while not pieces[-1].final and self._pieces:
                pieces.append(self._pieces.popleft())
        if len(pieces) == 1:
            return piece
        samples = np.concatenate([one.samples for one in pieces])
        return Waveform(samples, piece.start, pieces[-1].final, pieces[-1].pauses)
