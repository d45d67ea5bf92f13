"""GET /v1/realtime, as OpenAI's own client speaks it, synchronous and asynchronous."""

from __future__ import annotations

import asyncio
import base64
from typing import TYPE_CHECKING, Any

import numpy as np
import openai
import pytest
import soxr  # type: ignore[import-untyped] # it publishes no types

from git_voicenote.config import Settings
from tests.support.dictating import RATE, pcm_of
from tests.support.serving import RENAME, TOKEN, Client, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openai.resources.realtime.realtime import RealtimeConnection

SENTENCES = (
    "We now write a new file and rename it at the end.",
    "If that fails, we can still read the old file.",
)
INTENT = {"intent": "transcription"}
_SAMPLES = soxr.resample(np.frombuffer(pcm_of(RENAME), "<i2"), RATE, 24_000)
SOUND = _SAMPLES.astype("<i2").tobytes()
PIECES = [base64.b64encode(SOUND[at : at + 24_000]).decode() for at in range(0, len(SOUND), 24_000)]
COMPLETED = "conversation.item.input_audio_transcription.completed"
DELTA = "conversation.item.input_audio_transcription.delta"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    settings = Settings(engine="moonshine", vocabulary=False)
    with serving(tmp_path_factory.mktemp("service"), settings=settings) as found:
        yield found


@pytest.fixture
def connection(service: Client) -> Iterator[RealtimeConnection]:
    client = openai.OpenAI(base_url=f"http://{service.host}/v1", api_key=TOKEN)
    with client.realtime.connect(extra_query=INTENT) as connected:
        assert connected.recv().type == "session.created"
        yield connected


def session(**sound: Any) -> Any:  # noqa: ANN401 - the client's TypedDict
    return {"type": "transcription", "audio": {"input": sound}}


def until(connection: RealtimeConnection, kind: str, count: int = 1) -> list[dict[str, Any]]:
    """Return the events up to so many of a kind."""
    events: list[dict[str, Any]] = []
    while count:
        events.append(connection.recv().to_dict())
        assert events[-1]["type"] != "error", events[-1]
        count -= events[-1]["type"] == kind
    return events


def text_of(events: list[dict[str, Any]]) -> list[str]:
    return [event["transcript"] for event in events if event["type"] == COMPLETED]


def test_pauses_end_the_items_and_their_deltas_join_to_their_text(
    connection: RealtimeConnection,
) -> None:
    sound = {"transcription": {"model": "moonshine", "language": "en", "prompt": "rename, file"}}
    connection.session.update(session=session(**sound))
    (changed,) = until(connection, "session.updated")
    asked = changed["session"]["audio"]["input"]
    assert asked["transcription"]["keywords"] == ["rename", "file"]
    for piece in PIECES:
        connection.input_audio_buffer.append(audio=piece)
    events = until(connection, COMPLETED, 2)
    assert text_of(events) == list(SENTENCES)
    items: dict[str, list[str]] = {}
    deltas: dict[str, str] = {}
    times: list[int] = []
    for event in events:
        item = event["item_id"]
        items.setdefault(item, []).append(event["type"])
        deltas[item] = deltas.get(item, "") + event.get("delta", "")
        times += [event[key] for key in ("audio_start_ms", "audio_end_ms") if key in event]
    assert list(deltas.values()) == list(SENTENCES)
    assert times == sorted(times)
    assert 0 <= times[0] < 1000
    assert times[-1] <= len(SOUND) / 48
    for seen in items.values():
        assert [kind for kind in seen if kind != DELTA] == [
            "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped",
            "input_audio_buffer.committed", COMPLETED,
        ]  # fmt: skip


def test_without_turns_a_commit_makes_the_item_and_a_clear_forgets(
    connection: RealtimeConnection,
) -> None:
    connection.session.update(session=session(turn_detection=None))
    until(connection, "session.updated")
    connection.input_audio_buffer.append(audio=PIECES[0])
    connection.input_audio_buffer.clear()
    until(connection, "input_audio_buffer.cleared")
    for _ in range(2):
        for piece in PIECES:
            connection.input_audio_buffer.append(audio=piece)
        connection.input_audio_buffer.commit()
    events = until(connection, COMPLETED, 2)
    assert text_of(events) == [" ".join(SENTENCES)] * 2
    committed = [event for event in events if event["type"] == "input_audio_buffer.committed"]
    before = [event["previous_item_id"] for event in committed]
    assert before == [None, committed[0]["item_id"]]


def test_what_is_wrong_is_an_error_and_the_connection_goes_on(
    connection: RealtimeConnection,
) -> None:
    wrong: list[dict[str, Any]] = [
        {"type": "nonsense", "event_id": "mine"},
        {"type": "input_audio_buffer.append", "audio": "no base64!"},
        {"type": "input_audio_buffer.append", "audio": "AAAA"},
        {"type": "input_audio_buffer.commit"},
        {"type": "session.update", "session": {"type": "realtime"}},
        {"type": "session.update", "session": session(format={"type": "audio/pcmu"})},
        {"type": "session.update", "session": session(transcription={"model": "whisper-1"})},
        {"type": "session.update", "session": session(transcription={"language": "tlh"})},
        {"type": "session.update", "session": session(turn_detection={"type": "no"})},
        {"type": "session.update", "session": session(turn_detection=3)},
    ]
    codes = []
    for message in wrong:
        connection.send(message)  # type: ignore[arg-type] # it is wrong
        answer = connection.recv()
        assert answer.type == "error"
        codes.append(answer.error.code)
    assert codes == [
        "invalid_value", "invalid_value", "invalid_value", "input_audio_buffer_commit_empty",
        "invalid_value", "invalid_value", "model_not_found", "invalid_value", "invalid_value",
        "invalid_value",
    ]  # fmt: skip
    connection.session.update(session=session())
    until(connection, "session.updated")


def test_an_asynchronous_client_and_no_sound_left_behind(service: Client) -> None:
    async def work() -> list[str]:
        client = openai.AsyncOpenAI(base_url=f"http://{service.host}/v1", api_key=TOKEN)
        async with client.realtime.connect(extra_query=INTENT) as connection:
            for piece in PIECES:
                await connection.input_audio_buffer.append(audio=piece)
            found: list[str] = []
            while len(found) < 2:
                event = await connection.recv()
                found += text_of([event.to_dict()])
            return found

    assert asyncio.run(work()) == list(SENTENCES)
    while service.uploads():  # the service forgets the sound once the client has gone
        pass


def test_the_token_is_needed(service: Client) -> None:
    from websockets.exceptions import InvalidStatus

    client = openai.OpenAI(base_url=f"http://{service.host}/v1", api_key="wrong")
    with pytest.raises(InvalidStatus) as refused, client.realtime.connect(extra_query=INTENT):
        pass
    assert refused.value.response.status_code == 401
