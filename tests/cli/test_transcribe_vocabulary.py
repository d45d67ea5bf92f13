"""`git voicenote transcribe` tells the engine the words of the repository that it runs in."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.engines import SCRIPTED
from tests.support.speech import SPEECH

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

SOUND = str(SPEECH / "test.flac")


def scripted(sandbox: Sandbox) -> Sandbox:
    """Let an engine hear in a sandbox that writes down what it is told."""
    lines = sandbox.home / "lines"
    lines.write_text("one\ntwo\n")
    sandbox.extra |= {
        "GIT_VOICENOTE_ENGINE": SCRIPTED,
        "SCRIPTED_SPEECH": str(lines),
        "ENGINE_HOTWORDS": str(sandbox.home / "hotwords"),
    }
    return sandbox


@pytest.fixture
def code(repo: Sandbox) -> Sandbox:
    """A repository with code in it."""
    repo.commit("lib: add oidtree_clear", {"lib.c": "int oidtree_clear(void);\n"})
    return scripted(repo)


def told(sandbox: Sandbox, *options: str) -> list[str]:
    """Return the hotwords that the engine was told."""
    path = sandbox.home / "hotwords"
    path.unlink(missing_ok=True)
    done = sandbox.voicenote("transcribe", SOUND, *options)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"One.\nTwo.\n", b"")
    return path.read_text().splitlines()


def test_the_engine_is_told_the_words_of_the_commit(code: Sandbox) -> None:
    assert told(code)[0] == "oidtree_clear"


def test_what_is_staged_comes_first(code: Sandbox) -> None:
    code.write("match.c", "kwset_match();\n")
    code.git("add", "match.c")
    assert told(code)[0] == "kwset_match"


def test_it_can_be_turned_off_and_on(code: Sandbox) -> None:
    assert told(code, "--no-vocabulary") == []
    code.git("config", "voicenote.vocabulary", "off")
    assert told(code) == []
    assert told(code, "--vocabulary")[0] == "oidtree_clear"


def test_a_bare_repository_has_words_too(code: Sandbox) -> None:
    code.git("config", "core.bare", "true")
    shutil.copytree(code.folder / ".git", code.folder / "bare.git")
    done = code.voicenote("transcribe", SOUND, cwd=code.folder / "bare.git")
    assert (done.returncode, done.stderr) == (0, b"")
    assert (code.home / "hotwords").read_text().startswith("oidtree_clear\n")


def test_outside_of_repositories_nobody_is_told_anything(sandbox: Sandbox) -> None:
    assert told(scripted(sandbox), "--vocabulary") == []


def test_a_repository_without_commits_has_no_words(sandbox: Sandbox) -> None:
    sandbox.git("init", "-q")
    assert told(scripted(sandbox)) == []


def test_a_broken_repository_keeps_nobody_from_hearing(code: Sandbox) -> None:
    (code.folder / ".git" / "index").write_bytes(b"no index")
    assert told(code)[0] == "oidtree_clear"


def test_results_are_made_anew_where_the_words_are_turned_off(code: Sandbox) -> None:
    command = ("transcribe", SOUND, "--output=out")
    for options, done in (
        ((), b"1 file: 1 transcribed\n"),
        ((), b"1 file: 1 already there (--again replaces them)\n"),
        (("--no-vocabulary",), b"1 file: 1 transcribed\n"),
        (("--no-vocabulary",), b"1 file: 1 already there (--again replaces them)\n"),
    ):
        assert code.voicenote(*command, *options).stderr == done
