"""Read mails from anybody, as git am reads them.

git mailsplit and git mailinfo split and decode. Our own code adds what they do not report: the kind
of a mail (`kinds`), the text below its `---`, and the order of a series (`versions`).
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from git_voicenote import files
from git_voicenote.errors import PatchError
from git_voicenote.mail.incoming.after_separator import parse_below_separator, split_patch
from git_voicenote.mail.incoming.cover_letter import split_cover, without_signature
from git_voicenote.mail.incoming.decoding import (
    as_committed,
    decode_patch_text,
    decode_words,
    with_line_feeds,
)
from git_voicenote.mail.incoming.envelopes import decoded, ids_in, read_envelope
from git_voicenote.mail.incoming.kinds import MailKind, Tags, has_diff, mail_kind, read_tags
from git_voicenote.mail.incoming.mailbox import SplitMail, headers_of, split_mails
from git_voicenote.mail.incoming.mailinfo import ReadingOptions, read_mailinfo
from git_voicenote.mail.incoming.received import ReceivedCover, ReceivedPatch, ReceivedReply
from git_voicenote.mail.incoming.versions import assemble
from git_voicenote.object_ids import ObjectId

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from git_voicenote.mail.incoming.mailinfo import MailInfo
    from git_voicenote.mail.incoming.received import ReceivedSeries

MAX_PATCH_OCTETS = 4 << 20
"""The most octets to read of one patch: 100,000 lines of code, which take 20 times as much memory.
"""
MAX_SERIES_OCTETS = 16 << 20
"""The most octets to read of all patches of a series."""
_MAX_MAILS = 2000
_SHORT_ID = 12
"""Digits of the id of a sender's commit: unique in all but the largest repositories."""
"""The most mails of one series; git reads each in a process of its own."""
_MADE_BY_GIT = re.compile(rb"From ([0-9a-f]{40,64}) Mon Sep 17 00:00:00 2001$")
_MESSAGE_ID = re.compile(r"<[^<>\s]+>")

MailContent = ReceivedPatch | ReceivedCover | ReceivedReply | str | None
"""The content of a mail: None if it is not part of a series; a string says why it cannot be read.
"""


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
    the notes to list first. `mboxrd` is as in git am --patch-format. `scissors` cuts everything
    above a `-- >8 --`; None means mailinfo.scissors. Raises PatchError or GitError with the way
    out.
    """
    options = ReadingOptions(scissors=scissors)
    with files.scratch_folder() as scratch:
        mails, said = split_mails(source, scratch, mboxrd=mboxrd)
        remarks = list(said)
        if len(mails) > _MAX_MAILS:
            remarks.append(f"of {len(mails)} mails, the first {_MAX_MAILS} are read")
        read = partial(_read, cwd=cwd, options=options, notes=notes, remarks=remarks)
        found = _in_turn(read, _with_limits(mails[:_MAX_MAILS]))
    name = str(source) if isinstance(source, Path) else "standard input"
    return assemble(found, remarks, name)


def read_mail(
    path: Path, cwd: Path, options: ReadingOptions, *, notes: str = "voicenote"
) -> MailContent:
    """Read a mail that git has split from others, as git am does with the same options."""
    headers = headers_of(path)
    if headers is None:
        return None
    with files.scratch_folder() as scratch:
        copy = scratch / path.name
        files.copy(path, copy)
        mail = SplitMail(copy, path.name, 1, headers)
        return _read(mail, MAX_PATCH_OCTETS, cwd, options, notes, [])


def subject_tags(headers: dict[bytes, bytes]) -> Tags:
    """Read the tags in the subject of a mail, as its header has them."""
    return read_tags(_subject(headers))


def _with_limits(mails: Iterable[SplitMail]) -> list[tuple[SplitMail, int]]:
    """Return mails with the number of octets to read of each; earlier mails have priority."""
    left = MAX_SERIES_OCTETS
    limits = []
    for mail in mails:
        limit = min(MAX_PATCH_OCTETS, left)
        limits.append((mail, limit))
        left -= min(mail.path.stat().st_size, limit)
    return limits


def _in_turn(
    read: Callable[[SplitMail, int], MailContent], mails: Sequence[tuple[SplitMail, int]]
) -> list[MailContent]:
    """Read mails, two at a time; Ctrl-C does not wait for the rest."""
    with ThreadPoolExecutor(2) as pool:
        reading = [pool.submit(read, mail, limit) for mail, limit in mails]
        try:
            return [one.result() for one in reading]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _read(
    mail: SplitMail,
    limit: int,
    cwd: Path,
    options: ReadingOptions,
    notes: str,
    remarks: list[str],
) -> MailContent:
    """Read a mail, and up to `limit` octets of its patch; then delete its file."""
    try:
        info = read_mailinfo(mail.path, cwd, options.arguments, in_utf8=True, limit=limit)
        if info.left_out:
            remarks.append(f"{mail.source} is too long: {_size(info.left_out)} of it are not shown")
        return _understood(mail, info, cwd, options, notes, remarks)
    except PatchError as exc:
        reason = exc.message.rpartition("read a patch back: ")[2].removeprefix("error: ")
        return f"{mail.source} cannot be read: {reason.partition(chr(10))[0]}"
    finally:
        for path in (mail.path, *(mail.path.with_suffix(end) for end in (".message", ".patch"))):
            path.unlink(missing_ok=True)


def _understood(
    mail: SplitMail,
    info: MailInfo,
    cwd: Path,
    options: ReadingOptions,
    notes: str,
    remarks: list[str],
) -> MailContent:
    with mail.path.open("rb") as file:
        made_by_git = _MADE_BY_GIT.match(file.readline(200).strip())
    tags = _tags(mail, info, cwd, options)
    kind = mail_kind(tags, info.patch, made_by_git=made_by_git is not None)
    if kind is MailKind.OTHER:
        return None
    above, raw_diff = split_patch(info.patch)
    words = decode_words(above, mail.path, cwd, options)
    if kind is MailKind.REPLY:
        return _reply(mail, info, words)
    if kind is MailKind.COVER:
        return _cover(mail, info, tags, words)
    below = parse_below_separator(words, notes)
    # an answer that contains a patch is not the patch that it answers
    is_counted = tags.number > 0 and not tags.is_reply
    looks_like = "a reply" if tags.is_reply else "a cover letter" if tags.is_cover_letter else None
    if looks_like:
        remarks.append(f"{mail.source} looks like {looks_like}, but git am applies its diff")
    commit_id = _commit_id(made_by_git)
    return ReceivedPatch(
        number=tags.number if is_counted else 0, total=tags.total if is_counted else 0,
        version=tags.version, subject=_line(info.subject), author=_line(info.author),
        email=_line(info.email), date=_line(info.date), message=_text(info.message),
        note=below.note, diff=_diff(raw_diff, mail.path, cwd, options),
        message_id=_id(mail, b"message-id"), in_reply_to=_id(mail, b"in-reply-to"),
        source=mail.source, note_name=below.name, comment=below.comment, position=mail.position,
        commit_id=commit_id, short_id=commit_id and commit_id[:_SHORT_ID],
        envelope=read_envelope(mail.headers),
    )  # fmt: skip


def _commit_id(made_by_git: re.Match[bytes] | None) -> ObjectId | None:
    """Return the commit that a mail names, unless it is zeros (--zero-commit)."""
    found = ObjectId.parse(made_by_git[1].decode()) if made_by_git else None
    return found if found and found.strip("0") else None


def _tags(mail: SplitMail, info: MailInfo, cwd: Path, options: ReadingOptions) -> Tags:
    """Return the tags of the subject from which git takes the title.

    That may be a `Subject:` in the body, below scissors. If it may not be the header, git is asked
    for the whole subject, which it reports for a patch only.
    """
    subject = _subject(mail.headers)
    tags = read_tags(subject)
    if has_diff(info.patch) and (tags.is_reply or not subject.endswith(_line(info.subject))):
        whole = read_mailinfo(
            mail.path, cwd, (*options.arguments, "-k"), in_utf8=True, limit=0
        ).subject
        tags = read_tags(" ".join(_line(whole).split()))
    return tags


def _diff(raw: bytes, mail: Path, cwd: Path, options: ReadingOptions) -> str:
    """Decode a diff for display: files may be in another encoding than the mail states."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = "\x1b"
    # UTF-8 never needs an escape, and the 7-bit charsets of East Asia always do
    return text if "\x1b" not in text else decode_patch_text(raw, mail, cwd, options)


def _cover(mail: SplitMail, info: MailInfo, tags: Tags, rest: str) -> ReceivedCover:
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


def _subject(headers: dict[bytes, bytes]) -> str:
    header = decoded(headers.get(b"subject", b"").decode("utf-8", "replace"))
    return " ".join(header.split())


def _size(octets: int) -> str:
    return f"{octets >> 20} MiB" if octets >> 20 else f"{max(octets >> 10, 1)} KiB"


def _text(content: bytes) -> str:
    return with_line_feeds(as_committed(content))


def _line(content: bytes) -> str:
    return as_committed(content).strip()


def _id(mail: SplitMail, name: bytes) -> str | None:
    """Return the first message id in a header, with its angle brackets."""
    found: Iterable[str] = _MESSAGE_ID.findall(mail.headers.get(name, b"").decode("latin-1"))
    return next(iter(found), None)
