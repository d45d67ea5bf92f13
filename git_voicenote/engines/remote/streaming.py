"""When partial results of our own service are used, and what happens if that fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from git_voicenote.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from git_voicenote.datatypes import Segment, Waveform
    from git_voicenote.engines.base import Context, PartialCallback
    from git_voicenote.engines.remote.client import Client
    from git_voicenote.engines.remote.live import RemoteDictation
    from git_voicenote.engines.utterances import Utterance


class Streaming:
    """Sends each utterance to our own service while it is spoken."""

    def __init__(
        self,
        client: Client,
        context: Context,
        partial: PartialCallback,
        tell: Callable[[str], None],
        timeout: float,
    ) -> None:
        self._client = client
        self._context = context
        self._partial = partial
        self._tell = tell
        self._timeout = timeout
        self._has_failed = False

    @classmethod
    def of(
        cls, client: Client, context: Context, tell: Callable[[str], None], timeout: float
    ) -> Self | None:
        """Return it if partial results are wanted and the server is our own service, else None."""
        from git_voicenote.engines.remote.live import OWNER, is_installed

        if context.partial is None or not any(one.owner == OWNER for one in client.models()):
            return None
        if not is_installed():
            tell(
                f"{client.address.origin} can show the text while you speak: "
                "pip install 'git-voicenote[remote]'"
            )
            return None
        return cls(client, context, context.partial, tell, timeout)

    def utterances(
        self, pieces: Iterable[Waveform]
    ) -> Iterator[tuple[Utterance, tuple[Segment, ...] | None]]:
        """Yield each utterance with its segments, or with None if it has to be sent otherwise."""
        from git_voicenote.engines.utterances import utterance_of

        spoken: list[Waveform] = []
        dictation: RemoteDictation | None = None
        try:
            for piece in pieces:
                dictation = dictation if spoken else self._begun()
                spoken.append(piece)
                dictation = self._sent(dictation, piece)
                if piece.final:
                    utterance = utterance_of(spoken)
                    spoken.clear()
                    segments = self._finished(dictation, utterance)
                    dictation = None
                    yield utterance, segments
        finally:
            if dictation is not None:
                dictation.close()

    def _begun(self) -> RemoteDictation | None:
        from git_voicenote.engines.remote.live import RemoteDictation

        if self._has_failed:
            return None
        try:
            return RemoteDictation(self._client, self._context, self._partial, self._timeout)
        except EngineError as exc:
            self._fail(exc)
            return None

    def _sent(self, dictation: RemoteDictation | None, piece: Waveform) -> RemoteDictation | None:
        from git_voicenote.engines.utterances import utterance_of

        if dictation is None:
            return None
        try:
            dictation.send(utterance_of([piece]).samples)
        except EngineError as exc:
            dictation.close()
            self._fail(exc)
            return None
        return dictation

    def _finished(
        self, dictation: RemoteDictation | None, utterance: Utterance
    ) -> tuple[Segment, ...] | None:
        if dictation is None:
            return None
        try:
            return dictation.finish(utterance.start, utterance.end)
        except EngineError as exc:
            self._fail(exc)
            return None

    def _fail(self, error: EngineError) -> None:
        """Do without partial results from here on, and say why."""
        self._has_failed = True
        self._tell(f"no text while you speak: {error.message}")
