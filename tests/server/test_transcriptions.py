"""POST /v1/audio/transcriptions: what is asked for comes back, and what cannot be is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.serving import FORM_TYPE, PATH, RENAME, Client, form, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXT = "We rename it. And read it."
SRT = """\
1
00:00:00,000 --> 00:00:03,616
we rename it

2
00:00:04,096 --> 00:00:07,595
and read it
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    told = tmp_path_factory.mktemp("told") / "hotwords"
    with serving(
        tmp_path_factory.mktemp("service"), environment={"ENGINE_HOTWORDS": str(told)}
    ) as found:
        yield found
        assert found.warnings == []


@pytest.fixture(autouse=True)
def _said(client: Client) -> None:
    client.lines.write_text("we rename it\nand read it\n")


@pytest.mark.parametrize(
    ("name", "content_type", "body"),
    [
        ("text", "text/plain; charset=utf-8", "We rename it.\nAnd read it.\n"),
        ("srt", "application/x-subrip", SRT),
        (
            "vtt",
            "text/vtt; charset=utf-8",
            "WEBVTT\n\n00:00:00.000 --> 00:00:03.616\nwe rename it\n"
            "\n00:00:04.096 --> 00:00:07.595\nand read it\n",
        ),
        (
            "csv",
            "text/csv; charset=utf-8",
            "start,end,text\n0,3616,we rename it\n4096,7595,and read it\n",
        ),
    ],
)
def test_a_text_is_answered_raw(client: Client, name: str, content_type: str, body: str) -> None:
    answer = client.transcribe(("model", "scripted"), ("response_format", name))
    assert (answer.status, answer.body.decode()) == (200, body)
    assert answer.headers["content-type"] == content_type


def test_json_is_the_default(client: Client) -> None:
    answer = client.transcribe()
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json == {"text": TEXT, "usage": {"type": "duration", "seconds": 8}}


def test_verbose_json_tells_the_times(client: Client) -> None:
    told = client.transcribe(("response_format", "verbose_json"), ("language", "en-GB")).json
    assert (told["task"], told["language"], told["text"]) == ("transcribe", "en", TEXT)
    assert told["duration"] == pytest.approx(7.6, abs=0.1)
    assert [list(one) for one in told["segments"]] == [["id", "start", "end", "text"]] * 2
    assert "words" not in told


def test_a_stream_sends_each_segment_and_the_whole_at_last(client: Client) -> None:
    answer = client.transcribe(("stream", "true"))
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = [json.loads(line[6:]) for line in answer.body.decode().split("\n\n") if line]
    assert events == [
        {"type": "transcript.text.delta", "delta": "We rename it."},
        {"type": "transcript.text.delta", "delta": " And read it."},
        {"type": "transcript.text.done", "text": TEXT,
         "usage": {"type": "duration", "seconds": 8}},
    ]  # fmt: skip


@pytest.mark.parametrize(
    "fields",
    [
        [("keywords[]", "git rebase"), ("keywords[]", "kwset")],
        [("hotwords", "git rebase, kwset,,")],
        [("prompt", "Glossary: git rebase, kwset. This is what we talk about all day long.")],
    ],
)
def test_terms_reach_the_engine(client: Client, fields: list[tuple[str, str]]) -> None:
    client.transcribe(*fields)
    told = next(client.folder.parent.parent.glob("told*/hotwords")).read_text().splitlines()
    assert [term for term in told if term != "Glossary"] == ["git rebase", "kwset"]


def test_what_is_of_no_use_is_said(client: Client) -> None:
    fields = [("temperature", "0"), ("include[]", "logprobs"), ("x\u202e", "y")]
    warnings = [f"the field {name} is ignored" for name in ("temperature", "include", "x")]
    answer = client.transcribe(*fields)
    assert answer.json["warnings"] == warnings
    assert json.loads(answer.headers["transcription-warnings"]) == warnings
    as_text = client.transcribe(*fields, ("response_format", "text"))
    assert json.loads(as_text.headers["transcription-warnings"]) == warnings


def test_sound_that_is_missing_is_said(client: Client) -> None:
    answer = client.transcribe(sound=RENAME.read_bytes()[:-9000])
    assert answer.status == 200
    assert answer.json["text"].startswith("We rename it.")
    assert any("was not read whole" in warning for warning in answer.json["warnings"])
    assert str(client.folder) not in answer.body.decode()


@pytest.mark.parametrize(
    ("fields", "status", "param", "words"),
    [
        ([("model", "whisper-1")], 404, "model", "but scripted"),
        ([("language", "zh")], 400, "language", "understands en, not 'zh'"),
        ([("response_format", "diarized_json")], 400, "response_format", "text, json, srt"),
        ([("stream", "perhaps")], 400, "stream", "false, true"),
        ([("stream", "true"), ("response_format", "srt")], 400, "response_format", "streamed"),
        ([("timestamp_granularities[]", "word")], 400, "timestamp_granularities", "verbose_json"),
        (
            [("timestamp_granularities[]", "letter"), ("response_format", "verbose_json")],
            400, "timestamp_granularities", "segment, word",
        ),
        (
            [("timestamp_granularities[]", "word"), ("response_format", "verbose_json")],
            400, "timestamp_granularities", "does not know the times of words",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_field(
    client: Client, fields: list[tuple[str, str]], status: int, param: str, words: str
) -> None:
    answer = client.transcribe(*fields)
    assert (answer.status, answer.json["error"]["param"]) == (status, param)
    assert words in answer.json["error"]["message"]
    assert answer.json["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("sound", "words"),
    [
        (b"", "the file is empty"),
        (b"<!DOCTYPE html><p>no</p>", "the file is a web page, not sound"),
        (b"#EXTM3U\n/etc/passwd\n", "the file"),
    ],
)
def test_what_is_no_sound_is_422(client: Client, sound: bytes, words: str) -> None:
    for fields in ([], [("stream", "true")]):
        answer = client.transcribe(*fields, sound=sound)
        assert (answer.status, answer.code) == (422, "unreadable_sound")
        assert words in answer.json["error"]["message"]
        assert str(client.folder) not in answer.body.decode()


def test_silence_is_an_empty_text(client: Client) -> None:
    from tests.support.sound import wav_header

    silence = wav_header(64_000) + bytes(64_000)
    assert client.transcribe(sound=silence).json["text"] == ""
    assert client.transcribe(("response_format", "text"), sound=silence).body == b""


def test_an_engine_that_understood_nothing_is_503(client: Client) -> None:
    client.lines.write_text("!! it loops\n!! it loops\n")
    answer = client.transcribe()
    assert (answer.status, answer.code) == (503, "engine_failed")
    assert "it loops" in answer.json["error"]["message"]
    assert answer.headers["retry-after"] == "10"


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b"{}", 415),
        ("multipart/form-data", b"--x--", 415),
        (None, b"x", 415),
        (FORM_TYPE, b"no form", 400),
        (FORM_TYPE, form(sound=None), 400),
        (FORM_TYPE, form(sound=b"RIFF")[:-30], 400),
        (FORM_TYPE, form(("model", "scripted"), sound=b"x") + form(sound=b"x"), 422),
    ],
)
def test_a_body_that_is_no_form_is_refused(
    client: Client, content_type: str | None, body: bytes, status: int
) -> None:
    answer = client.request("POST", PATH, body, {"Content-Type": content_type})
    assert answer.status == status
    assert answer.json["error"]["message"]


def test_models_are_listed_and_described(client: Client) -> None:
    model = {"id": "scripted", "object": "model", "created": 0, "owned_by": "git-voicenote"}
    assert client.request().json == {"object": "list", "data": [model]}
    assert client.request(path="/v1/models/scripted").json == model
    assert client.request(path="/v1/models/whisper-1").code == "model_not_found"


def test_metrics_count_what_was_done(client: Client) -> None:
    client.transcribe()
    page = client.request(path="/metrics")
    assert page.headers["content-type"].startswith("text/plain; version=0.0.4")
    values = dict(
        line.rsplit(" ", 1) for line in page.body.decode().splitlines() if not line.startswith("#")
    )
    assert int(values['voicenote_requests_total{path="/v1/audio/transcriptions",status="200"}'])
    assert float(values["voicenote_sound_seconds_total"]) > 7
    assert 0 < float(values["voicenote_real_time_factor"]) < 100
    assert values["voicenote_queue_jobs"] == "0"
    assert values["voicenote_engine_running"] == "1"


def test_nothing_is_left_of_an_upload(client: Client, tmp_path: Path) -> None:
    client.transcribe()
    client.transcribe(sound=b"no sound")
    assert client.uploads() == []
