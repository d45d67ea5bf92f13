"""Partial results from our own service, and what happens if it fails while somebody speaks."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from git_voicenote.datatypes import SAMPLE_RATE, PartialText, Waveform
from git_voicenote.engines.base import Context
from git_voicenote.engines.remote.form import pcm_of
from tests.engines.remote.conftest import Keeper, stretch
from tests.support.dictation_server import SEGMENT, Dictations
from tests.support.speech_server import Reply, openai, own

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from git_voicenote.datatypes import Segment
    from tests.engines.remote.conftest import Line
    from tests.support.speech_server import SpeechServer

    Start = Callable[..., tuple[SpeechServer, Line]]


def pieces_of(*stretches: Waveform) -> Iterator[Waveform]:
    """Yield stretches of speech in pieces of 0.4 s, as they come from a microphone."""
    step = 2 * SAMPLE_RATE // 5
    for one in stretches:
        for at in range(0, len(one.samples), step):
            piece = one.samples[at : at + step]
            yield Waveform(piece, one.start + at / SAMPLE_RATE, at + step >= len(one.samples))


class Listener:
    """Hears stretches of speech live, and keeps the partial texts."""

    def __init__(self, line: Line, context: Context | None = None) -> None:
        self.partials: list[PartialText] = []
        self.first = threading.Event()
        self.line = line

    def hear(self, *stretches: Waveform) -> list[Segment]:
        context = Context(hotwords=("strbuf",), language="en_US", partial=self._take)
        return list(self.line.engine.transcribe(pieces_of(*stretches), context))

    def _take(self, heard: PartialText) -> None:
        self.partials.append(heard)
        self.first.set()


def test_speech_is_sent_while_it_is_spoken(start: Start) -> None:
    server, line = start(own, credentials=Keeper("sesame"))
    server.bearer = "sesame"
    server.upgrade = dictations = Dictations()
    listener = Listener(line)
    spoken = stretch(0), stretch(1)
    heard = listener.hear(*spoken)

    assert [(one.text, one.start, one.end) for one in heard] == [
        ("as spoken", 0.1, 1.0), ("as spoken", 10.1, 11.0)
    ]  # fmt: skip
    assert [(word.text, round(word.start, 1), word.confidence) for word in heard[1].words] == [
        ("as", 10.2, 0.9), ("spoken", 10.5, 0.7)
    ]  # fmt: skip
    assert listener.partials[0] == PartialText("as", "spoke")
    assert listener.partials[-1] == PartialText()
    assert dictations.sound == [pcm_of(one.samples) for one in spoken]
    assert dictations.stop == [{"type": "stop", "samples": 32000}] * 2
    assert dictations.hello == 2 * [
        {"rate": 16000, "target": {"kind": "text"}, "keep": False, "language": "en",
         "keywords": ["strbuf"]}
    ]  # fmt: skip
    assert dictations.authorization == ["Bearer sesame"] * 2
    assert server.requests == []
    assert line.told == []


def test_a_service_that_sends_no_tentative_words_is_understood(start: Start) -> None:
    server, line = start(own)
    server.upgrade = Dictations(first=({"type": "partial", "text": "as"},))
    listener = Listener(line)
    listener.hear(stretch())
    assert listener.partials[0] == PartialText("as")


def test_the_partial_text_is_there_while_the_person_still_speaks(start: Start) -> None:
    server, line = start(own)
    server.upgrade = Dictations()
    listener = Listener(line)

    def spoken() -> Iterator[Waveform]:
        for piece in pieces_of(stretch()):
            if piece.final:
                assert listener.first.wait(60)
            yield piece

    context = Context(partial=listener._take)
    assert [one.text for one in line.engine.transcribe(spoken(), context)] == ["as spoken"]


@pytest.mark.parametrize(
    ("dictations", "problem"),
    [
        (Dictations(last=(), closes=None), "the connection to {server} was lost"),
        (Dictations(last=(), closes=1000), "the connection to {server} was lost"),
        (Dictations(first=({"type": "error", "error": {"message": "eight others speak"}},)),
         "{server}: eight others speak"),
        (Dictations(last=({"type": "error", "error": {}},), closes=1011), "{server}: it failed"),
        (Dictations(first=(b"no JSON",)), "{server} sends a message is not JSON"),
        (Dictations(first=([],)), "{server} sends a message that is not an object"),
        (Dictations(last=({**SEGMENT, "start": "soon"}, {"type": "final"})),
         "{server} sends no text: a time is 'soon', not a number"),
        (Dictations(last=({**SEGMENT, "text": 7}, {"type": "final"})),
         "{server} sends no text: a text is 7, not a text"),
        (Dictations(first=({"type": "partial", "text": "as", "tentative": 7},)),
         "{server} sends a text is 7, not a text"),
        (Dictations(first=({"type": "partial", "text": "x" * (1 << 21)},)),
         "the connection to {server} was lost"),
    ],
)  # fmt: skip
def test_speech_is_sent_as_a_file_where_a_dictation_fails(
    start: Start, dictations: Dictations, problem: str
) -> None:
    server, line = start(own, ("one", "two"))
    server.upgrade = dictations
    heard = Listener(line).hear(stretch(0), stretch(1))

    assert [one.text for one in heard] == ["one", "two"]
    assert len(server.requests) == 2
    (told,) = line.told
    assert told.startswith(f"no text while you speak: {problem.format(server=server.address)}")


def test_a_service_without_dictations_is_used_for_files(start: Start) -> None:
    server, line = start(own)
    assert [one.text for one in Listener(line).hear(stretch())] == ["the server heard this"]
    (told,) = line.told
    assert told.startswith(f"no text while you speak: {server.address} opens no dictation: ")


def test_a_redirect_is_not_followed(start: Start) -> None:
    server, line = start(own)
    other, _ = start(own)

    def redirect(handler: object) -> None:
        place = other.address.replace("http", "ws")
        handler._answer(  # type: ignore[attr-defined] # of the stand-in
            Reply(b"", 307, (("Location", f"{place}/api/dictations"),))
        )

    other.upgrade = dictations = Dictations()
    server.upgrade = redirect
    assert [one.text for one in Listener(line).hear(stretch())] == ["the server heard this"]
    assert dictations.authorization == []
    assert "opens no dictation" in line.told[0]


def test_others_are_sent_no_dictation(start: Start) -> None:
    server, line = start(openai)
    server.upgrade = dictations = Dictations()
    assert [one.text for one in Listener(line).hear(stretch())] == ["the server heard this"]
    assert dictations.hello == []
    assert line.told == []


def test_a_dictation_that_is_left_is_ended(start: Start) -> None:
    server, line = start(own)
    server.upgrade = dictations = Dictations()
    listener = Listener(line)

    def spoken() -> Iterator[Waveform]:
        yield from list(pieces_of(stretch()))[:2]
        raise KeyboardInterrupt

    before = set(threading.enumerate())
    with pytest.raises(KeyboardInterrupt):
        list(line.engine.transcribe(spoken(), Context(partial=listener._take)))
    for thread in set(threading.enumerate()) - before:
        if thread.name == "remote-live":
            thread.join(60)
            assert not thread.is_alive()
    assert dictations.stop == []
