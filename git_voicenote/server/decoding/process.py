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
from dataclasses import replace
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeAlias

from git_voicenote.datatypes import Segment
from git_voicenote.errors import GitError, VoicenoteError
from git_voicenote.git.repository import repository_if_any
from git_voicenote.server.decoding.messages import Cancel, Done, Heard, Job, Ready, Start, Unusable
from git_voicenote.targets import MessageTarget
from git_voicenote.workflows.hearing.batch import transcribe_files
from git_voicenote.workflows.hearing.listening import Listening, likely_target
from git_voicenote.workflows.vocabulary.harvested import with_keywords

if TYPE_CHECKING:
    from git_voicenote.server.decoding.messages import Answer, Order
    from git_voicenote.targets import Target

    Socket: TypeAlias = Connection[Any, Any]


def main() -> None:
    """Transcribe one file after the other, as long as our parent is there."""
    socket: Socket = Connection(int(sys.argv[1]))
    orders = _Orders(socket)
    threading.Thread(target=orders.take, daemon=True).start()
    engine = _Decoding(orders.start.get(), socket, orders)
    try:
        engine.announce()
    except VoicenoteError as exc:
        socket.send(Unusable(exc))
        return
    while True:
        engine.do(orders.jobs.get())


class _Orders:
    """What our parent asks for."""

    def __init__(self, socket: Socket) -> None:
        self.start: SimpleQueue[Start] = SimpleQueue()
        self.jobs: SimpleQueue[Job] = SimpleQueue()
        self._cancelled = -1
        self._socket = socket

    def take(self) -> None:
        """Take orders until our parent has gone, and end then, whatever the engine is at."""
        with suppress(EOFError, OSError):
            while True:
                self._sort(self._socket.recv())
        os._exit(0)

    def is_cancelled(self, job: Job) -> bool:
        """Return whether nobody waits for a job any more."""
        return job.number <= self._cancelled

    def _sort(self, order: Order) -> None:
        if isinstance(order, Start):
            self.start.put(order)
        elif isinstance(order, Job):
            self.jobs.put(order)
        elif isinstance(order, Cancel):
            self._cancelled = order.number


class _Decoding:
    """An engine with what it knows of the repository that the service was started in."""

    def __init__(self, start: Start, socket: Socket, orders: _Orders) -> None:
        # our own modules are imported by now, and Python is isolated: see `processes`
        os.chdir(start.folder)
        self._socket = socket
        self._orders = orders
        self._warnings: list[str] = []
        self._listening = self._listens(start)

    def announce(self) -> None:
        """Say which engine it is. Raises EngineError."""
        self._send(Ready(self._listening.engine.info))

    def do(self, job: Job) -> None:
        """Transcribe a file, and say what is heard as it is."""
        begun = time.monotonic()
        duration, error = 0.0, None
        try:
            duration, error = self._hear(job)
        except VoicenoteError as exc:
            error = exc
        name = str(job.path)
        warnings = tuple(text.replace(name, "the file") for text in self._warnings)
        self._warnings.clear()
        took = time.monotonic() - begun
        self._send(Done(job.number, duration, took, warnings, error and _unnamed(error, name)))

    def _hear(self, job: Job) -> tuple[float, VoicenoteError | None]:
        context = replace(self._listening.context, language=job.language)
        events = transcribe_files(
            [job.path],
            self._listening.engine,
            with_keywords(context, job.keywords),
            warn=self._warnings.append,
            listened=lambda _seconds: None,
        )
        for _, event in events:
            if not isinstance(event, Segment):
                return event.duration, event.error
            if self._orders.is_cancelled(job):
                break
            self._send(Heard(job.number, event))
        return 0.0, None

    def _listens(self, start: Start) -> Listening:
        """Return what is known before files are heard; outside of a repository, no vocabulary."""
        repository = repository_if_any() if start.settings.vocabulary else None
        target: Target = MessageTarget()
        try:
            target = likely_target(repository) if repository else target
        except GitError as exc:
            self._warnings.append(exc.message)
        settings = replace(start.settings, vocabulary=repository is not None)
        return Listening(repository, settings, target, self._warnings.append)

    def _send(self, answer: Answer) -> None:
        with suppress(OSError):  # our parent has gone: `take` sees it, too
            self._socket.send(answer)


def _unnamed(error: VoicenoteError, name: str) -> VoicenoteError:
    """Return an error without the name of our own copy, which tells a client nothing."""
    error.args = (error.message.replace(name, "the file"),)
    error.message = error.args[0]
    error.hint = error.hint and error.hint.replace(name, "FILE")
    return error


if __name__ == "__main__":
    main()
