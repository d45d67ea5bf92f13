"""What was said about a whole series: one note for each branch, under refs/voicenote/cover/.

Each ref names a commit whose tree holds one file, `cover`, in the format of notes. So every cover
has a history (`git log -p refs/voicenote/cover/topic`), and two of them can be merged like files.
The person's own branch.<name>.description is never written: other tools keep their data there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.errors import GitError
from git_voicenote.git.process import lines_of, try_git
from git_voicenote.git.write_failures import explain_write_failure
from git_voicenote.notes.changing import one_writer, until_unmoved
from git_voicenote.notes.format import parse_notes, render_notes
from git_voicenote.notes.trees import commit_tree, write_blob

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from git_voicenote.datatypes import Note
    from git_voicenote.git.repository import Repository

COVER_PREFIX = "refs/voicenote/cover/"
SET_ASIDE_PREFIX = "refs/voicenote/set-aside/"
_DETACHED = "detached/"


class Covers:
    """The covers of a repository, by key: the name of a branch, or `detached/<commit id>`."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository

    def key_for_head(self) -> str:
        """Return the key of the series that HEAD ends.

        Raises GitError where there is no branch and no commit either.
        """
        branch = self.repository.current_branch()
        return branch or _DETACHED + self.repository.commit("HEAD").id

    def key_for_tip(self, tip: str, branch: str | None = None) -> str | None:
        """Return the key of the cover for a series that ends at a commit, or None.

        That of the branch which names the series comes first, then that of the branch HEAD is on,
        of any branch that points at the commit, and of the bare commit.
        """
        keys = self.keys()
        if not keys:
            return None
        if branch in keys:
            return branch
        pointing = self._refs("refs/heads/", "--points-at", tip)
        current = self.repository.current_branch()
        pointing.sort(key=lambda name: name != current)
        candidates = [*pointing, _DETACHED + tip]
        return next((key for key in candidates if key in keys), None)

    def keys(self) -> tuple[str, ...]:
        """Return the keys of all covers."""
        return tuple(self._refs(COVER_PREFIX))

    def read(self, key: str) -> tuple[Note, ...]:
        """Return what was said about a series; nothing where it has no cover."""
        return parse_notes(self.text(key) or "")

    def text(self, key: str) -> str | None:
        """Return a cover as it stands in git, or None."""
        return self._text_at(COVER_PREFIX + key)

    def write(self, key: str, notes: Sequence[Note]) -> None:
        """Set the cover of a series; what was there before stays in the history of its ref.

        Raises GitError or StoreError with the way out.
        """
        self.update(key, lambda _: render_notes(notes))

    def update(self, key: str, change: Callable[[str | None], str]) -> str:
        """Change a cover from what stands there at this moment; return what it became.

        `change` is called again where another program changed the cover meanwhile; what it raises
        leaves all as it was. Raises GitError or StoreError with the way out.
        """

        def write(tip: str) -> str:
            before = self._text_at(tip) if tip else None
            text = change(before)
            if text != before:
                self._commit(key, text, tip)
            return text

        ref = COVER_PREFIX + key
        in_the_way = self._in_the_way_of(key)
        with one_writer(self.repository):
            try:
                for stale in in_the_way:
                    self._set_aside(stale)
                return until_unmoved(ref, lambda: self._tip(key), write)
            except GitError as exc:
                raise explain_write_failure(self.repository, ref, exc) from exc

    def _commit(self, key: str, text: str, tip: str) -> None:
        tree = cover_tree(self.repository, write_blob(self.repository, text))
        parents = (tip,) if tip else ()
        commit = commit_tree(self.repository, tree, parents, f"voicenote: cover of {key}")
        self._update(COVER_PREFIX + key, commit, tip, "git voicenote: write the cover")

    def remove(self, key: str) -> None:
        """Remove the cover of a series, if it has one."""
        if before := self._tip(key):
            try:
                self.repository.run("update-ref", "-d", COVER_PREFIX + key, before)
            except GitError as exc:
                raise explain_write_failure(self.repository, COVER_PREFIX + key, exc) from exc

    def _text_at(self, commit: str) -> str | None:
        done = try_git("cat-file", "blob", f"{commit}:cover", cwd=self.repository.cwd)
        return None if done.returncode else done.stdout.decode("utf-8", "replace")

    def _in_the_way_of(self, key: str) -> list[str]:
        """Return the covers of deleted branches that git cannot keep beside this one.

        A ref is a file, so `a` and `a/b` exclude one another. The same holds for the branches
        themselves: while this one is there, the other one is not, and its cover has no use.
        """
        parents = ["/".join(key.split("/")[:depth]) for depth in range(1, key.count("/") + 1)]
        stale = [k for k in self.keys() if k in parents or k.startswith(key + "/")]
        for other in stale:
            if other.startswith(_DETACHED) or self._is_branch(other):
                raise GitError(
                    f"the cover of {other!r} is in the way: git cannot keep both names",
                    hint=f"rename the branch, or `git update-ref -d {COVER_PREFIX}{other}`",
                )
        return stale

    def _set_aside(self, key: str) -> None:
        tip = self._tip(key)
        self._update(
            SET_ASIDE_PREFIX + tip, tip, "", f"git voicenote: set aside the cover of {key}"
        )
        self.repository.run("update-ref", "-d", COVER_PREFIX + key, tip)

    def _is_branch(self, name: str) -> bool:
        found = self.repository.run(
            "rev-parse", "--verify", "--quiet", f"refs/heads/{name}", accept=(0, 1)
        )
        return bool(found)

    def _tip(self, key: str) -> str:
        """Return the commit that holds a cover, or ""."""
        found = self.repository.run(
            "rev-parse", "--verify", "--quiet", COVER_PREFIX + key, accept=(0, 1)
        )
        return found.decode("ascii").strip()

    def _update(self, ref: str, new: str, before: str, reason: str) -> None:
        # the old value ("" for none) makes git refuse where somebody else was faster
        self.repository.run("update-ref", "--create-reflog", "-m", reason, ref, new, before)

    def _refs(self, prefix: str, *options: str) -> list[str]:
        listed = self.repository.run("for-each-ref", "--format=%(refname)", *options, prefix)
        return [name.removeprefix(prefix) for name in lines_of(listed)]


def cover_tree(repository: Repository, blob: str) -> str:
    """Write the tree that holds a cover, the object with its words; return its name."""
    tree = repository.run("mktree", stdin=f"100644 blob {blob}\tcover\n".encode())
    return tree.decode("ascii").strip()
