"""Several terminals that write one text at the same time: no word is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.applying import cover
from tests.support.held_editor import HeldEditor
from tests.support.recording import RECORD, SPOKEN, note_of, words_of
from tests.support.replying import reply
from tests.support.series import write_cover

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.support.sandbox import Sandbox


@pytest.fixture
def explained(repo: Sandbox) -> Sandbox:
    repo.git("notes", "--ref=voicenote", "add", "-m", "First.\n\nLast.")
    return repo


def short(repo: Sandbox) -> str:
    return repo.git("rev-parse", "--short=7", "HEAD")


def test_two_edits_of_one_note(explained: Sandbox) -> None:
    with (
        HeldEditor(explained, "edit", name="one") as one,
        HeldEditor(explained, "edit", name="other") as other,
    ):
        assert one.save("First, mended.\n\nLast.") == f"note for {short(explained)} saved\n"
        said = other.save("First.\n\nLast.\n\nAnd more.")

    name = f"note for {short(explained)}"
    assert said == (
        f"somebody else changed the {name} while you edited it: "
        "both were merged, check the result\n"
        f"{name} saved\n"
    )
    assert note_of(explained) == "First, mended.\n\nLast.\n\nAnd more."


def test_two_edits_of_one_paragraph_keep_both(explained: Sandbox) -> None:
    with (
        HeldEditor(explained, "edit", name="one") as one,
        HeldEditor(explained, "edit", name="other") as other,
    ):
        one.save("First of all.\n\nLast.")
        other.save("First and foremost.\n\nLast.")

    assert sorted(note_of(explained).split("\n\n")) == [
        "First and foremost.", "First of all.", "Last.",
    ]  # fmt: skip


def test_two_who_write_a_first_note(repo: Sandbox) -> None:
    with (
        HeldEditor(repo, "edit", name="one") as one,
        HeldEditor(repo, "edit", name="other") as other,
    ):
        one.save("One.")
        assert "both were merged" in other.save("Other.")

    assert sorted(words_of(repo)) == ["One.", "Other."]


def test_both_wrote_the_same(explained: Sandbox) -> None:
    with (
        HeldEditor(explained, "edit", name="one") as one,
        HeldEditor(explained, "edit", name="other") as other,
    ):
        one.save("The same.")
        assert other.save("The same.") == f"note for {short(explained)} saved\n"

    assert note_of(explained) == "The same."


def test_a_note_that_is_removed_while_it_is_edited(explained: Sandbox) -> None:
    with HeldEditor(explained, "edit") as editor:
        explained.git("notes", "--ref=voicenote", "remove")
        said = editor.save("Long thought over.", status=128)

    error, kept, hint = said.splitlines()
    assert error == f"error: the note for {short(explained)} was removed while you edited it"
    assert "saved" not in said
    assert Path(kept.removeprefix("the text is kept in ")).read_text() == "Long thought over.\n"
    assert hint == "hint: copy what you want to keep from that file, and edit again"
    assert explained.git("notes", "--ref=voicenote", "list") == ""


def test_git_notes_by_hand_while_it_is_edited(explained: Sandbox) -> None:
    with HeldEditor(explained, "edit") as editor:
        explained.git("notes", "--ref=voicenote", "add", "-f", "-m", "First.\n\nLast.\n\nBy hand.")
        editor.save("First, mended.\n\nLast.")

    assert note_of(explained) == "First, mended.\n\nLast.\n\nBy hand."


def test_an_edit_of_a_commit_that_is_amended_meanwhile(explained: Sandbox) -> None:
    explained.git("config", "notes.rewriteRef", "refs/notes/*")
    before = short(explained)
    with HeldEditor(explained, "edit") as editor:
        explained.git("commit", "--quiet", "--amend", "--allow-empty", "-m", "other")
        said = editor.save("Mended.")

    after = short(explained)
    assert said == (
        f"note for {before} saved\n"
        f"warning: HEAD is now {after}; the note was saved for {before}: "
        f"`git notes --ref=refs/notes/voicenote copy -f {before} {after}` copies it\n"
    )
    assert note_of(explained) == "First.\n\nLast."
    explained.run("sh", "-c", said.partition("`")[2].partition("`")[0])
    assert note_of(explained) == "Mended."


def test_a_recording_while_an_editor_is_open(scripted: Sandbox) -> None:
    scripted.git("notes", "--ref=voicenote", "add", "-m", "Typed.")
    with HeldEditor(scripted, "edit") as editor:
        assert scripted.voicenote("record", "--from", SPOKEN).returncode == 0
        editor.save("Typed, and mended.")

    (words,) = words_of(scripted)
    assert words.split("\n\n") == [
        "Typed, and mended.",
        "We now write a new file. If that fails we can still read the old file.",
    ]
    assert note_of(scripted).count("Voicenote-Recording: ") == 1


@pytest.mark.parametrize("option", ["--append", "--replace", "--keep-both"])
def test_a_note_that_appears_while_one_records(scripted: Sandbox, option: str) -> None:
    """The engine asks for its words when the command has read what is there."""
    scripted.git("notes", "--ref=voicenote", "add", "-m", "Old.")
    lines = scripted.home / "pipe"
    os.mkfifo(lines)
    with subprocess.Popen(
        [*RECORD, "--from", str(SPOKEN), option],
        cwd=scripted.folder,
        env={**scripted.environment, "SCRIPTED_SPEECH": str(lines)},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        with lines.open("w") as pipe:  # waits until the engine opens the other end
            scripted.git("notes", "--ref=voicenote", "append", "-m", "New.")
            pipe.write("spoken words\n")
        _, said = process.communicate(timeout=60)

    assert process.returncode == 0, said.decode()
    assert "somebody else changed the note" in said.decode()
    found = "\n\n".join(words_of(scripted))
    assert found.count("Spoken words") == found.count("New.") == 1
    assert found.count("Old.") == (option != "--replace")


def record_all(repo: Sandbox, sayings: list[str], commits: Sequence[str]) -> None:
    """Record at the same time, one process for each saying."""
    processes = []
    for number, (words, commit) in enumerate(zip(sayings, commits, strict=True)):
        lines = repo.home / f"lines-{number}"
        lines.write_text(f"{words}\n")
        processes.append(
            subprocess.Popen(
                [sys.executable, "-m", "git_voicenote", "record", commit, "--from", str(SPOKEN)],
                cwd=repo.folder,
                env={**repo.environment, "SCRIPTED_SPEECH": str(lines)},
                stdin=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        )
    for process in processes:
        _, said = process.communicate(timeout=240)
        assert process.returncode == 0, said.decode()


WORDS = ("red", "green", "blue", "black")
SAYINGS = [f"the {word} reason" for word in WORDS]


def test_four_recordings_of_one_commit(scripted: Sandbox) -> None:
    record_all(scripted, SAYINGS, ["HEAD"] * 4)

    found = "\n".join(words_of(scripted)).lower()
    assert [found.count(saying) for saying in SAYINGS] == [1] * 4
    assert note_of(scripted).count("Voicenote-Recording: ") == 4


def test_four_recordings_of_the_same_words_stay_four(scripted: Sandbox) -> None:
    record_all(scripted, ["the same"] * 4, ["HEAD"] * 4)

    assert "\n".join(words_of(scripted)).lower().count("the same") == 4


def test_four_recordings_of_four_commits(scripted: Sandbox) -> None:
    commits = [scripted.commit(f"change {number}") for number in range(4)]

    record_all(scripted, SAYINGS, commits)

    for commit, saying in zip(commits, SAYINGS, strict=True):
        (words,) = words_of(scripted, commit)
        assert words.lower().startswith(saying)


def test_two_edits_of_one_cover(repo: Sandbox) -> None:
    write_cover(repo, "Why.\n\nHow.", "main")
    with (
        HeldEditor(repo, "edit", "--cover", name="one") as one,
        HeldEditor(repo, "edit", "--cover", name="other") as other,
    ):
        one.save("Why not.\n\nHow.")
        assert "the cover of main" in other.save("Why.\n\nHow.\n\nWhen.")

    assert (cover(repo, "main") or "").split("\n\n") == ["Why not.", "How.", "When.\n"]


def test_a_cover_that_is_removed_while_it_is_edited(repo: Sandbox) -> None:
    write_cover(repo, "Why.", "main")
    with HeldEditor(repo, "edit", "--cover") as editor:
        repo.git("update-ref", "-d", "refs/voicenote/cover/main")
        said = editor.save("Why not.", status=128)

    assert "error: the cover of main was removed while you edited it\n" in said
    assert cover(repo, "main") is None


def test_a_note_that_comes_by_sync_while_it_is_edited(explained: Sandbox, tmp_path: Path) -> None:
    there = tmp_path / "there.git"
    explained.run("git", "clone", "--quiet", "--bare", explained.folder, there)
    explained.git("push", "--quiet", there, "refs/notes/voicenote")
    environment = {"GIT_DIR": str(there)}
    explained.run(
        "git", "notes", "--ref=voicenote", "append", "-m", "From there.", environment=environment
    )
    with HeldEditor(explained, "edit") as editor:
        assert explained.voicenote("sync", "fetch", there).returncode == 0
        editor.save("First, mended.\n\nLast.")

    assert note_of(explained) == "First, mended.\n\nLast.\n\nFrom there."


def test_reviewers_who_answer_at_once(reviewing: Sandbox) -> None:
    source = str(SPOKEN)
    commit = reviewing.commit_id("topic")
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "git_voicenote", "review", commit, "--reply", "--patch", "1",
             "--from", source],
            cwd=reviewing.folder, env=reviewing.environment,
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )
        for _ in range(4)
    ]  # fmt: skip
    for process in processes:
        _, said = process.communicate(timeout=240)
        assert process.returncode == 0, said.decode()

    answers = reviewing.git("notes", "--ref=voicenote-review", "show", commit)
    assert answers.count("We now wait too long.") == 4


def test_mails_of_reviewers_who_answer_at_once(reviewing: Sandbox) -> None:
    for _ in range(2):
        reply(reviewing, "--patch", "1", "--from", SPOKEN)

    assert len(list(reviewing.folder.glob("re-0001-*.eml"))) == 2


def test_eight_terms_at_once(repo: Sandbox) -> None:
    command = [sys.executable, "-m", "git_voicenote", "vocabulary", "add"]
    terms = [f"kubectl{number}" for number in range(8)]
    for option in ((), ("--personal",)):
        processes = [
            subprocess.Popen([*command, term, *option], cwd=repo.folder, env=repo.environment)
            for term in terms
        ]
        assert [process.wait(timeout=120) for process in processes] == [0] * 8

    assert sorted((repo.folder / ".voicenote/vocabulary").read_text().split()) == terms
    personal = repo.home / ".config/git-voicenote/vocabulary"
    assert sorted(personal.read_text().split()) == terms
