"""Group the mails of series into postings.

A series is often posted again: with or without a version in the subject, as replies to the first
posting or not. By number alone, the patches of two postings would be mixed.
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
    """A posting of a series: its cover, if any, and its patches in order.

    `above` is the number of postings that it answers, directly or indirectly.
    """

    version: int
    total: int
    cover: ReceivedCover | None
    patches: tuple[ReceivedPatch, ...]
    above: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether it has all its patches."""
        return len(self.patches) == self.total

    @property
    def titles(self) -> frozenset[str]:
        """The titles of its mails, without spaces."""
        subjects = [patch.subject for patch in self.patches]
        subjects += [self.cover.subject] if self.cover else []
        return frozenset("".join(subject.split()) for subject in subjects)


@dataclass(slots=True)
class _Open:
    """A posting that is still being collected."""

    place: int
    numbered: dict[int, ReceivedPatch | ReceivedCover] = field(default_factory=dict)


def find_postings(
    covers: Sequence[ReceivedCover], patches: Sequence[ReceivedPatch]
) -> tuple[Posting, ...]:
    """Group numbered mails into postings, in the order of their first mail.

    A mail belongs to the posting of the mail that it answers, if that has the same total and lacks
    this number; otherwise to the first posting that lacks it.
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
    """Sort postings by version, then by what they answer, then by arrival."""
    ranked = [((one.version, one.above, at), one) for at, one in enumerate(postings)]
    return [one for _, one in sorted(ranked, key=lambda pair: pair[0], reverse=True)]


def are_versions_of_one_series(postings: Sequence[Posting]) -> bool:
    """Return whether postings are versions of one series.

    They are if their version numbers, a reply from one to another, or a common title say so.
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
    """Return the number of postings that each one answers, by position."""
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
                heights[at] = 0  # ends a cycle of answers
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
