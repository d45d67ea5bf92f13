"""What an engine is to the rest of the program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from git_voicenote.datatypes import Segment, Waveform
    from git_voicenote.engines.remote.options import RemoteOptions
    from git_voicenote.errors import EngineError

K = TypeVar("K")
"""What an engine is to call a recording by, among many."""


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """An engine's name, its languages (codes such as "en") and the machine it computes on.

    `model` names the weights, where there is a choice of them: results of two are not the same.
    `tokens` is the file of its tokens, in which it wants what is learned of a repository
    (Context.adaptation); None where it makes no use of that. `server` is the address that sound is
    sent to; None if it stays on this machine.
    """

    name: str
    languages: tuple[str, ...]
    device: str = "cpu"
    model: str | None = None
    tokens: Path | None = None
    server: str | None = None

    @property
    def title(self) -> str:
        """The engine's name, and where it computes: what a person is shown."""
        return f"{self.name} ({self.server or self.device})"


def tell_nobody(_: str) -> None:
    """Take what nobody is there to hear."""


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """What a person chose, for engines that have the choice.

    `model` is the name of an installed one, or a folder; `device` is auto, cpu, mps, cuda or
    cuda:N. `tell` takes what must be said aloud while the engine works. `remote` is the server of
    the remote engine.
    """

    model: str | None = None
    device: str = "auto"
    tell: Callable[[str], None] = tell_nobody
    remote: RemoteOptions | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What is known about a recording before it is heard.

    `hotwords` are terms likely to be spoken, the most relevant first, and `phrases` how people say
    them, words in lower case, for engines that do not know how a name is said. `jargon` says that
    words which developers use anywhere are likelier here than in prose. `itn` asks for numbers and
    the like as people write them, from engines that can. `adaptation` is a folder with what was
    learned of a repository's history; engines that cannot use it ignore it. `explain` asks for
    Segment.search, from engines that can tell.

    `partial` takes the words of a segment that is still being spoken, as often as they change, and
    "" when the segment is done; an engine that has no such words never calls it.
    """

    language: str = "en"
    hotwords: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    jargon: bool = False
    itn: bool = True
    adaptation: Path | None = None
    explain: bool = False
    partial: Callable[[str], None] | None = None


class Engine(Protocol):
    """A speech engine; its class is called with EngineOptions.

    `load` is slow and runs while the person is already speaking; `transcribe` loads first if
    nobody did. Both raise EngineError.
    """

    @property
    def info(self) -> EngineInfo:
        """What the engine is; cheap, before any loading."""
        ...

    def load(self) -> None:
        """Bring the weights into memory; a second call does nothing."""
        ...

    def transcribe(self, pieces: Iterable[Waveform], context: Context) -> Iterator[Segment]:
        """Yield a segment for each run of pieces that ends with a final one, as it is ready.

        `pieces` may block while the person thinks. Speech in which no words are found gives no
        segment; speech that the engine failed on gives one with the failure in it, and the rest
        goes on.
        """
        ...


@runtime_checkable
class BatchEngine(Engine, Protocol):
    """An engine that is faster with segments of several recordings at a time."""

    def transcribe_many(
        self, recordings: Iterable[tuple[K, Iterable[Waveform]]], context: Context
    ) -> Iterator[tuple[K, Segment | EngineError | None]]:
        """Yield the segments of many recordings, each with its recording's key, as it is ready.

        Drawing a recording opens it, and its pieces are read as they are drawn: an engine draws
        no more of either than it has room for. Those of a recording end where its sound ends or
        cannot be read on; drawing never fails.

        Segments of one recording come in their order, those of several may come in between. When
        no more segments of a recording will come, None follows; or an EngineError, where the
        engine failed on it: that ends this one alone. Each recording that was drawn ends so, once.
        Raises EngineError where the engine as a whole can do nothing more.
        """
        ...
