"""Talk to a running engine process for several callers."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.log import Log
from git_voicenote.processes import TalkingProcess
from git_voicenote.server.decoding.messages import (
    Cancel,
    Done,
    Listened,
    Loaded,
    Partial,
    ProcessEnded,
    Pulse,
    Ready,
    SegmentHeard,
    Unusable,
    Voice,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from git_voicenote.server.decoding.messages import (
        Complete,
        FromEngine,
        OrderReply,
        Start,
        ToEngine,
        TranscribeDictation,
        TranscribeFile,
    )

    OrderReplies: TypeAlias = asyncio.Queue[OrderReply | ProcessEnded]

_log = Log(__name__)

_MAX_SOUND = 600.0
"""The most seconds of sound that count: an engine gets no more before it answers."""


@dataclass(frozen=True, slots=True)
class EngineTimeouts:
    """The time that an engine may compute without an answer, in seconds.

    It is `base`, plus `factor` for each second of sound. A process without a sign of life for
    `silence` seconds has failed, too.
    """

    base: float = 120.0
    factor: float = 20.0
    silence: float = 120.0

    def seconds(self, sound: float) -> float:
        """Return the time limit for so many seconds of sound."""
        return self.base + self.factor * min(sound, _MAX_SOUND)


class Conversation:
    """A running engine process, with a thread that passes its answers to the event loop.

    The process is killed if it exceeds the `patience`.
    """

    def __init__(self, start: Start, patience: EngineTimeouts) -> None:
        """Start it. Raises OSError."""
        self.is_alive = True
        self.is_loaded = False
        self.introduction: asyncio.Future[Ready | Unusable | ProcessEnded]
        """The first message of the process."""
        self._patience = patience
        self._is_retired = False
        self._how: str | None = None
        self._listeners: dict[int, OrderReplies] = {}
        self._loop = asyncio.get_running_loop()
        self.introduction = self._loop.create_future()
        self._watchdog: asyncio.TimerHandle | None = None
        self._process = TalkingProcess("git_voicenote.server.decoding.process")
        self.process_id = self._process.id
        self.say(start)
        self._expect_life()
        threading.Thread(target=self._receive, daemon=True).start()

    @property
    def is_busy(self) -> bool:
        """Whether a caller waits for an answer."""
        return bool(self._listeners)

    @contextmanager
    def order(self, order: TranscribeFile | TranscribeDictation) -> Iterator[OrderReplies]:
        """Send an order, and yield the queue of its answers, up to `Done` or `ProcessEnded`.

        The order is cancelled at the end of the context unless it is done.
        """
        replies: OrderReplies = asyncio.Queue()
        self._listeners[order.number] = replies
        self._expect_life()
        self.say(order)
        try:
            yield replies
        finally:
            if self._listeners.pop(order.number, None):
                self.say(Cancel(order.number))
            self._end_if_retired()

    def say(self, order: ToEngine | Complete) -> None:
        """Send the process a message; the receiving thread reports a process that has died."""
        with suppress(OSError):
            self._process.socket.send(order)

    def retire(self) -> None:
        """End the process once no caller waits for its answers."""
        self._is_retired = True
        self._end_if_retired()

    def kill(self, how: str | None = None) -> None:
        """End the process; its thread waits for its end."""
        self.is_alive = False
        self._how = self._how or how
        self._stop_watching()
        self._process.kill()

    def _end_if_retired(self) -> None:
        if not self._listeners:
            self._stop_watching()
            if self._is_retired:
                self.kill()

    def _receive(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                self._hand_over(self._take, self._process.socket.recv())
        how = self._process.end()
        self._hand_over(self._take_end, how)

    def _hand_over(self, take: Callable[..., None], *arguments: object) -> None:
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(take, *arguments)

    def _take(self, answer: FromEngine) -> None:
        if self._listeners:
            self._expect_life()
        match answer:
            case Ready() | Unusable():
                self._introduce(answer)
            case Loaded():
                self.is_loaded = True
            case Pulse(seconds, sound):
                if seconds > self._patience.seconds(sound):
                    self._give_up(seconds)
            case Listened() | Voice() | Partial() | SegmentHeard() | Done():
                self._reply(answer)

    def _reply(self, reply: OrderReply) -> None:
        # a cancelled order may still be answered
        replies = self._listeners.get(reply.number)
        if replies is not None:
            replies.put_nowait(reply)
            if isinstance(reply, Done):
                del self._listeners[reply.number]

    def _take_end(self, how: str) -> None:
        self.is_alive = False
        self._stop_watching()
        ended = ProcessEnded(self._how or how)
        self._introduce(ended)
        for replies in self._listeners.values():
            replies.put_nowait(ended)
        self._listeners.clear()

    def _introduce(self, answer: Ready | Unusable | ProcessEnded) -> None:
        if not self.introduction.done():
            self.introduction.set_result(answer)
            if not self._listeners:
                self._stop_watching()

    def _expect_life(self) -> None:
        """Wait for the next answer; a busy process sends a pulse each second."""
        self._stop_watching()
        seconds = self._patience.silence
        self._watchdog = self._loop.call_later(seconds, self._give_up, seconds)

    def _stop_watching(self) -> None:
        if self._watchdog is not None:
            self._watchdog.cancel()
            self._watchdog = None

    def _give_up(self, seconds: float) -> None:
        how = f"it gave no answer for {seconds:.0f} s"
        _log.failed(f"the engine process is killed: {how}")
        self.kill(how)
