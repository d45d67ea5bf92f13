"""What a reviewer says of commits is a note of their own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from git_voicenote.notes.format import parse_notes
from tests.support.recording import recordings
from tests.support.replying import SPOKEN, WORDS, reply, review_notes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox


def test_an_answer_to_a_commit_is_a_note_beside_the_authors_own(reviewing: Sandbox) -> None:
    before = reviewing.git("notes", "--ref=voicenote", "show", "topic~1")

    printed, said = reply(
        reviewing, "--patch", "1", "--at", "shared:1", "--from", SPOKEN, source="main..topic"
    )
    (recording,) = recordings(reviewing)
    reply(reviewing, "--patch", "1", "--from", SPOKEN, source="topic~1")

    assert printed == ""
    short = reviewing.git("rev-parse", "--short=7", "topic~1")
    assert f"answer to {short} saved \u00b7 git voicenote review {short}\n" in said
    first, second = parse_notes(review_notes(reviewing, "topic~1"))
    assert first.text == f"shared:1:\n\n{WORDS}"
    assert (first.reviewer, first.engine) == (
        "Grace Hopper <grace@example.org>",
        "scripted",
    )
    assert first.recording_ids == (recording.stem,)
    assert second.text == WORDS
    assert reviewing.git("notes", "--ref=voicenote", "show", "topic~1") == before


def test_answers_are_shown_with_their_commit(reviewing: Sandbox) -> None:
    reply(reviewing, "--patch", "1", "--at", "shared:1", "--from", SPOKEN, source="main..topic")

    text = reviewing.voicenote("review", "main..topic").stdout.decode()

    duration = parse_notes(review_notes(reviewing, "topic~1"))[0].duration
    assert duration
    said = f"Grace Hopper answered (0:{round(duration):02})\n"
    assert f"{said}\u2502 shared:1:\n\u2502 \n\u2502 {WORDS}\n" in text
    assert f"Grace Hopper answered\n\u2502 {WORDS}\n@@ -0,0 +1 @@\n" in text
    value = json.loads(reviewing.voicenote("review", "main..topic", "--json").stdout)
    (answer,) = value["patches"][0]["replies"]
    assert (answer["author"], answer["date"]) == ("Grace Hopper", None)
    assert answer["recordings"][0]["id"] == recordings(reviewing)[0].stem
    assert answer["reviewer"].startswith("Grace Hopper <")
    assert value["patches"][1]["replies"] == []
    page = reviewing.voicenote("review", "main..topic", "--html", "-").stdout.decode()
    assert '<a id="note-1-answer-0-0" href="#said-1-answer-0-0">shared:1:</a>' in page
    beside = page.partition('id="said-1-answer-0-0"')[2].partition("</section>")[0]
    assert "<bdi>Grace Hopper</bdi> answered" in beside
    assert f'<div class="words">{WORDS}</div>' in beside


def test_a_mail_whose_commit_is_here_can_have_a_note(reviewing: Sandbox, tmp_path: Path) -> None:
    """The commit that it was made of, and the one that it became, but no other."""
    _, said = reply(reviewing, "--note", "--patch", "1", "--from", SPOKEN)
    assert review_notes(reviewing, "topic~1").startswith(WORDS)

    clone = tmp_path / "clone"
    reviewing.run("git", "clone", "--quiet", "--branch=main", reviewing.folder, clone)
    done = reviewing.voicenote(
        "review", reviewing.folder / "series.mbox", "--reply", "--note", "--patch", "1",
        "--from", SPOKEN, cwd=clone,
    )  # fmt: skip
    assert done.returncode == 0
    reviewing.run("git", "checkout", "--quiet", "--orphan", "bare", cwd=clone)
    reviewing.run("git", "commit", "--quiet", "-m", "other", cwd=clone)
    forged = (reviewing.folder / "series.mbox").read_bytes().replace(b"+content 1", b"+evil")
    (clone / "forged").write_bytes(forged)
    done = reviewing.voicenote(
        "review", "forged", "--reply", "--note", "--patch", "1", "--from", SPOKEN, cwd=clone
    )
    assert done.returncode == 128
    assert "the commit of patch 1 is not in this repository" in done.stderr.decode()

    empty = {"GIT_COMMITTER_DATE": "2026-03-03T03:03:03+00:00"}
    reviewing.run("git", "checkout", "--quiet", "-f", "-B", "applied", "origin/main", cwd=clone)
    reviewing.run(
        "git", "am", "--quiet", "--empty=drop", reviewing.folder / "series.mbox", cwd=clone,
        environment=empty,
    )  # fmt: skip
    reviewing.run("git", "branch", "--quiet", "-D", "-r", "origin/topic", cwd=clone)
    reviewing.run("git", "update-ref", "-d", "refs/notes/voicenote-review", cwd=clone)
    reviewing.voicenote(
        "review", reviewing.folder / "series.mbox", "--reply", "--note", "--patch", "2",
        "--from", SPOKEN, cwd=clone,
    )  # fmt: skip
    shown = reviewing.voicenote("review", reviewing.folder / "series.mbox", cwd=clone)
    assert "Grace Hopper answered" in shown.stdout.decode()
    assert (
        "Grace Hopper answered"
        not in reviewing.voicenote("review", "forged", cwd=clone)
        .stdout.decode()
        .partition("[2/2]")[0]
    )
    assert said


def test_answers_never_go_where_the_authors_notes_are(reviewing: Sandbox) -> None:
    reviewing.git("config", "voicenote.reviewRef", "voicenote")

    _, said = reply(reviewing, "--patch", "1", "--from", SPOKEN, source="topic", status=128)

    assert "voicenote.reviewRef is refs/notes/voicenote" in said


def test_the_ref_can_be_another_one(reviewing: Sandbox) -> None:
    reviewing.git("config", "voicenote.reviewRef", "answers")

    reply(reviewing, "--patch", "1", "--from", SPOKEN, source="topic")

    assert WORDS in reviewing.git("notes", "--ref=answers", "show", "topic~1")
    assert "Grace Hopper answered" in reviewing.voicenote("review", "topic").stdout.decode()
