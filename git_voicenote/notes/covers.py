"""What was said about a whole series: one note for each branch, under refs/voicenote/cover/.

Each ref names a commit whose tree holds one file, `cover`, in the format of notes. So every cover
has a history (`git log -p refs/voicenote/cover/topic`), and two of them can be merged like files.
The person's own branch.<name>.description is never written: other tools keep their data there.

A cover follows its branch through `git branch -m`, which the branch's reflog tells: it is found by
the new name at once, and its ref is renamed when it is written next.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from git_voicenote.errors import GitError
from git_voicenote.git.process import git_error, lines_of, try_git
from git_voicenote.git.write_failures import explain_write_failure
from git_voicenote.notes.changing import one_writer, until_unmoved
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

COVER_PREFIX = "refs/voicenote/cover/"
SET_ASIDE_PREFIX = "refs/voicenote/set-aside/"
_DETACHED = "detached/"
_HEADS = "refs/heads/"
_RENAMED = re.compile(r"Branch: renamed refs/heads/([^ ]+) to refs/heads/([^ ]+)")
"""What `git branch -m` writes into the reflog, in every language (builtin/branch.c)."""
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
        return branch or _DETACHED + self.repository.commit("HEAD").id

    def key_for_tip(self, tip: str, branch: str | None = None) -> str | None:
        """Return the key of the cover for a series that ends at a commit, or None.

        That of the branch which names the series comes first, then that of the branch HEAD is on,
        of any branch that points at the commit, and of the bare commit.
        """
        keys = self.keys()
        if not keys:
            return None
        if branch and self._home(branch, keys):
            return branch
        pointing = self._refs(_HEADS, "--points-at", tip)
        current = self.repository.current_branch()
        pointing.sort(key=lambda name: name != current)
        candidates = [*pointing, _DETACHED + tip]
        return next((key for key in candidates if self._home(key, keys)), None)

    def keys(self) -> tuple[str, ...]:
        """Return the keys of all covers."""
        refs = read_refs(self.repository, COVER_PREFIX)
        return tuple(name.removeprefix(COVER_PREFIX) for name in refs)

    def read(self, key: str) -> tuple[Note, ...]:
        """Return what was said about a series; nothing where it has no cover."""
        return parse_notes(self.text(key) or "")

    def text(self, key: str) -> str | None:
        """Return a cover as it stands in git, or None."""
        text = self._text_at(COVER_PREFIX + key)
        if text is None and (home := self._home(key)) is not None:
            text = self._text_at(COVER_PREFIX + home)
        return text

    def left_behind(self) -> tuple[str, ...]:
        """Return the keys of covers whose branch is gone, and was not renamed."""
        renamed = {before for before, _ in self._renamed_to()}
        return tuple(key for key in self._without_branch(self.keys()) if key not in renamed)

    def follow_renames(self) -> tuple[tuple[str, str], ...]:
        """Rename the covers of branches that were renamed; return each old key and its new one.

        Raises GitError or StoreError with the way out.
        """
        renamed = self._renamed_to()
        with one_writer(self.repository):
            for before, now in renamed:
                self._follow(before, now)
        return renamed

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
        with one_writer(self.repository):
            try:
                home = self._home(key)
                if home not in (key, None):
                    self._follow(home, key)
                for stale in self._in_the_way_of(key):
                    self._set_aside(stale)
                return until_unmoved(ref, lambda: self._tip(key), write)
            except GitError as exc:
                raise explain_write_failure(self.repository, ref, exc) from exc

    def _commit(self, key: str, text: str, tip: str) -> None:
        blob = write_blob(self.repository, text)
        others = read_cover_tree(self.repository, tip or None).others
        tree = write_cover_tree(self.repository, blob, others)
        parents = (tip,) if tip else ()
        commit = commit_tree(self.repository, tree, parents, f"voicenote: cover of {key}")
        self._update(COVER_PREFIX + key, commit, tip, "git voicenote: write the cover")

    def remove(self, key: str) -> None:
        """Remove the cover of a series, if it has one."""
        home = self._home(key)
        if home is not None and (before := self._tip(home)):
            try:
                self.repository.run("update-ref", "-d", COVER_PREFIX + home, before)
            except GitError as exc:
                raise explain_write_failure(self.repository, COVER_PREFIX + home, exc) from exc

    def _home(self, key: str, keys: Sequence[str] | None = None) -> str | None:
        """Return the key that a cover stands under: its own, or its branch's name before."""
        keys = self.keys() if keys is None else keys
        if key in keys:
            return key
        former = (before for before, now in self._renamed_to(keys) if now == key)
        return next(former, None)

    def _renamed_to(self, keys: Sequence[str] | None = None) -> tuple[tuple[str, str], ...]:
        """Return the keys of renamed branches that have a cover, and what those are called now."""
        keys = self.keys() if keys is None else keys
        left = set(self._without_branch(keys))
        if not left:
            return ()  # as ever, with no look at reflogs
        listed = self.repository.run(
            "log", "--walk-reflogs", "--branches", "--grep-reflog=^Branch: renamed ",
            "--format=%gs",
        )  # fmt: skip
        found = (_RENAMED.fullmatch(line) for line in lines_of(listed))
        steps = {one[2]: one[1] for one in reversed([*found]) if one}  # the newest comes first
        moves = []
        for branch in self._refs(_HEADS):
            name, seen = branch, {branch}
            while name not in keys and (before := steps.get(name)) and before not in seen:
                name = before
                seen.add(name)
            if name in left:
                moves.append((name, branch))
                left.discard(name)
        return tuple(moves)

    def _without_branch(self, keys: Sequence[str]) -> list[str]:
        keys = [key for key in keys if not key.startswith(_DETACHED)]
        branches = set(self._refs(_HEADS)) if keys else set()
        return [key for key in keys if key not in branches]

    def _follow(self, before: str, now: str) -> None:
        """Give the cover of a renamed branch its new name."""
        tip = self._tip(before)
        if now.startswith(before + "/") or before.startswith(now + "/"):
            # git cannot have both names, not even for a moment: its words are safe meanwhile
            self._set_aside(before)
            self._update(COVER_PREFIX + now, tip, "", _FOLLOWING)
            return
        lines = f"create {COVER_PREFIX}{now}\0{tip}\0delete {COVER_PREFIX}{before}\0{tip}\0"
        self.repository.run(
            "update-ref", "--create-reflog", "-m", _FOLLOWING, "-z", "--stdin",
            stdin=lines.encode("utf-8", "surrogateescape"),
        )  # fmt: skip

    def _text_at(self, commit: str) -> str | None:
        """Return the words at a commit or ref, or None. Raises GitError."""
        done = try_git("cat-file", "blob", f"{commit}:{COVER}", cwd=self.repository.cwd)
        if done.returncode == 0:
            return decoded(done.stdout)
        asked = ("rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}")
        tip = self.repository.run(*asked, accept=(0, 1)).decode("ascii").strip()
        if tip and COVER in read_cover_tree(self.repository, tip).texts:
            raise git_error(done)  # they are there, and cannot be read
        return None

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
