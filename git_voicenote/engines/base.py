"""The interface of speech engines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from git_voicenote.datatypes import PartialText, Segment, Waveform
    from git_voicenote.engines.remote.options import RemoteOptions
    from git_voicenote.errors import EngineError

    PartialCallback = Callable[[PartialText], None]

K = TypeVar("K")
"""The caller's key for a recording, when several are transcribed together."""


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """The name of an engine, its languages (codes such as "en") and its device.

    `model` is the name of the weights, if the engine has several; different weights give different
    results. `tokens` is the tokenizer file with which a repository's language is learned
    (Context.adaptation), or None if the engine does not use that. `server` is the address that
    sound is sent to, or None if it stays on this machine.
    """

    name: str
    languages: tuple[str, ...]
    device: str = "cpu"
    model: str | None = None
    tokens: Path | None = None
    server: str | None = None

    @property
    def title(self) -> str:
        """The engine's name, with the device or the server, as shown to people."""
        return f"{self.name} ({self.server or self.device})"


def discard(_: str) -> None:
    """Discard a message."""


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """The user's options for an engine.

    `model` is the name of an installed model, or a folder; `device` is auto, cpu, mps, cuda or
    cuda:N. `tell` is called with messages for the user. `remote` is the remote engine's server.
    """

    model: str | None = None
    device: str = "auto"
    tell: Callable[[str], None] = discard
    remote: RemoteOptions | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What is known about a recording before it is transcribed.

    `hotwords` are terms that are likely to be spoken, the most relevant first. `phrases` are their
    pronunciations, as words in lower case, for engines that cannot derive them. `jargon` makes
    common words of developers more likely. `itn` requests numbers and similar in written form, if
    the engine supports it. `adaptation` is a folder with what was learned from a repository's
    history; engines that cannot use it ignore it. `explain` requests Segment.search, if the engine
    supports it.

    `partial` is called with the text so far of the current segment whenever it changes, and with an
    empty one when the segment is done. Engines without partial results never call it. `pause` is
    called between two batches of segments, and may wait, so that others can use the engine in
    between.
    """

    language: str = "en"
    hotwords: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    jargon: bool = False
    itn: bool = True
    adaptation: Path | None = None
    explain: bool = False
    partial: PartialCallback | None = None
    pause: Callable[[], None] | None = None


class Engine(Protocol):
    """A speech engine; its class is called with EngineOptions.

    `load` is slow, and runs while the person is already speaking; `transcribe` calls it if needed.
    Both raise EngineError.
    """

    @property
    def info(self) -> EngineInfo:
        """Information about the engine, which is available before loading."""
        ...

    def load(self) -> None:
        """Load the weights into memory; a second call does nothing."""
        ...

    def transcribe(self, pieces: Iterable[Waveform], context: Context) -> Iterator[Segment]:
        """Yield a segment for each sequence of pieces that ends with a final one, when it is ready.

        `pieces` may block while the person pauses. Speech without words gives no segment. If the
        engine fails on a segment, it yields one with `failure` set and continues.
        """
        ...


@runtime_checkable
class BatchEngine(Engine, Protocol):
    """An engine that is faster with segments of several recordings in one batch."""

    def transcribe_many(
        self, recordings: Iterable[tuple[K, Iterable[Waveform]]], context: Context
    ) -> Iterator[tuple[K, Segment | EngineError | None]]:
        """Yield the segments of several recordings, each with the key of its recording.

        Iterating over `recordings` opens them, and iterating over the pieces of one reads it; an
        engine requests only as many as it can hold. The pieces of a recording end with its sound,
        or where it cannot be read further; iterating never fails.

        The segments of one recording are in order, but those of several recordings may alternate.
        After the last segment of a recording, the engine yields None, or an EngineError if it
        failed on this recording. It does so exactly once for each recording that it requested.
        Raises EngineError if the engine cannot continue at all.
        """
        ...
