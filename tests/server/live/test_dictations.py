"""Dictations over a WebSocket: sound to disk, text back, across lost connections."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from websockets.exceptions import InvalidStatus

from git_voicenote.audio.files.wav import is_being_written
from git_voicenote.config import Settings
from git_voicenote.git.repository import Repository
from git_voicenote.server.access.limits import ServiceLimits
from git_voicenote.server.decoding.decoder import MAX_DICTATIONS
from git_voicenote.store.history import History
from git_voicenote.workflows.explain.explain import note_of
from git_voicenote.workflows.hearing.archive import open_archive, state_root
from tests.server import engines
from tests.support.dictating import RATE, TEXT, dictating, pcm_of
from tests.support.sandbox import Sandbox
from tests.support.serving import RENAME, Client, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOUND = pcm_of(RENAME)
WORDS = "We now write a new file and rename it at the end. If that fails, we can still read the"
FIRST = SOUND[: 4 * RATE]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    folder = tmp_path_factory.mktemp("work")
    made = Sandbox(folder, home=folder)
    made.git("init", "--quiet", "--initial-branch=main")
    made.commit("fix(store): rename the file", {"README": "hello\n"})
    return made


@pytest.fixture(scope="module")
def service(repository: Sandbox) -> Iterator[Client]:
    """A service with the engine that comes with the install, in a repository."""
    with serving(repository.folder, settings=Settings(engine="moonshine", learn=False)) as found:
        yield found


@pytest.fixture
def history(repository: Sandbox) -> History:
    return History(state_root(Repository.discover(repository.folder)))


def flat(text: str) -> str:
    return " ".join(text.split())


def test_words_come_while_they_are_spoken_and_are_kept_for_a_note(
    service: Client, repository: Sandbox, history: History
) -> None:
    with dictating(service.host) as page:
        ready = page.open(target={"kind": "commit", "commit": "HEAD"})
        assert ready == {"type": "ready", "id": ready["id"], "samples": 0}
        archive = open_archive(Repository.discover(repository.folder), Settings(), print)
        page.play(FIRST)
        assert page.until("received")["samples"] > 0
        while not page.until("partial")["text"]:
            pass
        wav = archive.recordings.path_of(ready["id"])
        assert wav is not None
        assert is_being_written(wav)
        assert (wav.stat().st_mode & 0o777, wav.parent.stat().st_mode & 0o777) == (0o600, 0o700)
        page.play(SOUND[len(FIRST) :])
        final = page.stop(len(SOUND) // 2)
        assert page.closed() == 1000
    assert flat(final["text"]).startswith(WORDS)
    assert final["duration"] == pytest.approx(len(SOUND) / 2 / RATE, abs=0.01)
    segments = [event for event in page.events if event["type"] == "segment"]
    assert len(segments) == 2
    assert segments[0]["words"][0]["text"] == "We"
    standing = ""
    for event in page.events:
        if event["type"] == "segment":
            standing = ""
        elif event["type"] == "partial" and (event["text"] or event["tentative"]):
            assert event["text"].startswith(standing)  # what stands does not change
            standing = event["text"]

    dictation = archive.dictation(ready["id"])
    assert dictation is not None
    note = note_of(dictation, final["text"])
    assert (note.recording_ids, note.engine, note.language) == ((ready["id"],), "moonshine", "en")
    entry = history.entry(ready["id"])
    assert entry is not None
    head = repository.git("rev-parse", "HEAD")
    assert (str(entry.target), entry.title) == (f"commit:{head}", "fix(store): rename the file")


def test_a_lost_connection_loses_no_word(service: Client) -> None:
    with dictating(service.host) as page:
        first = page.open()
        page.play(FIRST)
        while page.until("received")["samples"] < len(FIRST) // 4:
            pass
        page.socket.socket.shutdown(2)
    with dictating(service.host) as page:
        again = page.open(resume=first["id"])
        assert again["id"] == first["id"]
        assert len(FIRST) // 4 <= again["samples"] <= len(FIRST) // 2
        page.play(SOUND[2 * again["samples"] :])
        assert flat(page.stop(len(SOUND) // 2)["text"]).startswith(WORDS)
    with dictating(service.host) as page:  # the last event may have been lost, too
        page.open(resume=first["id"])
        assert flat(page.until("final")["text"]).startswith(WORDS)


def test_a_new_connection_takes_the_place_of_one_that_is_half_open(service: Client) -> None:
    with dictating(service.host) as old, dictating(service.host) as new:
        first = old.open()
        new.open(resume=first["id"])
        assert old.closed() == 4409
        new.tell({"type": "cancel"})
        assert new.closed() == 1000


def test_sound_of_any_rate_is_understood(service: Client) -> None:
    import soxr  # type: ignore[import-untyped] # it publishes no types

    samples = soxr.resample(np.frombuffer(SOUND, "<i2"), RATE, 44_100)
    with dictating(service.host) as page:
        page.open(rate=44_100, target=TEXT)
        page.play(samples.astype("<i2").tobytes())
        assert flat(page.stop(len(samples))["text"]).startswith(WORDS)


def test_what_is_cancelled_keeps_its_sound(service: Client, history: History) -> None:
    with dictating(service.host) as page:
        ready = page.open()
        page.play(FIRST)
        page.tell({"type": "cancel"})
        assert page.closed() == 1000
    entry = history.entry(ready["id"])
    assert entry is not None
    assert (entry.state, entry.duration) == ("kept", 2.0)
    assert str(entry.target) == "text:"


def test_silence_is_no_text_and_sound_that_is_missing_is_said(service: Client) -> None:
    with dictating(service.host) as page:
        page.open()
        page.play(bytes(RATE))
        assert page.stop(RATE)["text"] == ""
        warnings = [event["message"] for event in page.events if event["type"] == "warning"]
        assert warnings == ["0.5 s of sound did not arrive"]


def test_the_ninth_is_told_at_once_that_the_service_is_busy(service: Client) -> None:
    with ExitStack() as stack:
        pages = [stack.enter_context(dictating(service.host)) for _ in range(MAX_DICTATIONS + 1)]
        for page in pages[:-1]:
            assert page.open()["type"] == "ready"
        refused = pages[-1].open()
        assert refused["error"]["code"] == "busy"
        assert pages[-1].closed() == 4429
        for page in pages[:-1]:
            page.play(SOUND)
        for page in pages[:-1]:
            assert flat(page.stop(len(SOUND) // 2)["text"]).startswith(WORDS)


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ({"token": "wrong"}, 4401),
        ({"token": None}, 4401),
        ({"rate": 100}, 4400),
        ({"rate": 10**30}, 4400),
        ({"target": {"kind": "commit", "commit": "--output=x"}}, 4400),
        ({"target": {"kind": "commit", "commit": "no-such-branch"}}, 4404),
        ({"target": {"kind": "nonsense"}}, 4400),
        ({"language": "tlh"}, 4400),
        ({"resume": "20260101-000000-abcd"}, 4404),
    ],
)
def test_a_first_message_that_is_wrong_is_refused(
    service: Client, first: dict[str, Any], code: int
) -> None:
    with dictating(service.host) as page:
        assert page.open(**first)["type"] == "error"
        assert page.closed() == code


@pytest.mark.parametrize(
    "message",
    ["no JSON", "[]", '{"type": "nonsense"}', b"\0", bytes(2 * RATE + 2), '{"type": "stop"' * 9],
    ids=range(6),
)
def test_a_bad_message_ends_the_connection_and_keeps_the_dictation(
    service: Client, message: str | bytes
) -> None:
    with dictating(service.host) as page:
        ready = page.open()
        page.socket.send(message)
        assert page.closed() == 4400
    with dictating(service.host) as page:
        assert page.open(resume=ready["id"])["type"] == "ready"
        page.tell({"type": "cancel"})
        page.closed()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": ""}, 401),
        ({"Origin": "", "Authorization": "Bearer wrong"}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
    ],
)
def test_a_page_from_elsewhere_gets_no_connection(
    service: Client, headers: dict[str, str], status: int
) -> None:
    with pytest.raises(InvalidStatus) as refused, dictating(service.host, headers):
        pass
    assert refused.value.response.status_code == status


def test_a_foreign_name_of_this_machine_gets_no_connection(service: Client) -> None:
    upgrade = {
        "Host": "evil.example", "Origin": "http://evil.example", "Connection": "Upgrade",
        "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "A" * 22 + "==",
    }  # fmt: skip
    answer = service.request(path="/api/dictations", headers=upgrade)
    assert (answer.status, answer.code) == (421, "misdirected_request")


def test_a_program_may_send_the_token_in_the_header(service: Client) -> None:
    from tests.support.serving import TOKEN

    headers = {"Origin": "", "Authorization": f"Bearer {TOKEN}"}
    with dictating(service.host, headers) as page:
        assert page.open(token=None)["type"] == "ready"
        page.tell({"type": "cancel"})
        page.closed()


def test_a_client_that_is_silent_is_cut_and_its_recording_is_kept(tmp_path: Path) -> None:
    limits = ServiceLimits(opening=0.2, silence=0.2, lost=0.2)
    with serving(tmp_path, limits=limits) as client:
        with dictating(client.host) as page:
            assert page.closed() == 4408
        with dictating(client.host) as page:
            page.tell({"token": "a-token-that-tests-know", "rate": RATE, "target": TEXT})
            page.next()
            page.play(FIRST)
            assert page.closed() == 4408


def test_an_engine_that_dies_costs_no_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {"ENGINE_CALLS": str(tmp_path / "calls")}
    settings = Settings(engine=engines.CRASHING_ONCE, vocabulary=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SCRIPTED_SPEECH", str(tmp_path / "lines"))
    with (
        serving(tmp_path, settings=settings, environment=environment) as client,
        dictating(client.host) as page,
    ):
        page.open()
        page.play(SOUND)
        assert "still recording" in page.until("warning")["message"]
        assert page.stop(len(SOUND) // 2)["text"] == "We rename it. And read it."
