"""What came by mail: patches, cover letters, replies, and the series that they make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from git_voicenote.mail.incoming.envelopes import Envelope
    from git_voicenote.object_ids import ObjectId


@dataclass(frozen=True, slots=True)
class ReceivedPatch:
    """One patch of a series, as git am would apply it, and what was said about it.

    `number` of `total` as the series counts them; `commit_id` is the sender's name of the commit,
    where git format-patch tells it, and `short_id` its start; `position` is the mail's place among
    those that git mailsplit makes of the source, from 1 (0 for a commit). `date` is as the mail
    has it.
    `envelope` is what an answer needs of the mail; a commit has none.
    `note` stands below the `---` as it stands in git, under `note_name` (Notes (voicenote):), or
    as plain words, with no name; `comment` is what else stands there. `diff` is without diffstat
    and signature. `source` names the mail, or the commit, for people.
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
    """The cover letter of a series: its words in `text`; shortlog and diffstat in `summary`."""

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
    """What somebody answered; `answers` are the ids of the mails above it, the nearest last."""

    author: str
    email: str
    date: str
    text: str
    message_id: str | None
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReceivedSeries:
    """A series in its order; `remarks` tell a person what was left out, or is missing.

    `replies` are those that answer one of its mails, in the order of the mails. `other_covers` are
    those of earlier versions, or of other series among the mails, the newest first.
    """

    cover: ReceivedCover | None
    patches: tuple[ReceivedPatch, ...]
    remarks: tuple[str, ...] = ()
    replies: tuple[ReceivedReply, ...] = ()
    other_covers: tuple[ReceivedCover, ...] = ()
