"""In a partial clone nothing is fetched unasked, and what is missing is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.engines import SCRIPTED
from tests.support.recording import SPOKEN, words_of
from tests.support.sandbox import Sandbox

if TYPE_CHECKING:
    from pathlib import Path

LACKS = "this partial clone lacks objects"


@pytest.fixture
def partial(repo: Sandbox, tmp_path: Path) -> Sandbox:
    """A clone without contents, whose remote writes down each time that it is asked for some."""
    for number in range(3):
        repo.commit(f"feat: change {number}", {"file": f"{number}\n"})
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("config", "uploadpack.allowAnySHA1InWant", "true")
    hook = tmp_path / "asked"
    hook.write_text(f'#!/bin/sh\necho asked >>{tmp_path}/connections\nexec "$@"\n')
    hook.chmod(0o755)
    # only the configuration that the person owns may name such a hook
    repo.git("config", "--global", "uploadpack.packObjectsHook", str(hook))
    repo.git("clone", "--quiet", "--filter=blob:none", "--no-checkout",
             f"file://{repo.folder}", str(tmp_path / "partial"))  # fmt: skip
    (tmp_path / "connections").unlink()
    lines = repo.home / "lines"
    lines.write_text("We now write a new file.\n" * 9)
    return Sandbox(
        tmp_path / "partial", repo.home,
        {"GIT_VOICENOTE_ENGINE": SCRIPTED,
         "SCRIPTED_SPEECH": str(lines)},
    )  # fmt: skip


def connections(partial: Sandbox) -> bool:
    return (partial.folder.parent / "connections").exists()


def test_the_remote_would_be_asked_by_git_itself(partial: Sandbox) -> None:
    partial.git("show", "HEAD")
    assert connections(partial)


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (("show",), 1), (("show", "--json"), 1), (("show", "HEAD~1..HEAD"), 1),
        (("edit",), 1), (("play",), 1), (("review", "HEAD"), 128), (("review", "HEAD~1.."), 128),
        (("format-patch", "-1", "--stdout"), 128), (("vocabulary",), 0), (("status",), 0),
        (("history", "list"), 0), (("hook", "status"), 1),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)  # fmt: skip
def test_nothing_is_fetched(partial: Sandbox, command: tuple[str, ...], status: int) -> None:
    done = partial.voicenote(*command, environment={"GIT_EDITOR": "true"})
    assert not connections(partial)
    assert done.returncode == status, done.stderr.decode()
    if status == 128:
        told = done.stderr.decode()
        assert "partial clone" in told
        assert "hint: " in told


def test_a_note_is_recorded_all_the_same(partial: Sandbox) -> None:
    done = partial.voicenote("record", "--from", SPOKEN)
    assert done.returncode == 0, done.stderr.decode()
    assert not connections(partial)
    assert words_of(partial)
    assert LACKS in done.stderr.decode()
    assert partial.voicenote("show").returncode == 0


def test_what_the_person_fetches_is_there(partial: Sandbox) -> None:
    partial.git("show", "HEAD", "HEAD~1")
    assert partial.voicenote("format-patch", "-1", "--stdout").returncode == 0
