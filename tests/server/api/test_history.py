"""/api/history."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from git_voicenote.datatypes import Recording, Segment, Transcript, Word
from git_voicenote.store.history import History
from git_voicenote.store.recordings import Recordings
from git_voicenote.targets import MessageTarget
from tests.cli.test_history import FIRST, SECOND, WHEN, fill
from tests.support.serving import Client, serving
from tests.support.sound import tone, write_sound

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

THIRD = "20261123-101500-0003"
LATER = WHEN.replace(day=23)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    root = tmp_path_factory.mktemp("service")
    state = root / "state"
    fill(state)
    history, path = History(state), Recordings(state).new_path(THIRD)
    history.begin(THIRD, target=MessageTarget(), title="=1+1", created_at=LATER)
    write_sound(path, tone(0.5))
    history.finish(Recording(THIRD, path, 16000, 0.5, LATER))
    words = (Word("café", 0.0, 0.2, 0.9), Word("𝄞", 0.2, 0.4, 0.5))
    segment = Segment(0.0, 0.5, "café 𝄞 <script>alert(1)</script>", 0.7, words=words)
    history.attempt(Transcript(THIRD, "moonshine", "en", (segment,)))
    with serving(root, state=state) as found:
        yield found
        assert found.warnings == []


def test_recordings_are_listed_in_pages_and_searched(client: Client) -> None:
    first = client.request(path="/api/history?limit=2").json
    assert [one["id"] for one in first["entries"]] == [THIRD, SECOND]
    assert first["next"] == SECOND
    rest = client.request(path=f"/api/history?limit=2&before={SECOND}").json
    assert ([one["id"] for one in rest["entries"]], rest["next"]) == ([FIRST], None)
    found = client.request(path="/api/history?q=SCRIPT").json["entries"]
    assert [one["id"] for one in found] == [THIRD]
    snippet = found[0]["snippet"]
    (start, end), *_ = snippet["hits"]
    assert snippet["text"].encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le") == "script"
    assert client.request(path="/api/history?q=nothing-has-this").json["entries"] == []
    assert client.request(path="/api/history?limit=0").code == "invalid_value"


def test_a_recording_is_shown_heard_and_exported(client: Client) -> None:
    entry = client.request(path=f"/api/history/{THIRD}").json
    assert entry["text"] == "café 𝄞 <script>alert(1)</script>"
    assert [word["text"] for word in entry["segments"][0]["words"]] == ["café", "𝄞"]
    assert entry["has_audio"]
    audio = client.request(path=f"/api/history/{THIRD}/audio")
    assert (audio.status, audio.headers["content-type"], audio.body[:4]) == (
        200, "audio/wav", b"RIFF",
    )  # fmt: skip
    vtt = client.request(path=f"/api/history/{THIRD}/export/vtt").body.decode()
    assert "&lt;script&gt;" in vtt
    assert client.request(path=f"/api/history/{SECOND}").json["error"] == "out of memory"
    table = client.request(path="/api/history/export/csv")
    assert table.headers["content-disposition"] == "attachment; filename*=UTF-8''history.csv"
    lines = table.body.decode().splitlines()
    assert lines[0].startswith("id,created_at,")
    assert [line[:20] for line in lines[1:]] == [FIRST, SECOND, THIRD]
    assert "'=1+1" in lines[3]
    found = json.loads(client.request(path="/api/history/export/json?q=foo_bar").body)
    assert [one["id"] for one in found] == [FIRST]
    assert client.request(path="/api/history/export/srt").code == "invalid_value"


def test_an_edited_text_is_found_and_what_was_heard_stays(client: Client) -> None:
    path, json_type = f"/api/history/{FIRST}", {"Content-Type": "application/json"}
    body = json.dumps({"text": "A better word."}).encode()
    edited = client.request("PATCH", path, body, json_type).json
    assert (edited["text"], edited["is_edited"]) == ("A better word.", True)
    assert edited["segments"][0]["text"] == "foo_bar is slow."
    assert client.request(path="/api/history?q=better").json["entries"][0]["id"] == FIRST
    text = client.request(path=f"{path}/export/txt").body
    assert text == b"A better word.\n"
    client.request("PATCH", path, json.dumps({"text": "Other."}).encode(), json_type)
    assert client.request(path="/api/history?q=better").json["entries"] == []
    for body, status in ((b"{}", 400), (b"[]", 400), (b"{", 400), (b'{"text": 3}', 400)):
        assert client.request("PATCH", path, body, json_type).status == status
    assert client.request("PATCH", path, b"x").status == 415
    assert client.request("PATCH", path, b" " * 2_000_000, json_type).status == 413


def test_a_deleted_recording_is_gone_with_its_sound(client: Client) -> None:
    recordings = Recordings(client.folder)
    assert recordings.path_of(SECOND)
    with recordings.held(SECOND):
        assert client.request("DELETE", f"/api/history/{SECOND}").code == "in_use"
    assert client.request("DELETE", f"/api/history/{SECOND}").status == 204
    assert recordings.path_of(SECOND) is None
    for path in (f"/api/history/{SECOND}", "/api/history/..%2f..", "/api/history/x/audio"):
        assert client.request(path=path).status == 404


def test_what_a_search_finds_is_deleted_and_then_the_rest(tmp_path: Path) -> None:
    fill(tmp_path / "state")
    with serving(tmp_path, state=tmp_path / "state") as client:
        entries = client.request(path="/api/history").json["entries"]
        spoken = next(one for one in entries if one["text"])
        others = [one["id"] for one in entries if one is not spoken]
        assert others
        for empty in ("", "+", "%20%09"):
            assert client.request("DELETE", f"/api/history?q={empty}").status == 400
        nothing = client.request("DELETE", "/api/history?q=nobody+said+this")
        assert nothing.json == {"deleted": 0}
        query = quote(" ".join(spoken["text"].split()[:4]))
        assert client.request("DELETE", f"/api/history?q={query}").json == {"deleted": 1}
        left = client.request(path="/api/history").json["entries"]
        assert [one["id"] for one in left] == others
        assert client.request("DELETE", "/api/history").json == {"deleted": len(others)}
        assert client.request(path="/api/history").json["entries"] == []
        assert client.request(path=f"/api/history/{others[0]}/audio").status == 404
