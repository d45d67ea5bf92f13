"""Which words stand in the patches: notes, covers, and what is said where there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.series import (
    LONG_NOTE,
    NOTE_TRAILERS,
    WRAPPED_NOTE,
    apply_mails,
    make_branch,
    trees,
    untracked,
    write_cover,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox


def test_a_long_cover_title_is_folded_and_read_back(series: Sandbox) -> None:
    title = "Lange Titel nach RFC 2047 gefaltet, auch „重试循环“, naïve Ümläute"
    write_cover(series, title + ". Rest.")

    mails = series.voicenote("format-patch", "--stdout", "main", "--subject-prefix=RFC PATCH net")

    cover = mails.stdout.partition(b"\n\n")[0] + b"\n\n---\ndiff --git a/x b/x\n"
    assert max(map(len, cover.split(b"\n"))) <= 78
    info = series.run("git", "mailinfo", "message", "patch", stdin=cover).stdout.decode()
    assert f"Subject: {title}\n" in info


@pytest.mark.parametrize("note", [LONG_NOTE, "naïve clients"])
def test_text_beyond_ascii_says_how_it_is_encoded(repo: Sandbox, note: str) -> None:
    make_branch(repo, ["one\n"], [note])

    mail = repo.voicenote("format-patch", "--stdout", "-1").stdout

    assert mail.count(b"MIME-Version: 1.0\n") == (not note.isascii())
    assert mail.count(b"Content-Transfer-Encoding: 8bit\n") == (not note.isascii())


def test_names_no_cover_where_there_is_one_patch(series: Sandbox) -> None:
    done = series.voicenote("format-patch", "-1")

    assert done.stdout == b"0001-feat-change-3.patch\n"
    assert b"the cover of topic is left out" in done.stderr


def test_a_notes_ref_of_the_persons_own(repo: Sandbox) -> None:
    make_branch(repo, ["one\n"])
    repo.git("notes", "--ref=spoken", "add", "-m", LONG_NOTE)
    repo.git("config", "voicenote.notesRef", "spoken")

    for pack in (False, True):
        if pack:
            repo.git("pack-refs", "--all")
        done = repo.voicenote("format-patch", "-1", "--stdout")

        assert b"Notes (spoken):\n    Without jitter" in done.stdout
        assert done.stderr == b""


def test_a_description_of_the_persons_own_is_used(repo: Sandbox) -> None:
    make_branch(repo, ["one\n", "two\n"])
    repo.git("config", "branch.topic.description", "Their title\n\nTheir words.\n")

    done = repo.voicenote("format-patch", "main", "--cover-letter", "--stdout")

    assert b"Subject: [PATCH 0/2] Their title\n\nTheir words.\n\n" in done.stdout


LONG_TITLE = " ".join(["Their title goes on and on"] * 5)
OURS_FIRST = "the cover letter has the cover of topic, then the description"
THEIRS_FIRST = "the cover letter has the title of the description, then the cover of topic"
LEFT_OUT = "the description of topic is left out (--cover-from-description=none)"


@pytest.mark.parametrize(
    ("mode", "where", "title", "order"),
    [
        (None, "", "Their title", OURS_FIRST),
        ("message", "option", "Their title", OURS_FIRST),
        ("message", "config", "Their title", OURS_FIRST),
        ("subject", "option", "Their title", THEIRS_FIRST),
        ("subject", "config", "Their title", THEIRS_FIRST),
        ("auto", "option", "Their title", THEIRS_FIRST),
        ("auto", "option", LONG_TITLE, OURS_FIRST),
        ("none", "option", "Their title", LEFT_OUT),
        ("none", "config", "Their title", LEFT_OUT),
    ],
)
def test_a_spoken_cover_and_a_description_stand_together(
    series: Sandbox, mode: str | None, where: str, title: str, order: str
) -> None:
    series.git("config", "branch.topic.description", f"{title}\n\nTheir words.\n")
    options = [f"--cover-from-description={mode}"] if where == "option" else []
    if mode and where == "config":
        series.git("config", "format.coverFromDescription", mode)

    done = series.voicenote("format-patch", "main", "--stdout", *options)

    cover = done.stdout.decode().partition("\nFrom ")[0]
    assert order in done.stderr.decode().splitlines()
    ours = "The old retry loop lived in the client"
    subject = "Their title" if order == THEIRS_FIRST else ours
    assert f"Subject: [PATCH 0/3] {subject}\n" in cover
    assert "\nSo every caller got its own back-off." in cover.replace("client. So", "client.\nSo")
    assert ours in cover
    assert ("\n\nTheir words.\n\n" in cover) == (title in " ".join(cover.split()))
    assert ("Their words" in cover) == (order != LEFT_OUT)
    assert cover.index("every caller") < (cover + "Their words").index("Their words")
    assert "*** " not in cover
    assert done.stdout.count(b"\nSubject: [PATCH") == 4


def test_no_notes_leaves_notes_out(series: Sandbox) -> None:
    done = series.voicenote("format-patch", "main", "--stdout", "--no-notes")

    assert b"Notes" not in done.stdout
    assert done.stderr == b""


def test_other_notes_stand_beside_ours(series: Sandbox) -> None:
    series.git("notes", "add", "-m", "a note of another kind")

    done = series.voicenote("format-patch", "-1", "--stdout", "--notes")

    assert b"---\n\nNotes:\n    a note of another kind\n\nNotes (voicenote):\n" in done.stdout
    assert b"falls over again.\n\n    Voicenote-Duration: 0:14\n\n" in done.stdout


def test_several_notes_on_one_commit(repo: Sandbox) -> None:
    two = "First." + "\n" + NOTE_TRAILERS + "\nSecond.\n" + NOTE_TRAILERS
    make_branch(repo, ["one\n"], [two])

    done = repo.voicenote("format-patch", "-1", "--stdout")

    assert (
        b"Notes (voicenote):\n    First.\n\n    Voicenote-Duration: 0:14\n\n    Second.\n\n"
        b"    Voicenote-Duration: 0:14\n\n shared"
    ) in done.stdout.replace(b" file-1 | 1 +\n", b"")


@pytest.mark.parametrize(
    ("notes", "said"),
    [
        ((None, "x", "x", "x"), "patch 1 has no note (git voicenote record HEAD~3, or --record)"),
        (("x", None, "x", None), "patches 2, 4 have no note (git voicenote record HEAD, "),
        ((None, None, None, "x"), "patches 1-3 have no note (git voicenote record HEAD~1, "),
        ((None,) * 4, "all 4 patches have no note (git voicenote record HEAD, or --record)"),
    ],
)
def test_what_has_no_note_is_named_once(
    repo: Sandbox, notes: tuple[str | None, ...], said: str
) -> None:
    make_branch(repo, ["a\n", "b\n", "c\n", "d\n"], notes)

    done = repo.voicenote("format-patch", "main", "--stdout")

    assert done.stderr.decode().startswith(said)
    assert done.stderr.count(b"\n") == 1
    assert repo.voicenote("format-patch", "main", "-q").stderr == b""


def test_a_note_lost_to_a_cherry_pick_is_found(series: Sandbox) -> None:
    first = series.git("rev-parse", "--short=7", "topic~2")
    series.git("checkout", "--quiet", "-b", "again", "main")
    series.git("commit", "--quiet", "--allow-empty", "-m", "shift")
    series.git("cherry-pick", "topic~2")

    done = series.voicenote("format-patch", "-1", "--stdout")

    assert WRAPPED_NOTE.encode() in done.stdout
    assert f"patch 1 takes the note of {first}, the same patch" in done.stderr.decode()


def test_a_range_diff_shows_no_other_notes(series: Sandbox, tmp_path: Path) -> None:
    series.git("branch", "v1")
    series.git("notes", "add", "-m", "private words", "v1")
    series.git("commit", "--quiet", "--amend", "-m", "feat: change 3, again")
    series.git("notes", "add", "-m", "more private words")
    for extra in ((), ("--interdiff=v1",)):
        done = series.voicenote(
            "format-patch", "main", "--stdout", "-v2", "--range-diff=main..v1", *extra
        )

        assert done.returncode == 0, done.stderr
        assert b"Range-diff against v1:\n" in done.stdout
        assert b"private words" not in done.stdout
        assert b"change 3, again" in done.stdout


def test_an_interdiff_in_the_cover_is_not_applied(series: Sandbox, tmp_path: Path) -> None:
    series.git("branch", "v1")
    series.write("file-3", "other content\n")
    series.git("commit", "--quiet", "--all", "--amend", "--no-edit")

    done = series.voicenote("format-patch", "main", "--stdout", "--interdiff=v1")

    assert b"\nInterdiff:\n" in done.stdout
    applied = apply_mails(series, tmp_path / "clone", done.stdout)
    assert applied.trees() == trees(series, "main..topic")


@pytest.mark.parametrize("title", ["[x] one", "Re: one", "a  b\tc", "=?UTF-8?q?one?=", "ends."])
def test_what_git_am_makes_of_a_title_is_told(repo: Sandbox, title: str) -> None:
    make_branch(repo, [title + "\n\nBody.\n"], ["x"])

    done = repo.voicenote("format-patch", "-1", "--stdout")

    assert done.returncode == 0
    lost = title.startswith(("[", "Re"))
    assert done.stderr.decode() == ("patch 1: git am makes its title 'one'\n" if lost else "")


@pytest.mark.parametrize("arguments", [("--record",), ("--record=cover",), ("--record=newest",)])
def test_record_without_a_terminal_names_the_way_out(
    repo: Sandbox, arguments: tuple[str, ...]
) -> None:
    make_branch(repo, ["one\n", "two\n"], ["x", None])

    done = repo.voicenote("format-patch", "main", *arguments)

    assert done.returncode == 128
    assert done.stderr.decode() == (
        "error: a note and the cover of topic are missing, and there is no terminal to ask on\n"
        "hint: `git voicenote record COMMIT --from FILE` takes recordings\n"
    )
    assert untracked(repo) == {}


def test_record_asks_nothing_where_nothing_is_missing(series: Sandbox) -> None:
    done = series.voicenote("format-patch", "main", "--record")

    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 4
