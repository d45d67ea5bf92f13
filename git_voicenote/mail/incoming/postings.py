"""Mails of one or several series, told apart by each time that somebody sent one.

A series is often posted again: with another version in the subject or without, as replies to the
first posting or not. Numbers alone would mix the patches of two postings.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from git_voicenote.mail.incoming.received import ReceivedCover, ReceivedPatch

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Posting:
    """One sending of a series: its cover, if there is one, and its patches in their order.

    `above` is how many postings it answers, directly or not.
    """

    version: int
    total: int
    cover: ReceivedCover | None
    patches: tuple[ReceivedPatch, ...]
    above: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether none of its patches is missing."""
        return len(self.patches) == self.total

    @property
    def titles(self) -> frozenset[str]:
        """The titles of its mails, without a blank."""
        subjects = [patch.subject for patch in self.patches]
        subjects += [self.cover.subject] if self.cover else []
        return frozenset("".join(subject.split()) for subject in subjects)


@dataclass(slots=True)
class _Open:
    """A posting whose mails are still being found."""

    place: int
    numbered: dict[int, ReceivedPatch | ReceivedCover] = field(default_factory=dict)


def find_postings(
    covers: Sequence[ReceivedCover], patches: Sequence[ReceivedPatch]
) -> tuple[Posting, ...]:
    """Sort numbered mails into postings, those that were begun first ahead.

    A mail belongs to the posting of the mail that it answers, if that counts in the same way and
    has no mail of this number yet; or else to the first posting that lacks it.
    """
    found: dict[tuple[int, int], list[_Open]] = defaultdict(list)
    home: dict[str, tuple[tuple[int, int], _Open]] = {}
    count = 0
    mails: tuple[ReceivedCover | ReceivedPatch, ...] = (*covers, *patches)
    for mail in mails:
        key = (mail.version, mail.total)
        number = mail.number if isinstance(mail, ReceivedPatch) else 0
        parent = home.get(mail.in_reply_to or "")
        chosen = parent[1] if parent and parent[0] == key else None
        if chosen is None or number in chosen.numbered:
            chosen = _first_without(number, found[key])
        if chosen is None:
            chosen = _Open(count)
            count += 1
            found[key].append(chosen)
        chosen.numbered[number] = mail
        if mail.message_id:
            home[mail.message_id] = (key, chosen)
    above = _heights(found, home)
    postings = [
        (one.place, _closed(key, one, above[one.place])) for key, some in found.items()
        for one in some
    ]  # fmt: skip
    return tuple(posting for _, posting in sorted(postings, key=lambda pair: pair[0]))


def newest_first(postings: Sequence[Posting]) -> list[Posting]:
    """Sort postings by version; those of one version by what they answer, then as they came."""
    ranked = [((one.version, one.above, at), one) for at, one in enumerate(postings)]
    return [one for _, one in sorted(ranked, key=lambda pair: pair[0], reverse=True)]


def are_of_one_series(postings: Sequence[Posting]) -> bool:
    """Return whether postings are versions of one series.

    They are if their numbers say so, or the answers of one to another, or a title in common.
    """
    newest = newest_first(postings)[0]
    return all(
        one is newest
        or one.version != newest.version
        or newest.above > one.above
        or not one.titles.isdisjoint(newest.titles)
        for one in postings
    )


def _first_without(number: int, postings: list[_Open]) -> _Open | None:
    return next((one for one in postings if number not in one.numbered), None)


def _heights(
    found: dict[tuple[int, int], list[_Open]], home: dict[str, tuple[tuple[int, int], _Open]]
) -> dict[int, int]:
    """Return how many postings each one answers, by its place."""
    parents: dict[int, int] = {}
    for some in found.values():
        for one in some:
            for mail in one.numbered.values():
                parent = home.get(mail.in_reply_to or "")
                if parent and parent[1].place != one.place:
                    parents.setdefault(one.place, parent[1].place)
    heights: dict[int, int] = {}
    for some in found.values():
        for one in some:
            way: list[int] = []
            at: int | None = one.place
            while at is not None and at not in heights:
                heights[at] = 0  # so that answers in a ring come to an end
                way.append(at)
                at = parents.get(at)
            start = 0 if at is None else heights[at] + 1
            heights |= {place: start + up for up, place in enumerate(reversed(way))}
    return heights


def _closed(key: tuple[int, int], posting: _Open, above: int) -> Posting:
    cover = posting.numbered.get(0)
    patches = sorted(
        (mail for mail in posting.numbered.values() if isinstance(mail, ReceivedPatch)),
        key=lambda patch: patch.number,
    )
    return Posting(*key, cover if isinstance(cover, ReceivedCover) else None, tuple(patches), above)
