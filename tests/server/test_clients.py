"""Programs that people have: OpenAI's own client, whole, streaming and asynchronous, and curl."""

from __future__ import annotations

import asyncio
import json
import subprocess
from typing import TYPE_CHECKING

import openai
import pytest

from git_voicenote.config import Settings
from tests.support.programs import needs_curl
from tests.support.serving import RENAME, TOKEN, Client, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

SENTENCES = (
    "We now write a new file and rename it at the end.",
    "If that fails, we can still read the old file.",
)
TEXT = " ".join(SENTENCES)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A service with the engine that comes with the install."""
    settings = Settings(engine="moonshine", vocabulary=False)
    with serving(tmp_path_factory.mktemp("service"), settings=settings) as found:
        yield found


@pytest.fixture
def client(service: Client) -> openai.OpenAI:
    return openai.OpenAI(
        base_url=f"http://{service.host}/v1", api_key=TOKEN, max_retries=0, timeout=60
    )


def test_json_and_bare_octets(client: openai.OpenAI) -> None:
    for file in (RENAME, RENAME.read_bytes()):
        heard = client.audio.transcriptions.create(file=file, model="moonshine")
        assert heard.text == TEXT
        assert heard.usage is not None
        assert heard.usage.model_dump() == {"type": "duration", "seconds": 8.0}


def test_verbose_json_with_words(client: openai.OpenAI) -> None:
    heard = client.audio.transcriptions.create(
        file=RENAME, model="moonshine", language="en", response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
    )  # fmt: skip
    assert heard.text == TEXT
    assert heard.words is not None
    assert heard.segments is not None
    assert [word.word for word in heard.words] == TEXT.split()
    assert tuple(segment.text for segment in heard.segments) == SENTENCES
    assert all(one.start < one.end for one in heard.words)


def test_subtitles_with_keywords(client: openai.OpenAI) -> None:
    heard = client.audio.transcriptions.create(
        file=RENAME, model="moonshine", response_format="srt", keywords=["rename", "file"]
    )
    assert str(heard).startswith("1\n00:00:0")


def test_a_stream(client: openai.OpenAI) -> None:
    stream = client.audio.transcriptions.create(file=RENAME, model="moonshine", stream=True)
    events = list(stream)
    assert [event.type for event in events] == [
        "transcript.text.delta", "transcript.text.delta", "transcript.text.done",
    ]  # fmt: skip
    deltas = [event.delta for event in events if event.type == "transcript.text.delta"]
    assert "".join(deltas) == TEXT
    assert events[-1].type == "transcript.text.done"
    assert events[-1].text == TEXT


def test_several_at_a_time_from_an_asynchronous_client(service: Client) -> None:
    async def work() -> list[str]:
        async with openai.AsyncOpenAI(
            base_url=f"http://{service.host}/v1", api_key=TOKEN, max_retries=0
        ) as client:
            create = client.audio.transcriptions.create
            heard = await asyncio.gather(
                *(create(file=RENAME, model="moonshine") for _ in range(3))
            )
            stream = await create(file=RENAME, model="moonshine", stream=True)
            last = [event async for event in stream][-1]
        assert last.type == "transcript.text.done"
        return [*(one.text for one in heard), last.text]

    assert asyncio.run(work()) == [TEXT] * 4


def test_models(client: openai.OpenAI) -> None:
    assert next(model.id for model in client.models.list()) == "moonshine"
    assert client.models.retrieve("moonshine").owned_by == "git-voicenote"


def test_each_refusal_is_the_error_that_the_client_has_for_it(client: openai.OpenAI) -> None:
    create = client.audio.transcriptions.create
    with pytest.raises(openai.NotFoundError, match="but moonshine"):
        create(file=RENAME, model="whisper-1")
    with pytest.raises(openai.BadRequestError, match="understands en"):
        create(file=RENAME, model="moonshine", language="zh")
    with pytest.raises(openai.UnprocessableEntityError, match="the file"):
        create(file=b"no sound", model="moonshine")
    with pytest.raises(openai.AuthenticationError, match="token"):
        client.with_options(api_key="wrong").models.list()


@needs_curl
def test_curl(service: Client) -> None:
    done = subprocess.run(
        ["curl", "-sS", "--fail-with-body", "-H", f"Authorization: Bearer {TOKEN}",
         "-F", f"file=@{RENAME}", "-F", "response_format=verbose_json",
         f"http://{service.host}/v1/audio/transcriptions"],
        capture_output=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["text"] == TEXT
