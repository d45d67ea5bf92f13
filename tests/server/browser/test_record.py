"""`git voicenote record --browser`: a page is the microphone, and the terminal goes on with it."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import InvalidStatus

from git_voicenote.workflows.hearing.browser_link import ssh_command
from tests.support.dictating import Dictating, dictating, pcm_of
from tests.support.recording import note_of, recordings
from tests.support.serving import RENAME, WAIT, Client
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.sandbox import Sandbox

COMMAND = (sys.executable, "-m", "git_voicenote", "record", "--browser", "--engine", "moonshine")
SOUND = pcm_of(RENAME)
HALF = SOUND[: len(SOUND) // 4 * 2]
WORDS = "We now write a new file and rename it at the end. If that fails, we can still read the"
LINK = re.compile(r"http://127\.0\.0\.1:(\d+)/#token=(\S+)")


@contextmanager
def page_of(shown: str) -> Iterator[tuple[Dictating, str, int]]:
    """Open the link that was shown: a connection, the token and the port."""
    found = LINK.search(shown)
    assert found, shown
    port, token = int(found[1]), found[2]
    with dictating(f"127.0.0.1:{port}") as page:
        yield page, token, port


def flat(text: str) -> str:
    return " ".join(text.split())


def test_a_person_over_ssh_explains_a_commit_and_stops_in_the_terminal(repo: Sandbox) -> None:
    environment = {
        **repo.environment, "GIT_EDITOR": "true", "SSH_CONNECTION": "192.0.2.1 999 192.0.2.2 2222",
    }  # fmt: skip
    with Terminal(COMMAND, environment, repo.folder) as person:
        person.expect("#token=")
        shown = person.expect("ssh -N -L")
        with page_of(shown) as (page, token, port):
            assert f"ssh -N -L {port}:127.0.0.1:{port} -p 2222 " in person.screen
            first = page.open(token=token)
            page.play(HALF)
            person.expect("speak now")
            while page.until("received")["samples"] < len(HALF) // 2:
                pass
            page.socket.socket.shutdown(2)
        person.expect("the connection to the browser is lost")
        with page_of(shown) as (page, token, port):
            again = page.open(token=token, resume=first["id"])
            assert again["samples"] == len(HALF) // 2
            page.play(SOUND[len(HALF) :])
            while page.until("received")["samples"] < len(SOUND) // 2:
                pass
            person.type("\n")
            page.until("stopped")
            assert flat(page.until("final")["text"]).startswith(WORDS)
            assert page.closed() == 1000
        person.expect("rewriteRef")
        person.type("n\n")
        assert person.wait() == 0
    assert flat(note_of(repo)).startswith(WORDS)


@contextmanager
def start(repo: Sandbox, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Record without a terminal; nothing is left behind if the test fails."""
    with subprocess.Popen(
        [*COMMAND, "--no-edit", *arguments], cwd=repo.folder, env=repo.environment, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as recording:  # fmt: skip
        try:
            yield recording
        finally:
            recording.kill()


def link_of(recording: subprocess.Popen[str]) -> str:
    assert recording.stderr is not None
    return next(line for line in recording.stderr if "#token=" in line)


def test_the_page_shows_what_is_explained_and_stops_it(repo: Sandbox) -> None:
    with start(repo, "--json") as recording, page_of(link_of(recording)) as (page, token, port):
        client = Client(port, repo.folder, repo.folder)
        bearer = {"Authorization": f"Bearer {token}"}
        status = client.request(path="/api/status", headers=bearer).json
        assert status["dictation"] == {"title": "start the project"}
        assert client.request(path="/").body.startswith(b"<!doctype html>")
        assert client.request(path="/v1/models/moonshine", headers=bearer).status == 404
        assert client.request(path="/api/status").status == 401
        foreign = {"Origin": "http://evil.example"}
        with pytest.raises(InvalidStatus), dictating(f"127.0.0.1:{port}", foreign):
            pass
        with dictating(f"127.0.0.1:{port}") as stranger:
            assert stranger.open(token="wrong")["error"]["code"] == "invalid_api_key"  # noqa: S106
        page.open(token=token)
        page.play(HALF)
        while page.until("received")["samples"] < len(HALF) // 2:
            pass
        with dictating(f"127.0.0.1:{port}") as reloaded:  # it counts from 0
            assert reloaded.open(token=token)["samples"] == 0
            assert page.closed() == 4409
            reloaded.play(SOUND[len(HALF) :])
            final = reloaded.stop((len(SOUND) - len(HALF)) // 2)
            assert flat(final["text"]).startswith(WORDS)
        partial = [event for event in reloaded.events if event["type"] == "partial"]
        assert partial
        assert all(event.keys() == {"type", "text", "tentative"} for event in partial)
        printed, told = recording.communicate(timeout=WAIT)
        assert (recording.returncode, "saved" in told) == (0, True), told
        assert WORDS.split(".")[0] in flat(printed)


def test_cancelling_in_the_page_keeps_the_sound(repo: Sandbox) -> None:
    with start(repo) as recording, page_of(link_of(recording)) as (page, token, _):
        page.open(token=token)
        page.play(HALF)
        page.tell({"type": "cancel"})
        _, told = recording.communicate(timeout=WAIT)
    assert recording.returncode == 1
    assert "is kept" in told
    assert "cancelled in the browser" in told
    assert len(recordings(repo)) == 1


def test_without_the_extra_the_way_out_is_said(repo: Sandbox, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "uvicorn.py").write_text("raise ModuleNotFoundError(name='uvicorn')\n")
    path = f"{broken}:{repo.environment['PYTHONPATH']}"
    done = repo.voicenote("record", "--browser", environment={"PYTHONPATH": path})
    assert done.returncode == 128
    assert b"needs uvicorn, which is not installed" in done.stderr
    assert b"pip install 'git-voicenote[server]'" in done.stderr
    assert recordings(repo) == []


def test_the_ssh_command_names_a_port_that_is_not_the_usual_one() -> None:
    link = "http://127.0.0.1:7860/#token=x"
    for connection, port in (("a 1 b 22", ""), ("a 1 b 2222", "-p 2222 "), ("", "")):
        command = ssh_command(link, {"SSH_CONNECTION": connection})
        assert command.startswith(f"ssh -N -L 7860:127.0.0.1:7860 {port}")
        assert "token" not in command


def test_two_microphones_are_one_too_many(repo: Sandbox) -> None:
    done = repo.voicenote("record", "--browser", "--device", "USB")
    assert done.returncode == 129
