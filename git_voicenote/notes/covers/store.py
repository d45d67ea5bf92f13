"""The covers of a repository, each stored in its own ref.

Each ref is a commit whose tree contains one file, `cover`, in the format of notes. So every cover
has a history (`git log -p refs/voicenote/cover/topic`), and two of them can be merged like files.
The person's own branch.<name>.description is never written: other tools keep their data there.

A cover follows its branch through `git branch -m`: it is found by the new name at once, and its ref
is renamed when it is written next. The cover of a branch that is gone is read by its name only
while no other branch has that name; see `orphaned`.
"""

from __future__ import annotations

import re
import shlex
from contextlib import suppress
from typing import TYPE_CHECKING

from git_voicenote.errors import GitError
from git_voicenote.git.running.process import git_error, split_lines, try_git
from git_voicenote.git.running.write_failures import explain_write_failure
from git_voicenote.notes.changing import one_writer, until_unmoved
from git_voicenote.notes.covers.branches import (
    COVER_PREFIX,
    DETACHED,
    HEADS,
    Branches,
    Marks,
)
from git_voicenote.notes.covers.orphans import SET_ASIDE_PREFIX, OrphanedCover, orphaned_covers
from git_voicenote.notes.format import parse_notes, render_notes
from git_voicenote.notes.refs import read_refs
from git_voicenote.notes.trees import (
    COVER,
    commit_tree,
    decoded,
    read_cover_tree,
    write_blob,
    write_cover_tree,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from git_voicenote.datatypes import Note
    from git_voicenote.git.repository import Repository
    from git_voicenote.notes.covers.branches import Mark

REMOVED_PREFIX = "refs/voicenote/removed/"
"""Removed covers, by commit: they are not imported again from others."""
_FOLLOWING = "git voicenote: follow the branch"


class Covers:
    """The covers of a repository, by key: the name of a branch, or `detached/<commit id>`."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository

    def key_for_head(self) -> str:
        """Return the key of the series that HEAD ends.

        Raises GitError if there is no branch and no commit either.
        """
        branch = self.repository.current_branch()
        return branch or DETACHED + self.repository.commit("HEAD").id

    def key_for_tip(self, tip: str, branch: str | None = None) -> str | None:
        """Return the key of the cover for a series that ends at a commit, or None.

        The named branch has priority, then the current branch, then any branch that points at the
        commit, then the commit itself.
        """
        branches = self._branches()
        if not branches.keys:
            return None
        if branch and branches.home(branch):
            return branch
        pointing = self._refs(HEADS, "--points-at", tip)
        current = self.repository.current_branch()
        pointing.sort(key=lambda name: name != current)
        candidates = [*pointing, DETACHED + tip]
        return next((key for key in candidates if branches.home(key)), None)

    def key_named(self, name: str) -> str:
        """Return the key for a name: `detached/` may be followed by an abbreviated id.

        A name that matches no cover, or several, is returned unchanged.
        """
        if not re.fullmatch(rf"{DETACHED}[0-9a-f]{{4,}}", name):
            return name
        found = [key for key in self.keys() if key.startswith(name)]
        return found[0] if len(found) == 1 else name

    def keys(self) -> tuple[str, ...]:
        """Return the keys of all covers."""
        return tuple(self._tips())

    def read(self, key: str) -> tuple[Note, ...]:
        """Return the notes in the cover of a series; empty if it has none."""
        return parse_notes(self.text(key) or "")

    def text(self, key: str) -> str | None:
        """Return a cover as stored in git, or None."""
        home = self._branches().home(key)
        return None if home is None else self._text_at(COVER_PREFIX + home)

    def orphaned(self) -> tuple[OrphanedCover, ...]:
        """Return the covers of deleted branches; another branch may have the name by now."""
        return orphaned_covers(self.repository, self._tips(), self._branches())

    def orphaned_for(self, branch: str) -> tuple[OrphanedCover, ...]:
        """Return the covers of deleted branches that may be meant for a branch.

        They have its name, or were written for a commit of its series.
        """
        branches = self._branches()
        return tuple(
            left
            for left in self.orphaned()
            if left.name == branch or (left.mark and branches.is_about(left.mark, branch))
        )

    def text_of(self, left: OrphanedCover) -> str:
        """Return the text of the cover of a deleted branch. Raises GitError."""
        return self._text_at(left.tip) or ""

    def is_restored(self, key: str) -> bool:
        """Return whether a cover belongs to a branch that was deleted and created again."""
        return self._branches().is_restored(key)

    def follow_renames(self) -> tuple[tuple[str, str], ...]:
        """Rename the covers of branches that were renamed; return each old key and its new one.

        Raises GitError or StoreError with the way out.
        """
        with one_writer(self.repository):
            moves = self._branches().moves
            self._follow(moves)
        return moves

    def write(self, key: str, notes: Sequence[Note]) -> None:
        """Set the cover of a series; the old one stays in the history of its ref.

        Raises GitError or StoreError with the way out.
        """
        self.update(key, lambda _: render_notes(notes))

    def update(self, key: str, change: Callable[[str | None], str]) -> str:
        """Change the current text of a cover; return the new text.

        `change` is called again if another program changes the cover in between; if it raises,
        nothing changes. Raises GitError or StoreError with the way out.
        """
        stranger = ""  # the cover of an earlier branch of that name

        def write(tip: str) -> str:
            before = self._text_at(tip) if tip and tip != stranger else None
            text = change(before)
            if text != before:
                if tip == stranger != "":
                    self._keep_aside(key, tip)
                self._commit(key, text, tip)
            return text

        ref = COVER_PREFIX + key
        with one_writer(self.repository):
            try:
                branches = self._branches()
                if branches.home(key) not in (key, None):
                    self._follow(branches.moves)
                elif branches.home(key) is None:
                    stranger = self._tip(key)
                for stale in self._in_the_way_of(key):
                    self._set_aside(stale)
                text = until_unmoved(ref, lambda: self._tip(key), write)
                self._mark(key)
            except GitError as exc:
                raise explain_write_failure(self.repository, ref, exc) from exc
        return text

    def adopt(self, left: OrphanedCover, key: str) -> None:
        """Make the cover of a deleted branch the cover of a series.

        Raises GitError or StoreError.
        """
        ref = COVER_PREFIX + key
        with one_writer(self.repository):
            try:
                if left.ref != ref:
                    for stale in self._in_the_way_of(key):
                        self._set_aside(stale)
                    self._move([(left.ref, ref, left.tip)])
                self._mark(key, dropped=(left.ref.removeprefix(COVER_PREFIX),))
            except GitError as exc:
                raise explain_write_failure(self.repository, ref, exc) from exc

    def remove(self, key: str) -> str | None:
        """Remove the cover of a series; return the commit that held it, or None if there is none.

        The text stays in that commit. Raises GitError or StoreError with the way out.
        """

        def found() -> tuple[str, str] | None:
            home = self._branches().home(key)
            return None if home is None else (COVER_PREFIX + home, self._tip(home))

        ref = COVER_PREFIX + key
        with one_writer(self.repository):
            try:
                return until_unmoved(
                    ref, found, lambda one: self._remove_ref(*one) if one else None
                )
            except GitError as exc:
                raise explain_write_failure(self.repository, ref, exc) from exc

    def remove_orphan(self, left: OrphanedCover) -> str:
        """Remove the cover of a deleted branch; return its commit; see `remove`."""
        with one_writer(self.repository):
            try:
                return self._remove_ref(left.ref, left.tip)
            except GitError as exc:
                raise explain_write_failure(self.repository, left.ref, exc) from exc

    def mark_new(self, keys: Sequence[str]) -> None:
        """Store the branches of covers from elsewhere, unless they are known."""
        marked = self._branches().marks
        for key in keys:
            if key not in marked:
                self._mark(key)

    def _branches(self) -> Branches:
        return Branches(self.repository, self.keys())

    def _tips(self) -> dict[str, str]:
        refs = read_refs(self.repository, COVER_PREFIX)
        return {name.removeprefix(COVER_PREFIX): tip for name, tip in refs.items()}

    def _commit(self, key: str, text: str, tip: str) -> None:
        blob = write_blob(self.repository, text)
        others = read_cover_tree(self.repository, tip or None).others
        tree = write_cover_tree(self.repository, blob, others)
        parents = (tip,) if tip else ()
        commit = commit_tree(self.repository, tree, parents, f"voicenote: cover of {key}")
        self._update(COVER_PREFIX + key, commit, tip, "git voicenote: write the cover")

    def _mark(self, key: str, dropped: Sequence[str] = ()) -> None:
        """Store the mark of a cover's branch; drop those of other branches."""
        marks: dict[str, Mark | None] = dict.fromkeys(dropped)
        self._change_marks({**marks, key: self._branches().mark_of(key)})

    def _change_marks(self, marks: dict[str, Mark | None]) -> None:
        # the text is saved; without a mark, only the name identifies its branch
        with suppress(OSError):
            Marks(self.repository).change(marks)

    def _remove_ref(self, ref: str, tip: str) -> str:
        """Remove a cover, and record its commit as removed."""
        self._run_transaction(
            "git voicenote: remove the cover",
            f"update {REMOVED_PREFIX}{tip}\0{tip}\0\0delete {ref}\0{tip}\0",
        )
        self._change_marks({ref.removeprefix(COVER_PREFIX): None})
        return tip

    def _follow(self, moves: Sequence[tuple[str, str]]) -> None:
        """Give the covers of renamed branches their new names."""
        if not moves:
            return
        sources = {before for before, _ in moves}
        for stale in {now for _, now in moves} & set(self.keys()) - sources:
            self._set_aside(stale)  # of a branch that `git branch -M` replaced
        self._move(
            [
                (COVER_PREFIX + before, COVER_PREFIX + now, self._tip(before))
                for before, now in moves
            ]
        )
        for _, now in moves:
            self._mark(now, dropped=tuple(sources - {now for _, now in moves}))

    def _move(self, moves: Sequence[tuple[str, str, str]]) -> None:
        """Rename refs (before, now, commit), even if git cannot have both names, such as `a` and
        `a/b`.

        The commits are kept under a temporary ref in between. A cover in the way, whose branch `git
        branch -M` replaced, is set aside.
        """
        targets = {now for _, now, _ in moves} - {before for before, _, _ in moves}
        for ref in read_refs(self.repository, COVER_PREFIX):
            if ref in targets:
                self._set_aside(ref.removeprefix(COVER_PREFIX))
        aside = {SET_ASIDE_PREFIX + tip: tip for _, _, tip in moves}
        keep = "".join(f"update {name}\0{tip}\0\0" for name, tip in aside.items())
        away = "".join(f"delete {ref}\0{tip}\0" for ref, _, tip in moves if ref not in aside)
        self._run_transaction(_FOLLOWING, keep + away)
        create = "".join(f"create {ref}\0{tip}\0" for _, ref, tip in moves)
        done = "".join(f"delete {name}\0{tip}\0" for name, tip in aside.items())
        self._run_transaction(_FOLLOWING, create + done)

    def _run_transaction(self, reason: str, lines: str) -> None:
        self.repository.run(
            "update-ref", "--create-reflog", "-m", reason, "-z", "--stdin",
            stdin=lines.encode("utf-8", "surrogateescape"),
        )  # fmt: skip

    def _text_at(self, commit: str) -> str | None:
        """Return the text at a commit or ref, or None. Raises GitError."""
        done = try_git("cat-file", "blob", f"{commit}:{COVER}", cwd=self.repository.cwd)
        if done.returncode == 0:
            return decoded(done.stdout)
        asked = ("rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}")
        tip = self.repository.run(*asked, accept=(0, 1)).decode("ascii").strip()
        if tip and COVER in read_cover_tree(self.repository, tip).texts:
            raise git_error(done)  # it exists, but cannot be read
        return None

    def _in_the_way_of(self, key: str) -> list[str]:
        """Return the covers of deleted branches whose refs conflict with that of this one.

        A ref is a file, so `a` and `a/b` exclude each other. So do the branches: while this one
        exists, the other one cannot, and its cover is not needed.
        """
        parents = ["/".join(key.split("/")[:depth]) for depth in range(1, key.count("/") + 1)]
        stale = [k for k in self.keys() if k in parents or k.startswith(key + "/")]
        for other in stale:
            if other.startswith(DETACHED) or self.repository.has_branch(other):
                ref = shlex.quote(COVER_PREFIX + other)
                raise GitError(
                    f"the cover of {other!r} is in the way: git cannot keep both names",
                    hint=f"rename the branch, or `git update-ref -d {ref}`",
                )
        return stale

    def _set_aside(self, key: str) -> None:
        tip = self._tip(key)
        self._keep_aside(key, tip)
        self.repository.run("update-ref", "-d", COVER_PREFIX + key, tip)

    def _keep_aside(self, key: str, tip: str) -> None:
        """Set aside a cover whose name is needed for another."""
        if not read_refs(self.repository, SET_ASIDE_PREFIX + tip):
            reason = f"git voicenote: set aside the cover of {key}"
            self._update(SET_ASIDE_PREFIX + tip, tip, "", reason)

    def _tip(self, key: str) -> str:
        """Return the commit of a cover, or ""."""
        found = self.repository.run(
            "rev-parse", "--verify", "--quiet", COVER_PREFIX + key, accept=(0, 1)
        )
        return found.decode("ascii").strip()

    def _update(self, ref: str, new: str, before: str, reason: str) -> None:
        # with the old value ("" for none), git refuses if another process was faster
        self.repository.run("update-ref", "--create-reflog", "-m", reason, ref, new, before)

    def _refs(self, prefix: str, *options: str) -> list[str]:
        listed = self.repository.run("for-each-ref", "--format=%(refname)", *options, prefix)
        return [name.removeprefix(prefix) for name in split_lines(listed)]
