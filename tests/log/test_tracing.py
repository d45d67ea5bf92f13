"""-v and GIT_VOICENOTE_TRACE show what is run and how long it takes, and no spoken words."""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING

import pytest

from git_voicenote.processes import start_module
from tests.support.recording import SPOKEN

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox

_STEP = r"^\d\d:\d\d:\d\d\.\d{3} git_voicenote\."


@pytest.mark.parametrize(
    ("before", "environment"),
    [(("-v",), {}), (("--verbose",), {}), ((), {"GIT_VOICENOTE_TRACE": "1"})],
    ids=str,
)
def test_git_processes_are_shown_on_stderr(
    repo: Sandbox, before: tuple[str, ...], environment: dict[str, str]
) -> None:
    done = repo.voicenote(*before, "format-patch", "-1", "--stdout", environment=environment)
    assert done.returncode == 0
    assert done.stdout.startswith(b"From ")
    shown = done.stderr.decode()
    for process in ("config", "format-patch", "mailsplit"):
        assert re.search(
            rf"{_STEP}\S+: git (-c \S+ )*{process} .*: exit \d, \d+\.\d{{3}} s$", shown, re.M
        ), process


def test_engine_steps_and_passes_are_shown_in_a_file_without_words(
    repo: Sandbox, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    for _ in range(2):
        done = repo.voicenote(
            "record", "--replace", "--from", SPOKEN, environment={"GIT_VOICENOTE_TRACE": str(trace)}
        )
        assert done.returncode == 0
    assert not re.search(_STEP, done.stderr.decode(), re.M)
    shown = trace.read_text()
    assert stat.S_IMODE(trace.stat().st_mode) == 0o600
    assert len(re.findall(rf"{_STEP}engines\S+: load \S+: \d+\.\d{{3}} s$", shown, re.M)) == 2
    for step in ("encode 0:00-", "search 0:00-", "segment 0:00-", "pass itn: ", "git cat-file "):
        assert re.search(rf"{_STEP}\S+: {step}", shown, re.M), step
    assert "we now write" not in shown.lower()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (
            "yes",
            b"warning: unknown value 'yes' of GIT_VOICENOTE_TRACE: it takes 1, or the absolute",
        ),
        ("/nowhere/trace", b"warning: /nowhere/trace cannot be opened for tracing: No such file"),
        ("/dev/full", b"warning: /dev/full is not a regular file"),
        ("0", b""),
        ("false", b""),
        ("", b""),
    ],
)
def test_a_wrong_value_is_said_and_the_work_is_done(
    sandbox: Sandbox, value: str, said: bytes
) -> None:
    done = sandbox.voicenote(
        "text", stdin=b"um hello\n", environment={"GIT_VOICENOTE_TRACE": value}
    )
    assert (done.returncode, done.stdout) == (0, b"hello\n")
    assert done.stderr.startswith(said)
    assert bool(done.stderr) == bool(said)


def test_processes_of_ours_trace_to_the_same_file(
    repo: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = tmp_path / "trace"
    monkeypatch.setenv("GIT_VOICENOTE_TRACE", str(trace))
    with start_module(
        "git_voicenote.workflows.vocabulary.learning", str(repo.folder), "/nowhere"
    ) as process:
        process.wait()
    assert re.search(rf"{_STEP}\S+: git rev-parse .*: exit 0", trace.read_text(), re.M)
