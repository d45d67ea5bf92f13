"""The notes and the cover of mails that git am applies.

git am runs post-applypatch after each commit, with all that it knows of the mail in its own folder.
So no order has to be guessed: what was skipped, or fell into a conflict and was mended, shifts
nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.datatypes import Note
from git_voicenote.errors import VoicenoteError
from git_voicenote.mail.after_separator import read_below, split_patch
from git_voicenote.mail.received import read_series
from git_voicenote.notes.covers import Covers
from git_voicenote.notes.format import parse_notes, render_notes
from git_voicenote.notes.merge import merge_texts
from git_voicenote.notes.store import Notes
from git_voicenote.series.outgoing.reader_note import reader_note

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from git_voicenote.git.repository import Repository
    from git_voicenote.mail.received import ReceivedCover

_OURS = "voicenote"
_COVER = re.compile(
    rb"^Subject:(?:[^\n]|\n[ \t])*?\b0+(?:/|=2F)[0-9]", re.IGNORECASE | re.MULTILINE
)
_LONGEST_NOTES = 1 << 20
"""Octets of a patch in which notes are looked for: a week of speech."""
_HEADERS = 1 << 16  # octets in which the subject of a mail is looked for


@dataclass(frozen=True, slots=True)
class Applied:
    """A commit that git am made; `patch` is how what mailinfo left for it begins (`read_start`).

    `mail` is the mail.
    """

    commit_id: str
    patch: bytes
    mail: Path


def keep_notes(repository: Repository, notes_ref: str, applied: Iterable[Applied]) -> int:
    """Set the notes that these mails carry on the commits that they became; return how many.

    A note that is there already loses nothing.
    """
    names = note_names(notes_ref)
    came = {one.commit_id: text for one in applied if (text := _note_in(one, names, repository))}
    if not came:
        return 0

    def joined(there: Mapping[str, str]) -> Mapping[str, str]:
        return came | {name: _joined(before, came[name]) for name, before in there.items()}

    return len(Notes(repository, notes_ref).update(came, joined))


def read_start(path: Path) -> bytes:
    """Return how a patch begins, in whole lines: the notes stand above its diff."""
    with path.open("rb") as file:
        start = file.read(_LONGEST_NOTES + 1)
    return start if len(start) <= _LONGEST_NOTES else start[: start.rfind(b"\n") + 1]


def note_names(notes_ref: str) -> frozenset[str]:
    """Return under which names (`Notes (voicenote):`) mails carry notes that are kept here."""
    return frozenset((_OURS, notes_ref.removeprefix("refs/").removeprefix("notes/")))


def keep_cover(repository: Repository, mails: Path, key: str | None = None) -> str | None:
    """Keep the cover letter among mails as that of HEAD's series; return its key if it is new.

    `key` names another series. One that is there already stays, with the new one beside it.
    """
    cover = find_cover(repository, mails)
    if cover is None:
        return None
    covers = Covers(repository)
    key = key or covers.key_for_head()
    words = "\n\n".join(part for part in (cover.subject, cover.text.rstrip("\n")) if part)
    if not words or _holds(covers.read(key), words):
        return None

    def joined(there: str | None) -> str:
        before = parse_notes(there or "")
        return there or "" if _holds(before, words) else render_notes((*before, Note(words)))

    covers.update(key, joined)
    return key


def find_cover(repository: Repository, mails: Path) -> ReceivedCover | None:
    """Return the newest cover letter in a folder of single mails."""
    found = []
    for path in sorted(mails.glob("[0-9]*")):
        with path.open("rb") as file:
            start = file.read(_HEADERS)
        if not _COVER.search(start.replace(b"\r\n", b"\n").partition(b"\n\n")[0]):
            continue
        try:
            cover = read_series(path, repository.cwd).cover
        except VoicenoteError:
            continue  # git am says what it thinks of it
        if cover is not None:
            found.append(cover)
    return max(found, key=lambda cover: cover.version, default=None)


def copy_mails(state: Path, folder: Path) -> None:
    """Copy the mails that git am is at, all or none; it removes them when it is done.

    Mails that are there already are those of the same series. Raises OSError.
    """
    mails = sorted(state.glob("[0-9]*"))
    if not mails or folder.is_dir():
        return
    with files.workplace(folder.parent, "mails-") as partial:
        for path in mails:
            files.copy(path, partial / path.name)
        files.sync_folder(partial)
        files.move(partial, folder)


def _note_in(applied: Applied, names: frozenset[str], repository: Repository) -> str | None:
    try:
        words, _ = split_patch(applied.patch.decode("utf-8"))
    except UnicodeDecodeError:  # mailinfo leaves the patch in the encoding that it came in
        return _note_in_mail(applied.mail, names, repository)
    for preferred in sorted(names, key=lambda name: name == _OURS):
        below = read_below(words, preferred)
        if below.name in names:
            return below.note
    return None


def _note_in_mail(mail: Path, names: frozenset[str], repository: Repository) -> str | None:
    try:
        patches = read_series(mail, repository.cwd).patches
    except VoicenoteError:
        return None
    return next((patch.note for patch in patches if patch.note_name in names), None)


def _joined(before: str, came: str) -> str:
    """Return a note that is there already and the one that came: a mail may carry it shortened."""
    if _letters(reader_note(came)) in _letters(reader_note(before)):
        return before
    return merge_texts(None, before, came)


def _holds(notes: Sequence[Note], words: str) -> bool:
    return any(_letters(words) in _letters(note.text) for note in notes)


def _letters(text: str) -> str:
    return "".join(text.split())
