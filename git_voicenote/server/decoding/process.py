"""The engine process: `python -m git_voicenote.server.decoding.process SOCKET`.

A process of its own, because decoding holds Python's global lock for up to a second at a time, in
which no connection would be answered, and because an engine that crashes must not take the service
along. It also gives back all memory of a model when it ends.

SOCKET is the number of our end of a multiprocessing connection; see `messages`. When its other
end closes, our parent has gone, and we end.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import TYPE_CHECKING

from git_voicenote.errors import VoicenoteError
from git_voicenote.server.decoding.dictations import Dictations
from git_voicenote.server.decoding.engine import Decoding
from git_voicenote.server.decoding.files import transcribe_file
from git_voicenote.server.decoding.messages import (
    Cancel,
    Complete,
    Pulse,
    Ready,
    Start,
    TranscribeDictation,
    TranscribeFile,
    Unusable,
)

if TYPE_CHECKING:
    from git_voicenote.processes import Socket
    from git_voicenote.server.decoding.messages import FromEngine, ToEngine

_PULSE = 1.0


def main() -> None:
    """Execute the orders of our parent until it ends."""
    socket: Socket = Connection(int(sys.argv[1]))
    parent = _Parent(socket)
    start: SimpleQueue[Start] = SimpleQueue()
    orders: SimpleQueue[ToEngine] = SimpleQueue()
    threading.Thread(target=parent.receive, args=(start, orders), daemon=True).start()
    begun = start.get()
    # our own modules are imported by now, and Python is isolated: see `processes`
    os.chdir(begun.folder)
    try:
        decoding = Decoding(begun.settings, parent.send)
        parent.send(Ready(decoding.info))
    except VoicenoteError as exc:
        parent.send(Unusable(exc))
        return
    _Work(decoding, orders).run()


class _Parent:
    """The service that started us."""

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._sending = threading.Lock()

    def send(self, answer: FromEngine) -> None:
        """Send an answer, from any thread."""
        with self._sending, suppress(OSError):  # it has ended: `receive` notices that, too
            self._socket.send(answer)

    def receive(self, start: SimpleQueue[Start], orders: SimpleQueue[ToEngine]) -> None:
        """Receive orders until our parent has ended; then exit, whatever the engine does."""
        with suppress(EOFError, OSError):
            start.put(self._socket.recv())
            while True:
                orders.put(self._socket.recv())
        os._exit(0)


class _Work:
    """The current file, the waiting ones, and the dictations."""

    def __init__(self, decoding: Decoding, orders: SimpleQueue[ToEngine]) -> None:
        self._decoding = decoding
        self._orders = orders
        self._dictations = Dictations(decoding)
        self._files: SimpleQueue[TranscribeFile] = SimpleQueue()
        self._wanted: set[int] = set()
        """The numbers of files whose answers are still needed."""

    def run(self) -> None:
        """Execute orders for ever."""
        for work in (self._transcribe, self._beat):
            threading.Thread(target=work, daemon=True).start()
        while True:
            self._follow(self._orders.get())

    def _follow(self, order: ToEngine) -> None:
        match order:
            case TranscribeFile(number):
                self._wanted.add(number)
                self._files.put(order)
            case TranscribeDictation():
                self._dictations.begin(order)
            case Complete(number):
                self._dictations.complete(number)
            case Cancel(number):
                self._wanted.discard(number)
                self._dictations.cancel(number)

    def _transcribe(self) -> None:
        while True:
            job = self._files.get()
            transcribe_file(self._decoding, job, self._wanted.__contains__)
            self._wanted.discard(job.number)

    def _beat(self) -> None:
        while True:
            time.sleep(_PULSE)
            if self._wanted or self._dictations.are_any:
                self._decoding.send(Pulse(*self._decoding.turns.held))


if __name__ == "__main__":
    main()
