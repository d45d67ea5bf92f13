"""Words that the engine was not sure of, where a person reads what was heard."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.recording import at_terminal, recordings, words_of
from tests.support.speech import SHORT, SPEECH
from tests.support.terminal import Terminal
from tests.support.unsure import UNSURE, UNSURE_OF

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.desk import Desk
    from tests.support.sandbox import Sandbox

SPOKEN = SPEECH / "rename.flac"
LINES = "we now write a nue? file\num? if that fails we can still reed? the old file\n"


@pytest.fixture
def unsure(repo: Sandbox) -> Sandbox:
    """The repository, with an engine that is not sure of three words."""
    lines = repo.home / "lines"
    lines.write_text(LINES)
    repo.git("config", "notes.rewriteRef", "refs/notes/voicenote")
    repo.extra |= {"GIT_VOICENOTE_ENGINE": UNSURE, "SCRIPTED_SPEECH": str(lines)}
    return repo


def doubts_of(repo: Sandbox, comment: str = "#") -> str:
    """What is to be shown of LINES, spoken as in SPOKEN."""
    (recording,) = recordings(repo)
    return (
        f'{comment} doubtful: "nue" 0:02, "reed" 0:06\n'
        f'{comment}   (use "git voicenote play {recording.stem} --at 0:02" to hear it)\n'
    )


@pytest.mark.parametrize("comment", ["#", ";"])
def test_the_editor_shows_doubtful_words_that_still_stand(unsure: Sandbox, comment: str) -> None:
    unsure.git("config", "core.commentChar", comment)
    with at_terminal(unsure, "--from", str(SPOKEN), editor="cat") as person:
        person.expect("saved")
        assert person.wait() == 0
    below = f"{comment} Everything below it will be ignored.\n{comment}\n"
    assert f"{below}{doubts_of(unsure, comment)}{comment}\n" in person.screen
    assert words_of(unsure) == [
        "We now write a nue file. If that fails we can still reed the old file."
    ]


def test_without_doubts_nothing_is_shown(unsure: Sandbox) -> None:
    (unsure.home / "lines").write_text("we now write a new file\nall is well\n")
    with at_terminal(unsure, "--from", str(SPOKEN), editor="cat") as person:
        person.expect("saved")
        assert person.wait() == 0
    assert "doubtful" not in person.screen


def seen_in_editor(repo: Sandbox, *arguments: str) -> str:
    """Return what the editor opens on."""
    seen = repo.home / "seen"
    editor = f"sh -c 'cp \"$0\" {seen}'"
    done = repo.voicenote(*arguments, environment={"GIT_EDITOR": editor})
    assert done.returncode == 0, done.stderr
    return seen.read_text()


@pytest.mark.parametrize("cover", [[], ["--cover"]])
def test_edit_shows_what_is_doubtful_as_long_as_it_stands(
    unsure: Sandbox, cover: list[str]
) -> None:
    unsure.voicenote("record", "--from", SPOKEN, *cover)
    doubts = doubts_of(unsure)
    assert f"ignored.\n#\n{doubts}#\n# {'cover' if cover else 'note'}" in seen_in_editor(
        unsure, "edit", *cover
    )

    done = unsure.voicenote(
        "edit", *cover, environment={"GIT_EDITOR": "sed -i 's/a nue/a new/; s/reed/read/'"}
    )
    assert done.returncode == 0, done.stderr
    assert "doubtful" not in seen_in_editor(unsure, "edit", *cover)


def test_a_broken_history_costs_no_edit(unsure: Sandbox) -> None:
    unsure.voicenote("record", "--from", SPOKEN)
    for path in (unsure.folder / ".git/voicenote").glob("history.db*"):
        path.unlink()
    unsure.write(".git/voicenote/history.db", 1000 * "<html>")
    done = unsure.voicenote("edit", environment={"GIT_EDITOR": "true"})
    assert done.returncode == 0
    assert b"warning: the history" in done.stderr


def test_the_editor_of_an_answer_shows_them_too(reviewing: Sandbox) -> None:
    lines = reviewing.home / "lines"
    lines.write_text(LINES)
    command = (sys.executable, "-m", "git_voicenote", "review", "series.mbox", "--reply",
               "--patch=1", f"--from={SPOKEN}")  # fmt: skip
    environment = {**reviewing.environment, "GIT_EDITOR": "cat", "GIT_VOICENOTE_ENGINE": UNSURE}
    with Terminal(command, environment, reviewing.folder) as person:
        assert person.wait() == 0, person.screen
    assert f"ignored.\n#\n{doubts_of(reviewing)}#\n# answer to" in person.screen


@pytest.fixture
def spoken(desk: Desk) -> dict[str, str]:
    """The environment in which somebody speaks a message that is heard with a doubt."""
    words = desk.sandbox.home / "words"
    words.write_text("fix scope parser empty input? no longer crashes\n")
    return {
        "GIT_VOICENOTE_MICROPHONE": f"file:{SHORT}",
        "GIT_VOICENOTE_ENGINE": UNSURE,
        "GIT_VOICENOTE_SILENCE": "1",
        "GIT_VOICENOTE_HOOK_RECORD": "always",
        "SCRIPTED_SPEECH": str(words),
    }


def opened_message(desk: Desk, spoken: dict[str, str], *options: str) -> tuple[str, str]:
    """Speak a message; return what the editor opened on, and the screen."""
    with desk.at_terminal("git", "commit", *options, **spoken) as terminal:
        terminal.expect("speak now")
        assert terminal.wait() == 0, terminal.screen
    assert desk.message() == "fix(parser): empty input no longer crashes\n"
    return desk.opened.read_text(), terminal.screen


@pytest.mark.parametrize("options", [[], ["--cleanup=scissors"]])
def test_a_spoken_message_has_its_doubts_as_a_comment(
    desk: Desk, spoken: dict[str, str], options: list[str]
) -> None:
    desk.git("config", "core.commentChar", ";")
    opened, _ = opened_message(desk, spoken, *options)
    (recording,) = recordings(desk.sandbox)
    assert opened.startswith("fix(parser): empty input no longer crashes\n\n; ")
    doubts = '; doubtful: "input" 0:00\n' + (
        f';   (use "git voicenote play {recording.stem} --at 0:00" to hear it)\n'
    )
    assert doubts in opened


def test_where_git_writes_no_comments_doubts_are_told_on_the_screen(
    desk: Desk, spoken: dict[str, str]
) -> None:
    opened, screen = opened_message(desk, spoken, "--no-status", "--cleanup=whitespace")
    assert opened == "fix(parser): empty input no longer crashes\n"
    assert 'doubtful: "input" 0:00\n' in screen


def test_json_tells_of_each_word_how_sure_the_engine_is(unsure: Sandbox) -> None:
    done = unsure.voicenote("transcribe", "--json", SPOKEN)
    told = json.loads(done.stdout)["segments"]
    assert [segment["confidence"] for segment in told] == [UNSURE_OF, UNSURE_OF]
    assert [word["text"] for word in told[0]["words"]] == ["we", "now", "write", "a", "nue", "file"]
    word = told[0]["words"][4]
    assert sorted(word) == ["confidence", "end", "start", "text"]
    assert word["confidence"] == UNSURE_OF
    assert told[0]["start"] < word["start"] < word["end"] < told[0]["end"]


def test_the_json_of_a_review_does_too(unsure: Sandbox, tmp_path: Path) -> None:
    unsure.voicenote("record", "--from", SPOKEN)
    done = unsure.voicenote("review", "--json", "HEAD")
    (patch,) = json.loads(done.stdout)["patches"]
    (recording,) = patch["recordings"]
    segment = recording["segments"][0]
    assert segment["confidence"] == UNSURE_OF
    words = [(word["text"], word["confidence"]) for word in segment["words"]]
    assert words[3:] == [("a", 1.0), ("nue", UNSURE_OF), ("file", 1.0)]
