"""Every known kind of server, with everything that they answer differently."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from git_voicenote.engines.base import Context
from git_voicenote.errors import EngineError
from tests.engines.remote.conftest import Keeper, stretch
from tests.support.speech_server import (
    DIALECTS,
    Dialect,
    Reply,
    openai,
    own,
    speaches,
    vllm,
    whisper_cpp,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engines.remote.conftest import Line
    from tests.support.speech_server import SpeechServer

    Start = Callable[..., tuple[SpeechServer, Line]]

TERMS = Context(hotwords=("strbuf", "git_config"))
WITH_PROBABILITIES = {speaches.name: 0.8, whisper_cpp.name: 0.6, own.name: 0.9}

every_server = pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: one.name)


@every_server
def test_timed_text(start: Start, dialect: Dialect) -> None:
    server, line = start(dialect, path=dialect.path)
    (segment,) = line.hear(stretch(1), context=TERMS)

    assert segment.text == "the server heard this"
    assert (segment.start, segment.end) == (10.0, 12.0)
    probability = WITH_PROBABILITIES.get(dialect.name)
    assert [(word.text, word.confidence) for word in segment.words] == (
        [(word, probability) for word in segment.text.split()] if probability else []
    )
    assert all(10 <= word.start <= word.end <= 12 for word in segment.words)
    assert len(server.requests) == (2 if dialect is vllm else 1)
    assert line.told == []


@every_server
def test_plain_text_where_the_model_has_no_times(start: Start, dialect: Dialect) -> None:
    server, line = start(replace(dialect, timed=None), path=dialect.path)
    heard = line.hear(stretch(0), stretch(1), context=TERMS)

    assert [segment.text for segment in heard] == ["the server heard this"] * 2
    asked_for = [request.get("response_format") for request in server.requests]
    assert asked_for == ["verbose_json", "json", "json"]
    assert all(request.get("prompt") == "strbuf, git_config" for request in server.requests)


@every_server
def test_fields_that_a_server_refuses_are_left_out(start: Start, dialect: Dialect) -> None:
    strict = replace(dialect, unknown=frozenset({"keywords[]"}))
    server, line = start(strict, path=dialect.path)
    heard = line.hear(stretch(0), stretch(1), context=TERMS)

    assert [segment.text for segment in heard] == ["the server heard this"] * 2
    assert len(server.requests) == 4
    assert line.told == [
        f"{server.address} does not support the repository's terms: they are no longer sent"
    ]


@every_server
def test_an_error_is_quoted(start: Start, dialect: Dialect) -> None:
    server, line = start(dialect, path=dialect.path)
    server.before = [dialect.error(500, "CUDA out of memory")]
    (segment,) = line.hear()
    assert segment.failure == f"{server.address} failed (500): CUDA out of memory"


@every_server
def test_sound_above_the_limit_is_sent_in_halves(start: Start, dialect: Dialect) -> None:
    """The limits are far above a segment, but a proxy before the server may have a lower one."""
    limited = replace(dialect, limit=120_000)
    server, line = start(limited, ("all", "one", "two"), path=dialect.path)
    heard = line.hear(stretch(1, seconds=5.0))

    assert [segment.text for segment in heard] == ["one", "two"]
    assert heard[0].start == 10.0
    assert heard[0].end == heard[1].start
    assert heard[1].end == 15.0
    assert len(server.requests) == (4 if dialect is vllm else 3)


def test_sound_that_cannot_be_divided_further_is_marked(start: Start) -> None:
    _, line = start(replace(openai, limit=1000))
    (segment,) = line.hear()
    assert segment.marked_text == "[0:00-0:02 not understood]"
    assert "refuses sound of this size: Maximum file size exceeded" in (segment.failure or "")


@pytest.mark.parametrize("dialect", [one for one in DIALECTS if one.bad_key], ids=lambda d: d.name)
def test_a_bad_key(start: Start, dialect: Dialect) -> None:
    keeper = Keeper("wrong")
    server, line = start(dialect, credentials=keeper)
    server.bearer = "right"
    with pytest.raises(EngineError, match="does not accept the token: Incorrect API key") as raised:
        line.hear(stretch(0), stretch(1))
    assert "git credential fill" in (raised.value.hint or "")
    # with 403, the key may be right and not permit this: the user decides
    assert keeper.verdicts == (["rejected"] if dialect.bad_key == 401 else [])
    assert ("git credential reject" in (raised.value.hint or "")) == (dialect.bad_key == 403)
    assert len(server.requests) == 1
    assert "wrong" not in str(raised.value)


@every_server
def test_a_model_that_is_not_there(start: Start, dialect: Dialect) -> None:
    server, line = start(dialect, path=dialect.path, model="base.en")
    server.before = [dialect.error(404, "Model 'base.en' is not installed locally")]
    with pytest.raises(EngineError) as raised:
        line.hear()
    assert raised.value.message == (
        f"{server.address} does not have the model base.en: "
        "Model 'base.en' is not installed locally"
    )
    hint = "download it on the server, or set voicenote.remote.model to another one"
    listed = f"; the server has {dialect.models[0]}" if dialect.models else ""
    assert raised.value.hint == hint + listed


def test_a_wrong_path(start: Start) -> None:
    server, line = start(whisper_cpp)
    with pytest.raises(EngineError) as raised:
        line.hear()
    assert raised.value.message == (
        f"{server.address} accepts no sound at /v1/audio/transcriptions: Not Found"
    )
    assert raised.value.hint == "set voicenote.remote.path (/inference for whisper.cpp)"


@every_server
def test_a_busy_server_is_asked_again(start: Start, dialect: Dialect) -> None:
    server, line = start(dialect, path=dialect.path)
    busy = dialect.error(429, "too many requests")
    server.before = [Reply(busy.body, 429, (("Retry-After", "7"),))]
    assert line.text == "the server heard this"
    assert 7 < line.waits[0] <= 8
