"""The engine of the service: in its own process, behind a bounded queue."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from git_voicenote.errors import EngineError
from git_voicenote.server.decoding.conversation import Conversation, EngineTimeouts
from git_voicenote.server.decoding.messages import (
    Complete,
    Done,
    Listened,
    Partial,
    ProcessEnded,
    Ready,
    SegmentHeard,
    Start,
    TranscribeDictation,
    TranscribeFile,
    Unusable,
    Voice,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator
    from pathlib import Path

    from git_voicenote.config import Settings
    from git_voicenote.engines.base import EngineInfo
    from git_voicenote.server.decoding.conversation import OrderReplies
    from git_voicenote.targets import Target

MAX_WAITING = 16
"""The most files in the queue, including the current one."""
MAX_DICTATIONS = 8
"""The most live dictations at a time."""


class QueueFullError(Exception):
    """Too many files are waiting, or too many dictations are in progress."""


class Decoder:
    """Transcribes files one after the other, and live dictations before them.

        async with Decoder(start) as decoder:
            with decoder.place():
                async with aclosing(decoder.hear(path, "en", ())) as events: ...
            with decoder.dictation_place(), decoder.dictation(path, "en") as heard:
                async for event in heard: ...       # heard.complete() after the last sound

    The engine process ends after `settings.server_idle` seconds without work, and the memory of
    the model is free; the next work starts another process. So it does if a process died, or was
    killed because it did not answer.
    """

    def __init__(
        self,
        start: Start,
        *,
        max_waiting: int = MAX_WAITING,
        patience: EngineTimeouts | None = None,
    ) -> None:
        self.waiting = 0
        """The number of files in the queue, including the current one."""
        self.max_waiting = max_waiting
        self.dictations = 0
        """The current number of live dictations."""
        self.info: EngineInfo
        """The engine; set when the context is entered."""
        self._start = start
        self._patience = patience or EngineTimeouts()
        self._turn = asyncio.Lock()  # first come, first served
        self._numbers = 0
        self._process: Conversation | None = None
        self._retired: list[Conversation] = []
        self._idle: asyncio.TimerHandle | None = None

    @property
    def settings(self) -> Settings:
        """The settings of the engine."""
        return self._start.settings

    @property
    def is_running(self) -> bool:
        """Whether the engine process runs."""
        return self._process is not None and self._process.is_alive

    @property
    def is_loaded(self) -> bool:
        """Whether the model is in memory."""
        return self._process is not None and self._process.is_alive and self._process.is_loaded

    @property
    def process_id(self) -> int | None:
        """The id of the engine process, or None."""
        return self._process.process_id if self._process and self._process.is_alive else None

    async def __aenter__(self) -> Self:
        """Start the first process. Raises EngineError if the engine cannot be used."""
        try:
            self.info = await self._introduction(self._running())
        except BaseException:
            self.unload()
            raise
        self._rest()
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._stop_resting()
        for process in (self._process, *self._retired):
            if process is not None:
                process.kill()

    @contextmanager
    def place(self) -> Iterator[None]:
        """Reserve a place in the queue of files. Raises QueueFullError."""
        if self.waiting >= self.max_waiting:
            raise QueueFullError
        self.waiting += 1
        try:
            yield
        finally:
            self.waiting -= 1

    @contextmanager
    def dictation_place(self) -> Iterator[None]:
        """Reserve a place for a live dictation. Raises QueueFullError."""
        if self.dictations >= MAX_DICTATIONS:
            raise QueueFullError
        self.dictations += 1
        try:
            yield
        finally:
            self.dictations -= 1

    async def hear(
        self,
        path: Path,
        language: str,
        keywords: tuple[str, ...],
        progress: Callable[[float], None] | None = None,
    ) -> AsyncGenerator[SegmentHeard | Done, None]:
        """Yield the segments of a file, and finally Done. The caller closes the generator.

        Files are transcribed in the order of these calls. `progress` is called with the seconds of
        the file that were processed. Raises EngineError if the process cannot be started, dies, or
        does not answer.
        """
        async with self._turn:
            process = self._running()
            job = TranscribeFile(self._next_number(), path, language, keywords)
            try:
                with process.order(job) as replies:
                    is_done = False
                    while not is_done:
                        answer = await replies.get()
                        if isinstance(answer, ProcessEnded):
                            raise _died(answer)
                        if isinstance(answer, Listened) and progress is not None:
                            progress(answer.seconds)
                        if isinstance(answer, SegmentHeard | Done):
                            is_done = isinstance(answer, Done)
                            yield answer
            finally:
                self._rest()

    @contextmanager
    def dictation(
        self,
        path: Path,
        language: str,
        keywords: tuple[str, ...] = (),
        target: Target | None = None,
    ) -> Iterator[LiveHearing]:
        """Transcribe a WAV while it is written; see `messages.TranscribeDictation`.

        Raises EngineError if the process cannot be started.
        """
        process = self._running()
        order = TranscribeDictation(self._next_number(), path, language, keywords, target)
        try:
            with process.order(order) as replies:
                yield LiveHearing(process, order.number, replies)
        finally:
            self._rest()

    def unload(self) -> bool:
        """Free the memory of the model; return whether that is done.

        A busy engine is unloaded as soon as it has finished.
        """
        self._stop_resting()
        process, self._process = self._process, None
        if process is None:
            return True
        self._retire(process)
        return not process.is_alive

    async def switch(self, settings: Settings) -> None:
        """Use other settings from now on.

        Current work is finished with the old ones. Raises EngineError, and changes nothing, if the
        new engine cannot be used.
        """
        start = Start(self._start.folder, settings)
        process = _started(start, self._patience)
        try:
            info = await self._introduction(process)
        except BaseException:
            process.kill()
            raise
        self.unload()
        self._start, self.info, self._process = start, info, process
        self._rest()

    async def _introduction(self, process: Conversation) -> EngineInfo:
        answer = await process.introduction
        if isinstance(answer, Unusable):
            raise answer.error
        if not isinstance(answer, Ready):
            raise _died(answer)
        return answer.info

    def _running(self) -> Conversation:
        self._stop_resting()
        if self._process is None or not self._process.is_alive:
            self._process = _started(self._start, self._patience)
        return self._process

    def _next_number(self) -> int:
        self._numbers += 1
        return self._numbers

    def _retire(self, process: Conversation) -> None:
        self._retired = [one for one in self._retired if one.is_alive]
        process.retire()
        if process.is_alive:
            self._retired.append(process)

    def _rest(self) -> None:
        self._stop_resting()
        is_busy = self._process is not None and self._process.is_busy
        if (seconds := self.settings.server_idle) and not is_busy:
            self._idle = asyncio.get_running_loop().call_later(seconds, self.unload)

    def _stop_resting(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None


class LiveHearing:
    """The results of a dictation: an iterator over partial texts, segments, and finally Done."""

    def __init__(self, process: Conversation, number: int, replies: OrderReplies) -> None:
        self._process = process
        self._number = number
        self._replies = replies
        self._is_done = False

    def complete(self) -> None:
        """Tell the engine that all sound is on disk."""
        self._process.say(Complete(self._number))

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Voice | Partial | SegmentHeard | Done:
        """Wait for the next result. Raises EngineError if the process dies."""
        while not self._is_done:
            answer = await self._replies.get()
            if isinstance(answer, ProcessEnded):
                self._is_done = True
                raise _died(answer)
            self._is_done = isinstance(answer, Done)
            if isinstance(answer, Voice | Partial | SegmentHeard | Done):
                return answer
        raise StopAsyncIteration


def _started(start: Start, patience: EngineTimeouts) -> Conversation:
    try:
        return Conversation(start, patience)
    except OSError as exc:
        raise EngineError(f"the engine process cannot be started: {exc.strerror}") from exc


def _died(ended: ProcessEnded) -> EngineError:
    return EngineError(
        f"the engine process ended ({ended.how})", hint="try again: a new one is started"
    )
