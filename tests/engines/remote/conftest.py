"""A server, and the engine that sends to it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from git_voicenote.datatypes import Waveform
from git_voicenote.engines.base import Context, EngineOptions
from git_voicenote.engines.remote.engine import RemoteEngine
from git_voicenote.engines.remote.options import RemoteOptions
from tests.support.sound import tone
from tests.support.speech_server import SpeechServer, openai, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from git_voicenote.datatypes import Segment
    from git_voicenote.engines.remote.options import Credentials
    from tests.support.speech_server import Reply, Request


def stretch(number: int = 0, seconds: float = 2.0) -> Waveform:
    """A stretch of speech: a tone of its own, ten seconds after the one before."""
    return Waveform(tone(seconds, hertz=200.0 + 50 * number), 10.0 * number, final=True)


@dataclass
class Keeper:
    """Credentials that note what becomes of them."""

    given: str | None
    verdicts: list[str] = field(default_factory=list)

    def token(self) -> str | None:
        return self.given

    def accepted(self) -> None:
        self.verdicts.append("accepted")

    def rejected(self) -> None:
        self.verdicts.append("rejected")


@dataclass
class Line:
    """An engine and what it said and waited."""

    options: RemoteOptions
    told: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.engine = self.made()

    def made(self) -> RemoteEngine:
        options = EngineOptions(tell=self.told.append, remote=self.options)
        return RemoteEngine(options, self.waits.append)

    def hear(self, *stretches: Waveform, context: Context | None = None) -> list[Segment]:
        """Send stretches of speech one after the other; a tone if none is given."""
        return list(self.engine.transcribe(stretches or (stretch(),), context or Context()))

    @property
    def text(self) -> str:
        """What is heard in one stretch, its mark included."""
        return " ".join(segment.text or segment.failure or "" for segment in self.hear())


@pytest.fixture
def start() -> Iterator[Callable[..., tuple[SpeechServer, Line]]]:
    """Starts a server and gives an engine for it."""
    with ExitStack() as stack:

        def make(
            dialect: Callable[[Request, str], Reply] = openai,
            lines: tuple[str, ...] = ("the server heard this",),
            *,
            path: str = "/v1/audio/transcriptions",
            model: str | None = "some-model",
            timeout: float = 20.0,
            concurrency: int = 3,
            credentials: Credentials | None = None,
        ) -> tuple[SpeechServer, Line]:
            server = stack.enter_context(serving(SpeechServer(dialect, lines)))
            options = RemoteOptions(server.address, path, model, concurrency, timeout)
            if credentials:
                options = replace(options, credentials=credentials)
            return server, Line(options)

        yield make
