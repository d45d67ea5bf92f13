"""The engine process: one job at a time, a bounded queue, and a new one after each end."""

from __future__ import annotations

import asyncio
import os
from contextlib import ExitStack, aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from git_voicenote.config import Settings
from git_voicenote.errors import EngineError
from git_voicenote.server.decoding.conversation import EngineTimeouts
from git_voicenote.server.decoding.decoder import MAX_WAITING, Decoder, QueueFullError
from git_voicenote.server.decoding.messages import Done, SegmentHeard, Start
from tests.server import engines
from tests.support.engines import SCRIPTED
from tests.support.serving import FORM_TYPE, PATH, RENAME, TOKEN, WAIT, serving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(autouse=True)
def _said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lines").write_text("one\ntwo\n")
    monkeypatch.setenv("SCRIPTED_SPEECH", str(tmp_path / "lines"))
    monkeypatch.setenv("ENGINE_CALLS", str(tmp_path / "calls"))


def decoder(
    folder: Path,
    engine: str = SCRIPTED,
    *,
    max_waiting: int = 16,
    idle: float = 0,
    patience: EngineTimeouts | None = None,
) -> Decoder:
    settings = Settings(engine=engine, vocabulary=False, server_idle=idle)
    return Decoder(Start(folder, settings), max_waiting=max_waiting, patience=patience)


async def heard(found: Decoder) -> list[str]:
    events: list[SegmentHeard | Done] = []
    async with aclosing(found.hear(RENAME, "en", ())) as hearing:
        events += [event async for event in hearing]
    assert isinstance(events[-1], Done)
    assert events[-1].error is None
    return [event.segment.text for event in events[:-1] if isinstance(event, SegmentHeard)]


async def until(ask: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT):
        while not ask():
            await asyncio.sleep(0.01)


def test_an_engine_that_cannot_be_is_told_at_the_start(tmp_path: Path) -> None:
    async def start() -> None:
        async with decoder(tmp_path, "nonsense"):
            pass

    with pytest.raises(EngineError, match="there is no engine named 'nonsense'") as caught:
        asyncio.run(start())
    assert caught.value.hint


def test_a_process_that_dies_costs_its_job_and_another_one_is_started(tmp_path: Path) -> None:
    async def work() -> None:
        async with decoder(tmp_path, engines.CRASHING_ONCE) as found:
            with pytest.raises(EngineError, match=r"the engine process ended \(signal 9\)"):
                await heard(found)
            assert await heard(found) == ["one", "two"]

    asyncio.run(work())


def test_a_process_that_does_not_answer_is_killed_and_its_job_says_so(tmp_path: Path) -> None:
    async def work() -> None:
        patience = EngineTimeouts(base=2.0, factor=0.01)
        async with decoder(tmp_path, engines.HANGING_ONCE, patience=patience) as found:
            with pytest.raises(EngineError, match=r"ended \(it gave no answer for \d+ s\)"):
                await heard(found)
            assert await heard(found) == ["one", "two"]

    asyncio.run(work())


def test_the_patience_grows_with_the_sound() -> None:
    assert EngineTimeouts(10, 2).seconds(30) == 70
    assert EngineTimeouts(10, 2).seconds(1e9) == EngineTimeouts(10, 2).seconds(1e6)


def test_the_model_is_unloaded_on_demand_and_another_engine_takes_its_place(
    tmp_path: Path,
) -> None:
    async def work() -> None:
        async with decoder(tmp_path) as found:
            assert await heard(found) == ["one", "two"]
            assert (found.is_running, found.is_loaded) == (True, True)
            assert found.unload()
            assert (found.is_running, found.is_loaded, found.process_id) == (False, False, None)
            assert await heard(found) == ["one", "two"]
            first = found.process_id
            with pytest.raises(EngineError, match="no engine named"):
                await found.switch(replace(found.settings, engine="nonsense"))
            assert (found.process_id, found.info.name) == (first, "scripted")
            await found.switch(replace(found.settings, engine=engines.TELLING_ITS_ID))
            assert found.info.name == "telling"
            assert await heard(found) == [str(found.process_id)]

    asyncio.run(work())


def test_what_is_being_heard_is_finished_before_its_engine_goes(tmp_path: Path) -> None:
    async def work() -> None:
        calls = tmp_path / "calls"
        async with decoder(tmp_path, engines.WAITING) as found:
            job = asyncio.create_task(heard(found))
            await until(calls.exists)
            await found.switch(replace(found.settings, engine=engines.TELLING_ITS_ID))
            assert found.info.name == "telling"
            while not job.done():
                calls.unlink(missing_ok=True)
                await asyncio.sleep(0.01)
            assert job.result() == ["one", "two"]

    asyncio.run(work())


def test_an_idle_process_ends_and_takes_the_model_with_it(tmp_path: Path) -> None:
    async def work() -> None:
        async with decoder(tmp_path, idle=0.01) as found:
            await until(lambda: not found.is_running)
            assert await heard(found) == ["one", "two"]
            await until(lambda: not found.is_running)

    asyncio.run(work())
    assert (tmp_path / "calls").read_text() == "load\n"


def test_the_queue_is_bounded_and_serves_in_turn(tmp_path: Path) -> None:
    async def work() -> None:
        order: list[int] = []

        async def job(number: int) -> None:
            with found.place():
                await heard(found)
                order.append(number)

        async with decoder(tmp_path, max_waiting=3) as found:
            jobs = [asyncio.create_task(job(number)) for number in range(3)]
            await until(lambda: found.waiting == 3)
            with pytest.raises(QueueFullError), found.place():
                pass
            await asyncio.gather(*jobs)
            assert (order, found.waiting) == ([0, 1, 2], 0)

    asyncio.run(work())


def test_a_job_that_nobody_waits_for_leaves_nothing_to_the_next(tmp_path: Path) -> None:
    async def work() -> None:
        async with decoder(tmp_path) as found:
            async with aclosing(found.hear(RENAME, "en", ())) as hearing:
                await anext(hearing)  # and then go away
            assert await heard(found) == ["one", "two"]

    asyncio.run(work())


def test_a_full_queue_is_429_before_the_upload(tmp_path: Path) -> None:
    with serving(tmp_path) as client, ExitStack() as stack:
        head = (
            f"POST {PATH} HTTP/1.1\r\nHost: {client.host}\r\nAuthorization: Bearer {TOKEN}\r\n"
            f"Content-Type: {FORM_TYPE}\r\nContent-Length: 1000\r\n\r\n"
        ).encode()
        for _ in range(MAX_WAITING):
            stack.enter_context(client.connect()).sendall(head)
        full = f"voicenote_queue_jobs {MAX_WAITING}\n".encode()
        while full not in client.request(path="/metrics").body:
            pass
        answer = client.raw(head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert (answer.status, answer.code) == (429, "queue_full")
        assert answer.headers["retry-after"] == "10"


def test_the_process_ends_with_its_parent(tmp_path: Path) -> None:
    async def work() -> int:
        async with decoder(tmp_path, engines.TELLING_ITS_ID) as found:
            (told,) = await heard(found)
            os.kill(int(told), 0)
            return int(told)

    number = asyncio.run(work())

    async def wait() -> None:
        await until(lambda: not _is_there(number))

    asyncio.run(wait())


def _is_there(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True
