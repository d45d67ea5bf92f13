"""Match commits with the mails that git am made them from, by author, date and title."""

from __future__ import annotations

import calendar
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_tz
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from git_voicenote.mail.incoming.received import ReceivedPatch


@dataclass(frozen=True, slots=True)
class AppliedCandidate:
    """A commit that git am may have made, or its mail; `date` is in seconds."""

    name: str
    email: str
    date: int | None
    title: str


def of_patch(name: str, patch: ReceivedPatch) -> AppliedCandidate:
    """Return the values that git am takes from a mail; `name` is that of the mail."""
    date = None
    if parsed := parsedate_tz(patch.date):
        with suppress(ValueError, OverflowError):  # an impossible date
            date = calendar.timegm(parsed[:6]) - (parsed[9] or 0)
    return AppliedCandidate(name, patch.email, date, plain(patch.subject))


def pairs_of(
    commits: list[AppliedCandidate], mails: list[AppliedCandidate]
) -> tuple[dict[str, str], list[AppliedCandidate]]:
    """Return the mails' names by those of their commits, and the mails that match several commits.

    A commit whose message was changed is recognized by its author and date, one with another date
    by its author and title. Identical ones are matched in order, if none is missing.
    """
    pairs: dict[str, str] = {}
    keys: tuple[Callable[[AppliedCandidate], Hashable], ...] = (
        lambda one: (one.email, one.date, one.title),
        lambda one: (one.email, one.date),
        lambda one: (one.email, one.title),
    )
    unclear: dict[str, AppliedCandidate] = {}
    for key in keys:
        made = _grouped((one for one in commits if one.name not in pairs), key)
        sent = _grouped((one for one in mails if one.name not in pairs.values()), key)
        for same in made.keys() & sent.keys():
            if len(made[same]) == len(sent[same]) and (key is keys[0] or len(sent[same]) == 1):
                pairs |= {c.name: m.name for c, m in zip(made[same], sent[same], strict=True)}
            else:
                unclear |= {one.name: one for one in sent[same]}
    taken = set(pairs.values())
    return pairs, [one for name, one in unclear.items() if name not in taken]


def _grouped(
    things: Iterable[AppliedCandidate], key: Callable[[AppliedCandidate], Hashable]
) -> dict[Hashable, list[AppliedCandidate]]:
    groups: dict[Hashable, list[AppliedCandidate]] = defaultdict(list)
    for one in things:
        groups[key(one)].append(one)
    return groups


def plain(title: str) -> str:
    """Return a title on one line."""
    return " ".join(title.split())
