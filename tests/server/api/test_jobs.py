"""Jobs: many files in one upload, transcribed one after the other, kept until they are deleted."""

from __future__ import annotations

import http.client
import io
import json
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from git_voicenote.config import Settings
from git_voicenote.server.access.limits import ServiceLimits
from git_voicenote.server.requests.labels import result_names
from tests.server.engines import WAITING
from tests.support.serving import FORM_TYPE, RENAME, TOKEN, WAIT, Client, multipart, serving
from tests.support.sound import tone, write_sound

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOUND = RENAME.read_bytes()
TEXT = "We rename it. And read it."


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    limits = ServiceLimits(upload=2_000_000, files=5, stored=3_000_000)
    with serving(tmp_path_factory.mktemp("service"), limits=limits) as found:
        yield found
        assert found.warnings == []


def upload(client: Client, *files: tuple[str, bytes], **fields: str) -> Any:  # noqa: ANN401 - JSON
    answer = client.request(
        "POST", "/api/jobs", multipart(files, **fields), {"Content-Type": FORM_TYPE}
    )
    assert answer.status == 201, answer.body
    return answer.json


def events_of(client: Client, job_id: str) -> list[Any]:
    """Follow a job to its end."""
    body = client.request(path=f"/api/jobs/{job_id}/events").body.decode()
    return [json.loads(line[6:]) for line in body.split("\n\n") if line.startswith("data: ")]


@contextmanager
def all_events(client: Client) -> Iterator[Iterator[Any]]:
    """Follow all jobs, for as long as the context lasts."""
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=WAIT)
    connection.request("GET", "/api/jobs/events", headers={"Authorization": f"Bearer {TOKEN}"})
    lines = iter(connection.getresponse().readline, b"")
    yield (json.loads(line[6:]) for line in lines if line.startswith(b"data: "))
    connection.close()


def finished(client: Client, job_id: str) -> Any:  # noqa: ANN401
    events = events_of(client, job_id)
    assert events[-1]["type"] == "end"
    return client.request(path=f"/api/jobs/{job_id}").json


def test_one_stream_follows_all_jobs(client: Client) -> None:
    before = upload(client, ("before.flac", SOUND))["id"]
    finished(client, before)
    with all_events(client) as events:
        first = next(events)
        assert first["type"] == "jobs"
        assert before in [one["id"] for one in first["jobs"]]
        job = upload(client, ("one.flac", SOUND), ("two.flac", SOUND))["id"]
        client.request("DELETE", f"/api/jobs/{before}")
        states: dict[str, str] = {}
        is_deleted = False
        while not (is_deleted and states.get(job) == "done"):
            event = next(events)
            if event["type"] == "job":
                states[event["job"]["id"]] = event["job"]["state"]
            elif event["type"] == "files":
                states[event["id"]] = event["state"]
                assert all("text" not in file for file in event["files"])
            else:
                assert event == {"type": "deleted", "id": before}
                is_deleted = True
    client.request("DELETE", f"/api/jobs/{job}")


def test_files_are_transcribed_and_one_that_fails_stops_no_other(client: Client) -> None:
    job = upload(
        client, ("talks/one.flac", SOUND), ("no.wav", b"<!DOCTYPE html>"), ("talks/two.flac", SOUND)
    )
    events = events_of(client, job["id"])
    assert events[0]["type"] == "job"
    assert events[-1] == {"type": "end", "state": "failed"}
    job = client.request(path=f"/api/jobs/{job['id']}").json
    assert [(one["name"], one["state"]) for one in job["files"]] == [
        ("talks/one.flac", "done"), ("no.wav", "failed"), ("talks/two.flac", "done"),
    ]  # fmt: skip
    first, second, _ = job["files"]
    assert first["text"] == TEXT
    assert [one["text"] for one in first["segments"]] == ["we rename it", "and read it"]
    assert (first["engine"], first["heard"]) == ("scripted", first["duration"])
    assert "web page" in second["error"]["message"]
    assert second["error"]["code"] == "unreadable_sound"
    assert str(client.folder) not in json.dumps(job)

    audio = client.request(path=f"/api/jobs/{job['id']}/files/0/audio")
    assert (audio.headers["content-type"], audio.body) == ("audio/flac", SOUND)
    srt = client.request(path=f"/api/jobs/{job['id']}/files/2/export/srt")
    assert srt.headers["content-disposition"] == "attachment; filename*=UTF-8''two.srt"
    assert srt.body.startswith(b"1\n00:00:00,000 --> ")
    assert client.request(path=f"/api/jobs/{job['id']}/files/1/export/srt").code == "not_done"
    assert client.request(path=f"/api/jobs/{job['id']}/files/7/export/srt").status == 404
    assert client.request(path=f"/api/jobs/{job['id']}/files/0/export/exe").code == "no_format"

    path = f"/api/jobs/{job['id']}/archive?format=txt&format=json"
    archive = zipfile.ZipFile(io.BytesIO(client.request(path=path).body))
    assert archive.namelist() == [
        "talks/one.txt", "talks/two.txt", "talks/one.json", "talks/two.json", "failed.txt",
    ]  # fmt: skip
    assert archive.read("talks/one.txt").decode() == "We rename it.\nAnd read it.\n"
    assert b"no.wav: failed: " in archive.read("failed.txt")

    # what failed can be tried again; what is done stays
    retried = client.request("POST", f"/api/jobs/{job['id']}/retry").json
    assert [one["state"] == "done" for one in retried["files"]] == [True, False, True]
    assert finished(client, job["id"])["files"][1]["state"] == "failed"

    listed = client.request(path="/api/jobs").json
    assert "text" not in listed["jobs"][0]["files"][0]
    assert listed["storage"]["used"] >= 2 * len(SOUND)
    assert client.request("DELETE", f"/api/jobs/{job['id']}").status == 204
    assert client.request(path=f"/api/jobs/{job['id']}").code == "no_job"
    assert client.uploads() == []


HOSTILE = {
    "../../etc/passwd": "etc/passwd",
    ".. /.. ./x.wav": "x.wav",  # Windows ends no name with a blank
    "/etc/passwd": "etc/passwd",
    "..\\..\\windows\\x.wav": "windows/x.wav",
    "C:/x.wav": "C_/x.wav",
    "a/./b/../c.wav": "a/b/c.wav",
    "\x1b[31mred\u202e.wav": "[31mred.wav",
    "..": "sound 1",
    "": "sound 1",
    "x" * 300: "x" * 200,
    "日本/語.wav": "日本/語.wav",
}


@pytest.mark.parametrize(("name", "label"), HOSTILE.items(), ids=range(len(HOSTILE)))
def test_names_are_labels_which_can_be_unpacked_anywhere(
    client: Client, name: str, label: str
) -> None:
    job = upload(client, (name, b"no sound"))
    assert [one["name"] for one in job["files"]] == [label]
    assert client.request("DELETE", f"/api/jobs/{job['id']}").status == 204


def test_names_that_are_the_same_stay_apart_in_the_archive(client: Client) -> None:
    job = upload(client, ("a.flac", SOUND), ("A.wav", SOUND), ("a.flac", SOUND))
    finished(client, job["id"])
    archive = client.request(path=f"/api/jobs/{job['id']}/archive").body
    assert zipfile.ZipFile(io.BytesIO(archive)).namelist() == ["a.txt", "A-2.txt", "a-3.txt"]
    client.request("DELETE", f"/api/jobs/{job['id']}")


def test_sound_that_browsers_do_not_play_becomes_a_wav(client: Client, tmp_path: Path) -> None:
    sound = write_sound(tmp_path / "talk.au", tone(1.0), format="AU")
    job = upload(client, ("talk.au", sound.read_bytes()))
    audio = client.request(path=f"/api/jobs/{job['id']}/files/0/audio")
    assert (audio.headers["content-type"], audio.body[:4]) == ("audio/wav", b"RIFF")
    finished(client, job["id"])
    client.request("DELETE", f"/api/jobs/{job['id']}")
    assert client.uploads() == []


@pytest.mark.parametrize(
    ("files", "fields", "status", "code"),
    [
        ([], {}, 400, "no_file"),
        ([("a", b"x")] * 6, {}, 413, "too_many_files"),
        ([("a", bytes(2_100_000))], {}, 413, "too_large"),
        ([("a", b"x")], {"language": "zh"}, 400, "invalid_value"),
    ],
)
def test_an_upload_out_of_bounds_leaves_nothing(
    client: Client,
    files: list[tuple[str, bytes]],
    fields: dict[str, str],
    status: int,
    code: str,
) -> None:
    before = len(client.request(path="/api/jobs").json["jobs"])
    answer = client.request(
        "POST", "/api/jobs", multipart(files, **fields), {"Content-Type": FORM_TYPE}
    )
    assert (answer.status, answer.code) == (status, code)
    assert len(client.request(path="/api/jobs").json["jobs"]) == before
    assert client.uploads() == []


def test_the_sound_of_jobs_is_bounded(client: Client) -> None:
    first = upload(client, ("a", bytes(1_900_000)))
    refused = client.request(
        "POST", "/api/jobs", multipart([("b", bytes(1_900_000))]), {"Content-Type": FORM_TYPE}
    )
    assert (refused.status, refused.code) == (507, "storage_full")
    client.request("DELETE", f"/api/jobs/{first['id']}")
    second = upload(client, ("b", bytes(1_900_000)))
    client.request("DELETE", f"/api/jobs/{second['id']}")


@pytest.mark.parametrize("job_id", ["..", "20261127-120000-abcd", "%2e%2e%2fx", "a%00b"])
def test_a_job_that_is_not_there_is_404(client: Client, job_id: str) -> None:
    assert client.request(path=f"/api/jobs/{job_id}").status == 404
    assert client.request("DELETE", f"/api/jobs/{job_id}").status in (404, 405)


def test_another_service_in_the_same_place_runs_no_jobs(client: Client, tmp_path: Path) -> None:
    with serving(tmp_path, state=client.folder) as other:
        assert other.request(path="/api/jobs").code == "jobs_elsewhere"
        assert other.request(path="/api/status").status == 200


def test_a_job_is_cancelled_and_what_was_running_resumes_after_a_restart(tmp_path: Path) -> None:
    waiting = {"ENGINE_CALLS": str(tmp_path / "calls")}
    with serving(
        tmp_path, settings=Settings(engine=WAITING, vocabulary=False), environment=waiting
    ) as client:
        cancelled = upload(client, ("a.flac", SOUND), ("b.flac", SOUND))
        kept = upload(client, ("c.flac", SOUND))
        _wait_until_running(client, cancelled["id"])
        answer = client.request("POST", f"/api/jobs/{cancelled['id']}/cancel").json
        assert [one["state"] for one in answer["files"]] == ["cancelled", "cancelled"]
        assert events_of(client, cancelled["id"])[-1] == {"type": "end", "state": "cancelled"}
        _wait_until_running(client, kept["id"])
        deleted = upload(client, ("d.flac", SOUND))
        client.request("DELETE", f"/api/jobs/{deleted['id']}")
        state = client.folder
    again = tmp_path / "again"
    again.mkdir()
    with serving(again, state=state) as client:
        assert finished(client, kept["id"])["files"][0]["text"] == TEXT
        retried = client.request("POST", f"/api/jobs/{cancelled['id']}/retry").json
        assert [one["state"] in ("queued", "running") for one in retried["files"]] == [True, True]
        done = finished(client, cancelled["id"])
        assert [one["text"] for one in done["files"]] == [TEXT, TEXT]
        assert client.request(path=f"/api/jobs/{deleted['id']}").status == 404


def _wait_until_running(client: Client, job_id: str) -> None:
    """Wait until the engine works on a file of a job."""
    while client.request(path=f"/api/jobs/{job_id}").json["files"][0]["state"] != "running":
        pass


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["failed.wav"], ["failed-2.txt"]),  # the list of what failed has its name
        (["a.wav", "a.txt/b.wav"], ["a-2.txt", "a.txt/b.txt"]),  # of a folder
        (["A.wav", "a.TXT/x/b.wav"], ["A-2.txt", "a.TXT/x/b.txt"]),
        (["x.wav", "x.mp3", "x-2.wav"], ["x.txt", "x-2.txt", "x-2-2.txt"]),
    ],
)
def test_no_result_has_the_name_of_another_or_of_a_folder(
    labels: list[str], names: list[str]
) -> None:
    assert result_names(labels, ".txt", ["failed.txt"]) == names
