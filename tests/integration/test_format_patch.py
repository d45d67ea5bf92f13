"""`git voicenote format-patch` beside `git format-patch`: the same calls, the same answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.series import (
    WRAPPED_NOTE,
    apply_mails,
    make_branch,
    trees,
    untracked,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox


def test_a_series_as_it_is_sent(series: Sandbox) -> None:
    done = series.voicenote("format-patch", "main", "-o", "out")

    assert done.stderr == b""
    assert done.stdout.decode().splitlines() == [
        "out/0000-cover-letter.patch",
        "out/0001-feat-change-1.patch",
        "out/0002-feat-change-2.patch",
        "out/0003-feat-change-3.patch",
    ]
    tip = series.commit_id("topic")
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
    written = untracked(series)
    series.git("clean", "-dfq")

    done = series.voicenote("format-patch", *arguments)

    assert done.returncode == 0, done.stderr
    assert done.stdout == theirs
    assert untracked(series).keys() == written.keys()
    for path, content in untracked(series).items():
        diff = content.partition(b"\ndiff --git ")[2]
        assert diff == written[path].partition(b"\ndiff --git ")[2]
        assert content[:45] == written[path][:45]


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
        assert b"error: the cover letter has no text yet\nhint: " in done.stderr
        assert b"git voicenote record --cover" in done.stderr
    assert untracked(repo) == {}


@pytest.mark.parametrize("stdout", [(), ("--stdout",)], ids=["files", "stdout"])
def test_what_would_not_survive_is_not_handed_over(
    series: Sandbox, stdout: tuple[str, ...]
) -> None:
    signature = "--signature=words\nFrom alice Mon Sep 17 00:00:00 2001\nwords"

    done = series.voicenote("format-patch", "main", signature, *stdout)

    assert done.returncode == 128
    assert done.stdout == b""
    assert done.stderr.decode().startswith("error: git would take these 4 mails for 7\nhint: ")
    assert untracked(series) == {}


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


def test_it_starts_light(series: Sandbox) -> None:
    code = (
        "import sys\n"
        "sys.argv = ['git-voicenote', 'format-patch', '-q', 'main']\n"
        "from git_voicenote.cli import main\n"
        "try:\n    main()\nexcept SystemExit as exc:\n    assert not exc.code\n"
        "heavy = {'git', 'numpy', 'jinja2', 'logging', 'platformdirs', 'rich', 'sqlite3'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )

    assert series.run("python", "-c", code).stdout == b"[]\n"
