"""One file with commits, notes, covers and recordings, from one clone to another."""

from __future__ import annotations

import hashlib
import io
import json
import os
import signal
import stat
import sys
import tarfile
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from git_voicenote.datatypes import Place, Recording, Segment, Transcript, Turn
from git_voicenote.store.history import History
from git_voicenote.store.recordings import Recordings
from git_voicenote.targets import CommitTarget
from tests.integration.test_sync import cover, note, refs, sync, write_cover, write_note
from tests.support.sandbox import Sandbox
from tests.support.sound import tone, wav_header, write_sound

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SOUND = "20260102-030405-beef"
TRAILER = f"Voicenote-Recording: {SOUND}\nVoicenote-Engine: moonshine\n"
WAV = wav_header(32000) + bytes(32000)
WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def ada(repo: Sandbox) -> Sandbox:
    """A repository with a topic, explained by voice."""
    repo.git("checkout", "--quiet", "-b", "topic")
    commit = repo.commit("feat: retry", {"retry": "x\n"})
    write_note(repo, f"Why: naïve 重试.\n\n{TRAILER}")
    write_cover(repo, "The series.\n", "topic")
    state = repo.folder / ".git/voicenote"
    path = Recordings(state).new_path(SOUND).with_suffix(".flac")
    write_sound(path, tone(2.5), format="FLAC")
    history = History(state)
    history.begin(SOUND, target=CommitTarget(commit), title="feat: retry", created_at=WHEN)
    history.finish(Recording(SOUND, path, 16000, 2.5, WHEN))
    history.turned(SOUND, Turn(0.0, Place("retry", 1, 1, "def retry():")))
    segment = Segment(0.5, 2.0, "Why: naïve 重试.", 0.9)
    history.attempt(Transcript(SOUND, "moonshine", "en", (segment,)))
    return repo


@pytest.fixture
def bob(ada: Sandbox, tmp_path: Path) -> Sandbox:
    """A clone of the main branch alone, from before the topic."""
    folder = tmp_path / "bob"
    # by a URL, or it would take all objects
    url = ada.folder.as_uri()
    ada.run("git", "clone", "--quiet", "--single-branch", "--branch=main", url, folder)
    return Sandbox(folder, ada.home)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder / "topic.voicenote"


def test_all_comes_over(ada: Sandbox, bob: Sandbox, stick: Path) -> None:
    told = sync(ada, "bundle", stick, "main..topic", "--audio")
    assert "1 commit, 1 note, 1 cover, 1 recording packed" in told
    assert stat.S_IMODE(stick.stat().st_mode) == 0o600

    told = sync(bob, "unbundle", stick)

    ref = "refs/voicenote/received/topic/heads/topic"
    assert told.splitlines() == [
        ref,
        "1 note and 1 cover from topic.voicenote",
        "1 recording taken in",
        "topic: git log --notes=voicenote HEAD..voicenote/received/topic/heads/topic; "
        "git merge voicenote/received/topic/heads/topic",
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
    assert "main..main holds no commits" in sync(ada, "bundle", stick, "main..main", status=128)
    assert "no commit is named 'nothing'" in sync(ada, "bundle", stick, "nothing", status=128)
    assert not stick.exists()


def test_a_file_that_is_there(ada: Sandbox, stick: Path) -> None:
    stick.write_text("mine")
    assert "is there already" in sync(ada, "bundle", stick, status=128)
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
    assert f"lacks {ada.git('rev-parse', 'topic~1')[:10]}" in told
    assert refs(bob) == before


def test_another_recording_of_that_name(ada: Sandbox, bob: Sandbox, stick: Path) -> None:
    sync(ada, "bundle", stick, "--audio")
    mine = Recordings(bob.folder / ".git/voicenote").new_path(SOUND)
    mine.write_bytes(b"mine")
    assert f"another recording is called {SOUND} here" in sync(bob, "unbundle", stick, status=1)
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


def manifest_of(path: Path) -> dict[str, Any]:
    with tarfile.open(path) as archive:
        file = archive.extractfile("manifest.json")
        assert file is not None
        manifest: dict[str, Any] = json.load(file)
        return manifest


def members_of(path: Path) -> list[tuple[tarfile.TarInfo, bytes]]:
    with tarfile.open(path) as archive:
        return [
            (member, file.read())
            for member in archive.getmembers()
            if (file := archive.extractfile(member)) is not None
        ]


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """Return a container with changed members and a manifest that agrees with them."""
    contents = {member.name: content for member, content in members_of(path)}
    manifest = json.loads(contents.pop("manifest.json"))
    change(contents)
    manifest["files"] = [
        {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in contents.items()
    ]
    head = json.dumps(manifest).encode()
    return packed([(tarfile.TarInfo(name), content) for name, content in
                   [("manifest.json", head), *contents.items()]])  # fmt: skip


def packed(members: list[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for member, content in members:
            member.size = 0 if member.islnk() or member.issym() else len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def as_link(member: tarfile.TarInfo, kind: bytes) -> None:
    member.type, member.linkname = kind, "/etc/passwd"


def added(name: str, content: bytes, contents: dict[str, bytes]) -> None:
    contents[name] = content


def removed(name: str, contents: dict[str, bytes]) -> None:
    del contents[name]


def exchanged(name: str, old: bytes, new: bytes, contents: dict[str, bytes]) -> None:
    assert old in contents[name]
    contents[name] = contents[name].replace(old, new)


def hostile(path: Path) -> dict[str, bytes]:
    """Return files that must be refused, by what is wrong with them."""
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    files = {
        "nothing": b"",
        "text": b"hello\n" * 400,
        "flipped": bytes(flipped),
        **{f"cut at {part}": whole[: len(whole) * part // 8] for part in range(1, 8)},
        "without its end": whole[:-600],
    }
    for name in (
        "../evil", "/etc/evil", "recordings/../../evil", "recordings/x.flac", "evil",
        ".git/hooks/pre-commit", f"recordings/{SOUND}.sh", "recordings/20260102-030405-" + "a" * 90,
    ):  # fmt: skip
        files[name] = rewritten(path, partial(added, name, b"x"))
    files["no git bundle"] = rewritten(path, lambda contents: contents.clear())
    files["another git bundle"] = rewritten(
        path, lambda contents: contents.update({"git.bundle": b"# v2 git bundle\nx"})
    )
    files["cut git bundle"] = rewritten(
        path, lambda contents: contents.update({"git.bundle": contents["git.bundle"][:-40]})
    )
    files["transcripts"] = rewritten(
        path,
        lambda contents: contents.update({"transcripts.json": b'[{"id": "%s"}]' % SOUND.encode()}),
    )
    files["transcripts of nothing"] = rewritten(
        path, lambda contents: contents.update({"transcripts.json": b"[]"})
    )
    files["no transcripts"] = rewritten(path, partial(removed, "transcripts.json"))
    files["no sound"] = rewritten(path, partial(removed, f"recordings/{SOUND}.flac"))
    files["a sound that is none"] = rewritten(
        path, lambda contents: contents.update({f"recordings/{SOUND}.flac": b"sound" * 1000})
    )
    files["a sound that is cut off"] = rewritten(
        path,
        lambda contents: contents.update(
            {f"recordings/{SOUND}.flac": contents[f"recordings/{SOUND}.flac"][:-900]}
        ),
    )
    files["a sound in two forms"] = rewritten(path, partial(added, f"recordings/{SOUND}.wav", WAV))
    files["a wav that nothing is told of"] = rewritten(
        path, partial(added, "recordings/20260102-030405-dead.wav", WAV)
    )
    files["a time that is none"] = rewritten(
        path, partial(added, "recordings/20269999-990405-dead.wav", WAV)
    )
    for key, old, new in (
        ("the year 1", b"2026-01-02T03:04:05+00:00", b"0001-01-01T00:00:00+00:00"),
        ("NaN", b"0.9", b"NaN"), ("infinity", b"0.9", b"1e999"), ("text", b"16000", b'"16000"'),
        ("many digits", b"16000", b"1" + b"0" * 30), ("depth", b"16000", b"[" * 5000),
    ):  # fmt: skip
        files[key] = rewritten(path, partial(exchanged, "transcripts.json", old, new))
    for kind, name in (
        (tarfile.SYMTYPE, "a symlink"), (tarfile.LNKTYPE, "a link"), (tarfile.CHRTYPE, "a device"),
        (tarfile.FIFOTYPE, "a pipe"), (tarfile.DIRTYPE, "a folder"),
    ):  # fmt: skip
        members = members_of(path)
        as_link(members[1][0], kind)
        files[name] = packed(members)
    members = members_of(path)
    files["twice"] = packed([*members, members[-1]])
    manifest = json.loads(members[0][1])
    changes: dict[str, dict[str, Any]] = {
        "a name twice": {"files": [*manifest["files"], manifest["files"][0]]},
        "a huge size": {"files": [{**manifest["files"][0], "size": 1 << 60}]},
        "60,000 files": {
            "files": [
                {"name": f"recordings/20260102-030405-{n:08x}.wav", "size": 44, "sha256": "0" * 64}
                for n in range(60_000)
            ]
        },
        "other heads": {"heads": {"topic": "0" * 40}},
        "other covers": {"covers": {}},
        "heads of another kind": {"heads": [1]},
        "a size that is true": {"files": [{**manifest["files"][0], "size": True}]},
        "a size of ten to the 30": {"files": [{**manifest["files"][0], "size": 10**30}]},
        "a negative size": {"files": [{**manifest["files"][0], "size": -1}]},
        "no checksum": {"files": [{**manifest["files"][0], "sha256": None}]},
        "no files": {"files": 5},
        "another version": {"version": 2},
        "another format": {"format": "x"},
    }
    for what, change in changes.items():
        members[0] = (members[0][0], json.dumps({**manifest, **change}).encode())
        files[what] = packed(members)
    members[0] = (members[0][0], b"[" * 100_000)
    files["a deep manifest"] = packed(members)
    files["more behind the end"] = whole + b"more"
    members[0] = (members[0][0], json.dumps(manifest).encode()[:-1] + b', "version": 1}')
    files["a key twice"] = packed(members)
    huge = tarfile.TarInfo("manifest.json")
    huge.size = 1 << 40
    files["a huge manifest"] = huge.tobuf(tarfile.GNU_FORMAT) + b"x" * 4096
    return files


def test_what_was_tampered_with_is_refused_as_a_whole(
    ada: Sandbox, bob: Sandbox, stick: Path
) -> None:
    sync(ada, "bundle", stick, "--audio")
    write_note(bob, "Mine.\n")
    before = refs(bob)
    for what, content in hostile(stick).items():
        bad = stick.with_name("bad.voicenote")
        bad.write_bytes(content)
        done = bob.voicenote("sync", "unbundle", bad)
        assert done.returncode == 128, what
        assert b"error: " in done.stderr, what
        assert b"Traceback" not in done.stderr, what
        assert refs(bob) == before, what
        assert not (bob.folder / f".git/voicenote/recordings/{SOUND}.flac").exists(), what
        assert Recordings(bob.folder / ".git/voicenote").ids() == (), what
        assert History(bob.folder / ".git/voicenote").entries() == (), what
        assert list((bob.folder / ".git/voicenote").glob("*-*")) == [], what
    assert not (stick.parent.parent / "evil").exists()
    sync(bob, "unbundle", stick)


def test_outside_of_a_repository(sandbox: Sandbox, stick: Path) -> None:
    stick.touch()
    assert "not a git repository" in sync(sandbox, "unbundle", stick, status=128)


def test_a_recording_that_the_sender_knows_nothing_of_is_not_offered_as_ones_own(
    ada: Sandbox, bob: Sandbox, stick: Path
) -> None:
    """A WAV that no history knows is a recording that was cut off, for the person's own."""
    state = ada.folder / ".git/voicenote"
    Recordings(state).delete(SOUND)
    Recordings(state).new_path(SOUND).write_bytes(WAV)
    History(state).delete(SOUND)
    sync(ada, "bundle", stick, "main..topic", "--audio")

    assert "1 recording taken in" in sync(bob, "unbundle", stick)

    assert Recordings(bob.folder / ".git/voicenote").ids() == (SOUND,)
    done = bob.voicenote("history", "list")
    assert b"was not finished" not in done.stderr
    assert f"{SOUND}  2026-01-02 03:04    0:01  kept".encode() in done.stdout


def test_a_sound_that_the_other_side_would_refuse_stays(
    ada: Sandbox, bob: Sandbox, stick: Path
) -> None:
    path = ada.folder / f".git/voicenote/recordings/{SOUND}.flac"
    path.write_bytes(b"sound")
    told = sync(ada, "bundle", stick, "main..topic", "--audio")
    assert f"warning: the recording {SOUND} stays here: {SOUND}.flac holds no sound" in told
    sync(bob, "unbundle", stick)


def test_a_history_that_cannot_be_written_keeps_the_sounds_out(
    ada: Sandbox, bob: Sandbox, stick: Path
) -> None:
    sync(ada, "bundle", stick, "--audio")
    state = bob.folder / ".git/voicenote"
    state.mkdir()
    (state / "history.db").write_bytes(b"no database" * 1000)
    assert "warning: the recordings stay out: the history" in sync(bob, "unbundle", stick, status=1)
    assert Recordings(state).ids() == ()
    (state / "history.db").unlink()
    assert "1 recording taken in" in sync(bob, "unbundle", stick)


STOPS = """\
import os, signal, sys
from git_voicenote.workflows.exchange import unpacking
def stop(*_args, **_names):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(unpacking, sys.argv.pop(1), stop)
from git_voicenote.cli import main
sys.argv[0] = "git-voicenote"
main()
"""


@pytest.mark.parametrize("step", ["verify_git_bundle", "read_carried", "remember", "_merge"])
def test_what_a_killed_unbundle_left_is_removed_by_the_next(
    ada: Sandbox, bob: Sandbox, stick: Path, step: str
) -> None:
    """No folder with recordings, no refs, and the second time all is there."""
    sync(ada, "bundle", stick, "main..topic", "--audio")
    killed = bob.run(sys.executable, "-c", STOPS, step, "sync", "unbundle", stick, check=False)
    assert killed.returncode == -signal.SIGKILL
    state = bob.folder / ".git/voicenote"
    left = list(state.glob("*-*"))
    assert [path.name for path in left if path.name.startswith("unbundle-")]
    assert ("refs/voicenote/incoming/" in refs(bob)) == (step in ("remember", "_merge"))
    for path in left:
        os.utime(path, (0, 0))  # a younger one may not have been locked yet

    sync(bob, "unbundle", stick)

    assert list(state.glob("*-*")) == []
    assert "refs/voicenote/incoming/" not in refs(bob)
    entry = History(state).entry(SOUND)
    assert entry is not None
    assert entry.state == "transcribed"
    assert Recordings(state).ids() == (SOUND,)
