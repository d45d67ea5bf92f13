"""The engine: what it sends when, in which order it answers, and what a failure means."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from git_voicenote.datatypes import Segment, Waveform
from git_voicenote.engines.base import BatchEngine, Context, EngineOptions
from git_voicenote.engines.registry import choose, make_engine
from git_voicenote.engines.remote.options import RemoteOptions
from git_voicenote.engines.remote.retries import WAITS
from git_voicenote.errors import EngineError
from tests.engines.remote.conftest import Keeper, stretch
from tests.support.sound import tone
from tests.support.speech_server import Reply, error, openai

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.engines.remote.conftest import Line
    from tests.support.speech_server import Request, SpeechServer

    Start = Callable[..., tuple[SpeechServer, Line]]


def texts(segments: list[Segment]) -> list[str]:
    return [segment.text for segment in segments]


def test_a_stretch_is_sent_while_the_next_one_is_spoken(start: Start) -> None:
    server, line = start(lines=("one", "two"))
    sent: list[int] = []

    def spoken() -> Iterator[Waveform]:
        for number in range(2):
            sent.append(len(server.requests))
            yield stretch(number)
        sent.append(len(server.requests))

    assert texts(list(line.engine.transcribe(spoken(), Context()))) == ["one", "two"]
    assert sent == [0, 1, 2]


def test_nothing_is_sent_where_there_is_nothing_to_hear(start: Start) -> None:
    server, line = start()
    silence = Waveform(tone(2.0, loudness=0.0), 0.0, final=True)
    assert line.hear(silence) == []
    assert server.requests == []


def test_an_answer_without_words_is_no_segment(start: Start) -> None:
    _, line = start(lines=(" ... ",))
    assert line.hear() == []


def test_files_are_sent_several_at_a_time_and_answered_in_order(start: Start) -> None:
    """The first answer waits until the others are there: sent one by one, it would never come."""
    together = threading.Barrier(3, timeout=60)
    server, line = start(lines=tuple("abcdef"), concurrency=3)

    def raw(handler: object) -> None:
        together.wait()

    server.pauses = raw
    recordings = [
        (name, [stretch(n), stretch(n + 1)]) for n, name in ((0, "x"), (2, "y"), (4, "z"))
    ]
    assert isinstance(line.engine, BatchEngine)
    events = list(line.engine.transcribe_many(recordings, Context()))

    assert [(key, event is None) for key, event in events] == [
        (key, is_end) for key in "xyz" for is_end in (False, False, True)
    ]
    starts = [event.start for _, event in events if isinstance(event, Segment)]
    assert starts == [0.0, 10.0, 20.0, 30.0, 40.0, 50.0]
    assert len(server.requests) == 6


def test_what_was_answered_is_not_sent_again(start: Start) -> None:
    server, line = start(lines=("one", "two"))
    for _ in range(2):
        assert texts(line.hear(stretch(0), stretch(1))) == ["one", "two"]
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again(start: Start, status: int) -> None:
    server, line = start()
    server.before = [error(status, "busy")] * 3
    assert line.text == "the server heard this"
    assert len(line.waits) == 3
    assert all(wait / 2 <= waited <= wait for wait, waited in zip(WAITS, line.waits, strict=True))


@pytest.mark.parametrize(
    ("asked_for", "least"),
    [("7", 7), ("0", 0), ("", 0), ("-5", 0), ("soon", 0), ("²", 0),
     ("Fri, 01 Jan 2021 00:00:00 GMT", 0), ("Fri, 99 Jan", 0)],
)  # fmt: skip
def test_a_server_may_say_how_long_to_wait(start: Start, asked_for: str, least: float) -> None:
    server, line = start()
    server.before = [error(503, "busy", ("Retry-After", asked_for.encode().decode("latin-1")))]
    assert line.text == "the server heard this"
    (waited,) = line.waits
    assert least + WAITS[0] / 2 <= waited <= least + WAITS[0]


@pytest.mark.parametrize(
    "asked_for", ["31", "99999999999999999999", "Fri, 01 Jan 2999 00:00:00 GMT"]
)
def test_nobody_waits_longer_than_half_a_minute(start: Start, asked_for: str) -> None:
    server, line = start()
    server.before = [error(503, "come later", ("Retry-After", asked_for))]
    with pytest.raises(EngineError, match="busy \\(503\\): come later"):
        line.hear()
    assert line.waits == []


def test_a_server_that_stays_busy_is_given_up_and_then_tried_once_at_a_time(start: Start) -> None:
    server, line = start()
    server.before = [error(503, "busy")] * 5
    for _ in range(2):
        with pytest.raises(EngineError, match="is busy \\(503\\): busy"):
            line.hear()
    assert len(server.requests) == 5
    server.before = []
    assert line.text == "the server heard this"


@pytest.mark.parametrize(
    ("reply", "failure"),
    [
        (error(400, "the sound is too short"), "refuses the sound: the sound is too short"),
        (
            error(413, "Maximum content size limit"),
            "refuses sound of this size: Maximum content size limit",
        ),
        (error(500, "CUDA out of memory"), "failed (500): CUDA out of memory"),
        (Reply({"text": 7}), "sends no text: the text of the answer is 7, not a text"),
        (Reply(b"<html>Sign in</html>"), "sends no text: the answer is a web page"),
    ],
)
def test_a_refused_stretch_is_marked_and_the_rest_goes_on(
    start: Start, reply: Reply, failure: str
) -> None:
    server, line = start()
    server.before = [reply] * (3 if reply.status == 400 else 1)
    first, second = line.hear(stretch(0), stretch(1))

    assert first.failure is not None
    assert first.failure.startswith(f"{server.address} {failure}")
    assert first.marked_text == "[0:00-0:02 not understood]"
    assert second.text == "the server heard this"


def test_a_missing_model_is_named_as_the_way_out(start: Start) -> None:
    def strict(request: Request, said: str) -> Reply:
        return openai(request, said) if request.get("model") else error(422, "Field required")

    _, line = start(strict, model=None)
    assert (
        "Field required (the server may require voicenote.remote.model; the server has some-model)"
        in line.text
    )


@pytest.mark.parametrize(
    ("reply", "message", "hint"),
    [
        (error(401, "no key"), "requires a token: no key", "git credential approve"),
        (error(403, "no key"), "requires a token: no key", "git credential approve"),
        (error(404, "no such model"), "not have the model some-model: no such", "remote.model"),
        (error(405, "no"), "accepts no sound at /v1/audio/transcriptions", "voicenote.remote.path"),
        (Reply(b"", 302, (("Location", "https://other.example/x"),)),
         "redirects to https://other.example/x; redirects are not", "voicenote.remote.url"),
        (Reply(b"", 307), "answers with the status 307", None),
    ],
)  # fmt: skip
def test_a_server_that_helps_with_no_sound_ends_the_work(
    start: Start, reply: Reply, message: str, hint: str | None
) -> None:
    server, line = start()
    server.before = [reply]
    with pytest.raises(EngineError) as raised:
        line.hear(stretch(0), stretch(1))
    assert message in raised.value.message
    assert (raised.value.hint is None) if hint is None else (hint in (raised.value.hint or ""))
    assert len(server.requests) == 1


def test_a_failure_ends_a_batch(start: Start) -> None:
    server, line = start()
    server.bearer = "other"
    with pytest.raises(EngineError, match="requires a token"):
        list(line.engine.transcribe_many([("x", (stretch(n) for n in range(200)))], Context()))
    assert len(server.requests) < 200


def test_a_token_is_sent_and_kept_once_it_was_of_use(start: Start) -> None:
    keeper = Keeper("sesame")
    server, line = start(credentials=keeper)
    server.bearer = "sesame"
    assert texts(line.hear(stretch(0), stretch(1))) == ["the server heard this"] * 2
    assert keeper.verdicts == ["accepted"]


@pytest.mark.parametrize(("status", "verdicts"), [(401, ["rejected"]), (403, [])])
def test_a_token_that_is_refused_is_rejected(
    start: Start, status: int, verdicts: list[str]
) -> None:
    keeper = Keeper("sesame")
    server, line = start(credentials=keeper)
    server.before = [error(status, "who are you")]
    with pytest.raises(EngineError, match="does not accept the token: who are you"):
        line.hear()
    assert keeper.verdicts == verdicts


@pytest.mark.parametrize("token", ["a\r\nX-Evil: 1", "a b", "ключ"])
def test_a_token_that_is_none_is_not_sent_and_not_shown(start: Start, token: str) -> None:
    server, line = start(credentials=Keeper(token))
    with pytest.raises(EngineError) as raised:
        line.hear()
    assert token not in str(raised.value)
    assert server.requests == []


def test_the_engine_needs_a_server_and_auto_never_means_it() -> None:
    with pytest.raises(EngineError, match="has no server"):
        make_engine("remote")
    options = EngineOptions(remote=RemoteOptions("http://127.0.0.1:9"))
    assert choose("auto", options)[0] != "remote"
    assert make_engine("remote", options).info.title == "remote (http://127.0.0.1:9)"


@pytest.mark.parametrize(
    ("url", "is_told"),
    [("http://speech.example.org", True), ("https://speech.example.org", False),
     ("http://localhost:8000", False), ("http://[::1]:8000", False), ("http://10.0.0.7", True)],
)  # fmt: skip
def test_a_way_that_others_can_listen_on_is_told(url: str, is_told: bool) -> None:
    told: list[str] = []
    engine = make_engine("remote", EngineOptions(tell=told.append, remote=RemoteOptions(url)))
    for _ in range(2):
        engine.load()
    assert [text for text in told if f"to {url} is not encrypted" in text] == told
    assert len(told) == is_told
