"""`git voicenote doctor` says what works, and the way out where something does not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from git_voicenote.config import Settings
from git_voicenote.store.recordings import Recordings
from git_voicenote.workflows.doctor import installation, sound
from git_voicenote.workflows.doctor.checks import CHECKS, examine
from git_voicenote.workflows.doctor.findings import Check, CheckedSetup, ok
from tests.support.sandbox import CHECKOUT
from tests.support.sound import tone, write_sound

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from git_voicenote.workflows.doctor.findings import Finding
    from tests.support.microphone import VirtualMicrophone
    from tests.support.sandbox import Sandbox

SPEECH = CHECKOUT / "examples/speech/lock.flac"


class Silent:
    """A dialogue of which only `say` is needed."""

    is_interactive = False

    def say(self, text: str) -> None: ...


def patient(**changes: str) -> CheckedSetup:
    return CheckedSetup(None, replace(Settings(), **changes), Silent(), ())  # type: ignore[arg-type]


def findings(repo: Sandbox, *arguments: str) -> tuple[int, dict[str, list[dict[str, str]]]]:
    done = repo.voicenote("doctor", "--json", *arguments)
    value = json.loads(done.stdout)
    found: dict[str, list[dict[str, str]]] = {}
    for one in value["findings"]:
        found.setdefault(one["check"], []).append(one)
    problems = [one for several in found.values() for one in several if one["verdict"] == "problem"]
    assert value["works"] == (done.returncode == 0) == (not problems)
    return done.returncode, found


def test_each_thing_is_named_with_its_state(repo: Sandbox) -> None:
    repo.git("config", "voicenote.microphone", f"file:{SPEECH}")
    repo.git("config", "notes.rewriteRef", "refs/notes/voicenote")
    repo.voicenote("hook", "install")
    recordings = Recordings(repo.folder / ".git/voicenote")
    write_sound(recordings.new_path("20261122-101400-3f2a"), tone(1.0))

    _, found = findings(repo)

    verdicts = {name: [one["verdict"] for one in several] for name, several in found.items()}
    assert verdicts["git"] == verdicts["python"] == verdicts["PATH"] == ["ok"]
    assert verdicts["engine"] == verdicts["weights"] == verdicts["rewriteRef"] == ["ok"]
    assert found["engine"][0]["text"] == "moonshine (cpu) (auto), en"
    assert found["settings"][0]["text"] == "set: microphone"
    assert verdicts["microphone"] == ["ok"]
    assert f"{SPEECH}: 1.0 s, peak -" in found["microphone"][0]["text"]
    assert verdicts["hooks"] == ["ok", "note"]
    assert "`git voicenote hook install post-applypatch`" in found["hooks"][1]["hint"]
    assert found["recordings"][0]["text"].startswith("1 recording, 32 kB, in ")
    assert found["failures"][0] == {
        "check": "failures", "verdict": "ok", "text": "none in the log", "hint": None,
    }  # fmt: skip


def test_what_is_broken_is_a_problem_with_a_way_out_and_ends_nothing_else(repo: Sandbox) -> None:
    repo.voicenote("hook", "install")
    repo.git("config", "core.hooksPath", "elsewhere")
    repo.git("config", "voicenote.silence", "soon")
    repo.git("config", "voicenote.engin", "nano")
    repo.write(".git/voicenote/history.db", b"no database" * 1000)
    log = repo.home / ".local/state/git-voicenote/log/git-voicenote.log"
    log.parent.mkdir(parents=True)
    log.write_text("2026-11-27T10:00:00+0000 [7] git_voicenote.audio: the recorder stopped\nmore\n")

    done = repo.voicenote("doctor", "--no-microphone", environment={"COLUMNS": "80"})

    lines = done.stdout.decode()
    shown = " ".join(lines.split())
    assert done.returncode == 1
    assert "problem settings voicenote.silence is 'soon' (" in shown
    assert "--unset-all voicenote.silence` removes it" in shown
    assert "did you mean voicenote.engine?" in shown
    assert "problem hooks prepare-commit-msg: git does not run" in shown
    assert "problem history" in shown
    assert "note microphone not tested" in shown
    assert "note failures last at 2026-11-27T10:00:00+0000, in git_voicenote.audio: the" in shown
    assert "\nok       git         " in f"\n{lines}"
    assert "ok       disk " in lines
    assert max(len(line) for line in lines.splitlines() if "/" not in line) <= 80


def test_a_check_that_fails_is_a_finding_of_its_own() -> None:
    def broken(_: CheckedSetup) -> Iterator[Finding]:
        yield ok("so far")
        raise RuntimeError("unforeseen")

    checks = (Check("first", broken), Check("second", lambda _: [ok("still here")]))
    found = [(check.name, one.verdict, one.text) for check, one in examine(patient(), checks)]

    assert found == [
        ("first", "ok", "so far"),
        ("first", "problem", "the check itself failed: RuntimeError: unforeseen"),
        ("second", "ok", "still here"),
    ]
    assert len({check.name for check in CHECKS}) == len(CHECKS)


def test_a_program_that_git_does_not_find_and_a_manual_that_man_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "git").symlink_to("/usr/bin/git")
    man = tmp_path / "man"
    man.write_text("#!/bin/sh\n")
    man.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    (missing,) = installation.path(patient())
    (unseen,) = installation.manual(patient())
    assert (missing.verdict, unseen.verdict) == ("problem", "note")
    assert unseen.hint == '`export MANPATH="$(git voicenote help --man-path):"`'

    monkeypatch.setenv("MANPATH", str(CHECKOUT / "man"))
    (seen,) = installation.manual(patient())
    assert seen.verdict == "ok"


def test_a_place_where_nobody_sits_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 2 10.0.0.2 22")
    first, *_ = installation.place(patient())
    assert first.text.startswith("over ssh")


def test_an_engine_that_does_not_know_the_language_is_a_problem() -> None:
    checks = [check for check in CHECKS if check.name == "engine"]
    ((_, found),) = examine(patient(engine="moonshine", language="zh"), checks)
    assert found.verdict == "problem"
    assert "does not support the language 'zh', only en" in found.text


def test_a_machine_without_a_microphone(no_microphone: dict[str, str]) -> None:
    checks = [check for check in CHECKS if check.name == "microphone"]
    ((_, found),) = examine(patient(), checks)
    assert found.verdict == "problem"
    assert "no microphone found" in found.text


@pytest.mark.microphone
def test_a_microphone_is_heard_and_one_that_sends_zeros_is_not(
    microphone: VirtualMicrophone,
) -> None:
    (muted,) = sound.microphone(patient())
    microphone.say_in_background(SPEECH)
    (heard,) = sound.microphone(patient())

    assert (muted.verdict, heard.verdict) == ("problem", "ok")
    assert "sends only zeros" in muted.text
    assert "dBFS" in heard.text
