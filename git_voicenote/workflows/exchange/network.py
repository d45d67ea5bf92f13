"""Notes and covers over a network: push them to where a remote is pushed to, and compare.

A remote may be fetched from one place and pushed to others. "In step" means all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.errors import GitError
from git_voicenote.notes.covers import COVER_PREFIX
from git_voicenote.notes.merging.refs import (
    NOTES,
    REVIEWS,
    Tips,
    differences,
    local_tips,
    tips_below,
)
from git_voicenote.notes.pushing import push_places, push_refs
from git_voicenote.notes.refs import contains, update_refs
from git_voicenote.notes.remotes import fetched, remote_tips

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from git_voicenote.git.repository import Repository
    from git_voicenote.notes.merging.refs import Difference, NoteRefs
    from git_voicenote.notes.pushing import Pushed
    from git_voicenote.notes.remotes import Remote


@dataclass(frozen=True, slots=True)
class PlacePush:
    """What came of a push to one place: `refs` is empty where it has all that is here.

    `words` is what the other side said; `failure` why it could not be pushed to at all.
    """

    place: Remote
    refs: tuple[Pushed, ...] = ()
    words: tuple[str, ...] = ()
    failure: GitError | None = None

    @property
    def is_refused(self) -> bool:
        """Whether anything was not taken."""
        return any(one.reason for one in self.refs)


@dataclass(frozen=True, slots=True)
class PlaceDifference:
    """A difference, and the place that differs from what is here."""

    place: Remote
    difference: Difference


@dataclass(frozen=True, slots=True)
class Standing:
    """How a remote stands to what is here; `places` are where it is pushed to."""

    places: tuple[Remote, ...]
    differences: tuple[PlaceDifference, ...]


def push_all(
    repository: Repository, note_refs: NoteRefs, remote: Remote, target: Remote
) -> Iterator[PlacePush]:
    """Push notes and covers to each place of `target`, forwards only; `remote` is fetched from."""
    for place in push_places(repository, target):
        try:
            yield _push_to(repository, note_refs, remote, place)
        except GitError as exc:
            yield PlacePush(place, failure=exc)


def compare(
    repository: Repository, note_refs: NoteRefs, remote: Remote, target: Remote
) -> Standing:
    """Return what each side has that the other lacks. Raises GitError if one cannot be asked.

    `remote` is asked for what is to fetch, each place of `target` for what is to push.
    """
    places = push_places(repository, target)
    apart = not any(place.address == remote.address for place in places)
    found = [
        PlaceDifference(remote, one)
        for one in _differences(repository, note_refs, remote, remote)
        if not apart or one.side != "here"
    ]
    for place in places if apart else ():
        found += [
            PlaceDifference(place, one)
            for one in _differences(repository, note_refs, remote, place)
        ]
    return Standing(places, tuple(found))


def _differences(
    repository: Repository, note_refs: NoteRefs, remote: Remote, place: Remote
) -> tuple[Difference, ...]:
    with fetched(repository, place, note_refs) as tips:
        ours = local_tips(repository, note_refs)
        return differences(repository, ours, tips, _last(repository, remote, place))


def _push_to(
    repository: Repository, note_refs: NoteRefs, remote: Remote, place: Remote
) -> PlacePush:
    theirs = remote_tips(repository, place, note_refs)
    updates = _updates(repository, note_refs, theirs, _last(repository, remote, place))
    if not updates:
        return PlacePush(place)
    answer = push_refs(repository, place, updates)
    failure = None
    try:
        _record(repository, note_refs, place, [one for one in answer.refs if not one.reason])
    except GitError as exc:
        failure = exc  # what was pushed is there all the same
    return PlacePush(place, answer.refs, answer.words, failure)


def _last(repository: Repository, remote: Remote, place: Remote) -> Tips:
    """Return what was last seen of a place; it may be the remote's own by another URL."""
    known = tips_below(repository, remote.tracking)
    if place.tracking == remote.tracking:
        return known
    own = tips_below(repository, place.tracking)
    return Tips(
        own.notes or known.notes, {**known.covers, **own.covers}, own.reviews or known.reviews
    )


def _updates(
    repository: Repository, note_refs: NoteRefs, theirs: Tips, last: Tips
) -> list[tuple[str, str | None, str | None]]:
    """Return what has to be pushed: (ref, new, what is there now)."""
    ours = local_tips(repository, note_refs)
    pairs = [
        (ref, ours.by_kind[kind], theirs.by_kind[kind]) for kind, ref in note_refs.by_kind.items()
    ]
    pairs += [(COVER_PREFIX + key, tip, theirs.covers.get(key)) for key, tip in ours.covers.items()]
    updates: list[tuple[str, str | None, str | None]] = [
        (ref, tip, there)
        for ref, tip, there in pairs
        if tip is not None and (there is None or not contains(repository, there, tip))
    ]
    for key, tip in last.covers.items():
        if key not in ours.covers and theirs.covers.get(key) == tip:
            updates.append((COVER_PREFIX + key, None, tip))  # it was removed here
    return updates


def _record(
    repository: Repository, note_refs: NoteRefs, place: Remote, pushed: Sequence[Pushed]
) -> None:
    """Remember what a place has now."""
    last = tips_below(repository, place.tracking)
    changes = []
    for one in pushed:
        if one.ref == note_refs.notes:
            changes.append((place.tracking + NOTES, one.new, last.notes))
        elif one.ref == note_refs.reviews:
            changes.append((place.tracking + REVIEWS, one.new, last.reviews))
        else:
            key = one.ref.removeprefix(COVER_PREFIX)
            changes.append((f"{place.tracking}cover/{key}", one.new, last.covers.get(key)))
    update_refs(repository, changes)
