"""Notes and covers of somebody else, merged into ours without overwriting either.

    incoming = RefSet("refs/voicenote/incoming/1234/")      # where they were fetched to
    outcome = Merge(repository, note_refs, incoming, tracking).run()

All that changes, changes at once at the end: the refs of ours and the tracking refs, which say what
was merged last. A cover that is gone on one side since then was removed there: it goes here
too, unless it was changed here, and the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from git_voicenote.errors import GitError
from git_voicenote.git.process import lines_of, try_git
from git_voicenote.git.write_failures import explain_write_failure
from git_voicenote.notes.changing import one_writer, until_unmoved
from git_voicenote.notes.covers import COVER_PREFIX, SET_ASIDE_PREFIX, cover_tree
from git_voicenote.notes.tree_merge import TreeMerge
from git_voicenote.notes.trees import commit_tree, read_note_tree, write_blob, write_note_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from git_voicenote.git.repository import Repository


REVIEW_REF = "refs/notes/voicenote-review"
NOTES, REVIEWS = "notes", "reviews"
"""What the two are called below a prefix of ours."""


@dataclass(frozen=True, slots=True)
class NoteRefs:
    """The names of the refs that are exchanged: authors' notes, and reviewers' answers."""

    notes: str
    reviews: str = REVIEW_REF

    @property
    def by_kind(self) -> dict[str, str]:
        """The refs by what their notes are called; below a prefix they have the name of a part."""
        return {"note": self.notes, "answer": self.reviews}


@dataclass(frozen=True, slots=True)
class Tips:
    """The commits that notes, reviewers' answers and covers (by key) stand at; None for none."""

    notes: str | None
    covers: Mapping[str, str]
    reviews: str | None = None

    @property
    def by_kind(self) -> dict[str, str | None]:
        """The commits by what their notes are called."""
        return {"note": self.notes, "answer": self.reviews}


@dataclass(frozen=True, slots=True)
class Difference:
    """What one side has that the other lacks, since both were last the same.

    `kind` is note, answer or cover; `name` the commit's id or the cover's key; `side` says where
    something is new, changed or removed: here, there or both.
    """

    kind: str
    name: str
    side: str


@dataclass
class Outcome:
    """What a merge did: names of what changed here, and what to tell."""

    notes: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    covers: list[str] = field(default_factory=list)
    removed: int = 0
    both: int = 0
    remarks: list[str] = field(default_factory=list)


def local_tips(repository: Repository, note_refs: NoteRefs) -> Tips:
    """Return where our own notes and covers stand."""
    notes, reviews = (
        read_refs(repository, ref).get(ref) for ref in (note_refs.notes, note_refs.reviews)
    )
    return Tips(notes, _below(read_refs(repository, COVER_PREFIX), COVER_PREFIX), reviews)


def tips_below(repository: Repository, prefix: str) -> Tips:
    """Return what is under a prefix: `<prefix>notes`, `<prefix>reviews`, `<prefix>cover/<key>`."""
    refs = read_refs(repository, prefix)
    notes, reviews = (refs.get(prefix + part) for part in (NOTES, REVIEWS))
    return Tips(notes, _below(refs, prefix + "cover/"), reviews)


def read_refs(repository: Repository, pattern: str) -> dict[str, str]:
    """Return the refs that are, or are below, a name."""
    listed = repository.run("for-each-ref", "--format=%(objectname) %(refname)", pattern)
    pairs = (line.split(" ", 1) for line in lines_of(listed))
    return {name: commit for commit, name in pairs}


def contains(repository: Repository, tip: str, other: str) -> bool:
    """Return whether a commit has another one in its history; not, where it is not here."""
    done = try_git("merge-base", "--is-ancestor", other, tip, cwd=repository.cwd)
    return done.returncode == 0


def differences(
    repository: Repository, ours: Tips, theirs: Tips, last: Tips
) -> tuple[Difference, ...]:
    """Return what each side has that the other lacks, notes first."""
    found: list[Difference] = []
    for kind in ("note", "answer"):
        one, other = ours.by_kind[kind], theirs.by_kind[kind]
        here, there = (read_note_tree(repository, tip) for tip in (one, other))
        base: Mapping[str, str] = {}
        if one and other:
            base = _merge_of_notes(repository).common(one, other)
        found += _compare(kind, here, there, base)
    covers_here, covers_there = (
        {key: _cover_blob(repository, commit) for key, commit in tips.covers.items()}
        for tips in (ours, theirs)
    )
    covers_base = {}
    for key in {*ours.covers, *theirs.covers}:
        common: Mapping[str, str] = {}
        if key in ours.covers and key in theirs.covers:
            common = _merge_of_covers(repository).common(ours.covers[key], theirs.covers[key])
        if "cover" in common:
            covers_base[key] = common["cover"]
        elif key in last.covers:
            covers_base[key] = _cover_blob(repository, last.covers[key])
    found += _compare("cover", covers_here, covers_there, covers_base)
    return tuple(found)


def update_refs(
    repository: Repository, changes: Sequence[tuple[str, str | None, str | None]]
) -> None:
    """Set refs (name, new, before), all or none; None for new deletes, for before: is not there.

    Raises GitError where somebody else was faster.
    """
    # deletions first: git makes no ref `a/b` in the transaction that deletes `a`
    for is_deletion in (True, False):
        lines = []
        for ref, new, before in changes:
            if (new is None) != is_deletion or new == before:
                continue
            # 40 zeros in `update` mean "must not be there", an empty value would mean "whatever"
            lines.append(
                f"delete {ref}\0{before or ''}\0"
                if new is None
                else f"update {ref}\0{new}\0{before or '0' * len(new)}\0"
            )
        if lines:
            repository.run(
                "update-ref", "--create-reflog", "-m", "git voicenote: merge what came", "-z",
                "--stdin", stdin="".join(lines).encode("utf-8", "surrogateescape"),
            )  # fmt: skip


class Merge:
    """Merges what stands under `incoming` and records it under `tracking`; both are prefixes.

    `is_whole` says that what is not among the incoming is not there on the other side; a selection
    that somebody packed says nothing of the rest.
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
        """Merge, and set `further` refs in the same step. Raises GitError with nothing changed."""
        ref = self._note_refs.notes
        with one_writer(self._repository):
            try:
                until_unmoved(ref, self._tips, lambda tips: self._merge(*tips, further))
            except GitError as exc:
                raise explain_write_failure(self._repository, ref, exc) from exc
        return self.outcome

    def _tips(self) -> tuple[Tips, Tips]:
        """Return where ours stand, and what was merged last."""
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
        theirs = self._incoming.by_kind[kind]
        if theirs is None:
            return
        merged = self._merged(ours, theirs, self._notes_merged)
        if merged is not None:
            before, after = (read_note_tree(self._repository, tip) for tip in (ours, merged))
            changed = self.outcome.notes if kind == "note" else self.outcome.answers
            changed += [n for n, blob in after.items() if before.get(n) != blob]
            self.outcome.removed += len(set(before) - set(after))
            self._set(self._note_refs.by_kind[kind], merged, ours)
        self._set(self._tracking + (NOTES if kind == "note" else REVIEWS), theirs, last)

    def _merge_cover(self, key: str, covers: Mapping[str, str], last: str | None) -> None:
        ours, theirs = covers.get(key), self._incoming.covers.get(key)
        ref, tracked = COVER_PREFIX + key, f"{self._tracking}cover/{key}"
        if theirs is None:
            if not self._is_whole:
                return
            if ours is not None and ours == last:
                self._remove_cover(key, ours)
            self._set(tracked, None, last)
            return
        if ours is None and theirs == last:
            return  # it was removed here
        if theirs != last and not self._is_cover(theirs):
            self.outcome.remarks.append(f"the cover of {key} from {self._source} holds no text")
            return
        if ours is None and (other := _in_the_way(key, covers)):
            self.outcome.remarks.append(
                f"the cover of {key} is not taken: git cannot keep it beside that of {other}"
            )
            return
        merged = self._merged(ours, theirs, lambda *tips: self._cover_merged(key, *tips))
        if merged is not None:
            self.outcome.covers.append(key)
            self._set(ref, merged, ours)
        self._set(tracked, theirs, last)

    def _remove_cover(self, key: str, ours: str) -> None:
        """Remove a cover that was removed there; its words stay, set aside."""
        self._set(COVER_PREFIX + key, None, ours)
        if not read_refs(self._repository, SET_ASIDE_PREFIX + ours):
            self._set(SET_ASIDE_PREFIX + ours, ours, None)
        self.outcome.removed += 1
        self.outcome.remarks.append(
            f"the cover of {key} was removed in {self._source}, and here too "
            f"(its words: git show {ours[:10]}:cover)"
        )

    def _merged(
        self, ours: str | None, theirs: str, merge: Callable[[str, str], str]
    ) -> str | None:
        """Return the commit that ours becomes, or None where it stays."""
        if ours is None:
            return theirs
        if contains(self._repository, ours, theirs):
            return None
        if contains(self._repository, theirs, ours):
            return theirs
        return merge(ours, theirs)

    def _notes_merged(self, ours: str, theirs: str) -> str:
        merged = _merge_of_notes(self._repository).merge(ours, theirs)
        self.outcome.both += len(merged.both)
        tree = write_note_tree(self._repository, merged.texts)
        return self._commit(tree, ours, theirs, "notes")

    def _cover_merged(self, key: str, ours: str, theirs: str) -> str:
        merged = _merge_of_covers(self._repository).merge(ours, theirs)
        self.outcome.both += len(merged.both)
        blob = merged.texts.get("cover") or write_blob(self._repository, "")
        tree = cover_tree(self._repository, blob)
        return self._commit(tree, ours, theirs, f"cover of {key}")

    def _commit(self, tree: str, ours: str, theirs: str, what: str) -> str:
        message = f"voicenote: merge the {what} from {self._source}"
        return commit_tree(self._repository, tree, (ours, theirs), message)

    def _is_cover(self, tip: str) -> bool:
        return _cover_blob(self._repository, tip) != ""


def _compare(
    kind: str, here: Mapping[str, str], there: Mapping[str, str], base: Mapping[str, str]
) -> list[Difference]:
    found = []
    for name in sorted({*here, *there}):
        ours, theirs, then = here.get(name), there.get(name), base.get(name)
        if ours != theirs:
            side = "here" if theirs == then else "there" if ours == then else "both"
            found.append(Difference(kind, name, side))
    return found


def _cover_blob(repository: Repository, tip: str) -> str:
    """Return the object with a cover's words, or "" where there is none."""
    done = try_git("rev-parse", "--verify", "--quiet", f"{tip}:cover", cwd=repository.cwd)
    name = done.stdout.decode("ascii").strip()
    if not name:
        return ""
    kind = try_git("cat-file", "-t", name, cwd=repository.cwd).stdout.strip()
    return name if kind == b"blob" else ""


def _merge_of_notes(repository: Repository) -> TreeMerge:
    return TreeMerge(repository, lambda commit: read_note_tree(repository, commit))


def _merge_of_covers(repository: Repository) -> TreeMerge:
    def read(commit: str) -> Mapping[str, str]:
        blob = _cover_blob(repository, commit)
        return {"cover": blob} if blob else {}

    return TreeMerge(repository, read)


def _below(refs: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {
        name.removeprefix(prefix): commit
        for name, commit in refs.items()
        if name.startswith(prefix)
    }


def _in_the_way(key: str, covers: Mapping[str, str]) -> str | None:
    """Return a cover that git cannot keep beside another: `a` and `a/b` exclude one another."""
    return next(
        (name for name in covers if name.startswith(key + "/") or key.startswith(name + "/")), None
    )
