"""The notes of mails that git am applies.

git am runs post-applypatch after each commit, while its state folder still describes the mail. So
the order need not be guessed, even if patches were skipped or had conflicts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.mail.incoming.after_separator import parse_below_separator, split_patch
from git_voicenote.mail.incoming.decoding import decode_words
from git_voicenote.mail.incoming.mailinfo import STATE_FILES, ReadingOptions
from git_voicenote.notes.merging.texts import merge_texts
from git_voicenote.notes.store import Notes
from git_voicenote.series.outgoing.reader_note import reader_note

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from git_voicenote.git.repository import Repository
    from git_voicenote.object_ids import ObjectId

_OURS = "voicenote"
_MAX_NOTES_LENGTH = 1 << 20
"""Bytes of a patch that are searched for notes: a week of speech."""


@dataclass(frozen=True, slots=True)
class AppliedCommit:
    """A commit that git am made; `patch` is the start of the patch from mailinfo (`read_start`).

    `mail` is the file of the mail, in a folder with the options for reading it.
    """

    commit_id: ObjectId
    patch: bytes
    mail: Path


def keep_notes(repository: Repository, notes_ref: str, applied: Iterable[AppliedCommit]) -> int:
    """Add the notes in these mails to the commits that were made of them; return their number.

    An existing note keeps all of its text.
    """
    names = note_names(notes_ref)
    came = {one.commit_id: text for one in applied if (text := _note_in(one, names, repository))}
    if not came:
        return 0

    def joined(there: Mapping[ObjectId, str]) -> Mapping[ObjectId, str]:
        return came | {name: _joined(before, came[name]) for name, before in there.items()}

    return len(Notes(repository, notes_ref).update(came, joined))


def read_start(path: Path) -> bytes:
    """Return the start of a patch, in whole lines, with the notes that precede the diff."""
    with path.open("rb") as file:
        start = file.read(_MAX_NOTES_LENGTH + 1)
    return start if len(start) <= _MAX_NOTES_LENGTH else start[: start.rfind(b"\n") + 1]


def note_names(notes_ref: str) -> frozenset[str]:
    """Return the names (`Notes (voicenote):`) of the notes in mails that are kept here."""
    return frozenset((_OURS, notes_ref.removeprefix("refs/").removeprefix("notes/")))


def copy_mails(state: Path, folder: Path) -> None:
    """Copy the mails that git am applies, and its options, all or none, before it removes them.

    If there are mails already, they are of the same series, and stay. Raises OSError.
    """
    mails = sorted(state.glob("[0-9]*"))
    if not mails or folder.is_dir():
        return
    options = [path for name in STATE_FILES if (path := state / name).is_file()]
    with files.work_folder(folder.parent, "mails-") as partial:
        for path in (*mails, *options):
            files.copy(path, partial / path.name)
        files.sync(partial)
        files.move(partial, folder)


def _note_in(applied: AppliedCommit, names: frozenset[str], repository: Repository) -> str | None:
    above, _ = split_patch(applied.patch)
    options = ReadingOptions.of_am(applied.mail.parent)
    words = decode_words(above, applied.mail, repository.cwd, options)
    for preferred in sorted(names, key=lambda name: name == _OURS):
        below = parse_below_separator(words, preferred)
        if below.name in names:
            return below.note
    return None


def _joined(before: str, came: str) -> str:
    """Join an existing note with the received one, which may be a shortened copy of it."""
    if without_white_space(reader_note(came)) in without_white_space(reader_note(before)):
        return before
    return merge_texts(None, before, came)


def without_white_space(text: str) -> str:
    """Return a text without white space, which mailers change."""
    return "".join(text.split())
