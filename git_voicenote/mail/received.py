"""What a reviewer gets: mails from anybody, read as git am reads them, in the order of the series.

git mailsplit and git mailinfo split and decode. Ours is only what they do not tell: the order
([PATCH v2 3/7]), which mail is the cover, who answers whom, and what stands below the `---`.
"""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from git_voicenote import files
from git_voicenote.errors import PatchError
from git_voicenote.mail.after_separator import read_below, split_patch
from git_voicenote.mail.envelopes import Envelope, decoded, ids_in, read_envelope
from git_voicenote.mail.mailbox import split_mails
from git_voicenote.mail.mailed_cover import split_cover, without_signature
from git_voicenote.mail.mailinfo import read_mailinfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from git_voicenote.mail.mailbox import SplitMail
    from git_voicenote.mail.mailinfo import MailInfo

_TAGS = re.compile(r"(?:\s*\[[^\]]*\])*")
_REPLY = re.compile(r"\s*(?:(?:\[[^\]]*\]\s*)?(?:re|aw|sv|vs|fwd?)\s*:)", re.IGNORECASE)
_VERSION = re.compile(r"(?:\b|(?<=patch)|(?<=rfc))v(\d{1,4})\b", re.IGNORECASE)
_NUMBER = re.compile(r"\b(\d{1,5})/(\d{1,5})\b")
_MADE_BY_GIT = re.compile(rb"From ([0-9a-f]{40,64}) Mon Sep 17 00:00:00 2001$")
_MESSAGE_ID = re.compile(r"<[^<>\s]+>")
_CHARSET = re.compile(
    r"charset=\"?(iso-8859-\d+|windows-\d+|koi8-[ru]|gb2312|gbk|gb18030|big5|euc-\w+|iso-2022-jp"
    r"|shift_jis)\b",
    re.IGNORECASE,
)
LONGEST_PATCH = 4 << 20
"""Octets of one patch that are read: 100,000 lines of code. In lines they take 20 times as much."""
LONGEST_SERIES = 16 << 20
"""And of all the patches of a series."""
_MOST_MAILS = 2000
"""Of one series; git reads each of them with a process of its own."""

_Mail = TypeVar("_Mail", "ReceivedPatch", "ReceivedCover", "ReceivedReply")


@dataclass(frozen=True, slots=True)
class ReceivedPatch:
    """One patch of a series, as git am would apply it, and what was said about it.

    `number` of `total` as the series counts them; `commit_id` is the sender's name of the commit,
    where git format-patch tells it; `position` is the mail's place among those that git mailsplit
    makes of the source, from 1 (0 for a commit). `date` is as the mail has it.
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
    commit_id: str | None = None
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

    `replies` are those that answer one of its mails, in the order of the mails.
    """

    cover: ReceivedCover | None
    patches: tuple[ReceivedPatch, ...]
    remarks: tuple[str, ...] = ()
    replies: tuple[ReceivedReply, ...] = ()


_Found = ReceivedPatch | ReceivedCover | ReceivedReply | str
"""What a mail is; a string says why it is none of a series."""


def read_series(
    source: Path | BinaryIO,
    cwd: Path,
    *,
    notes: str = "voicenote",
    mboxrd: bool = False,
    scissors: bool | None = None,
) -> ReceivedSeries:
    """Read mails as git am would, whoever sent them.

    `source` is a mail, an mbox, a folder of these, a maildir or a stream. `notes` is the name of
    the notes that come first. `mboxrd` as for git am --patch-format; `scissors` cuts all above a
    `-- >8 --`, None does as mailinfo.scissors says. Raises PatchError or GitError with the way out.
    """
    options = [] if scissors is None else ["--scissors" if scissors else "--no-scissors"]
    with files.scratch_folder() as scratch:
        mails, said = split_mails(source, scratch, mboxrd=mboxrd)
        remarks = list(said)
        if len(mails) > _MOST_MAILS:
            remarks.append(f"of {len(mails)} mails, the first {_MOST_MAILS} are read")
        read = partial(_read, cwd=cwd, options=options, notes=notes, remarks=remarks)
        found = _in_turn(read, _with_limits(mails[:_MOST_MAILS]))
    name = str(source) if isinstance(source, Path) else "standard input"
    return _assemble(found, remarks, name)


def _with_limits(mails: Iterable[SplitMail]) -> list[tuple[SplitMail, int]]:
    """Return mails with how many octets of each are read: the first ones come first."""
    left = LONGEST_SERIES
    limits = []
    for mail in mails:
        limit = min(LONGEST_PATCH, left)
        limits.append((mail, limit))
        left -= min(mail.path.stat().st_size, limit)
    return limits


def _in_turn(
    read: Callable[[SplitMail, int], _Found], mails: Sequence[tuple[SplitMail, int]]
) -> list[_Found]:
    """Read mails, two at a time. Ctrl-C does not wait for those that are left."""
    with ThreadPoolExecutor(2) as pool:
        reading = [pool.submit(read, mail, limit) for mail, limit in mails]
        try:
            return [one.result() for one in reading]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@dataclass(frozen=True, slots=True)
class _Tags:
    """What the brackets of a subject tell; number and total are 0 where there are none."""

    number: int
    total: int
    version: int
    is_patch: bool
    is_reply: bool


def _read(
    mail: SplitMail, limit: int, cwd: Path, options: Sequence[str], notes: str, remarks: list[str]
) -> _Found:
    """Read up to `limit` octets of a mail's patch; a string says why it is none of a series."""
    with mail.path.open("rb") as file:
        made_by_git = _MADE_BY_GIT.match(file.readline(200).strip())
    try:
        info = read_mailinfo(mail.path, cwd, options, in_utf8=True, limit=limit)
    except PatchError as exc:
        reason = exc.message.rpartition("read a patch back: ")[2].removeprefix("error: ")
        return f"{mail.source} cannot be read: {reason.partition(chr(10))[0]}"
    finally:
        for path in (mail.path, *(mail.path.with_suffix(end) for end in (".message", ".patch"))):
            path.unlink(missing_ok=True)
    if info.left_out:
        remarks.append(f"{mail.source} is too long: {_size(info.left_out)} of it are not shown")
    tags = _tags(decoded(mail.headers.get(b"subject", b"").decode("utf-8", "replace")))
    charset = _CHARSET.search(mail.headers.get(b"content-type", b"").decode("latin-1"))
    words, diff = split_patch(_text(info.patch, charset[1] if charset else None))
    if tags.is_reply:
        return _reply(mail, info, words + diff)
    if tags.is_patch and tags.number == 0 and tags.total:
        return _cover(mail, info, tags, words + diff)
    if not diff and not (tags.total and tags.is_patch) and not made_by_git:
        return "other"
    below = read_below(words, notes)
    return ReceivedPatch(
        number=tags.number, total=tags.total, version=tags.version,
        subject=_line(info.subject), author=_line(info.author), email=_line(info.email),
        date=_line(info.date), message=_text(info.message), note=below.note, diff=diff,
        message_id=_id(mail, b"message-id"), in_reply_to=_id(mail, b"in-reply-to"),
        source=mail.source, note_name=below.name, comment=below.comment, position=mail.position,
        commit_id=made_by_git[1].decode() if made_by_git and made_by_git[1].strip(b"0") else None,
        envelope=read_envelope(mail.headers),
    )  # fmt: skip


def _cover(mail: SplitMail, info: MailInfo, tags: _Tags, rest: str) -> ReceivedCover:
    text, summary = split_cover(_text(info.message) + rest)
    return ReceivedCover(
        subject=_line(info.subject), text=text, summary=summary, author=_line(info.author),
        email=_line(info.email), date=_line(info.date), total=tags.total, version=tags.version,
        message_id=_id(mail, b"message-id"), in_reply_to=_id(mail, b"in-reply-to"),
        source=mail.source, position=mail.position, envelope=read_envelope(mail.headers),
    )  # fmt: skip


def _reply(mail: SplitMail, info: MailInfo, rest: str) -> ReceivedReply:
    above = ids_in(mail.headers.get(b"references", b""))
    nearest = ids_in(mail.headers.get(b"in-reply-to", b""))[:1]
    text = without_signature(_text(info.message) + rest)
    return ReceivedReply(
        author=_line(info.author), email=_line(info.email), date=_line(info.date), text=text,
        message_id=_id(mail, b"message-id"),
        answers=(*(one for one in above if one not in nearest), *nearest),
    )  # fmt: skip


def _tags(subject: str) -> _Tags:
    is_reply = bool(_REPLY.match(subject))
    found = _TAGS.match(subject)
    brackets = found[0] if found else ""
    version = _VERSION.search(brackets)
    number = _NUMBER.search(brackets)
    is_patch = "patch" in brackets.lower() or "rfc" in brackets.lower() or number is not None
    return _Tags(
        number=int(number[1]) if number else 0,
        total=int(number[2]) if number else 0,
        version=int(version[1]) if version else 1,
        is_patch=is_patch,
        is_reply=is_reply,
    )


def _assemble(
    found: Sequence[ReceivedPatch | ReceivedCover | ReceivedReply | str],
    remarks: list[str],
    name: str,
) -> ReceivedSeries:
    covers = _unique([one for one in found if isinstance(one, ReceivedCover)], remarks)
    patches = _unique([one for one in found if isinstance(one, ReceivedPatch)], remarks)
    replies = _unique([one for one in found if isinstance(one, ReceivedReply)], remarks)
    reasons = Counter(one for one in found if isinstance(one, str))
    for reason, count in reasons.items():
        if reason == "other":
            remarks.append(f"{count} mail{'s' * (count > 1)} without a patch left out")
        else:
            remarks.append(reason)
    if not patches and not covers:
        raise PatchError(
            f"there is no patch in {name}" + "".join(f"; {remark}" for remark in remarks[:3]),
            hint="a patch is what `git format-patch` writes and `git send-email` sends",
        )
    patches = _newest(patches, remarks)
    total = patches[0].total if patches else 0
    numbers = [patch.number for patch in patches]
    if total and all(p.total == total for p in patches) and len({*numbers}) == len(numbers):
        patches.sort(key=lambda patch: patch.number)
        _tell_missing({*numbers}, total, remarks)
    elif patches:
        if len(patches) > 1 and any(patch.total for patch in patches):
            remarks.append("these are several series: the patches are in the order of the mails")
        patches = [
            replace(patch, number=number, total=len(patches))
            for number, patch in enumerate(patches, 1)
        ]
    versions = {patch.version for patch in patches}
    covers.sort(key=lambda cover: (cover.total == total, cover.version in versions, cover.version))
    if len(covers) > 1:
        remarks.append(f"of {len(covers)} cover letters, {covers[-1].source} is shown")
    cover = covers[-1] if covers else None
    answered = _answering(replies, [*patches, *covers[-1:]], remarks)
    return ReceivedSeries(cover, tuple(patches), tuple(remarks), answered)


def _answering(
    replies: Sequence[ReceivedReply],
    mails: Sequence[ReceivedPatch | ReceivedCover],
    remarks: list[str],
) -> tuple[ReceivedReply, ...]:
    """Return the replies below one of these mails; what they answered may not be among them."""
    known = {mail.message_id for mail in mails}
    answering = tuple(reply for reply in replies if not known.isdisjoint(reply.answers))
    others = len(replies) - len(answering)
    if others:
        remarks.append(f"{others} {'reply' if others == 1 else 'replies'} left out")
    return answering


def _unique(mails: Sequence[_Mail], remarks: list[str]) -> list[_Mail]:
    """Return mails without those that came twice, as they do from archives."""
    seen: set[str] = set()
    kept = []
    for mail in mails:
        if mail.message_id is None or mail.message_id not in seen:
            kept.append(mail)
        if mail.message_id is not None:
            seen.add(mail.message_id)
    if len(kept) < len(mails):
        remarks.append(f"{len(mails) - len(kept)} of the mails came twice")
    return kept


def _newest(patches: list[ReceivedPatch], remarks: list[str]) -> list[ReceivedPatch]:
    """Return the newest version of each patch, where the mails hold several versions."""
    versions = sorted({patch.version for patch in patches})
    if len(versions) < 2 or not all(patch.total for patch in patches):
        return patches
    newest = [patch for patch in patches if patch.version == versions[-1]]
    if {patch.number for patch in newest} >= {*range(1, newest[0].total + 1)}:
        kept = newest
    else:  # single patches were sent anew
        latest: dict[tuple[int, int], int] = {}
        for patch in patches:
            place = (patch.number, patch.total)
            latest[place] = max(latest.get(place, 0), patch.version)
        kept = [patch for patch in patches if patch.version == latest[patch.number, patch.total]]
    if len(kept) < len(patches):
        older = len(patches) - len(kept)
        remarks.append(
            f"{older} {'patch' if older == 1 else 'patches'} of versions before "
            f"v{versions[-1]} left out"
        )
    return kept


def _tell_missing(numbers: set[int], total: int, remarks: list[str]) -> None:
    missing = [number for number in range(1, min(total, 10_000) + 1) if number not in numbers]
    if missing:
        which = ", ".join(map(str, missing[:5])) + (", ..." if len(missing) > 5 else "")
        remarks.append(f"of the {total} patches, {len(missing)} are missing: {which}")


def _size(octets: int) -> str:
    return f"{octets >> 20} MiB" if octets >> 20 else f"{max(octets >> 10, 1)} KiB"


def _text(content: bytes, charset: str | None = None) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        if charset:
            try:
                return content.decode(charset, "replace")
            except LookupError:
                pass
        return content.decode("utf-8", "replace")


def _line(content: bytes) -> str:
    return content.decode("utf-8", "replace").strip()


def _id(mail: SplitMail, name: bytes) -> str | None:
    """Return the first message's id in a header, with its angle brackets."""
    found: Iterable[str] = _MESSAGE_ID.findall(mail.headers.get(name, b"").decode("latin-1"))
    return next(iter(found), None)
