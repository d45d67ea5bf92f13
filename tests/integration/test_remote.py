"""The command line with a server of transcriptions: a real one, on loopback."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.support.speech import SPEECH
from tests.support.speech_server import SpeechServer, serving, speaches, vllm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.sandbox import Sandbox

SPOKEN = SPEECH / "lock.flac"


@pytest.fixture
def server() -> Iterator[SpeechServer]:
    with serving(SpeechServer(speaches, ("the lock is held", "for too long"))) as server:
        yield server


@pytest.fixture
def chosen(repo: Sandbox, server: SpeechServer) -> Sandbox:
    """A repository whose person chose the server."""
    repo.commit("add the lock", {"lock.c": "int lock_the_index(void);\n"})
    repo.git("config", "voicenote.engine", "remote")
    repo.git("config", "voicenote.remote.url", server.address)
    repo.git("config", "voicenote.remote.model", "whisper-large")
    # the server gives its texts to requests as they come, and they are for segments in their order
    repo.git("config", "voicenote.remote.concurrency", "1")
    repo.git("config", "voicenote.edit", "false")
    return repo


def told(done: object) -> str:
    return getattr(done, "stderr", b"").decode()


def test_a_sound_file_becomes_a_note(chosen: Sandbox, server: SpeechServer) -> None:
    chosen.git("config", "credential.helper", "store")
    (chosen.home / ".git-credentials").write_text(
        server.address.replace("://", "://me:sesame@").replace("127.0.0.1:", "127.0.0.1%3a") + "\n"
    )
    server.bearer = "sesame"
    done = chosen.voicenote("record", "--from", SPOKEN)

    assert done.returncode == 0, told(done)
    assert f"the sound is sent to {server.address}\n" in told(done)
    note = chosen.git("notes", "--ref=voicenote", "show")
    assert note.lower().startswith("the lock is held")
    assert "Voicenote-Engine: remote" in note
    (first, *_) = server.requests
    assert first.get("model") == "whisper-large"
    assert "lock_the_index" in (first.get("prompt") or "")
    assert "sesame" not in told(done) + done.stdout.decode() + note


def test_somebody_dictates(chosen: Sandbox, server: SpeechServer) -> None:
    done = chosen.voicenote("record", f"--device=file:{SPOKEN}")
    assert done.returncode == 0, told(done)
    assert told(done).count(f"the sound is sent to {server.address}\n") == 1
    assert chosen.git("notes", "--ref=voicenote", "show").lower().startswith("the lock is held")


def test_files_are_transcribed(chosen: Sandbox, server: SpeechServer) -> None:
    server.dialect = vllm
    files = (SPOKEN, SPEECH / "rename.flac")
    done = chosen.voicenote("transcribe", "--json", *files)
    assert done.returncode == 0, told(done)
    assert told(done).startswith(f"the sound is sent to {server.address}\n")
    results = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert {one["file"] for one in results} == set(map(str, files))
    assert "the lock is held" in done.stdout.decode()


def test_the_token_of_the_environment_is_used(chosen: Sandbox, server: SpeechServer) -> None:
    server.bearer = "open"
    given = {"GIT_VOICENOTE_REMOTE_TOKEN": "open"}
    done = chosen.voicenote("transcribe", SPOKEN, environment=given)
    assert done.returncode == 0, told(done)


def test_a_server_that_is_away_costs_no_sound(chosen: Sandbox) -> None:
    with serving(SpeechServer(speaches)) as gone:
        pass
    chosen.git("config", "voicenote.remote.url", gone.address)
    done = chosen.voicenote("record", "--from", SPOKEN)
    assert done.returncode == 128
    assert f"the connection to {gone.address} was lost: Connection refused" in told(done)
    found = re.search(r"--from (\S+)` tries it again", told(done))
    assert found is not None
    assert list((chosen.folder / ".git/voicenote/recordings").glob(f"{found[1]}.*"))


def test_a_refused_token_names_the_way_out(chosen: Sandbox, server: SpeechServer) -> None:
    server.bearer = "other"
    done = chosen.voicenote("transcribe", SPOKEN)
    assert done.returncode == 128
    assert "requires a token: Incorrect API key provided" in told(done)
    assert "git credential approve" in told(done)


def test_nothing_is_sent_by_an_engine_that_was_not_chosen(
    chosen: Sandbox, server: SpeechServer
) -> None:
    """Not by auto, with a server configured, and not where another engine fails."""
    failing = "tests.support.engines:FailingEngine"
    assert chosen.voicenote("transcribe", "--engine", failing, SPOKEN).returncode == 128
    done = chosen.voicenote("transcribe", "--engine", "auto", SPOKEN)
    assert done.returncode == 0, told(done)
    assert server.requests == []


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("url", "https://me:secret@speech.example.org", "must not contain a user or password"),
        ("url", "speech.example.org", "expected http://… or https://…"),
        ("url", "http://h:99999", "it is not a URL"),
        ("url", "http://h/?a=b", "without ? and #"),
        ("path", "inference", "expected a path that begins with /"),
        ("concurrency", "0", "expected a number from 1 to 64"),
        ("timeout", "0", "more than 0"),
    ],
)
def test_a_setting_that_cannot_be_is_an_error(key: str, value: str, problem: str) -> None:
    from git_voicenote.config import load_settings
    from git_voicenote.errors import SettingError

    with pytest.raises(SettingError, match=re.escape(problem)):
        load_settings({f"voicenote.remote.{key}": value}, {})
