"""Received patches, cover letters and replies, and the series they form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from git_voicenote.mail.incoming.envelopes import Envelope
    from git_voicenote.object_ids import ObjectId


@dataclass(frozen=True, slots=True)
class ReceivedPatch:
    """A patch of a series, as git am would apply it, and its explanation.

    `number` and `total` are those of the series. `commit_id` is the sender's id of the commit, if
    git format-patch stated it, and `short_id` its start. `position` is the mail's position in the
    output of git mailsplit, from 1 (0 for a commit). `date` is the date in the mail. `envelope` is
    what an answer needs; a commit has none.

    `note` is the note below the `---` as stored in git, under `note_name` (Notes (voicenote):), or
    plain text without a name; `comment` is the rest there. `diff` has no diffstat and no signature.
    `source` is the name of the mail or commit in messages.
    """

    number: int
    total: int
    version: int
    subject: str
    author: str
    email: str
    date: str
    message: str
    note: str | None
    diff: str
    message_id: str | None
    in_reply_to: str | None
    source: str
    note_name: str | None = None
    comment: str = ""
    position: int = 0
    commit_id: ObjectId | None = None
    short_id: str | None = None
    envelope: Envelope | None = None


@dataclass(frozen=True, slots=True)
class ReceivedCover:
    """The cover letter of a series: its text, and shortlog and diffstat in `summary`."""

    subject: str
    text: str
    summary: str
    author: str
    email: str
    date: str
    total: int
    version: int
    message_id: str | None
    in_reply_to: str | None
    source: str
    position: int = 0
    envelope: Envelope | None = None


@dataclass(frozen=True, slots=True)
class ReceivedReply:
    """A reply; `answers` are the ids of the mails above it, the nearest last."""

    author: str
    email: str
    date: str
    text: str
    message_id: str | None
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReceivedSeries:
    """A series in order; `remarks` say what was left out or is missing.

    `replies` answer one of its mails, in the order of the mails. `other_covers` belong to earlier
    versions or other series among the mails, newest first.
    """

    cover: ReceivedCover | None
    patches: tuple[ReceivedPatch, ...]
    remarks: tuple[str, ...] = ()
    replies: tuple[ReceivedReply, ...] = ()
    other_covers: tuple[ReceivedCover, ...] = ()
