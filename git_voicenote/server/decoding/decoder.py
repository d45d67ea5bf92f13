"""The engine process as the service sees it: one job at a time, a bounded queue before it."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Self

from git_voicenote.errors import EngineError
from git_voicenote.processes import TalkingProcess
from git_voicenote.server.decoding.messages import (
    Cancel,
    Done,
    Ended,
    Heard,
    Job,
    Ready,
    Start,
    Unusable,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator
    from pathlib import Path

    from git_voicenote.engines.base import EngineInfo
    from git_voicenote.server.decoding.messages import Answer

MOST_WAITING = 16
"""Jobs in the queue, the one that is decoded included."""


class QueueFullError(Exception):
    """Too many jobs wait already."""


class Decoder:
    """Transcribes files in a process of its own, one after the other.

        async with Decoder(start) as decoder:
            with decoder.place():
                async with aclosing(decoder.hear(path, "en", ())) as events: ...

    The process ends after `start.settings.server_idle` seconds without a job, and takes the model
    with it; the next job starts another. So it does where a process died.
    """

    def __init__(self, start: Start, *, most_waiting: int = MOST_WAITING) -> None:
        self.waiting = 0
        """Jobs in the queue, the one that is decoded included."""
        self.most_waiting = most_waiting
        self._start = start
        self._turn = asyncio.Lock()  # whoever waits longest gets it
        self._numbers = 0
        self._process: _Conversation | None = None
        self._idle: asyncio.TimerHandle | None = None
        self.info: EngineInfo
        """The engine, once the context was entered."""

    @property
    def is_running(self) -> bool:
        """Whether there is an engine process at the moment."""
        return self._process is not None and self._process.is_alive

    async def __aenter__(self) -> Self:
        """Start the first process. Raises EngineError where there is no such engine."""
        try:
            self.info = await self._introduction()
        except BaseException:
            self._end()
            raise
        self._rest()
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._stop_resting()
        self._end()

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place in the queue. Raises QueueFullError."""
        if self.waiting >= self.most_waiting:
            raise QueueFullError
        self.waiting += 1
        try:
            yield
        finally:
            self.waiting -= 1

    async def hear(
        self, path: Path, language: str, keywords: tuple[str, ...]
    ) -> AsyncGenerator[Heard | Done, None]:
        """Yield what is heard in a file, and at last that it is done; to be closed by the caller.

        Raises EngineError if the process cannot be started, or dies.
        """
        async with self._turn:
            self._stop_resting()
            process = self._running()
            self._numbers += 1
            job = Job(self._numbers, path, language, keywords)
            is_done = False
            try:
                process.say(job)
                while not is_done:
                    answer = await process.next()
                    if isinstance(answer, Unusable):
                        raise answer.error
                    if isinstance(answer, Ended):
                        raise self._died(answer)
                    # an earlier job that was cancelled may still have something to say
                    if isinstance(answer, Heard | Done) and answer.number == job.number:
                        is_done = isinstance(answer, Done)
                        yield answer
            finally:
                if not is_done:
                    process.say(Cancel(job.number))
                self._rest()

    async def _introduction(self) -> EngineInfo:
        answer = await self._running().next()
        if isinstance(answer, Unusable):
            raise answer.error
        if not isinstance(answer, Ready):
            raise self._died(answer)
        return answer.info

    def _running(self) -> _Conversation:
        if self._process is None or not self._process.is_alive:
            try:
                self._process = _Conversation(self._start)
            except OSError as exc:
                raise EngineError(f"the engine process cannot be started: {exc.strerror}") from exc
        return self._process

    def _died(self, answer: Answer) -> EngineError:
        how = answer.how if isinstance(answer, Ended) else "it said what nobody expected"
        return EngineError(
            f"the engine process ended ({how})", hint="try again: it is started anew"
        )

    def _rest(self) -> None:
        self._stop_resting()
        if seconds := self._start.settings.server_idle:
            self._idle = asyncio.get_running_loop().call_later(seconds, self._end)

    def _stop_resting(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()


class _Conversation:
    """A running engine process, with a thread that takes what it says into the event loop."""

    def __init__(self, start: Start) -> None:
        """Start it. Raises OSError."""
        self.is_alive = True
        self._answers: asyncio.Queue[Answer] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self._process = TalkingProcess("git_voicenote.server.decoding.process")
        self.say(start)
        threading.Thread(target=self._listen, daemon=True).start()

    async def next(self) -> Answer:
        """Return what the process says next; after its end, that it ended."""
        return await self._answers.get()

    def say(self, order: Start | Job | Cancel) -> None:
        """Tell the process something; one that has just died tells of that itself."""
        with suppress(OSError):
            self._process.socket.send(order)

    def kill(self) -> None:
        """Let the process end; the thread buries it."""
        self.is_alive = False
        self._process.kill()

    def _listen(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                self._hand_over(self._process.socket.recv())
        self.is_alive = False
        self._hand_over(Ended(self._process.end()))

    def _hand_over(self, answer: Answer) -> None:
        hand_over: Callable[[Answer], None] = self._answers.put_nowait
        with suppress(RuntimeError):  # the loop is closed: nobody listens any more
            self._loop.call_soon_threadsafe(hand_over, answer)
