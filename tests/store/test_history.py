from __future__ import annotations

import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from git_voicenote.datatypes import FoundNote, Place, Recording, Segment, Transcript, Turn, Word
from git_voicenote.errors import StoreError
from git_voicenote.object_ids import ObjectId
from git_voicenote.store.entries import HistoryEntry
from git_voicenote.store.migrations import MIGRATIONS
from git_voicenote.targets import CoverTarget
from tests.store.recorded import COMMIT, FIRST, SECOND, WHEN, begin, transcript

if TYPE_CHECKING:
    from git_voicenote.store.history import History


def test_a_recording_is_known_from_its_first_sound_to_its_note(history: History) -> None:
    begin(history)
    assert [(e.id, e.state) for e in history.entries()] == [(FIRST, "recording")]
    assert history.finished_ids() == frozenset()

    path = history.root / "recordings" / f"{FIRST}.flac"
    history.finish(Recording(FIRST, path, 16000, 21.5, WHEN))
    assert [(e.id, e.state) for e in history.entries()] == [(FIRST, "recorded")]
    assert history.finished_ids() == frozenset()

    history.failed_attempt(FIRST, "nano", "en", "out of memory")
    heard = transcript(FIRST, "Without jitter", "all come back at once.")
    history.attempt(heard)
    history.note_saved(COMMIT, "Without jitter …\n", recording_ids=(FIRST, "unknown"))

    entry = history.entry(FIRST)
    assert entry is not None
    assert (entry.path, entry.duration, entry.sample_rate) == (
        f"recordings/{FIRST}.flac",
        21.5,
        16000,
    )
    assert (entry.target, entry.title, entry.created_at) == (COMMIT, "feat: jitter", WHEN)
    assert (entry.state, entry.transcript) == ("transcribed", heard)
    assert entry.text == "Without jitter all come back at once."
    assert [(a.engine, a.error) for a in entry.attempts] == [
        ("nano", "out of memory"),
        ("moonshine", None),
    ]
    assert [(note.target, note.text) for note in entry.notes] == [(COMMIT, "Without jitter …\n")]
    assert history.finished_ids() == {FIRST}


def test_reading_makes_no_file_and_finds_nothing(history: History) -> None:
    assert history.entries() == ()
    assert history.entry(FIRST) is None
    assert history.search("anything") == ()
    assert history.notes_of_patches({"1"}) == {}
    assert not history.root.exists()


def test_it_is_readable_only_by_its_owner(history: History) -> None:
    begin(history)

    assert history.path.stat().st_mode & 0o777 == 0o600
    assert history.root.stat().st_mode & 0o777 == 0o700


def test_it_is_in_wal_mode_at_the_latest_version(history: History) -> None:
    begin(history)

    with sqlite3.connect(history.path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)


def test_the_newest_come_first_up_to_a_limit(history: History) -> None:
    begin(history, FIRST)
    begin(history, SECOND)

    assert [entry.id for entry in history.entries()] == [SECOND, FIRST]
    assert [entry.id for entry in history.entries(limit=1)] == [SECOND]


def test_a_kept_recording_is_not_offered_again(history: History) -> None:
    begin(history)
    history.keep(FIRST)

    assert history.finished_ids() == {FIRST}


def test_a_failure_after_a_transcript_keeps_the_transcript(history: History) -> None:
    begin(history)
    history.attempt(transcript(FIRST, "words"))
    history.failed_attempt(FIRST, "nano", "en", "out of memory")

    entry = history.entry(FIRST)
    assert entry is not None
    assert (entry.state, entry.text) == ("transcribed", "words")


def test_beginning_twice_changes_nothing(history: History) -> None:
    begin(history)
    history.keep(FIRST)
    begin(history, title="another title")

    assert [(e.title, e.state) for e in history.entries()] == [("feat: jitter", "kept")]


def test_an_attempt_at_an_unknown_recording_is_an_error(history: History) -> None:
    with pytest.raises(StoreError, match=f"has no recording {FIRST}"):
        history.attempt(transcript(FIRST, "words"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("foo_bar", [FIRST]),
        ("foo", [FIRST]),
        ("FOO_BAR", [FIRST]),
        ("bar calls", [FIRST]),
        ("parse", [SECOND, FIRST]),
        ("Url", [SECOND]),
        ("ab", [SECOND]),
        ("a_", [FIRST]),
        ("重试", [SECOND]),
        ("重试循环", [SECOND]),
        ("jitter", [SECOND, FIRST]),
        ("typed later", [FIRST]),
        ("absent", []),
        ("foo absent", []),
        ("", []),
        ('"', []),
        ("foo* OR parse", []),
        ("-", []),
        ("%", []),
    ],
)
def test_search_finds_parts_of_identifiers_in_titles_words_and_notes(
    history: History, query: str, found: list[str]
) -> None:
    begin(history, FIRST)
    begin(history, SECOND)
    history.attempt(transcript(FIRST, "foo_bar calls data_parser"))
    history.attempt(transcript(SECOND, "parseUrl moved to ab 重试循环在客户端"))
    history.note_saved(COMMIT, "Typed later.\n", recording_ids=(FIRST,))

    assert [entry.id for entry in history.search(query)] == found


@given(query=st.text())
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_valid_query(history: History, query: str) -> None:
    history.search(query)


def test_notes_are_found_by_the_patch_they_explain(history: History) -> None:
    history.note_saved(COMMIT, "first\n", patch_id="p1")
    history.note_saved(COMMIT, "edited\n", patch_id="p1")
    history.note_saved(CoverTarget("main"), "cover\n", patch_id="p2")

    commit_id = ObjectId(40 * "a")
    assert history.notes_of_patches({"p1", "p2", "p3"}) == {
        "p1": (FoundNote("edited\n", commit_id), FoundNote("first\n", commit_id))
    }


def test_deleting_leaves_no_word_on_disk(history: History) -> None:
    for recording_id, word in ((FIRST, "confidential"), (SECOND, "harmless")):
        begin(history, recording_id, title=word)
        history.attempt(transcript(recording_id, f"{word} words"))
        history.note_saved(COMMIT, f"{word} note\n", recording_ids=(recording_id,))
    history.note_saved(COMMIT, "said twice\n", recording_ids=(FIRST, SECOND))

    assert history.delete(FIRST)
    assert not history.delete(FIRST)

    assert history.entry(FIRST) is None
    remaining = history.entry(SECOND)
    assert remaining is not None
    assert [note.text for note in remaining.notes] == ["harmless note\n", "said twice\n"]
    content = b"".join(path.read_bytes() for path in history.root.glob("history.db*"))
    assert b"confidential" not in content
    assert b"harmless" in content


PROCESS = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from git_voicenote.datatypes import Segment, Transcript
from git_voicenote.store.history import History
from git_voicenote.targets import MessageTarget
history = History(Path(sys.argv[1]))
for number in range(10):
    recording_id = f"20261122-{sys.argv[2]}-{number:04}"
    history.begin(recording_id, target=MessageTarget(), title="t", created_at=datetime.now(UTC))
    history.attempt(Transcript(recording_id, "e", "en", (Segment(0, 1, "words"),)))
    history.entries()
"""


def test_several_processes_share_it_from_the_start(history: History) -> None:
    processes = [
        subprocess.Popen([sys.executable, "-c", PROCESS, history.root, f"{n:06}"]) for n in range(4)
    ]

    assert [process.wait() for process in processes] == [0, 0, 0, 0]
    assert {entry.state for entry in history.entries()} == {"transcribed"}
    assert len(history.entries()) == 40


def test_an_older_database_is_migrated(history: History) -> None:
    history.root.mkdir()
    with sqlite3.connect(history.path) as connection:
        connection.executescript(MIGRATIONS[0] + "PRAGMA user_version = 1;")
        connection.execute(
            "INSERT INTO recordings VALUES ('old', 'old.wav', 16000, 1, '2026-01-01T00:00:00', "
            "'message:', 'an old one', 'kept')"
        )

    begin(history)

    assert [entry.id for entry in history.entries()] == [FIRST, "old"]
    assert [entry.id for entry in history.search("jitter")] == [FIRST]


def test_words_are_stored_as_the_engine_reported_them(history: History) -> None:
    begin(history)
    words = (Word("naïve,", 0.25, 0.5, 1 / 3), Word('"x"\0', 0.5, 1.0, 1.0))
    segments = (Segment(0.0, 1.0, "naïve", 0.9, words=words), Segment(1.0, 2.0, "no words"))
    history.attempt(Transcript(FIRST, "e", "en", segments))

    entry = history.entry(FIRST)
    assert entry is not None
    assert entry.transcript is not None
    assert entry.transcript.segments == segments


def test_segments_of_earlier_versions_have_no_words(history: History) -> None:
    history.root.mkdir()
    with sqlite3.connect(history.path) as connection:
        connection.executescript("".join(MIGRATIONS[:4]) + "PRAGMA user_version = 4;")
        connection.execute(
            "INSERT INTO recordings VALUES ('old', 'old.wav', 16000, 1, '2026-01-01T00:00:00', "
            "'message:', 'an old one', 'transcribed')"
        )
        connection.execute("INSERT INTO attempts VALUES (1, 'old', 'e', 'en', '2026-01-01', NULL)")
        connection.execute("INSERT INTO segments VALUES (1, 0, 0, 1, 'old words', 0.5, NULL)")

    entry = history.entry("old")
    assert entry is not None
    assert entry.transcript is not None
    assert entry.transcript.segments == (Segment(0, 1, "old words", 0.5),)


def test_a_failed_segment_is_stored_with_the_reason(history: History) -> None:
    history.root.mkdir()
    with sqlite3.connect(history.path) as connection:
        connection.executescript(MIGRATIONS[0] + MIGRATIONS[1] + "PRAGMA user_version = 2;")
        connection.execute(
            "INSERT INTO recordings VALUES ('old', 'old.wav', 16000, 1, '2026-01-01T00:00:00', "
            "'message:', 'an old one', 'transcribed')"
        )
        connection.execute("INSERT INTO attempts VALUES (1, 'old', 'e', 'en', '2026-01-01', NULL)")
        connection.execute("INSERT INTO segments VALUES (1, 0, 0, 1, 'old words', NULL)")

    begin(history)
    segments = (Segment(0, 1, "words", 0.9), Segment(1, 2, "", failure="out of memory"))
    history.attempt(Transcript(FIRST, "nano", "en", segments))

    kept = [entry.transcript for entry in history.entries()]
    assert [transcript.segments for transcript in kept if transcript] == [
        segments,
        (Segment(0, 1, "old words"),),
    ]


def test_page_turns_give_segments_their_places(history: History) -> None:
    begin(history)
    place = Place("a b.py", 3, 9, "def f(self):")
    turns = (Turn(0.0, None), Turn(1.5, place), Turn(4.0, Place("logo.png")))
    for turn in turns:
        history.turned(FIRST, turn)
        history.turned("never begun", turn)
    history.attempt(Transcript(FIRST, "e", "en", (Segment(0, 1, "all"), Segment(2, 3, "of f"))))

    entry = history.entry(FIRST)
    assert entry is not None
    assert entry.turns == turns
    assert entry.transcript is not None
    assert [segment.place for segment in entry.transcript.segments] == [None, place]
    assert history.delete(FIRST)
    begin(history)
    entry = history.entry(FIRST)
    assert entry is not None
    assert entry.turns == ()


def test_entries_are_plain_values(history: History) -> None:
    begin(history)

    assert history.entries() == (
        HistoryEntry(
            id=FIRST,
            path=f"recordings/{FIRST}.wav",
            sample_rate=0,
            duration=0.0,
            created_at=WHEN,
            target=COMMIT,
            title="feat: jitter",
            state="recording",
            attempts=(),
            notes=(),
        ),
    )
