"""One file with commits, notes, covers and recordings, from one clone to another."""

from __future__ import annotations

import stat
import tarfile
from typing import TYPE_CHECKING

from git_voicenote.datatypes import Place, Turn
from git_voicenote.store.history import History
from git_voicenote.store.recordings import Recordings
from tests.support.clones import cover, note, refs, sync, write_note
from tests.support.sandbox import Sandbox

if TYPE_CHECKING:
    from pathlib import Path
from tests.integration.bundles.archives import SOUND, TRAILER, WHEN, manifest_of


def test_all_comes_over(ada: Sandbox, bob: Sandbox, stick: Path) -> None:
    told = sync(ada, "bundle", stick, "main..topic", "--audio")
    assert "1 commit, 1 note, 1 cover, 1 recording packed" in told
    assert stat.S_IMODE(stick.stat().st_mode) == 0o600

    told = sync(bob, "unbundle", stick)

    ref = "refs/voicenote/received/topic/heads/topic"
    assert told.splitlines() == [
        ref,
        "1 note and 1 cover from topic.voicenote",
        "1 recording imported",
        "topic: `git log --notes=voicenote HEAD..voicenote/received/topic/heads/topic`, "
        "`git merge voicenote/received/topic/heads/topic`",
    ]
    assert bob.git("rev-parse", ref) == ada.commit_id("topic")
    assert note(bob, ref) == f"Why: naïve 重试.\n\n{TRAILER}"
    assert cover(bob, "topic") == "The series.\n"
    assert bob.git("branch", "--format=%(refname)") == "refs/heads/main"
    state = bob.folder / ".git/voicenote"
    sound = state / f"recordings/{SOUND}.flac"
    theirs = ada.folder / f".git/voicenote/recordings/{SOUND}.flac"
    assert sound.read_bytes() == theirs.read_bytes()
    assert [stat.S_IMODE(p.stat().st_mode) for p in (sound, sound.parent)] == [0o600, 0o700]
    entry = History(state).entry(SOUND)
    known = History(ada.folder / ".git/voicenote").entry(SOUND)
    assert entry is not None
    assert known is not None
    assert (entry.text, entry.created_at, entry.duration, entry.state, entry.path) == (
        known.text, WHEN, 2.5, "transcribed", f"recordings/{SOUND}.flac",
    )  # fmt: skip
    assert entry.transcript == known.transcript
    assert entry.turns == (Turn(0.0, Place("retry", 1, 1, "def retry():")),)


def test_answers_of_reviewers_come_over_with_their_sound(
    ada: Sandbox, bob: Sandbox, stick: Path
) -> None:
    """By whatever name the ref has on either side; the author's note is not mixed up with them."""
    ada.git("config", "voicenote.reviewRef", "answers")
    bob.git("config", "voicenote.reviewRef", "reviewers")
    write_note(ada, "Why: naïve 重试.\n", "topic")
    answer = f"Why not?\n\n{TRAILER}Voicenote-Reviewer: Ada <ada@example.org>\n"
    ada.run("git", "notes", "--ref=answers", "add", "-F", "-", "topic", stdin=answer.encode())

    told = sync(ada, "bundle", stick, "main..topic", "--audio")
    assert "1 commit, 1 note, 1 answered commit, 1 cover, 1 recording packed" in told
    told = sync(bob, "unbundle", stick)

    assert "1 note, the answers to 1 commit and 1 cover from topic.voicenote\n" in told
    ref = "refs/voicenote/received/topic/heads/topic"
    assert bob.git("notes", "--ref=reviewers", "show", ref) + "\n" == answer
    assert note(bob, ref) == "Why: naïve 重试.\n"


def test_a_second_time_changes_nothing(ada: Sandbox, bob: Sandbox, stick: Path) -> None:
    sync(ada, "bundle", stick, "--audio")
    sync(bob, "unbundle", stick)
    bob.git("update-ref", "-d", "refs/voicenote/cover/topic")  # the person wants no cover
    before = refs(bob), (bob.folder / ".git/voicenote/recordings").stat().st_mtime_ns

    assert "nothing new in topic.voicenote" in sync(bob, "unbundle", stick)

    assert (refs(bob), (bob.folder / ".git/voicenote/recordings").stat().st_mtime_ns) == before
    assert len(History(bob.folder / ".git/voicenote").entries()) == 1


def test_both_wrote_and_the_stick_goes_back_and_forth(
    ada: Sandbox, bob: Sandbox, stick: Path
) -> None:
    sync(ada, "bundle", stick)
    sync(bob, "unbundle", stick)
    tip = ada.commit_id("topic")
    write_note(ada, f"From Ada.\n\nWhy: naïve 重试.\n\n{TRAILER}", tip, at=60)
    write_note(bob, f"Why: naïve 重试.\n\nFrom Bob.\n\n{TRAILER}", tip, at=120)
    sync(ada, "bundle", stick, "--force")
    sync(bob, "unbundle", stick)
    merged = f"From Ada.\n\nWhy: naïve 重试.\n\nFrom Bob.\n\n{TRAILER}"
    assert note(bob, tip) == merged
    back = stick.with_name("back.voicenote")
    sync(bob, "bundle", back)
    sync(ada, "unbundle", back)
    assert note(ada, tip) == merged


def test_no_sound_leaves_unasked(ada: Sandbox, stick: Path) -> None:
    sync(ada, "bundle", stick)
    with tarfile.open(stick) as archive:
        assert archive.getnames() == ["manifest.json", "git.bundle"]
    assert b"fLaC" not in stick.read_bytes()


def test_selections(ada: Sandbox, stick: Path) -> None:
    ada.git("checkout", "--quiet", "--detach")
    for number, (asked, heads) in enumerate(
        [
            ((), [f"detached-{ada.git('rev-parse', 'HEAD')[:10]}"]),
            (("topic", "main"), ["main", "topic"]),
            (("topic~1..topic~0",), [f"commit-{ada.git('rev-parse', 'topic')[:10]}"]),
        ]
    ):
        path = stick.with_name(f"{number}")
        sync(ada, "bundle", path, *asked)
        assert sorted(manifest_of(path)["heads"]) == heads
    assert "main..main contains no commits" in sync(ada, "bundle", stick, "main..main", status=128)
    assert "no commit is named 'nothing'" in sync(ada, "bundle", stick, "nothing", status=128)
    assert not stick.exists()


def test_a_file_that_is_there(ada: Sandbox, stick: Path) -> None:
    stick.write_text("mine")
    assert "already exists" in sync(ada, "bundle", stick, status=128)
    assert stick.read_text() == "mine"
    sync(ada, "bundle", stick, "--force")
    assert manifest_of(stick)["version"] == 1


def test_a_stick_that_is_full(ada: Sandbox) -> None:
    assert "No such file or directory" in sync(ada, "bundle", "/nowhere/x", status=128)
    assert "could not be written" in sync(ada, "bundle", "/proc/x", status=128)


def test_a_recording_that_is_not_here(ada: Sandbox, stick: Path) -> None:
    Recordings(ada.folder / ".git/voicenote").delete(SOUND)
    told = sync(ada, "bundle", stick, "--audio")
    assert f"warning: 1 of the recordings are not on this machine: {SOUND}" in told


def test_a_start_that_is_missing(ada: Sandbox, bob: Sandbox, stick: Path) -> None:
    ada.commit("feat: more", {"more": "x\n"})
    sync(ada, "bundle", stick, "topic~1..topic")
    before = refs(bob)
    told = sync(bob, "unbundle", stick, status=128)
    assert f"lacks {ada.git('rev-parse', '--short', 'topic~1')}" in told
    assert refs(bob) == before


def test_another_recording_of_that_name(ada: Sandbox, bob: Sandbox, stick: Path) -> None:
    sync(ada, "bundle", stick, "--audio")
    mine = Recordings(bob.folder / ".git/voicenote").new_path(SOUND)
    mine.write_bytes(b"mine")
    assert f"another recording has the id {SOUND} here" in sync(bob, "unbundle", stick, status=1)
    assert mine.read_bytes() == b"mine"
    assert len(list(mine.parent.iterdir())) == 1


def test_names(ada: Sandbox, bob: Sandbox, stick: Path) -> None:
    odd = stick.with_name("..~ odd name^.x")
    sync(ada, "bundle", odd)
    sync(bob, "unbundle", odd)
    assert "refs/voicenote/received/odd-name/heads/topic" in refs(bob)
    sync(bob, "unbundle", odd, "--name", "from-ada")
    assert "refs/voicenote/received/from-ada/heads/topic" in refs(bob)
    for bad in ("../../heads", "a..b", "-x", ""):
        assert "cannot be part" in sync(bob, "unbundle", odd, f"--name={bad}", status=129)


def test_a_branch_that_would_be_a_command(ada: Sandbox, bob: Sandbox, stick: Path) -> None:
    ada.git("branch", "--move", "topic", "$(touch${IFS}evil)")
    sync(ada, "bundle", stick)
    told = sync(bob, "unbundle", stick)
    assert "git merge 'voicenote/received/topic/heads/$(touch${IFS}evil)'" in told


def test_a_branch_whose_name_holds_the_end_of_a_line(
    ada: Sandbox, bob: Sandbox, stick: Path
) -> None:
    """U+2028 ends a line for Python, and not for git."""
    ada.git("branch", "--move", "topic", "to\u2028pic")
    ada.commit("feat: one\u2028two", {"one": "x\n"})
    sync(ada, "bundle", stick)
    sync(bob, "unbundle", stick)
    assert "refs/voicenote/received/topic/heads/to\u2028pic" in refs(bob)


def test_in_a_bare_repository(ada: Sandbox, stick: Path) -> None:
    sync(ada, "bundle", stick, "--audio")
    bare = Sandbox(stick.parent / "bare.git", ada.home)
    bare.folder.mkdir()
    bare.git("init", "--quiet", "--bare")
    sync(bare, "unbundle", stick)
    assert "refs/voicenote/received/topic/heads/topic" in refs(bare)
    assert Recordings(bare.folder / "voicenote").ids() == (SOUND,)
    sync(bare, "bundle", stick.with_name("again"), "voicenote/received/topic/heads/topic")
