"""What fails where nobody looks is in the log file, without words and secrets."""

from __future__ import annotations

import stat
import threading
from typing import TYPE_CHECKING

import pytest

from git_voicenote.errors import EngineError
from git_voicenote.log import Log, log_failing_threads
from git_voicenote.log.redaction import without_secrets
from git_voicenote.resources import log_home
from tests.support.logged import logged
from tests.support.recording import SPOKEN

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox

_log = Log("git_voicenote.somewhere")


def failure(error: Exception, cause: Exception | None = None) -> Exception:
    try:
        raise error from cause
    except type(error) as raised:
        return raised


def test_a_failure_is_logged_with_versions_and_traceback() -> None:
    log = _log.failed("the model was not loaded", failure(EngineError("its file is gone")))
    assert log == log_home() / "git-voicenote.log"
    first, versions, *trace = logged().splitlines()
    assert "git_voicenote.somewhere: the model was not loaded" in first
    assert versions.startswith("git-voicenote 0.")
    assert ", Python 3." in versions
    assert 'test_failures.py", line' in trace[0]
    assert trace[-1] == "git_voicenote.errors.EngineError: its file is gone"


def test_a_message_that_may_quote_words_is_not_logged() -> None:
    cause = failure(KeyError("open sesame"))
    _log.failed("it stopped", failure(ValueError("open sesame"), cause))
    assert "sesame" not in logged()
    assert "builtins.KeyError: (its message is not logged)\ncaused:\n" in logged()
    assert "builtins.ValueError: (its message is not logged)\n" in logged()


def test_nobody_else_reads_the_log(sandbox: Sandbox) -> None:
    _log.failed("it stopped")
    assert stat.S_IMODE(log_home().stat().st_mode) == 0o700
    assert stat.S_IMODE((log_home() / "git-voicenote.log").stat().st_mode) == 0o600


def test_the_log_stays_small() -> None:
    for _ in range(5):
        _log.failed("x" * 100_000)
    sizes = {path.name: path.stat().st_size for path in log_home().iterdir()}
    assert sizes.keys() == {"git-voicenote.log", "git-voicenote.log.1"}
    assert max(sizes.values()) < 400_000


def test_a_log_that_cannot_be_written_is_told_to_the_caller(sandbox: Sandbox) -> None:
    log_home().parent.mkdir(parents=True)
    log_home().write_text("a file is in the way")
    assert _log.failed("it stopped") is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("git push https://ada:s3cret@example.org/x.git", "git push https://***@example.org/x.git"),
        ("git -c http.extraHeader='Authorization: Bearer abc' fetch",
         "git -c http.extraHeader='Authorization: ***' fetch"),
        ("GET /x?access_token=abc&page=2", "GET /x?access_token=***&page=2"),
        ("password=abc hf_abcdefghijkl ghp_abcdefghijkl", "password=*** *** ***"),
        ("tokens of a.txt: 3", "tokens of a.txt: 3"),
        ("git@example.org:x.git", "git@example.org:x.git"),
    ],
)  # fmt: skip
def test_secrets_are_replaced(text: str, shown: str) -> None:
    assert without_secrets(text) == shown


def test_a_thread_that_fails_is_logged_and_told(request: pytest.FixtureRequest) -> None:
    before = threading.excepthook
    request.addfinalizer(lambda: setattr(threading, "excepthook", before))
    told: list[str] = []
    log_failing_threads(told.append)

    def fail() -> None:
        raise ValueError("open sesame")

    thread = threading.Thread(target=fail, name="a listener")
    thread.start()
    thread.join()
    assert "git_voicenote.log: a listener stopped" in logged()
    log = log_home() / "git-voicenote.log"
    assert told == [f"unexpected ValueError in the background; a traceback is in {log}"]


def test_what_an_engine_did_not_expect_is_one_line_and_in_the_log(
    repo: Sandbox, tmp_path: Path
) -> None:
    plugin = tmp_path / "plugin"
    plugin.mkdir()
    (plugin / "broken.py").write_text(
        "from git_voicenote.engines.base import EngineInfo\n"
        "class Broken:\n"
        "    info = EngineInfo('broken', ('en',))\n"
        "    def __init__(self, options): pass\n"
        "    def load(self): pass\n"
        "    def transcribe(self, pieces, context): raise KeyError('open sesame')\n"
    )
    repo.extra |= {"PYTHONPATH": f"{repo.environment['PYTHONPATH']}:{plugin}"}
    done = repo.voicenote(
        "transcribe", SPOKEN, environment={"GIT_VOICENOTE_ENGINE": "broken:Broken"}
    )
    assert done.returncode == 128
    log = log_home() / "git-voicenote.log"
    assert done.stderr.decode().splitlines() == [
        "error: unexpected KeyError: 'open sesame'",
        f"hint: a traceback for a bug report is in {log}",
    ]
    assert "broken.py" in logged()
    assert "builtins.KeyError: (its message is not logged)" in logged()
