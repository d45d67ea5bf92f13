"""Select the series that a person means from their mails."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from git_voicenote.errors import PatchError
from git_voicenote.mail.incoming.postings import (
    are_versions_of_one_series,
    find_postings,
    newest_first,
)
from git_voicenote.mail.incoming.received import (
    ReceivedCover,
    ReceivedPatch,
    ReceivedReply,
    ReceivedSeries,
)
from git_voicenote.phrases import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.mail.incoming.postings import Posting

_Mail = TypeVar("_Mail", ReceivedPatch, ReceivedCover, ReceivedReply)


def assemble(
    found: Sequence[ReceivedPatch | ReceivedCover | ReceivedReply | str | None],
    remarks: list[str],
    name: str,
) -> ReceivedSeries:
    """Put the mails of a series in order; None and strings stand for other mails.

    Of several versions, the newest is chosen; the remarks report what is left out. Raises
    PatchError if there are neither patches nor a cover.
    """
    covers = _unique([one for one in found if isinstance(one, ReceivedCover)], remarks)
    patches = _unique([one for one in found if isinstance(one, ReceivedPatch)], remarks)
    replies = _unique([one for one in found if isinstance(one, ReceivedReply)], remarks)
    remarks += [one for one in found if isinstance(one, str)]
    others = sum(one is None for one in found)
    if others:
        remarks.append(f"{others} mail{'s' * (others > 1)} without a patch left out")
    if not patches and not covers:
        raise PatchError(
            f"there is no patch in {name}" + "".join(f"; {remark}" for remark in remarks[:3]),
            hint="a patch is what `git format-patch` writes and `git send-email` sends",
        )
    cover, patches = _chosen(covers, patches, remarks)
    other_covers = tuple(one for one in reversed(covers) if one is not cover)
    if cover and other_covers:
        remarks.append(
            f"of {len(covers)} cover letters, {cover.source} is shown first, the others below it"
        )
    answered = _answering(replies, [*patches, *([cover] if cover else [])], remarks)
    return ReceivedSeries(cover, tuple(patches), tuple(remarks), answered, other_covers)


def _chosen(
    covers: list[ReceivedCover], patches: list[ReceivedPatch], remarks: list[str]
) -> tuple[ReceivedCover | None, list[ReceivedPatch]]:
    """Return the cover and the patches of the series, numbered."""
    postings = find_postings(covers, [patch for patch in patches if patch.total])
    if all(patch.total for patch in patches) and postings and are_versions_of_one_series(postings):
        newest = newest_first(postings)[0]
        kept = _kept(newest, postings)
        _report_older(len(patches) - len(kept), newest, remarks)
        if patches:
            _report_missing({patch.number for patch in kept}, newest.total, remarks)
        if covers and not newest.cover:
            remarks.append(f"the cover letter, {covers[-1].source}, is of an earlier version")
        return newest.cover or (covers[-1] if covers else None), kept
    if len(patches) > 1 and any(patch.total for patch in patches):
        remarks.append("the patches are not of one series: they are in the order of the mails")
    numbered = [
        replace(patch, number=number, total=len(patches)) for number, patch in enumerate(patches, 1)
    ]
    return covers[-1] if covers else None, numbered


def _kept(newest: Posting, postings: Sequence[Posting]) -> list[ReceivedPatch]:
    """Return the patches of the newest posting, and those of earlier ones that it did not replace.

    A posting that is incomplete and has no cover contains single patches that were sent again.
    """
    kept = {patch.number: patch for patch in newest.patches}
    if newest.cover is None and not newest.is_whole:
        for before in newest_first(postings)[1:]:
            for patch in before.patches if before.total == newest.total else ():
                kept.setdefault(patch.number, patch)
    return [kept[number] for number in sorted(kept)]


def _answering(
    replies: Sequence[ReceivedReply],
    mails: Sequence[ReceivedPatch | ReceivedCover],
    remarks: list[str],
) -> tuple[ReceivedReply, ...]:
    """Return the replies to these mails, even if the mails between are missing."""
    known = {mail.message_id for mail in mails}
    answering = tuple(reply for reply in replies if not known.isdisjoint(reply.answers))
    others = len(replies) - len(answering)
    if others:
        remarks.append(f"{others} {'reply' if others == 1 else 'replies'} left out")
    return answering


def _unique(mails: Sequence[_Mail], remarks: list[str]) -> list[_Mail]:
    """Return mails without duplicates, which archives may contain."""
    seen: set[str] = set()
    kept = []
    for mail in mails:
        if mail.message_id is None or mail.message_id not in seen:
            kept.append(mail)
        if mail.message_id is not None:
            seen.add(mail.message_id)
    if len(kept) < len(mails):
        remarks.append(f"{counted(len(mails) - len(kept), 'duplicate mail')} left out")
    return kept


def _report_older(count: int, newest: Posting, remarks: list[str]) -> None:
    if count:
        patches = "patch" if count == 1 else "patches"
        older = f"versions before v{newest.version}" if newest.version > 1 else "an earlier version"
        remarks.append(f"{count} {patches} of {older} left out")


def _report_missing(numbers: set[int], total: int, remarks: list[str]) -> None:
    missing = [number for number in range(1, min(total, 10_000) + 1) if number not in numbers]
    if missing:
        which = ", ".join(map(str, missing[:5])) + (", ..." if len(missing) > 5 else "")
        remarks.append(f"{len(missing)} of {total} patches missing: {which}")
