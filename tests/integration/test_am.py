"""Mailed patches, applied with their notes and their cover."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from git_voicenote.series.outgoing.reader_note import reader_note
from tests.support.applying import COVER, am, cover, mail, notes
from tests.support.hazards import TEXTS
from tests.support.sandbox import Sandbox
from tests.support.series import NOTE_TRAILERS, make_branch, messages, trees, write_cover

if TYPE_CHECKING:
    from pathlib import Path

DELIVERIES = {"files": (), "mbox": ("--stdout",), "attach": ("--stdout", "--attach")}


def explained(text: str) -> str:
    return f"{text}\n{NOTE_TRAILERS}"


@pytest.mark.parametrize("delivery", list(DELIVERIES))
def test_no_word_is_lost_on_the_way_there_and_out_again(
    repo: Sandbox, bob: Sandbox, tmp_path: Path, delivery: str
) -> None:
    texts = [explained(text) for text in TEXTS.values()]
    # two notes on one commit, and a commit without any
    texts += [f"First.\n{NOTE_TRAILERS}\nSecond.\n{NOTE_TRAILERS}", None]  # type: ignore[list-item]  # make_branch takes both
    make_branch(repo, [f"title {number}\n\nBody.\n" for number in range(len(texts))], texts)
    write_cover(repo, COVER)
    mails = mail(repo, tmp_path / "v1", *DELIVERIES[delivery])

    told = am(bob, "--quiet", *mails)

    assert trees(bob, "main..HEAD") == trees(repo, "main..topic")
    assert messages(bob, "main..HEAD") == messages(repo, "main..topic")
    carried = [reader_note(text) + "\n" if text else "" for text in texts]
    assert notes(bob) == carried
    assert f"kept {len(texts) - 1} notes and the cover of review" in told
    again = mail_of(bob, tmp_path / "again", *DELIVERIES[delivery])
    assert blocks(again) == blocks(mails)
    assert letters(cover(bob) or "") == letters(COVER.replace("transport.", "transport"))
    assert letter(again) == letter(mails)


def mail_of(clone: Sandbox, folder: Path, *arguments: str) -> list[Path]:
    clone.git("branch", "--quiet", "topic")
    clone.git("update-ref", "refs/voicenote/cover/topic", "refs/voicenote/cover/review")
    return mail(clone, folder, *arguments, "-v2")


def blocks(mails: list[Path]) -> list[bytes]:
    """Return the blocks of notes in mails."""
    text = b"".join(path.read_bytes() for path in mails)
    return re.findall(rb"^Notes \(voicenote\):\n(?:    .*\n|\n(?=    ))*", text, re.MULTILINE)


def letter(mails: list[Path]) -> tuple[bytes, bytes]:
    """Return subject and words of the cover letter."""
    headers, _, body = mails[0].read_bytes().partition(b"\n\n")
    found = re.search(rb"^Subject: \[PATCH[^]]*\] (.*)", headers, re.MULTILINE)
    assert found
    return found[1], body.partition(b"\n\nAda Lovelace (")[0]


def letters(text: str) -> str:
    return "".join(text.split())


def test_from_stdin(repo: Sandbox, bob: Sandbox, tmp_path: Path) -> None:
    make_branch(repo, ["one\n", "two\n"], ["Why.\n", "Why not.\n"])
    (path,) = mail(repo, tmp_path / "out", "--stdout")
    am(bob, stdin=path.read_bytes())
    assert notes(bob) == ["Why.\n", "Why not.\n"]


def test_conflicts_and_skipped_patches_do_not_shift_notes(
    repo: Sandbox, bob: Sandbox, tmp_path: Path
) -> None:
    make_branch(repo, [f"title {n}\n" for n in range(1, 6)], [f"Note {n}.\n" for n in range(1, 6)])
    write_cover(repo, COVER)
    mails = mail(repo, tmp_path / "out")
    bob.commit("in the way", {"file-2": "x\n", "file-4": "x\n"})

    told = am(bob, *mails, status=128)
    assert "hint: continue with `git voicenote am --continue`" in told
    assert "kept 1 note" in told
    assert cover(bob) is None
    bob.voicenote("am", "--skip")  # 2 goes
    while (state := bob.folder / ".git/rebase-apply/next").exists():
        number = int(state.read_text()) - 1  # the first mail is the cover
        bob.write(f"file-{number}", f"content {number}\n")
        bob.write("shared", "".join(f"line {line}\n" for line in range(1, number + 1)))
        bob.git("add", "--all")
        bob.voicenote("am", "--continue")

    subjects = bob.git("log", "--reverse", "--format=%s", "main..HEAD").split("\n")
    expected = {f"title {n}": f"Note {n}.\n" for n in range(1, 6)}
    assert notes(bob) == [expected.get(subject, "") for subject in subjects]
    assert "title 1" in subjects
    assert "title 2" not in subjects
    assert "title 5" in subjects
    assert cover(bob) is not None


def test_an_aborted_series_leaves_nothing(repo: Sandbox, bob: Sandbox, tmp_path: Path) -> None:
    make_branch(repo, ["one\n", "two\n"], ["Why.\n", "Why not.\n"])
    write_cover(repo, COVER)
    mails = mail(repo, tmp_path / "out")
    bob.commit("in the way", {"file-2": "x\n"})
    before = bob.commit_id()
    am(bob, *mails, status=128)
    am(bob, "--abort")
    assert bob.commit_id() == before
    assert cover(bob) is None
    assert "\n" not in am(bob, "--show-current-patch", status=128).strip().replace("fatal", "", 1)


def test_a_cover_that_is_there_stays(repo: Sandbox, bob: Sandbox, tmp_path: Path) -> None:
    make_branch(repo, ["one\n", "two\n"], ["Why.\n", "Why not.\n"])
    write_cover(repo, COVER)
    write_cover(bob, "Mine.\n", "review")
    mails = mail(repo, tmp_path / "out")
    am(bob, *mails)
    kept = cover(bob) or ""
    assert kept.startswith("Mine.\n\nVoicenote-Typed: yes\n\nMove retries into the transport\n")
    bob.git("reset", "--quiet", "--hard", "main")
    am(bob, *mails)
    assert cover(bob) == kept


def test_the_authors_own_note_is_not_shortened(repo: Sandbox, tmp_path: Path) -> None:
    whole = explained("Why.\n\nAnd how.\n")
    make_branch(repo, ["one\n"], [whole])
    tip = repo.commit_id()
    mails = mail(repo, tmp_path / "out")
    repo.git("checkout", "--quiet", "main")
    am(repo, "--committer-date-is-author-date", *mails)
    assert repo.commit_id() == tip  # the very same commit
    assert notes(repo, f"{tip}^..{tip}") == [whole]


def test_the_persons_own_hooks_run(repo: Sandbox, bob: Sandbox, tmp_path: Path) -> None:
    make_branch(repo, ["one\n"], ["Why.\n"])
    mails = mail(repo, tmp_path / "out")
    log = tmp_path / "log"
    for name in ("applypatch-msg", "pre-applypatch", "post-applypatch"):
        hook = bob.write(f".git/hooks/{name}", f'#!/bin/sh\necho "$0" >>{log}\n')
        hook.chmod(0o755)
    bob.write(".git/hooks/unused", "no program\n")
    am(bob, *mails)
    assert [line.rpartition("/")[2] for line in log.read_text().split()] == [
        "applypatch-msg", "pre-applypatch", "post-applypatch",
    ]  # fmt: skip
    assert str(bob.folder / ".git/hooks/post-applypatch") in log.read_text()
    assert notes(bob) == ["Why.\n"]


def test_a_note_that_came_is_found_after_a_cherry_pick(
    repo: Sandbox, bob: Sandbox, tmp_path: Path
) -> None:
    make_branch(repo, ["one\n"], ["Why.\n"])
    am(bob, *mail(repo, tmp_path / "out"))
    bob.git("checkout", "--quiet", "-b", "stable", "main")
    bob.commit("something else", {"else": "x\n"})
    bob.git("cherry-pick", "review")
    bob.git("branch", "-D", "review")
    assert b"Why.\n" in bob.voicenote("show").stdout


def test_a_note_in_another_encoding(repo: Sandbox, bob: Sandbox, tmp_path: Path) -> None:
    make_branch(repo, ["one\n"], ["naïve\n"])
    (path,) = mail(repo, tmp_path / "out")
    text = path.read_bytes().decode().replace("charset=UTF-8", "charset=ISO-8859-1")
    path.write_bytes(text.encode("latin-1"))
    am(bob, path)
    assert notes(bob) == ["naïve\n"]


def test_what_others_write_below_the_dashes_is_no_note(
    repo: Sandbox, bob: Sandbox, tmp_path: Path
) -> None:
    make_branch(repo, ["one\n"], ["Why.\n"])
    (path,) = mail(repo, tmp_path / "out", "--no-notes")
    path.write_bytes(path.read_bytes().replace(b"---\n", b"---\nv2: rebased\n", 1))
    assert am(bob, path) == ""
    assert notes(bob) == [""]


def test_another_notes_ref(repo: Sandbox, bob: Sandbox, tmp_path: Path) -> None:
    make_branch(repo, ["one\n"], ["Why.\n"])
    bob.git("config", "voicenote.notesRef", "words")
    am(bob, *mail(repo, tmp_path / "out"))
    assert bob.git("notes", "--ref=words", "show") == "Why."


def test_no_note_can_be_written(repo: Sandbox, bob: Sandbox, tmp_path: Path) -> None:
    make_branch(repo, ["one\n"], ["Why.\n"])
    bob.write(".git/refs/notes/voicenote.lock", "")
    told = am(bob, *mail(repo, tmp_path / "out"))
    assert "their notes could not be kept:\nerror: " in told
    assert bob.git("log", "-1", "--format=%s") == "one"


def test_git_says_what_is_wrong(bob: Sandbox, sandbox: Sandbox, tmp_path: Path) -> None:
    assert "nothing.mbox" in am(bob, "nothing.mbox", status=128)
    assert "unknown option" in am(bob, "--nonsense", status=129)
    nowhere = Sandbox(tmp_path, sandbox.home)
    assert "not a git repository" in am(nowhere, status=128)
    assert b"git voicenote am --continue" in bob.voicenote("am", "-h").stdout


def test_in_a_worktree_and_from_a_folder_below(repo: Sandbox, bob: Sandbox, tmp_path: Path) -> None:
    make_branch(repo, ["one\n"], ["Why.\n"])
    (path,) = mail(repo, tmp_path / "out")
    bob.git("worktree", "add", "--quiet", "-b", "other", tmp_path / "tree", "main")
    tree = Sandbox(tmp_path / "tree", repo.home)
    tree.write("below/0001.patch", path.read_bytes())
    done = tree.voicenote("am", "0001.patch", cwd=tree.folder / "below")
    assert done.returncode == 0, done.stderr.decode()
    assert notes(tree) == ["Why.\n"]


def test_an_interrupt_keeps_what_was_applied(repo: Sandbox, bob: Sandbox, tmp_path: Path) -> None:
    make_branch(repo, ["one\n", "two\n"], ["Why.\n", "Why not.\n"])
    mails = mail(repo, tmp_path / "out")
    hook = bob.write(
        ".git/hooks/pre-applypatch",
        f"#!/bin/sh\n[ -e {tmp_path}/once ] || {{ touch {tmp_path}/once; exit; }}\n"
        f"touch {tmp_path}/waits; exec sleep 60\n",
    )
    hook.chmod(0o755)
    process = subprocess.Popen(
        [sys.executable, "-m", "git_voicenote", "am", *mails],
        cwd=bob.folder, env=bob.environment, start_new_session=True, stderr=subprocess.PIPE,
    )  # fmt: skip
    while not (tmp_path / "waits").exists():
        assert process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert notes(bob) == ["Why.\n"]


def test_the_hook(repo: Sandbox, bob: Sandbox, tmp_path: Path) -> None:
    make_branch(repo, ["one\n", "two\n", "three\n"], ["Why.\n", None, "Why not.\n"])
    write_cover(repo, COVER)
    mails = mail(repo, tmp_path / "out")
    path = bob.folder / ".git/hooks/post-applypatch"
    theirs = b"#!/bin/sh\necho theirs\nexit 0"
    path.write_bytes(theirs)
    path.chmod(0o755)

    done = bob.voicenote("hook", "install", "--am")
    assert done.returncode == 0, done.stderr.decode()
    assert bob.voicenote("hook", "status", "--am").returncode == 0
    assert bob.voicenote("hook", "status").returncode == 1
    printed = bob.run("git", "am", "--empty=drop", *mails)

    assert printed.stdout.count(b"theirs") + printed.stderr.count(b"theirs") == 3
    assert notes(bob) == ["Why.\n", "", "Why not.\n"]
    assert (cover(bob) or "").startswith("Move retries into the transport\n")
    bob.git("reset", "--quiet", "--hard", "main")
    am(bob, *mails)
    assert notes(bob) == ["Why.\n", "", "Why not.\n"]
    bob.voicenote("hook", "uninstall", "--am")
    assert path.read_bytes() == theirs


def test_the_hook_never_stops_git(repo: Sandbox, bob: Sandbox, tmp_path: Path) -> None:
    make_branch(repo, ["one\n"], ["Why.\n"])
    mails = mail(repo, tmp_path / "out")
    bob.voicenote("hook", "install", "--am")
    bob.write(".git/refs/notes/voicenote.lock", "")
    printed = bob.run("git", "am", *mails)
    assert b"the patch is applied without its note" in printed.stderr
    bob.git("reset", "--quiet", "--hard", "main")
    printed = bob.run("git", "am", *mails, environment={"PATH": "/usr/bin:/bin"})
    assert b"git-voicenote is not on PATH" in printed.stderr
    assert bob.git("log", "-1", "--format=%s") == "one"
