"""What waits for a client, or for its commit, is bounded; the connection says so."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from git_voicenote.config import Settings
from git_voicenote.server.access.limits import ServiceLimits
from git_voicenote.server.live.outbox import Outbox
from git_voicenote.server.live.realtime.items import Item, Items, ItemsOutbox
from git_voicenote.server.responses.refusals import RefusalError
from tests.server import engines
from tests.support.dictating import RATE, dictating, pcm_of
from tests.support.serving import RENAME, TOKEN, WAIT, Client, serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from websockets.sync.client import ClientConnection

SOUND = pcm_of(RENAME)
COMPLETED = "conversation.item.input_audio_transcription.completed"


@contextmanager
def realtime(client: Client) -> Iterator[ClientConnection]:
    """Connect as a client that commits its sound itself, at our rate."""
    with connect(
        f"ws://{client.host}/v1/realtime?intent=transcription", compression=None,
        additional_headers={"Authorization": f"Bearer {TOKEN}"},
    ) as socket:  # fmt: skip
        form = {"type": "audio/pcm", "rate": RATE}
        update(socket, {"format": form, "turn_detection": None})
        assert next_of(socket, "session.updated")
        yield socket


def update(socket: ClientConnection, sound: Mapping[str, object]) -> None:
    session = {"type": "transcription", "audio": {"input": sound}}
    socket.send(json.dumps({"type": "session.update", "session": session}))


def append(socket: ClientConnection, pcm: bytes) -> None:
    audio = base64.b64encode(pcm).decode()
    socket.send(json.dumps({"type": "input_audio_buffer.append", "audio": audio}))


def commit(socket: ClientConnection) -> None:
    socket.send(json.dumps({"type": "input_audio_buffer.commit"}))


def next_of(socket: ClientConnection, *kinds: str) -> dict[str, Any]:
    while True:
        event: dict[str, Any] = json.loads(socket.recv(WAIT))
        if event["type"] in kinds:
            return event


def test_sound_that_nobody_commits_is_bounded_and_so_are_commits(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    settings = Settings(engine=engines.WAITING, vocabulary=False)
    limits = ServiceLimits(buffered=10.0, commits=1)
    with (
        serving(
            tmp_path, settings=settings, limits=limits, environment={"ENGINE_CALLS": str(calls)}
        ) as client,
        realtime(client) as socket,
    ):
        append(socket, SOUND)
        append(socket, SOUND)
        refused = next_of(socket, "error")["error"]
        assert refused["code"] == "input_audio_buffer_full"
        assert "commit or clear it" in refused["message"]
        commit(socket)
        first = next_of(socket, "input_audio_buffer.committed")["item_id"]
        append(socket, SOUND)
        commit(socket)  # the engine still waits
        assert next_of(socket, "error")["error"]["code"] == "busy"
        assert len(client.uploads()) <= 2
        assert sum(path.stat().st_size for path in client.uploads()) < 2.5 * len(SOUND)

        assert _freed(socket, calls)["item_id"] == first
        commit(socket)  # nothing was lost
        second = next_of(socket, "input_audio_buffer.committed")["item_id"]
        assert _freed(socket, calls)["item_id"] == second


def _freed(socket: ClientConnection, calls: Path) -> dict[str, Any]:
    """Let the engine go on until a text is there."""
    while True:
        calls.unlink(missing_ok=True)
        try:
            event: dict[str, Any] = json.loads(socket.recv(0.05))
        except TimeoutError:
            continue
        if event["type"] == COMPLETED:
            return event


def test_a_client_that_reads_nothing_loses_its_place(tmp_path: Path) -> None:
    with serving(tmp_path, limits=ServiceLimits(unread=0.5)) as client, realtime(client) as socket:
        assert dictations(client) == 1
        sending = threading.Thread(target=send_without_end, args=(socket,))
        sending.start()
        until = time.monotonic() + WAIT
        while dictations(client) and time.monotonic() < until:
            time.sleep(0.05)
        assert dictations(client) == 0
        with suppress(OSError):
            socket.socket.shutdown(2)
        sending.join()


def send_without_end(socket: ClientConnection) -> None:
    """Ask for events of 100 kB and take none of them, until the connection is closed."""
    keywords = [f"{number:02}{'x' * 4000}" for number in range(25)]
    with suppress(ConnectionClosed, OSError):
        while True:
            update(socket, {"transcription": {"keywords": keywords}})


def dictations(client: Client) -> int:
    found = re.search(
        rb"^voicenote_dictations (\d+)$", client.request("GET", "/metrics").body, re.MULTILINE
    )
    assert found
    return int(found[1])


def test_a_page_that_reads_nothing_is_cut_and_its_dictation_can_be_resumed(tmp_path: Path) -> None:
    with serving(tmp_path, limits=ServiceLimits(events=0)) as client:
        with dictating(client.host) as page:
            opened = page.open()
            page.play(SOUND)
            assert page.closed() == 4408
            assert page.events[-1]["error"]["code"] == "too_slow"
        assert list(tmp_path.rglob(f"{opened['id']}*.wav"))
        with dictating(client.host) as page:
            assert page.open(resume=opened["id"])["samples"] > 0


def test_only_the_latest_partial_text_and_count_wait() -> None:
    async def work() -> None:
        outbox = Outbox(4)
        outbox.put({"type": "partial", "text": "a"})
        sending = await outbox.first()
        for number in range(50):
            outbox.put({"type": "received", "samples": number})
            outbox.put({"type": "partial", "text": f"a {number}"})
        outbox.put({"type": "segment", "text": "A b."})
        assert len(outbox) == 4
        outbox.drop()
        assert sending["text"] == "a"
        waiting = []
        while len(outbox):
            waiting.append(await outbox.first())
            outbox.drop()
        assert waiting == [
            {"type": "received", "samples": 49},
            {"type": "partial", "text": "a 49"},
            {"type": "segment", "text": "A b."},
        ]
        for _ in range(5):
            outbox.put({"type": "segment", "text": "A b."})
        watching = asyncio.create_task(outbox.watch())
        await asyncio.sleep(0)
        outbox.put({"type": "segment", "text": "A b."})
        with pytest.raises(RefusalError, match="6 events are waiting"):
            await watching

    asyncio.run(work())


def test_deltas_that_wait_are_joined_and_still_make_the_text() -> None:
    async def work() -> None:
        outbox = ItemsOutbox(4)
        items = Items(lambda kind, **fields: outbox.put({"type": kind, **fields}))

        item, text = Item(), ""
        for number in range(50):
            text = f"{text} {number}".strip()
            items.grow(item, text)
        assert len(outbox) == 1
        assert (await outbox.first())["delta"] == text
        items.grow(item, f"{text} more")  # what is being sent does not change
        assert len(outbox) == 2

    asyncio.run(work())
