"""Cover letters among the mails that git am applies."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from git_voicenote.datatypes import Note
from git_voicenote.mail.incoming.kinds import has_diff
from git_voicenote.mail.incoming.mailbox import headers_of
from git_voicenote.mail.incoming.mailinfo import ReadingOptions
from git_voicenote.mail.incoming.reading import read_mail, subject_tags
from git_voicenote.mail.incoming.received import ReceivedCover, ReceivedReply
from git_voicenote.notes.covers import Covers
from git_voicenote.notes.format import parse_notes, render_notes
from git_voicenote.series.incoming.applying import read_start, without_white_space

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from git_voicenote.git.repository import Repository


def keep_covers(repository: Repository, mails: Path, key: str | None = None) -> str | None:
    """Keep the cover letters among mails as the cover of HEAD's series; return its key if changed.

    `key` names another series. Of several versions, the newest letter comes first. An existing
    cover stays, and the new letters are added to it.
    """
    letters = [_words(cover) for cover in find_covers(repository, mails)]
    letters = [words for words in dict.fromkeys(letters) if words]
    if not letters:
        return None
    covers = Covers(repository)
    key = key or covers.key_for_head()
    if not _missing(covers.read(key), letters):
        return None

    def joined(there: str | None) -> str:
        before = parse_notes(there or "")
        new = _missing(before, letters)
        return render_notes((*before, *map(Note, new))) if new else there or ""

    covers.update(key, joined)
    return key


def find_covers(repository: Repository, mails: Path) -> list[ReceivedCover]:
    """Return the cover letters in a folder of single mails, the newest first."""
    read = [_read_cover(repository, path) for path in sorted(mails.glob("[0-9]*"), reverse=True)]
    found = [cover for cover in read if cover is not None]
    return sorted(found, key=lambda cover: cover.version, reverse=True)


def words_stopped_at(repository: Repository, state: Path) -> ReceivedCover | ReceivedReply | None:
    """Return the cover letter or the reply at which git am stopped; None if it is at a patch.

    git am drops a mail that ends with its message, but reads anything below a `---` as a patch.
    `state` is git am's own folder.
    """
    with suppress(OSError, ValueError):
        if not has_diff(read_start(state / "patch")):
            path = state / f"{int((state / 'next').read_text()):04}"
            read = read_mail(path, repository.cwd, ReadingOptions.of_am(state))
            return read if isinstance(read, ReceivedCover | ReceivedReply) else None
    return None


def _read_cover(repository: Repository, path: Path) -> ReceivedCover | None:
    headers = headers_of(path)
    if headers is None or not subject_tags(headers).is_cover_letter:
        return None
    read = read_mail(path, repository.cwd, ReadingOptions.of_am(path.parent))
    return read if isinstance(read, ReceivedCover) else None


def _words(cover: ReceivedCover) -> str:
    return "\n\n".join(part for part in (cover.subject, cover.text.rstrip("\n")) if part)


def _missing(notes: Sequence[Note], letters: Sequence[str]) -> list[str]:
    """Return the letters whose text is in none of the notes."""
    there = [without_white_space(note.text) for note in notes]
    return [
        words for words in letters if not any(without_white_space(words) in one for one in there)
    ]
