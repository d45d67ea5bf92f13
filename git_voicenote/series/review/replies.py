"""The answers to a series: mails in its thread, and reviewers' notes on its commits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.datatypes import Note
from git_voicenote.git.commits import subjects_of
from git_voicenote.notes.format import parse_notes
from git_voicenote.notes.patch_ids import same_change
from git_voicenote.notes.store import Notes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.git.repository import Repository
    from git_voicenote.mail.incoming.received import ReceivedPatch, ReceivedReply, ReceivedSeries
    from git_voicenote.object_ids import ObjectId


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `date` is that of a mail, "" for a note; `note` is the text."""

    author: str
    email: str
    date: str
    note: Note
    message_id: str | None = None


def replies_to(
    series: ReceivedSeries, repository: Repository | None, review_ref: str
) -> dict[int, tuple[Reply, ...]]:
    """Return the answers to each part of a series, by its number, 0 for the cover.

    Notes come first. A mail may name any commit, so notes belong to it only if the commit makes the
    same change as the mail.
    """
    found: dict[int, list[Reply]] = {}
    texts = _noted(series.patches, repository, review_ref)
    for number, text in texts.items():
        found[number] = [_of_note(note) for note in parse_notes(text)]
    parts: dict[str, int] = {p.message_id: p.number for p in series.patches if p.message_id}
    if series.cover and series.cover.message_id:
        parts[series.cover.message_id] = 0
    for reply in series.replies:
        above = [parts[one] for one in reply.answers if one in parts]
        if above:
            found.setdefault(above[-1], []).append(_of_mail(reply))
    return {number: tuple(replies) for number, replies in found.items()}


def _noted(
    patches: Sequence[ReceivedPatch], repository: Repository | None, review_ref: str
) -> dict[int, str]:
    """Return the reviewers' notes on the commits of patches."""
    if repository is None:
        return {}
    store = Notes(repository, review_ref)
    annotated = store.annotated()
    if not annotated:
        return {}
    titles = subjects_of(repository, annotated) if any(p.envelope for p in patches) else {}
    commits: dict[int, ObjectId] = {}
    for patch in patches:
        if patch.envelope is None:
            found = patch.commit_id
        else:
            title = " ".join(patch.subject.split())
            near = [one for one in annotated if titles.get(one) == title or one == patch.commit_id]
            found = same_change(repository, patch.diff, near) if near else None
        if found:
            commits[patch.number] = found
    texts = store.texts(commits.values())
    return {number: texts[one] for number, one in commits.items() if one in texts}


def _of_mail(reply: ReceivedReply) -> Reply:
    return Reply(
        reply.author or reply.email, reply.email, reply.date, Note(reply.text), reply.message_id
    )


def _of_note(note: Note) -> Reply:
    name, bracket, rest = (note.reviewer or "").rpartition("<")
    if not bracket or not rest.endswith(">"):
        return Reply(note.reviewer or "a reviewer", "", "", note)
    return Reply(name.strip() or rest[:-1], rest[:-1], "", note)
