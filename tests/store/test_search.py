"""What the search of the history finds, and the passage that it shows."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from git_voicenote.datatypes import Segment, Transcript
from git_voicenote.object_ids import ObjectId
from git_voicenote.store.history import History
from git_voicenote.store.search import snippet_of
from git_voicenote.targets import CommitTarget

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Literal

    Form = Literal["NFC", "NFD"]

ID = "20261122-101400-0001"
TARGET = CommitTarget(ObjectId(40 * "a"))
SAID = (
    "Ein Café in der Straße. 重试循环在客户端，调用者很多。 "
    "The old retry loop lived in the client, "
    "so every caller got its own back-off, and nobody knew when the server would be asked again. "
    "Now the transport retries, and the ＡＰＩ stays as it was for 한국어 readers."
)
NOTE = (
    "The retry moved, and jitter with it.\n\n"
    f"Voicenote-Recording: {ID}\nVoicenote-Engine: moonshine\nVoicenote-Duration: 0:21\n"
)


@pytest.fixture
def history(tmp_path: Path) -> History:
    history = History(tmp_path)
    history.begin(ID, target=TARGET, title="feat: jitter", created_at=datetime.now(UTC))
    history.attempt(
        Transcript(ID, "e", "en", (Segment(0, 1, SAID), Segment(1, 2, "", failure="out of memory")))
    )
    history.note_saved(TARGET, NOTE, recording_ids=(ID,))
    return history


def found(history: History, query: str) -> str | None:
    """Return the passage that a search shows, its hits in brackets."""
    entries = history.search(query)
    if not entries:
        return None
    snippet = snippet_of(entries[0], query)
    assert snippet is not None
    text = snippet.text
    for start, end in reversed(snippet.hits):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text


@pytest.mark.parametrize(
    ("query", "passage"),
    [
        ("lived", "…The old retry loop [lived] in the client, so every caller got its own…"),
        ("CAFÉ", "Ein [Café] in der Straße. 重试循环在客户端，调用者很多。 The old retry…"),
        ("STRASSE", "Ein Café in der [Straße]. 重试循环在客户端，调用者很多。 The old retry…"),
        ("客户", "…der Straße. 重试循环在[客户]端，调用者很多。 The old retry loop lived in…"),
        ("循", "…in der Straße. 重试[循]环在客户端，调用者很多。 The old retry loop lived…"),
        ("api", "…transport retries, and the [ＡＰＩ] stays as it was for 한국어 readers."),
        ("한국", "…transport retries, and the ＡＰＩ stays as it was for [한국]어 readers."),
        ("transport retries",
         "…asked again. Now the [transport] [retries], and the ＡＰＩ stays as it was…"),
        ("jitter", "The retry moved, and [jitter] with it."),
        ("feat", "[feat]: jitter"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_search_shows_the_words_it_found(
    history: History, query: str, passage: str, form: Form
) -> None:
    assert found(history, unicodedata.normalize(form, query)) == passage


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_what_was_heard_is_found_in_either_composition(tmp_path: Path, form: Form) -> None:
    history = History(tmp_path)
    history.begin(ID, target=TARGET, title="t", created_at=datetime.now(UTC))
    text = unicodedata.normalize(form, "Das Café öffnet, 한국어 auch")
    history.attempt(Transcript(ID, "e", "de", (Segment(0, 1, text),)))

    for query in ("café", "ÖFF", "한국어"):
        shown = unicodedata.normalize("NFC", found(history, query) or "")
        assert f"[{query}]".casefold() in shown.casefold()
    assert history.search("cafe") == ()


@pytest.mark.parametrize("query", ["Voicenote", "moonshine", ID, "0:21", "understood", "memory"])
def test_trailers_ids_and_marks_are_not_words(history: History, query: str) -> None:
    assert history.search(query) == ()


def test_the_passage_has_most_of_the_words(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.begin(ID, target=TARGET, title="t", created_at=datetime.now(UTC))
    text = f"lock {30 * 'and so on '}a lock waits {30 * 'and more '}waits"
    history.attempt(Transcript(ID, "e", "en", (Segment(0, 1, text),)))

    assert found(history, "lock waits") == (
        "…and so on and so on a [lock] [waits] and more and more and more and more…"
    )
