"""`git voicenote format-patch` beside `git format-patch`: the same calls, the same answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.support.series import (
    NOTE_TRAILERS,
    apply_mails,
    make_branch,
    messages,
    trees,
    write_cover,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox

COVER = "The old retry loop lived in the client. So every caller got its own back-off."
LONG_NOTE = (
    "Without jitter all clients come back in the same second, and the server that has just "
    "recovered falls over again."
)
WRAPPED_NOTE = """
Notes (voicenote):
    Without jitter all clients come back in the same second, and the server
    that has just recovered falls over again.

    Voicenote-Duration: 0:14

"""


@pytest.fixture
def series(repo: Sandbox) -> Sandbox:
    """Branch topic with three explained commits and a cover, from main."""
    make_branch(
        repo,
        [f"feat: change {number}\n\nBody {number}.\n" for number in (1, 2, 3)],
        [LONG_NOTE + "\n" + NOTE_TRAILERS] * 3,
    )
    write_cover(repo, COVER)
    return repo


def test_a_series_as_it_is_sent(series: Sandbox) -> None:
    done = series.voicenote("format-patch", "main", "-o", "out")

    assert done.stderr == b""
    assert done.stdout.decode().splitlines() == [
        "out/0000-cover-letter.patch",
        "out/0001-feat-change-1.patch",
        "out/0002-feat-change-2.patch",
        "out/0003-feat-change-3.patch",
    ]
    tip = series.git("rev-parse", "topic")
    version = series.git("--version").split()[2]
    assert (
        (series.folder / "out/0000-cover-letter.patch").read_text()
        == f"""\
From {tip} Mon Sep 17 00:00:00 2001
From: Ada Lovelace <ada@example.org>
Date: Fri, 2 Jan 2026 03:04:05 +0000
Subject: [PATCH 0/3] The old retry loop lived in the client

So every caller got its own back-off.

Ada Lovelace (3):
  feat: change 1
  feat: change 2
  feat: change 3

 file-1 | 1 +
 file-2 | 1 +
 file-3 | 1 +
 shared | 3 +++
 4 files changed, 6 insertions(+)
 create mode 100644 file-1
 create mode 100644 file-2
 create mode 100644 file-3
 create mode 100644 shared

--{" "}
{version}

"""
    )
    git_wrote = series.git("format-patch", "--notes=voicenote", "-1", "--start-number=3", "-n",
                           "--stdout", "--subject-prefix=PATCH")  # fmt: skip
    before, _, after = git_wrote.partition("\nNotes (voicenote):\n")
    after = after.partition("Duration: 0:14\n\n")[2]
    ours = (series.folder / "out/0003-feat-change-3.patch").read_text()
    assert ours == before + WRAPPED_NOTE + after + "\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("-3",),
        ("main",),
        ("main..topic~1",),
        ("--root",),
        ("-1",),
        ("-2", "-v2"),
        ("main", "--numbered-files"),
        ("main", "--suffix=.txt", "--start-number=7"),
        ("main", "-o", "far/out"),
        ("main", "-q"),
        ("-sq", "main"),
        ("-N", "main"),
        ("-n", "-1"),
        ("main", "--", "file-2"),
        ("main", "--no-cover-letter"),
        ("--no-cover-letter", "main", "--rfc", "--subject-prefix=PATCH net"),
        ("topic", "-1", "--zero-commit"),
        ("--end-of-options", "main"),
        ("main", "--filename-max-length=20"),
        ("main..main",),
        (),
    ],
    ids=" ".join,
)
def test_stdout_is_what_git_prints(series: Sandbox, arguments: tuple[str, ...]) -> None:
    several = not {"-1", "--no-cover-letter", "--"} & set(arguments)
    before = ("--cover-letter", "--notes=voicenote") if several else ("--notes=voicenote",)
    theirs = series.run("git", "format-patch", *before, *arguments).stdout
    written = everything(series)
    series.git("clean", "-dfq")

    done = series.voicenote("format-patch", *arguments)

    assert done.returncode == 0, done.stderr
    assert done.stdout == theirs
    assert everything(series).keys() == written.keys()
    for path, content in everything(series).items():
        diff = content.partition(b"\ndiff --git ")[2]
        assert diff == written[path].partition(b"\ndiff --git ")[2]
        assert content[:45] == written[path][:45]


def everything(repo: Sandbox) -> dict[str, bytes]:
    paths = repo.git("ls-files", "--others", "-z").split("\0")[:-1]
    return {path: (repo.folder / path).read_bytes() for path in paths}


@pytest.mark.parametrize(
    "arguments",
    [
        ("--stdout", "main"),
        ("--stdout", "main", "--attach"),
        ("--stdout", "main", "--inline=xyz"),
        ("--stdout", "main", "--thread=deep", "--in-reply-to=<a@example.org>"),
        ("--stdout", "main", "--zero-commit"),
        ("--stdout", "main", "-s"),
        ("--stdout", "main", "--from=Bob <bob@example.org>"),
        ("--stdout", "main", "--to=c@example.org", "--cc=d@example.org", "--add-header=X-A: b"),
        ("--stdout", "main", "--subject-prefix=" + "A rather long prefix " * 3),
        ("--stdout", "main", "--subject-prefix=", "-n"),
        ("--stdout", "main", "--no-signature"),
        ("--stdout", "main", "--signature=From here\n---\ndiff - it goes"),
        ("--stdout", "main", "--base=main"),
        ("--stdout", "main", "-p"),
        ("--stdout", "main", "--no-stat", "-U5"),
        ("--stdout", "main", "-v3", "--rfc", "--progress"),
        ("--output=x.mbox", "main"),
        ("--output", "x.mbox", "main"),
        ("--stdout", "main", "--no-add-header"),
    ],
    ids=" ".join,
)
def test_git_am_takes_it(series: Sandbox, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = series.voicenote("format-patch", *arguments)

    assert done.returncode == 0, done.stderr
    mails = done.stdout or (series.folder / "x.mbox").read_bytes()
    applied = apply_mails(series, tmp_path / "clone", mails)
    assert applied.trees() == trees(series, "main..topic")
    bodies = [message.split("\n\n")[1].strip() for message in applied.messages()]
    assert bodies == ["Body 1.", "Body 2.", "Body 3."]
    unfolded = mails.replace(b"\n ", b" ")
    assert unfolded.count(b"] The old retry loop lived in the client\n") == 1
    assert mails.count(b"    Voicenote-Duration: 0:14\n") == 3
    assert b"X-Voicenote" not in mails
    assert b"*** " not in mails
    if "--zero-commit" in arguments:
        assert mails.count(b"From 0000000000000000000000000000000000000000 Mon") == 4


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


def test_a_detached_head_has_its_cover_too(series: Sandbox) -> None:
    series.git("checkout", "--quiet", "--detach", "main")
    make_branch(series, ["a\n", "b\n"], branch="other")
    series.git("checkout", "--quiet", "--detach", "other")
    series.git("branch", "-D", "other")
    write_cover(series, COVER, "detached/" + series.git("rev-parse", "HEAD"))

    done = series.voicenote("format-patch", "--stdout", "-2")

    assert b"Subject: [PATCH 0/2] The old retry loop lived in the client\n" in done.stdout


def test_a_branch_name_may_be_awkward(series: Sandbox) -> None:
    for name in ("a=b", "a/b.c", "weiß", "v2-0000-x", "HEAD-1"):
        series.git("checkout", "--quiet", "-b", name, "topic")
        write_cover(series, f"All about {name}.", name)

        for revisions in (("main",), (f"main..{name}",), ("-2", name), (f"main..{name}~1",)):
            done = series.voicenote("format-patch", "--stdout", *revisions)

            assert done.returncode == 0, done.stderr
            assert b"Subject: [PATCH 0/" in done.stdout
            assert name.encode() in done.stdout or b"wei=C3=9F" in done.stdout


def test_it_works_wherever_git_does(series: Sandbox, tmp_path: Path) -> None:
    sub = series.folder / "sub"
    sub.mkdir()
    worktree, bare = tmp_path / "worktree", tmp_path / "bare.git"
    series.git("worktree", "add", "--quiet", "--detach", worktree, "topic")
    series.git("clone", "--quiet", "--mirror", series.folder, bare)
    for place in (sub, worktree, bare):
        done = series.voicenote("format-patch", "main..topic", cwd=place)

        assert done.returncode == 0, done.stderr
        names = done.stdout.decode().splitlines()
        assert names[0] == "0000-cover-letter.patch"
        assert len(names) == 4
        assert "Subject: [PATCH 0/3] The old" in (place / names[0]).read_text()
        assert "Voicenote-Duration: 0:14" in (place / names[3]).read_text()


def test_it_works_in_a_submodule(series: Sandbox, tmp_path: Path) -> None:
    above = tmp_path / "above"
    series.run("git", "init", "--quiet", above)
    series.run("git", "-c", "protocol.file.allow=always", "submodule", "--quiet", "add",
               series.folder, "inner", cwd=above)  # fmt: skip
    series.run("git", "fetch", "--quiet", "origin", "refs/notes/*:refs/notes/*",
               "refs/voicenote/*:refs/voicenote/*", cwd=above / "inner")  # fmt: skip

    done = series.voicenote("format-patch", "--stdout", "origin/main", cwd=above / "inner")

    assert done.stdout.count(b"Voicenote-Duration: 0:14") == 3
    assert b"Subject: [PATCH 0/3] The old" in done.stdout


def test_it_works_with_sha256(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.git("init", "--quiet", "--initial-branch=main", "--object-format=sha256")
    sandbox.commit("start", {"README": "hello\n"})
    make_branch(sandbox, ["one\n\n---\n", "two\n"], [LONG_NOTE, None])

    done = sandbox.voicenote("format-patch", "--stdout", "main")

    assert done.returncode == 0, done.stderr
    applied = apply_mails(sandbox, tmp_path / "clone", done.stdout)
    assert applied.trees() == trees(sandbox, "main..topic")
    assert b"all clients come back" in done.stdout


def test_a_folder_with_an_awkward_name(series: Sandbox) -> None:
    done = series.voicenote("format-patch", "main", "-o", "a\nb\tc ö")

    assert done.returncode == 0, done.stderr
    assert "a\nb\tc ö/0000-cover-letter.patch\n" in done.stdout.decode()
    assert b"The old retry" in (series.folder / "a\nb\tc ö/0000-cover-letter.patch").read_bytes()


@pytest.mark.parametrize(
    "setting",
    [
        "format.attach=zzz", "format.thread=true", "format.signOff=true", "format.from=true",
        "format.numbered=true", "format.outputDirectory=elsewhere", "format.suffix=.eml",
        "format.headers=Organization: none\n", "format.pretty=oneline", "format.notes=true",
        "format.encodeEmailHeaders=false", "format.useAutoBase=whenAble",
        "i18n.logOutputEncoding=ISO-8859-1", "core.quotePath=true", "diff.noprefix=false",
        "log.showSignature=true", "mailinfo.scissors=true", "format.coverLetter=auto",
        "format.coverFromDescription=auto", "color.ui=auto", "notes.displayRef=refs/notes/*",
        "core.notesRef=refs/notes/voicenote",
    ],
)  # fmt: skip
def test_the_persons_own_settings_hold(series: Sandbox, tmp_path: Path, setting: str) -> None:
    series.git("config", *setting.split("=", 1))
    write_cover(series, "Naïve clients. All of them.")

    done = series.voicenote("format-patch", "main")

    assert done.returncode == 0, done.stderr
    paths = [series.folder / name for name in done.stdout.decode().splitlines()]
    assert len(paths) == 4
    applied = apply_mails(series, tmp_path / "clone", paths)
    assert applied.trees() == trees(series, "main..topic")
    assert "SUBJECT HERE" not in paths[0].read_text(errors="replace")
    assert paths[1].read_bytes().count(b"Voicenote-Duration") == 1


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "UTF-16", "no-such-encoding"])
def test_other_encodings(repo: Sandbox, tmp_path: Path, encoding: str) -> None:
    make_branch(repo, ["naïve\n\nÉtude\n---\nÀ la carte\n"], ["Déjà vu. " * 20])
    repo.git("config", "i18n.logOutputEncoding", encoding)

    done = repo.voicenote("format-patch", "--stdout", "-1")

    if encoding == "ISO-8859-1":
        assert "\n ---\nÀ la".encode("latin-1") in done.stdout
        assert b"charset=ISO-8859-1" in done.stdout
        applied = apply_mails(repo, tmp_path / "clone", done.stdout)
        assert applied.trees() == trees(repo, "main..topic")
        assert applied.messages() == ["naïve\n\nÉtude\n ---\nÀ la carte\n"]
    else:
        assert done.returncode in (0, 128)


def test_content_of_all_kinds(repo: Sandbox, tmp_path: Path) -> None:
    repo.write("script", "#!/bin/sh\n")
    repo.write("binary", bytes(range(256)) * 40)
    repo.write("old", "".join(f"line {number}\n" for number in range(50)))
    repo.write("noeol", "no newline at the end")
    repo.git("add", ".")
    repo.git("commit", "--quiet", "-m", "add all kinds")
    repo.git("checkout", "--quiet", "-b", "topic")
    (repo.folder / "script").chmod(0o755)
    repo.write("binary", bytes(range(255, -1, -1)) * 40)
    repo.git("mv", "old", "new name ö")
    repo.write("noeol", "still none")
    repo.write("mail", "From alice Mon Sep 17 00:00:00 2001\n---\n\nNotes (voicenote):\n    x\n")
    repo.git("add", ".")
    repo.git("commit", "--quiet", "-m", "change all kinds\n\nNotes (voicenote):\n    mine")
    repo.git("notes", "--ref=voicenote", "add", "-m", LONG_NOTE)
    repo.git("commit", "--quiet", "--allow-empty", "-m", "nothing changes\n\nbut words")
    repo.git("notes", "--ref=voicenote", "add", "-m", LONG_NOTE)
    repo.git("rm", "--quiet", "noeol", "mail")
    repo.git("commit", "--quiet", "-m", "remove some")

    for options in ((), ("--attach",), ("--always",), ("--inline", "--always")):
        done = repo.voicenote("format-patch", "--stdout", "main", *options)

        assert done.returncode == 0, done.stderr
        clone = apply_mails(repo, tmp_path / ("clone" + "".join(options)), done.stdout)
        assert clone.trees() == [trees(repo, "main..topic")[number] for number in (0, 2)]
        assert clone.messages()[0] == messages(repo, "main..topic")[0]
        notes = 2 if "--always" in options else 1
        assert done.stdout.count(b"that has just recovered falls over") == notes


def test_line_ends_of_content_stay(repo: Sandbox, tmp_path: Path) -> None:
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.git("config", "core.autocrlf", "false")
    repo.commit("windows\n\n---\nwords", {"crlf.txt": "one\r\ntwo\r\n"})

    done = repo.voicenote("format-patch", "--stdout", "main")

    clone = tmp_path / "clone"
    repo.run("git", "clone", "--quiet", "--branch=main", repo.folder, clone)
    repo.run("git", "am", "--keep-cr", "--quiet", cwd=clone, stdin=done.stdout)
    assert repo.run("git", "show", "HEAD:crlf.txt", cwd=clone).stdout == b"one\r\ntwo\r\n"


def test_merges_are_left_out_as_git_does(series: Sandbox) -> None:
    series.git("checkout", "--quiet", "-b", "side", "main")
    series.commit("aside", {"side": "x\n"})
    series.git("checkout", "--quiet", "topic")
    series.git("merge", "--quiet", "--no-edit", "side")

    done = series.voicenote("format-patch", "main", "-o", "out")

    theirs = series.git("format-patch", "main", "--cover-letter", "-o", "out")
    assert done.stdout.decode().splitlines() == theirs.splitlines()
    assert "Subject: [PATCH 0/4]" in (
        series.folder / "out/0000-cover-letter.patch"
    ).read_text() or (theirs)
    assert re.search(rb"patch \d has no note \(git voicenote record [0-9a-f]{7},", done.stderr)


@pytest.mark.parametrize("stdout", [(), ("--stdout",)], ids=["files", "stdout"])
@pytest.mark.parametrize("way", ["flag", "setting", "range-diff"])
def test_no_placeholder_is_ever_handed_over(
    repo: Sandbox, stdout: tuple[str, ...], way: str
) -> None:
    make_branch(repo, ["one\n", "two\n"])
    arguments = {"flag": ("--cover-letter",), "range-diff": ("--range-diff=main",)}.get(way, ())
    if way == "setting":
        repo.git("config", "format.coverLetter", "auto")

    done = repo.voicenote("format-patch", "main", *arguments, *stdout)

    assert done.returncode == 128
    assert done.stdout == b""
    # before git 2.52 a range-diff brings no cover letter of its own
    if b"--range-diff requires --cover-letter" not in done.stderr:
        assert b"error: the cover letter has no words yet\nhint: " in done.stderr
        assert b"git voicenote record --cover" in done.stderr
    assert everything(repo) == {}


@pytest.mark.parametrize("stdout", [(), ("--stdout",)], ids=["files", "stdout"])
def test_what_would_not_survive_is_not_handed_over(
    series: Sandbox, stdout: tuple[str, ...]
) -> None:
    signature = "--signature=words\nFrom alice Mon Sep 17 00:00:00 2001\nwords"

    done = series.voicenote("format-patch", "main", signature, *stdout)

    assert done.returncode == 128
    assert done.stdout == b""
    assert done.stderr.decode().startswith("error: git would take these 4 mails for 7\nhint: ")
    assert everything(series) == {}


def test_a_file_that_git_cannot_write_is_left_alone(series: Sandbox) -> None:
    series.git("format-patch", "-q", "main", "-o", "out")
    blocked = series.folder / "out/0002-feat-change-2.patch"
    blocked.unlink()
    blocked.mkdir()

    done = series.voicenote("format-patch", "main", "-o", "out")

    assert done.returncode == 128
    assert b"cannot open patch file" in done.stderr
    assert blocked.is_dir()
    assert not (series.folder / "out/0000-cover-letter.patch").exists()


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


def test_a_recorded_cover_beats_a_description(series: Sandbox) -> None:
    series.git("config", "branch.topic.description", "Their title\n\nTheir words.\n")

    ours = series.voicenote("format-patch", "main", "--stdout")
    theirs = series.voicenote(
        "format-patch", "main", "--stdout", "--cover-letter", "--cover-from-description=subject"
    )

    assert b"The old retry" in ours.stdout
    assert b"Their title" not in ours.stdout
    assert b"Subject: [PATCH 0/3] Their title\n" in theirs.stdout


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


def test_git_says_what_is_wrong_with_a_call(series: Sandbox) -> None:
    for arguments in (("nosuch",), ("--stdout", "-o", "x"), ("--no-such-option",)):
        theirs = series.run("git", "format-patch", *arguments, check=False)
        ours = series.voicenote("format-patch", *arguments)

        assert ours.returncode == theirs.returncode
        assert ours.stderr == theirs.stderr
        assert ours.stdout == b""


def test_outside_a_repository(sandbox: Sandbox) -> None:
    done = sandbox.voicenote("format-patch", "-1")

    assert done.returncode == 128
    assert done.stderr.startswith(b"error: not a git repository")


def test_help_tells_our_own_options(sandbox: Sandbox) -> None:
    done = sandbox.voicenote("format-patch", "-h")

    assert done.returncode == 0
    assert b"--record=newest" in done.stdout
    assert b"Every option of git format-patch passes through" in done.stdout


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
    assert everything(repo) == {}


def test_record_asks_nothing_where_nothing_is_missing(series: Sandbox) -> None:
    done = series.voicenote("format-patch", "main", "--record")

    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 4


def test_it_starts_light(series: Sandbox) -> None:
    code = (
        "import sys\n"
        "sys.argv = ['git-voicenote', 'format-patch', '-q', 'main']\n"
        "from git_voicenote.cli import main\n"
        "try:\n    main()\nexcept SystemExit as exc:\n    assert not exc.code\n"
        "print([m for m in ('git', 'numpy', 'jinja2', 'rich', 'sqlite3') if m in sys.modules])"
    )

    assert series.run("python", "-c", code).stdout == b"[]\n"
