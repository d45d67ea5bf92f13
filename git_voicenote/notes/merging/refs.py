"""Merge the notes and covers of another repository into ours, keeping both.

    incoming = RefSet("refs/voicenote/incoming/1234/")      # where they were fetched to
    outcome = Merge(repository, note_refs, incoming, tracking).run()

All that changes, changes at once at the end: the refs of ours and the tracking refs, which say what
was merged last. A cover that is gone on one side since then was removed there: it goes here
too, unless it was changed here, and the other way round.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from git_voicenote.errors import GitError, MissingObjectsError
from git_voicenote.git.running.write_failures import explain_write_failure
from git_voicenote.notes.changing import one_writer, until_unmoved
from git_voicenote.notes.covers import COVER_PREFIX, REMOVED_PREFIX, Covers, series_name
from git_voicenote.notes.merging.trees import TreeMerge
from git_voicenote.notes.refs import contains, read_refs, update_refs
from git_voicenote.notes.trees import (
    COVER,
    TextTree,
    commit_tree,
    read_cover_tree,
    read_note_tree,
    write_blob,
    write_cover_tree,
    write_note_tree,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from git_voicenote.git.repository import Repository
    from git_voicenote.notes.merging.trees import MergedTree


_V = TypeVar("_V", str, tuple[str, str])

REVIEW_REF = "refs/notes/voicenote-review"
NOTES, REVIEWS = "notes", "reviews"
"""Their names below our prefixes."""
_PARTS = {"note": NOTES, "answer": REVIEWS}


@dataclass(frozen=True, slots=True)
class NoteRefs:
    """The names of the exchanged refs: authors' notes, and reviewers' answers."""

    notes: str
    reviews: str = REVIEW_REF

    @property
    def by_kind(self) -> dict[str, str]:
        """The refs by the kind of their notes, which is also their name below a prefix."""
        return {"note": self.notes, "answer": self.reviews}


@dataclass(frozen=True, slots=True)
class Tips:
    """The tips of notes, reviewers' answers and covers (by key); None for a missing ref.

    For another repository, `heads` are its branches by name, and `tags` the objects of its tags.
    """

    notes: str | None
    covers: Mapping[str, str]
    reviews: str | None = None
    heads: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()

    @property
    def by_kind(self) -> dict[str, str | None]:
        """The tips of notes and answers by kind."""
        return {"note": self.notes, "answer": self.reviews}


@dataclass(frozen=True, slots=True)
class Difference:
    """A change on one side since the last merge.

    `kind` is note, answer, cover or file (another file in the notes tree); `name` is the id of the
    commit, the key of the cover or the path; `side` is the side on which it is new, changed or
    removed: here, there or both.
    """

    kind: str
    name: str
    side: str


@dataclass
class Outcome:
    """The result of a merge: the names of what changed here, and remarks.

    `files` are other files in the notes tree; `left_out` reports what was not imported.
    """

    notes: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    covers: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    removed: int = 0
    both: int = 0
    remarks: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def local_tips(repository: Repository, note_refs: NoteRefs) -> Tips:
    """Return the tips of our own notes and covers."""
    notes, reviews = (
        read_refs(repository, ref).get(ref) for ref in (note_refs.notes, note_refs.reviews)
    )
    return Tips(notes, _below(read_refs(repository, COVER_PREFIX), COVER_PREFIX), reviews)


def tips_below(repository: Repository, prefix: str) -> Tips:
    """Return the tips under a prefix: `<prefix>notes`, `<prefix>reviews`, `<prefix>cover/<key>`."""
    refs = read_refs(repository, prefix)
    notes, reviews = (refs.get(prefix + part) for part in (NOTES, REVIEWS))
    return Tips(notes, _below(refs, prefix + "cover/"), reviews)


def differences(
    repository: Repository, ours: Tips, theirs: Tips, last: Tips
) -> tuple[Difference, ...]:
    """Return what each side has that the other lacks, notes first."""
    found: list[Difference] = []
    for kind in ("note", "answer"):
        one, other = ours.by_kind[kind], theirs.by_kind[kind]
        here, there = (read_note_tree(repository, tip) for tip in (one, other))
        base = _merge_of_notes(repository).common(one, other) if one and other else TextTree()
        found += _compare(kind, here.texts, there.texts, base.texts)
        found += _compare("file", here.others, there.others, base.others)
    here_covers, there_covers = (
        {key: _cover_text(repository, commit) for key, commit in tips}
        for tips in (ours.covers.items(), theirs.covers.items())
    )
    covers_base = {}
    for key in {*ours.covers, *theirs.covers}:
        common = TextTree()
        if key in ours.covers and key in theirs.covers:
            common = _merge_of_covers(repository).common(ours.covers[key], theirs.covers[key])
        if COVER in common.texts:
            covers_base[key] = common.texts[COVER]
        elif key in last.covers:
            covers_base[key] = _cover_text(repository, last.covers[key])
    found += _compare("cover", here_covers, there_covers, covers_base)
    return tuple(found)


class Merge:
    """Merges the refs below `incoming` and records them below `tracking`.

    With `is_whole`, a ref that is missing from `incoming` does not exist on the other side; a
    bundle of selected refs says nothing about the rest.
    """

    def __init__(
        self,
        repository: Repository,
        note_refs: NoteRefs,
        incoming: Tips,
        tracking: str,
        *,
        source: str,
        is_whole: bool,
    ) -> None:
        self.outcome = Outcome()
        self._repository = repository
        self._note_refs = note_refs
        self._incoming = incoming
        self._tracking = tracking
        self._source = source
        self._is_whole = is_whole
        self._changes: list[tuple[str, str | None, str | None]] = []

    def run(self, further: Sequence[tuple[str, str | None, str | None]] = ()) -> Outcome:
        """Merge, and set `further` refs in the same transaction.

        Raises GitError; nothing is changed then.
        """
        ref = self._note_refs.notes
        with one_writer(self._repository):
            try:
                until_unmoved(ref, self._tips, lambda tips: self._merge(*tips, further))
            except GitError as exc:
                raise explain_write_failure(self._repository, ref, exc) from exc
            Covers(self._repository).mark_new(self.outcome.covers)
        return self.outcome

    def _tips(self) -> tuple[Tips, Tips]:
        """Return our tips, and the tips at the last merge."""
        ours = local_tips(self._repository, self._note_refs)
        return ours, tips_below(self._repository, self._tracking)

    def _merge(
        self, ours: Tips, last: Tips, further: Sequence[tuple[str, str | None, str | None]]
    ) -> None:
        self.outcome, self._changes = Outcome(), []
        for kind in ("note", "answer"):
            self._merge_all_notes(kind, ours.by_kind[kind], last.by_kind[kind])
        for key in sorted({*self._incoming.covers, *last.covers}):
            self._merge_cover(key, ours.covers, last.covers.get(key))
        update_refs(self._repository, [*self._changes, *further])

    def _set(self, ref: str, new: str | None, before: str | None) -> None:
        self._changes.append((ref, new, before))

    def _merge_all_notes(self, kind: str, ours: str | None, last: str | None) -> None:
        theirs, tracked = self._incoming.by_kind[kind], self._tracking + _PARTS[kind]
        if theirs is None:
            if self._is_whole and last is not None:
                self.outcome.remarks.append(
                    f"{self._source} has no {kind}s any more; the local ones were kept"
                )
                self._set(tracked, None, last)
            return
        merged = self._merged(ours, theirs, self._notes_merged)
        if merged is not None:
            before, after = (read_note_tree(self._repository, tip) for tip in (ours, merged))
            changed = self.outcome.notes if kind == "note" else self.outcome.answers
            changed += _changed(before.texts, after.texts)
            self.outcome.files += _changed(before.others, after.others)
            self.outcome.removed += len(set(before.texts) - set(after.texts))
            self._set(self._note_refs.by_kind[kind], merged, ours)
        self._set(tracked, theirs, last)

    def _merge_cover(self, key: str, covers: Mapping[str, str], last: str | None) -> None:
        ours, theirs = covers.get(key), self._incoming.covers.get(key)
        ref, tracked = COVER_PREFIX + key, f"{self._tracking}cover/{key}"
        if theirs is None:
            if self._is_whole:
                self._merge_removal(key, ours, last)
                self._set(tracked, None, last)
            return
        if ours is None and self._was_removed(theirs, last):
            self._set(tracked, theirs, last)
            return
        if theirs != last and not self._is_cover(theirs):
            self.outcome.left_out.append(f"{self._cover_of(key)} in {self._source} has no text")
            return
        if ours is None and (other := _in_the_way(key, covers)):
            self.outcome.left_out.append(
                f"{self._cover_of(key)} was not imported: its ref conflicts with that of {other}"
            )
            return
        if ours is None and last is not None:
            self.outcome.remarks.append(
                f"{self._cover_of(key)} was removed here, but changed in {self._source}: it was "
                "restored"
            )
        merged = self._merged(ours, theirs, lambda *tips: self._cover_merged(key, *tips))
        if merged is not None:
            self.outcome.covers.append(key)
            self._set(ref, merged, ours)
        self._set(tracked, theirs, last)

    def _cover_of(self, key: str) -> str:
        return f"the cover of {series_name(self._repository, key)}"

    def _was_removed(self, theirs: str, last: str | None) -> bool:
        """Return whether a missing cover was removed here, and is unchanged on the other side."""
        if theirs == last:
            return True
        removed = read_refs(self._repository, REMOVED_PREFIX).values()
        return any(contains(self._repository, tip, theirs) for tip in removed)

    def _merge_removal(self, key: str, ours: str | None, last: str | None) -> None:
        """Remove a cover that no longer exists on the other side, unless it was changed here."""
        if ours is None or last is None:
            return  # it never existed, or was removed on both sides
        if ours == last:
            self._remove_cover(key, ours)
        else:
            self.outcome.remarks.append(
                f"{self._cover_of(key)} was removed in {self._source}, but changed here: "
                "it was kept"
            )

    def _remove_cover(self, key: str, ours: str) -> None:
        """Remove a cover that was removed on the other side; its text stays in git."""
        self._set(COVER_PREFIX + key, None, ours)
        if not read_refs(self._repository, REMOVED_PREFIX + ours):
            self._set(REMOVED_PREFIX + ours, ours, None)
        self.outcome.removed += 1
        self.outcome.remarks.append(
            f"{self._cover_of(key)} was removed in {self._source}, and here too "
            f"(its text: git show {self._repository.short(ours)}:cover)"
        )

    def _merged(
        self, ours: str | None, theirs: str, merge: Callable[[str, str], str]
    ) -> str | None:
        """Return our new commit, or None if it is unchanged."""
        if ours is None:
            return theirs
        if contains(self._repository, ours, theirs):
            return None
        if contains(self._repository, theirs, ours):
            return theirs
        return merge(ours, theirs)

    def _notes_merged(self, ours: str, theirs: str) -> str:
        merged = _merge_of_notes(self._repository).merge(ours, theirs)
        self._report(merged, theirs if merged.newer == ours else ours)
        for name in merged.kept:
            short = self._repository.short(name)
            self.outcome.remarks.append(
                f"the note of {short} was removed on one side and changed on the other: it was kept"
            )
        tree = write_note_tree(self._repository, merged.tree)
        return self._commit(tree, ours, theirs, "notes")

    def _cover_merged(self, key: str, ours: str, theirs: str) -> str:
        merged = _merge_of_covers(self._repository).merge(ours, theirs)
        self._report(merged, theirs if merged.newer == ours else ours)
        blob = merged.tree.texts.get(COVER) or write_blob(self._repository, "")
        tree = write_cover_tree(self._repository, blob, merged.tree.others)
        return self._commit(tree, ours, theirs, f"cover of {key}")

    def _report(self, merged: MergedTree, older: str) -> None:
        self.outcome.both += len(merged.both)
        self.outcome.remarks += [
            f"the file {path} in the notes tree was changed on both sides: the newer one is kept "
            f"(the other: git show {shlex.quote(f'{self._repository.short(older)}:{path}')})"
            for path in merged.clashes
        ]

    def _commit(self, tree: str, ours: str, theirs: str, what: str) -> str:
        message = f"voicenote: merge the {what} from {self._source}"
        return commit_tree(self._repository, tree, (ours, theirs), message)

    def _is_cover(self, tip: str) -> bool:
        return _cover_text(self._repository, tip) != ""


def _compare(
    kind: str, here: Mapping[str, _V], there: Mapping[str, _V], base: Mapping[str, _V]
) -> list[Difference]:
    found = []
    for name in sorted({*here, *there}):
        ours, theirs, then = here.get(name), there.get(name), base.get(name)
        if ours != theirs:
            side = "here" if theirs == then else "there" if ours == then else "both"
            found.append(Difference(kind, name, side))
    return found


def _cover_text(repository: Repository, tip: str) -> str:
    """Return the object with the text of a cover, or ""."""
    try:
        return read_cover_tree(repository, tip).texts.get(COVER, "")
    except MissingObjectsError:
        raise
    except GitError:
        return ""


def _changed(before: Mapping[str, _V], after: Mapping[str, _V]) -> list[str]:
    return [name for name, value in after.items() if before.get(name) != value]


def _merge_of_notes(repository: Repository) -> TreeMerge:
    return TreeMerge(repository, lambda commit: read_note_tree(repository, commit))


def _merge_of_covers(repository: Repository) -> TreeMerge:
    return TreeMerge(repository, lambda commit: read_cover_tree(repository, commit))


def _below(refs: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {
        name.removeprefix(prefix): commit
        for name, commit in refs.items()
        if name.startswith(prefix)
    }


def _in_the_way(key: str, covers: Mapping[str, str]) -> str | None:
    """Return a cover whose ref conflicts with another: `a` and `a/b` exclude each other."""
    return next(
        (name for name in covers if name.startswith(key + "/") or key.startswith(name + "/")), None
    )
