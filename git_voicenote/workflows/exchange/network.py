"""Push notes and covers to a remote, and compare both sides.

A remote may have one URL to fetch from and others to push to. "In sync" means all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from git_voicenote.errors import GitError, UnknownRevisionError
from git_voicenote.notes.covers import COVER_PREFIX
from git_voicenote.notes.merging.refs import (
    NOTES,
    REVIEWS,
    Difference,
    Tips,
    differences,
    local_tips,
    tips_below,
)
from git_voicenote.notes.pushing import push_places, push_refs
from git_voicenote.notes.refs import contains, update_refs
from git_voicenote.notes.remotes import fetched, remote_tips
from git_voicenote.notes.selection import NoteSelection, join_sent, select_notes
from git_voicenote.notes.trees import read_note_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from git_voicenote.git.repository import Repository
    from git_voicenote.notes.merging.refs import NoteRefs
    from git_voicenote.notes.pushing import PushedRef
    from git_voicenote.notes.remotes import Remote


@dataclass(frozen=True, slots=True)
class PlacePush:
    """The result of a push to one place; `refs` is empty if there was nothing to push.

    `words` are the messages of the other side; `failure` is why nothing could be pushed. `sent` was
    selected, and `held` was not, because its commits or branches are not on the other side.
    """

    place: Remote
    refs: tuple[PushedRef, ...] = ()
    words: tuple[str, ...] = ()
    failure: GitError | None = None
    sent: tuple[Difference, ...] = ()
    held: tuple[Difference, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Whether anything was refused."""
        return any(one.reason for one in self.refs)


@dataclass(frozen=True, slots=True)
class PlaceDifference:
    """A difference between a place and this repository.

    `is_held` means that a push would not send it, because its commit or branch is not there.
    """

    place: Remote
    difference: Difference
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class RemoteDifferences:
    """The differences between a remote and this repository; `places` are its push URLs."""

    places: tuple[Remote, ...]
    differences: tuple[PlaceDifference, ...]

    @property
    def is_in_sync(self) -> bool:
        """Whether there is nothing to fetch or push, apart from held notes."""
        return all(one.is_held for one in self.differences)


@dataclass(frozen=True, slots=True)
class PushOptions:
    """What to push: the notes of commits that the other side has, and those of `branches`.

    `is_all` selects everything; `is_dry` sends nothing.
    """

    branches: tuple[str, ...] = ()
    is_all: bool = False
    is_dry: bool = False


def push_all(
    repository: Repository,
    note_refs: NoteRefs,
    remote: Remote,
    target: Remote,
    options: PushOptions = PushOptions(),
) -> Iterator[PlacePush]:
    """Push notes and covers to each place of `target`, fast-forward only.

    `remote` is the remote to fetch from. Raises UnknownRevisionError for an unknown branch.
    """
    for place in push_places(repository, target):
        try:
            yield _push_to(repository, note_refs, remote, place, options)
        except UnknownRevisionError:
            raise
        except GitError as exc:
            yield PlacePush(place, failure=exc)


def compare(
    repository: Repository, note_refs: NoteRefs, remote: Remote, target: Remote
) -> RemoteDifferences:
    """Return what each side has that the other lacks. Raises GitError if one cannot be asked.

    `remote` is compared for fetching, and each place of `target` for pushing.
    """
    places = push_places(repository, target)
    apart = not any(place.address == remote.address for place in places)
    found = [
        one
        for one in _differences(repository, note_refs, remote, remote)
        if not apart or one.difference.side != "here"
    ]
    for place in places if apart else ():
        found += _differences(repository, note_refs, remote, place)
    return RemoteDifferences(places, tuple(found))


def _differences(
    repository: Repository, note_refs: NoteRefs, remote: Remote, place: Remote
) -> tuple[PlaceDifference, ...]:
    with fetched(repository, place, note_refs) as tips:
        ours = local_tips(repository, note_refs)
        found = differences(repository, ours, tips, _last(repository, remote, place))
        selection = NoteSelection(repository, remote.name, tips)
        # changes to what is there already, such as a removal, may be pushed
        new = {
            kind: {one.name for one in found if one.kind == kind and one.side == "here"}
            - set(read_note_tree(repository, tips.by_kind[kind]).texts)
            for kind in note_refs.by_kind
        }
        held = {
            (kind, name) for kind, names in new.items() for name in names - selection.commits(names)
        }
        return tuple(
            PlaceDifference(
                place,
                one,
                (one.kind, one.name) in held
                or (one.kind == "cover" and one.side == "here" and not selection.cover(one.name)),
            )
            for one in found
        )


def _push_to(
    repository: Repository, note_refs: NoteRefs, remote: Remote, place: Remote, options: PushOptions
) -> PlacePush:
    theirs = remote_tips(repository, place, note_refs)
    selection = NoteSelection(
        repository, remote.name, theirs, options.branches, is_all=options.is_all
    )
    outgoing = _outgoing(repository, note_refs, theirs, _last(repository, remote, place), selection)
    sent, held = tuple(outgoing.sent), tuple(outgoing.held)
    if not outgoing.updates or options.is_dry:
        return PlacePush(place, sent=sent, held=held)
    answer = push_refs(repository, place, outgoing.updates)
    failure = None
    try:
        taken = [one for one in answer.refs if not one.reason]
        _record(repository, note_refs, place, taken)
        for one in taken:
            if one.ref in outgoing.own and one.new:
                join_sent(repository, one.ref, one.new)
    except GitError as exc:
        failure = exc  # some refs may have been pushed all the same
    return PlacePush(place, answer.refs, answer.words, failure, sent, held)


@dataclass
class _Outgoing:
    """The refs to push (name, new commit, current commit there), and the differences in them.

    `own` are the refs whose commit was made for this push.
    """

    updates: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    own: list[str] = field(default_factory=list)
    sent: list[Difference] = field(default_factory=list)
    held: list[Difference] = field(default_factory=list)


def _outgoing(
    repository: Repository, note_refs: NoteRefs, theirs: Tips, last: Tips, selection: NoteSelection
) -> _Outgoing:
    ours, outgoing = local_tips(repository, note_refs), _Outgoing()
    for kind, ref in note_refs.by_kind.items():
        tip, there = ours.by_kind[kind], theirs.by_kind[kind]
        if tip is None:
            continue
        chosen = select_notes(repository, tip, there, selection)
        outgoing.sent += [Difference(kind, name, "here") for name in chosen.sent]
        outgoing.held += [Difference(kind, name, "here") for name in chosen.held]
        if chosen.commit is not None:
            outgoing.updates.append((ref, chosen.commit, there))
            outgoing.own += [ref] if chosen.is_own else []
    for key, tip in ours.covers.items():
        there = theirs.covers.get(key)
        if there is not None and contains(repository, there, tip):
            continue
        # the other side has the cover of a renamed branch under the old name
        if selection.cover(key) or any(
            contains(repository, tip, other) for other in theirs.covers.values()
        ):
            outgoing.sent.append(Difference("cover", key, "here"))
            outgoing.updates.append((COVER_PREFIX + key, tip, there))
        else:
            outgoing.held.append(Difference("cover", key, "here"))
    for key, tip in last.covers.items():
        if key not in ours.covers and theirs.covers.get(key) == tip:  # it was removed here
            outgoing.sent.append(Difference("cover", key, "here"))
            outgoing.updates.append((COVER_PREFIX + key, None, tip))
    return outgoing


def _last(repository: Repository, remote: Remote, place: Remote) -> Tips:
    """Return the last known tips of a URL, which may be another URL of the remote."""
    known = tips_below(repository, remote.tracking)
    if place.tracking == remote.tracking:
        return known
    own = tips_below(repository, place.tracking)
    return Tips(
        own.notes or known.notes, {**known.covers, **own.covers}, own.reviews or known.reviews
    )


def _record(
    repository: Repository, note_refs: NoteRefs, place: Remote, pushed: Sequence[PushedRef]
) -> None:
    """Store the current tips of a URL."""
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
