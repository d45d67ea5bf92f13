from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from git_voicenote.datatypes import Note, Recording, Segment, Transcript, Word
from git_voicenote.git.repository import Repository
from git_voicenote.notes.covers import Covers
from git_voicenote.notes.store import Notes
from git_voicenote.store.history import History
from git_voicenote.store.recordings import Recordings
from git_voicenote.targets import MessageTarget
from tests.support.sound import tone, write_sound

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox

HERE = "20261122-101400-0001"
ELSEWHERE = "20261122-101500-0002"


@pytest.fixture
def silent(repo: Sandbox) -> Sandbox:
    """A repository with a recording, on a machine without a loudspeaker."""
    alsa = repo.home / "asound.conf"
    alsa.write_text("pcm.nothing.type pulse\n")  # PortAudio aborts where it finds no pcm at all
    repo.extra |= {"PULSE_SERVER": "unix:/nonexistent", "ALSA_CONFIG_PATH": str(alsa)}
    write_sound(Recordings(repo.folder / ".git/voicenote").new_path(HERE), tone(0.2))
    return repo


def explain(sandbox: Sandbox, *recording_ids: str) -> str:
    repository = Repository.discover(sandbox.folder)
    commit = repository.commit("HEAD")
    Notes(repository).write(commit.id, [Note("Words.", recording_ids)])
    return commit.short


def sound_of(sandbox: Sandbox) -> Path:
    return sandbox.folder / f".git/voicenote/recordings/{HERE}.wav"


@pytest.mark.parametrize(
    "arguments", [[], ["HEAD"], [HERE], ["--start", "0.1"], ["--at", "0:00.1"], ["--cover"]]
)
def test_the_recording_behind_a_note_is_played(silent: Sandbox, arguments: list[str]) -> None:
    """As far as the loudspeaker, which is not there: the error names the sound."""
    explain(silent, HERE)
    Covers(Repository.discover(silent.folder)).write("main", [Note("Words.", (HERE,))])

    done = silent.voicenote("play", *arguments)

    assert done.returncode == 128
    assert f"playing {HERE}\n" in done.stderr.decode()
    assert str(sound_of(silent)) in done.stderr.decode()


@pytest.mark.parametrize("at", ["0:60", "x", "-1", "1:2:3", ""])
def test_a_time_that_is_none_is_refused(silent: Sandbox, at: str) -> None:
    done = silent.voicenote("play", HERE, f"--at={at}")
    assert done.returncode == 129
    said = f"{at!r} is not a time: use seconds, m:ss or h:mm:ss"
    assert said in " ".join(done.stderr.decode().split())


def test_a_time_after_the_end_is_refused(silent: Sandbox) -> None:
    done = silent.voicenote("play", HERE, "--at=0:07")
    assert (done.returncode, done.stderr.decode()) == (
        128,
        f"playing {HERE}\nerror: {sound_of(silent)} is only 0.2 s long\nhint: start earlier\n",
    )


def remember(silent: Sandbox, recording_id: str, *words: Word) -> None:
    """Tell the history what was heard in a recording of 4 s."""
    root = silent.folder / ".git/voicenote"
    path = write_sound(root / f"recordings/{recording_id}.wav", tone(4.0))
    history = History(root)
    history.begin(recording_id, target=MessageTarget(), title="t", created_at=datetime.now(UTC))
    history.finish(Recording(recording_id, path, 16000, 4.0, datetime.now(UTC)))
    segment = Segment(0.0, 4.0, " ".join(word.text for word in words), words=words)
    history.attempt(Transcript(recording_id, "e", "en", (segment,)))


SURE = Word("it", 0.1, 0.2, 0.9)
UNSURE = Word("parser,", 3.4, 3.8, 0.1)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, f'doubtful word 1 of 2: "parser" 0:03\nplaying {HERE}\n'),
        (2, f'doubtful word 2 of 2: "it" 0:00\nplaying {ELSEWHERE}\n'),
    ],
)
def test_a_doubtful_word_is_played_from_a_moment_before(
    silent: Sandbox, number: int, said: str
) -> None:
    """As far as the loudspeaker, which is not there."""
    remember(silent, HERE, SURE, UNSURE)
    remember(silent, ELSEWHERE, replace(SURE, confidence=0.1))
    explain(silent, HERE, ELSEWHERE)

    done = silent.voicenote("play", "--doubt", str(number))

    assert done.stderr.decode().startswith(said)
    assert "no loudspeaker" in done.stderr.decode()


@pytest.mark.parametrize(
    ("words", "arguments", "status", "said"),
    [
        ((SURE,), ("--doubt=1",), 1, f"error: no word in {HERE} is doubtful\n"),
        ((), ("--doubt=1",), 1,
         f"error: the engine's confidence in the words of {HERE} is not known\n"
         "hint: `--at TIME` starts at a time\n"),
        ((UNSURE,), ("--doubt=2",), 129,
         f"error: there is no doubtful word 2 in {HERE}\nhint: the last one is 1\n"),
        ((UNSURE,), ("--doubt=0",), 129, "--doubt"),
        ((UNSURE,), ("--doubt=1", "--at=1"), 129, "options '--at' and '--doubt'"),
    ],
)  # fmt: skip
def test_a_doubt_that_is_none_is_not_played(
    silent: Sandbox, words: tuple[Word, ...], arguments: tuple[str, ...], status: int, said: str
) -> None:
    remember(silent, HERE, *words)
    done = silent.voicenote("play", HERE, *arguments)
    assert done.returncode == status
    assert said in done.stderr.decode()


def test_a_lost_note_is_played_too(silent: Sandbox) -> None:
    silent.commit("feat: jitter", {"a": "1\n"})
    explain(silent, HERE)
    silent.git("commit", "--amend", "--quiet", "--message=another")

    assert f"playing {HERE}\n" in silent.voicenote("play").stderr.decode()


def test_what_is_not_on_this_machine_is_named_and_the_rest_played(silent: Sandbox) -> None:
    explain(silent, ELSEWHERE, HERE)

    lines = silent.voicenote("play").stderr.decode().splitlines()

    assert lines[:2] == [f"the recording {ELSEWHERE} is not on this machine", f"playing {HERE}"]


@pytest.mark.parametrize("arguments", [[], [ELSEWHERE]])
def test_a_recording_that_is_elsewhere_is_a_negative_answer(
    silent: Sandbox, arguments: list[str]
) -> None:
    explain(silent, ELSEWHERE)

    done = silent.voicenote("play", *arguments)

    assert (done.returncode, done.stderr.decode()) == (
        1,
        f"error: the recording {ELSEWHERE} is not on this machine\n"
        "hint: recordings stay where they were made; only the text travels with git\n",
    )


def test_a_note_of_a_stranger_opens_no_other_file(silent: Sandbox) -> None:
    explain(silent, "../../../etc/passwd")

    assert silent.voicenote("play").returncode == 1


def test_typed_and_missing_notes_have_no_sound(silent: Sandbox) -> None:
    short = silent.git("rev-parse", "--short=7", "HEAD")
    assert silent.voicenote("play").stderr.decode() == (
        f"error: no note for {short}\nhint: record one with `git voicenote record {short}`\n"
    )
    explain(silent)
    typed = silent.voicenote("play")
    assert typed.stderr.decode() == f"error: the note for {short} was typed: it has no recording\n"
    cover = silent.voicenote("play", "--cover")
    assert cover.stderr.decode() == (
        "error: no cover of main\nhint: record one with `git voicenote record --cover`\n"
    )
    assert typed.returncode == cover.returncode == 1
