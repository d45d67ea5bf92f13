"""/api/settings, engines, memory and vocabulary."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.serving import Client, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.sandbox import Sandbox

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def client(repo: Sandbox) -> Iterator[Client]:
    with serving(repo.folder.parent, folder=repo.folder) as found:
        yield found
        assert found.warnings == []


def send(client: Client, method: str, path: str, **values: object) -> Any:  # noqa: ANN401 - JSON
    return client.request(method, path, json.dumps(values).encode(), JSON)


def settings_of(client: Client) -> dict[str, Any]:
    listed = client.request(path="/api/settings").json["settings"]
    return {one["name"]: one for one in listed}


def test_settings_are_changed_for_the_service_and_kept_if_wanted(
    client: Client, repo: Sandbox
) -> None:
    before = settings_of(client)
    assert before["engine"]["origin"] == "service"  # an option of this service
    assert before["text"]["kind"] == "list"
    assert "itn" in before["text"]["choices"]
    assert (before["edit"]["value"], before["edit"]["origin"]) == (True, "default")
    assert not before["remote_url"]["is_changeable"]

    changed = send(
        client, "PATCH", "/api/settings", settings={"max_duration": 60, "text": "itn,fillers"}
    ).json["settings"]
    now = {one["name"]: one for one in changed}
    assert (now["max_duration"]["value"], now["max_duration"]["origin"]) == (60, "service")
    assert now["text"]["value"] == "itn,fillers"
    assert repo.run("git", "config", "voicenote.maxDuration", check=False).returncode == 1

    saved = {"settings": {"max_duration": 90, "vocabulary": False}, "save": True}
    assert send(client, "PATCH", "/api/settings", **saved).status == 200
    assert repo.git("config", "voicenote.maxDuration").strip() == "90"
    assert settings_of(client)["max_duration"]["origin"].endswith(":local")
    reset = {"settings": {"max_duration": None}, "save": True}
    assert send(client, "PATCH", "/api/settings", **reset).status == 200
    assert settings_of(client)["max_duration"]["origin"] == "default"

    for wrong, status in (
        ({"remote_url": "https://example.org"}, 403),
        ({"editor": "touch owned; false"}, 403),
        ({"notes_ref": "refs/heads/main"}, 403),
        ({"editor": "touch /tmp/x"}, 403),
        ({"engine": "os:system"}, 400),
        ({"model": "/tmp"}, 400),
        ({"max_duration": "long"}, 400),
        ({"text": "no-such-pass"}, 400),
        ({"nothing": 1}, 400),
        ({"language": ["en"]}, 400),
        ({"max_duration": 5, "device": "toaster"}, 400),
    ):
        assert send(client, "PATCH", "/api/settings", settings=wrong).status == status, wrong
    assert settings_of(client)["max_duration"]["value"] == 1800


def test_changes_at_the_same_time_undo_none_of_each_other(client: Client) -> None:
    changes = {"silence": 3, "vad_padding": 0.5, "max_duration": 70}
    with ThreadPoolExecutor() as pool:
        answers = pool.map(
            lambda one: send(client, "PATCH", "/api/settings", settings=dict([one])),
            changes.items(),
        )
        assert [one.status for one in answers] == [200, 200, 200]
    now = settings_of(client)
    assert {name: now[name]["value"] for name in changes} == changes


def test_another_engine_is_used_and_its_memory_freed(client: Client) -> None:
    listed = client.request(path="/api/engines").json
    engines = {one["name"]: one for one in listed["engines"]}
    assert listed["current"]["name"] == "scripted"
    assert engines["moonshine"] == {
        "name": "moonshine", "is_usable": True, "problem": None, "languages": ["en"],
        "models": ["tiny-en"], "devices": ["auto", "cpu"],
    }  # fmt: skip
    assert not engines["remote"]["is_usable"]
    assert "voicenote.remote.url" in engines["remote"]["problem"]
    refused = send(client, "POST", "/api/engine", engine="remote")
    assert (refused.status, refused.code) == (409, "engine_unusable")
    assert client.request(path="/api/status").json["engine"]["name"] == "scripted"
    chosen = send(client, "POST", "/api/engine", engine="moonshine", device="cpu").json
    assert (chosen["engine"]["name"], chosen["engine"]["device"]) == ("moonshine", "cpu")

    memory = client.request(path="/api/memory").json
    assert memory["server"] > 10_000_000
    assert memory["engine"] > 1_000_000
    freed = client.request("POST", "/api/memory/free").json
    assert (freed["engine"], freed["is_loaded"]) == (None, False)
    page = client.request(path="/metrics").body.decode()
    assert "\nvoicenote_engine_memory_bytes 0\n" in page
    assert "\nvoicenote_dictations 0\n" in page


def test_terms_are_listed_added_and_removed(client: Client, repo: Sandbox) -> None:
    assert client.request(path="/api/vocabulary").json["terms"] == []
    added = send(client, "POST", "/api/vocabulary", term="kubectl", spoken=["cube cuttle"])
    assert (added.status, added.json["terms"]) == (
        201, [{"term": "kubectl", "spoken": ["cube cuttle"], "origin": "project list"}],
    )  # fmt: skip
    listed = repo.folder / ".voicenote/vocabulary"
    assert listed.read_text() == "cube cuttle => kubectl\n"
    send(client, "POST", "/api/vocabulary", term="C/C++", personal=True)
    assert client.request("DELETE", "/api/vocabulary/C/C++").status == 204
    for term in ("", "# no", "a\nb", "!!"):
        assert send(client, "POST", "/api/vocabulary", term=term).code == "invalid_value"
    assert client.request("DELETE", "/api/vocabulary/kubectl").status == 204
    assert client.request("DELETE", "/api/vocabulary/kubectl").code == "no_term"
    assert listed.read_text() == ""
