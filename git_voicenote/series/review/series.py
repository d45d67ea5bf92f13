"""A series with everything a reviewer needs: notes, files, and local recordings."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.config import REVIEW_REF
from git_voicenote.errors import StoreError
from git_voicenote.notes.covers import Covers
from git_voicenote.notes.format import parse_notes, words_of
from git_voicenote.notes.store import Notes
from git_voicenote.series.outgoing.reader_note import reader_note
from git_voicenote.series.review.replies import replies_to
from git_voicenote.text.diff.anchors import PlacedWords, placed_words
from git_voicenote.text.diff.diffs import FileDiff, parse_diff
from git_voicenote.text.prose import cover_letter

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.datatypes import Note, Segment
    from git_voicenote.git.repository import Repository
    from git_voicenote.mail.incoming.received import ReceivedCover, ReceivedPatch, ReceivedSeries
    from git_voicenote.object_ids import ObjectId
    from git_voicenote.series.review.replies import Reply
    from git_voicenote.store.history import History
    from git_voicenote.store.recordings import Recordings


@dataclass(frozen=True, slots=True)
class ReviewedRecording:
    """A recording of a note. `path` is None if its sound is not on this machine.

    `segments` are those of its latest transcript, if the history has one.
    """

    id: str
    path: Path | None
    segments: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewedReply:
    """An answer with its recordings."""

    reply: Reply
    spoken: tuple[ReviewedRecording, ...]


@dataclass(frozen=True, slots=True)
class ReviewedPatch:
    """A patch with its notes and answers."""

    patch: ReceivedPatch
    notes: tuple[Note, ...]
    files: tuple[FileDiff, ...]
    spoken: tuple[ReviewedRecording, ...]
    replies: tuple[ReviewedReply, ...] = ()

    @property
    def said(self) -> tuple[PlacedWords, ...]:
        """The parts of the notes about parts of the diff."""
        return placed_words([note.text for note in self.notes], self.files)

    @property
    def answered(self) -> tuple[tuple[str, PlacedWords], ...]:
        """The reviewers who answered a part of the diff in a note, and their texts."""
        notes = [one.reply for one in self.replies if not one.reply.date]
        return tuple(
            (reply.author, words)
            for reply in notes
            for words in placed_words([reply.note.text], self.files)
        )


@dataclass(frozen=True, slots=True)
class ReviewedCover:
    """A cover letter with its recordings and answers.

    `others` are the letters of earlier versions, or of other series among the mails.
    """

    cover: ReceivedCover
    spoken: tuple[ReviewedRecording, ...]
    replies: tuple[ReviewedReply, ...] = ()
    others: tuple[ReceivedCover, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """A series, ready to be read. `title` names it; `remarks` are for the reader."""

    title: str
    cover: ReviewedCover | None
    patches: tuple[ReviewedPatch, ...]
    remarks: tuple[str, ...]


class RecordingFinder:
    """Finds the recordings of notes on this machine, and their transcripts."""

    def __init__(self, recordings: Recordings, history: History) -> None:
        self._recordings = recordings
        self._history = history

    def find(self, recording_ids: tuple[str, ...]) -> tuple[ReviewedRecording, ...]:
        """Return recordings by their ids; a missing one has no path."""
        return tuple(self._find(recording_id) for recording_id in recording_ids)

    def _find(self, recording_id: str) -> ReviewedRecording:
        path = None
        with suppress(StoreError):  # those of another user, who shares the repository
            path = self._recordings.path_of(recording_id)
        if path is None:
            return ReviewedRecording(recording_id, None)
        try:
            entry = self._history.entry(recording_id)
        except StoreError:  # a recording without a transcript can still be played
            entry = None
        transcript = entry.transcript if entry else None
        return ReviewedRecording(recording_id, path, transcript.segments if transcript else ())


def review(
    series: ReceivedSeries,
    sounds: RecordingFinder,
    repository: Repository | None,
    notes_ref: str,
    review_ref: str = REVIEW_REF,
) -> Review:
    """Collect what a reviewer reads, sees and hears of a series.

    A mail does not name its recordings. If this repository has the same note on the commit of the
    mail, the recordings are those of that note.
    """
    said = _said_here(series, repository, notes_ref)
    replies = {
        number: tuple(ReviewedReply(reply, sounds.find(reply.note.recording_ids)) for reply in some)
        for number, some in replies_to(series, repository, review_ref).items()
    }
    patches = []
    for patch in series.patches:
        notes = parse_notes(patch.note or "")
        local = said.get(patch.commit_id, "") if patch.commit_id else ""
        if local and patch.note and _is_same(local, patch.note):
            notes = parse_notes(local) if local == patch.note else notes
            ids = tuple(one for note in parse_notes(local) for one in note.recording_ids)
        else:
            ids = ()
        answered = replies.get(patch.number, ())
        patches.append(
            ReviewedPatch(patch, notes, parse_diff(patch.diff), sounds.find(ids), answered)
        )
    cover = None
    if series.cover:
        ids = _recordings_of_cover(series.cover, repository)
        cover = ReviewedCover(
            series.cover, sounds.find(ids), replies.get(0, ()), series.other_covers
        )
    title = series.cover.subject if series.cover else ""
    if not title and series.patches:
        title = series.patches[0].subject
        more = len(series.patches) - 1
        title += f", and {more} more" if more else ""
    return Review(title, cover, tuple(patches), series.remarks)


def _said_here(
    series: ReceivedSeries, repository: Repository | None, notes_ref: str
) -> dict[ObjectId, str]:
    ids = [patch.commit_id for patch in series.patches if patch.commit_id and patch.note]
    return Notes(repository, notes_ref).texts(ids) if repository and ids else {}


def _is_same(local: str, received: str) -> bool:
    """Return whether a received note equals one in this repository.

    A mail may name any commit, and must not be linked with the recording of something else.
    """
    return local == received or reader_note(local).strip() == received.strip()


def _recordings_of_cover(cover: ReceivedCover, repository: Repository | None) -> tuple[str, ...]:
    if repository is None:
        return ()
    covers = Covers(repository)
    keys = covers.keys()
    for key in keys:
        notes = covers.read(key)
        letter = cover_letter(words_of(notes))
        if letter.subject == cover.subject and letter.body.strip() == cover.text.strip():
            return tuple(one for note in notes for one in note.recording_ids)
    return ()
