"""Wherever and whatever git makes patches of, ours are the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.support.series import (
    LONG_NOTE,
    SERIES_COVER,
    apply_mails,
    make_branch,
    messages,
    trees,
    write_cover,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox


def test_a_detached_head_has_its_cover_too(series: Sandbox) -> None:
    series.git("checkout", "--quiet", "--detach", "main")
    make_branch(series, ["a\n", "b\n"], branch="other")
    series.git("checkout", "--quiet", "--detach", "other")
    series.git("branch", "-D", "other")
    write_cover(series, SERIES_COVER, "detached/" + series.commit_id())

    done = series.voicenote("format-patch", "--stdout", "-2")

    assert b"Subject: [PATCH 0/2] The old retry loop lived in the client\n" in done.stdout


def test_mails_are_not_coloured_for_a_pager(series: Sandbox) -> None:
    """Under `git -p`, what git prints to us would be."""
    usual = series.voicenote("format-patch", "--stdout", "main..topic")
    paged: dict[str, str | None] = {"GIT_PAGER_IN_USE": "true", "TERM": "xterm"}
    done = series.voicenote("format-patch", "--stdout", "main..topic", environment=paged)
    assert (done.stdout, done.stderr) == (usual.stdout, usual.stderr)


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


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "UTF-16", "KOI8-R", "US-ASCII"])
def test_an_encoding_that_cannot_hold_the_note_is_not_used(
    repo: Sandbox, tmp_path: Path, encoding: str
) -> None:
    make_branch(repo, ["naive\n\nbody\n"], ["为什么这样更好。 é"])
    repo.git("config", "i18n.logOutputEncoding", encoding)

    done = repo.voicenote("format-patch", "--stdout", "-1")

    assert done.returncode == 0, done.stderr
    assert f"the mails are in UTF-8: {encoding} cannot represent the notes" in done.stderr.decode()
    assert "\n    为什么这样更好。 é\n" in done.stdout.decode()
    assert "为什么这样更好。 é" in repo.voicenote("show").stdout.decode()
    repo.git("config", "--unset", "i18n.logOutputEncoding")  # git log obeys it, too
    applied = apply_mails(repo, tmp_path / "clone", done.stdout)
    assert applied.trees() == trees(repo, "main..topic")


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
        assert done.stdout.count(b"that has just recovered falls over") == 1
        said = b"the note of patch 2 is left out: without a diff, git am would make it part"
        assert (said in done.stderr) == ("--always" in options)


@pytest.mark.parametrize("options", [(), ("--attach",), ("--notes=refs/notes/[o]ther",)], ids=str)
def test_the_note_of_an_empty_commit_stays_out_of_its_message(
    repo: Sandbox, tmp_path: Path, options: tuple[str, ...]
) -> None:
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.git("commit", "--quiet", "--allow-empty", "-m", "nothing changes\n\nbut words")
    for ref in ("voicenote", "other"):
        repo.git("notes", f"--ref={ref}", "add", "-m", LONG_NOTE)

    done = repo.voicenote(
        "format-patch", "--stdout", "--always", "--no-signature", "main", *options
    )

    assert b"the note of patch 1 is left out" in done.stderr
    clone = tmp_path / "clone"
    repo.run("git", "clone", "--quiet", "--branch=main", repo.folder, clone)
    repo.run("git", "am", "--empty=keep", cwd=clone, stdin=done.stdout)
    assert messages(repo, "origin/main..HEAD", clone) == messages(repo, "main..topic")


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
