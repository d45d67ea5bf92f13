"""What each kind of server is asked, and what is read of its answers."""

from __future__ import annotations

import io
import json
import wave
from typing import TYPE_CHECKING

import pytest

from git_voicenote.engines.base import Context
from git_voicenote.engines.remote.answers import RemoteTranscript, read_answer, reason_in
from git_voicenote.engines.remote.fields import Detail, fields_of
from git_voicenote.errors import ContentError
from tests.engines.remote.conftest import stretch
from tests.support.speech_server import openai, vllm

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engines.remote.conftest import Line
    from tests.support.speech_server import Reply, Request, SpeechServer

    Start = Callable[..., tuple[SpeechServer, Line]]

TERMS = Context(hotwords=("strbuf", "git_config"))


def test_the_sound_is_a_wav_and_comes_after_the_fields(start: Start) -> None:
    server, line = start()
    line.hear(context=TERMS)
    (request,) = server.requests

    with wave.open(io.BytesIO(request.sound)) as sound:
        assert sound.getparams()[:4] == (1, 2, 16000, 32000)
    assert request.fields == (
        ("model", "some-model"),
        ("language", "en"),
        ("prompt", "strbuf, git_config"),
        ("hotwords", "strbuf, git_config"),
        ("keywords[]", "strbuf"),
        ("keywords[]", "git_config"),
        ("response_format", "verbose_json"),
        ("timestamp_granularities[]", "segment"),
        ("timestamp_granularities[]", "word"),
    )


def test_openai_gets_no_field_that_it_does_not_know() -> None:
    fields = dict(fields_of(Detail.WORDS, TERMS, None, "api.openai.com"))
    assert "hotwords" not in fields
    assert fields["prompt"] == "strbuf, git_config"


def test_a_prompt_holds_the_best_terms_only() -> None:
    terms = tuple(f"some_name_{number:03}" for number in range(99))
    prompt = dict(fields_of(Detail.TERMS, Context(hotwords=terms), None, "host"))["prompt"]
    assert prompt.startswith("some_name_000, some_name_001, ")
    assert 550 < len(prompt) <= 600


@pytest.mark.parametrize(
    ("language", "sent"), [("en", "en"), ("zh_CN", "zh"), ("pt-BR", "pt"), ("auto", None)]
)
def test_a_language_is_sent_as_its_code(language: str, sent: str | None) -> None:
    fields = dict(fields_of(Detail.TEXT, Context(language=language), None, "host"))
    assert fields.get("language") == sent
    assert fields["response_format"] == "json"


def test_what_a_server_refuses_is_not_asked_for_again(start: Start) -> None:
    server, line = start(vllm)
    line.hear(stretch(0), stretch(1))
    formats = [request.get("response_format") for request in server.requests]
    assert formats == ["verbose_json", "json", "json"]


def test_terms_that_a_server_refuses_are_left_out_and_that_is_said(start: Start) -> None:
    def strict(request: Request, said: str) -> Reply:
        return openai(request, said) if "prompt" not in request.names else vllm_error()

    def vllm_error() -> Reply:
        from tests.support.speech_server import error

        return error(422, "prompt: extra fields not permitted")

    server, line = start(strict)
    heard = line.hear(stretch(0), stretch(1), context=TERMS)

    assert [segment.text for segment in heard] == ["the server heard this"] * 2
    assert len(server.requests) == 4
    assert line.told == [
        f"{server.address} does not support the repository's terms: they are no longer sent"
    ]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"plain words\n", "plain words"),
        (b'"Yes," he said.', '"Yes," he said.'),
        (b'"a JSON \\u0073tring"', "a JSON string"),
        (b"[BLANK_AUDIO]", "[BLANK_AUDIO]"),
        (b'{"text": "words", "usage": {}}', "words"),
        (b'{"text": " two\\n lines "}', "two lines"),
        (b'{"segments": [{"text": " one"}, {"text": " two"}]}', "one two"),
        (b'{"text": "a\\u001b[31mb\\u202ec\\u009b"}', "a[31mbc"),
        (b'""', ""),
        ('\ufeff{"text": "bom"}'.encode(), "bom"),
    ],
)
def test_the_text_is_found_in_each_shape(body: bytes, text: str) -> None:
    assert read_answer(body).text == text


@pytest.mark.parametrize(
    "words",
    [
        [{"word": "a", "start": 0, "end": 1}],
        [{"word": "a", "start": 0, "end": 1, "probability": 7}],
        [{"word": "a", "start": "0", "end": 1, "probability": 0.5}],
        [{"word": "a", "start": 9, "end": 1, "probability": 0.5}],
        [{"word": ["a"], "start": 0, "end": 1, "probability": 0.5}],
        "words",
        [[[]]],
        [None],
    ],
)
def test_words_that_cannot_be_relied_on_are_left_out(words: object) -> None:
    assert read_answer(json.dumps({"text": "a", "words": words}).encode()) == RemoteTranscript("a")


@pytest.mark.parametrize(
    ("logs", "confidence"),
    [
        ([-0.105], 0.9),
        ([0.0, -0.105], 0.95),
        ([None], None),
        (["x"], None),
        ([4], None),
        ([], None),
    ],
)
def test_a_confidence_is_made_of_what_the_server_says(
    logs: list[object], confidence: float | None
) -> None:
    segments = [{"text": "a", "avg_logprob": log} for log in logs]
    body = json.dumps({"text": "a", "segments": segments}).encode()
    assert read_answer(body).confidence == confidence


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"<!DOCTYPE html><title>Sign in</title>", "is a web page"),
        (b'{"text": 7}', "the text of the answer is 7, not a text"),
        (b'{"text": ["a"]}', "the text of the answer is a list, not a text"),
        (b"", "the answer is empty"),
        (b"{}", "the text of the answer is None, not a text"),
        (b'{"text": "a\\u0000b"}', "contains a NUL"),
        (b'{"text": "\\ud800"}', "is not UTF-8"),
        (b'{"text": ', "the answer is not JSON"),
        (b'{"a":' * 500 + b"1" + b"}" * 500, "nested more than 32 levels deep"),
        (b'{"text": "' + b"a" * 30_000 + b'"}', "30,000 characters"),
        (b"\xff\xfe", "is not UTF-8"),
        (b'{"error": "failed to read the sound"}', "failed to read the sound"),
    ],
)
def test_what_is_no_answer_is_an_error_that_says_so(body: bytes, problem: str) -> None:
    with pytest.raises(ContentError) as raised:
        read_answer(body)
    assert problem in raised.value.message


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"error": {"message": "too long", "type": "x", "code": 413}}', "too long"),
        (b'{"error": "no file"}', "no file"),
        (b'{"detail": "Invalid API key"}', "Invalid API key"),
        (b'{"detail": [{"loc": ["body"], "msg": "Field required"}]}', "Field required"),
        (b'{"object": "error", "message": "no model"}', "no model"),
        (b"plain\x1b[2J reason\n", "plain[2J reason"),
        (b"<html><h1>502 Bad Gateway</h1></html>", ""),
        (b'{"error": {"message": {"a": 1}}}', ""),
        (b'{"error": [[[]]]}', ""),
        (b"", ""),
        (b"[" * 5000, "[" * 300),
        (b"a" * 9999, "a" * 300),
    ],
)
def test_the_reason_of_a_refusal_is_found(body: bytes, reason: str) -> None:
    assert reason_in(body) == reason
