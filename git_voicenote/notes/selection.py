"""What is sent of notes and covers: that of commits which the other side has, or that were named.

A notes ref holds the notes of all commits, those of a branch that nobody was shown among them. So
a push sends a commit of its own, on top of what is there, with the notes that are selected:

    theirs ── selected        is pushed
         \\           \\
          ours ────── joined  stays here; its tree is that of ours

The next push and the next merge then have what was sent as their common base.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from git_voicenote.errors import UnknownRevisionError
from git_voicenote.notes.changing import one_writer, until_unmoved
from git_voicenote.notes.covers.branches import DETACHED
from git_voicenote.notes.refs import contains, read_refs, update_refs
from git_voicenote.notes.removals import message_of_removals
from git_voicenote.notes.trees import commit_tree, read_note_tree, write_note_tree

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from git_voicenote.git.repository import Repository
    from git_voicenote.notes.merging.refs import Tips
    from git_voicenote.object_ids import ObjectId

_HEADS = "refs/heads/"
_HEXADECIMAL = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class SelectedNotes:
    """A commit to push (None if there is nothing to send), and the ids that it sends and holds
    back.

    With `is_own`, the commit is not the tip of our ref and has to be joined with it.
    """

    commit: str | None
    sent: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    is_own: bool = False


class NoteSelection:
    """The commits and covers of the branches that a place has or a person names.

    `remote` is the name of the place's remote. Raises UnknownRevisionError for an unknown branch.
    """

    def __init__(
        self,
        repository: Repository,
        remote: str,
        theirs: Tips,
        branches: Sequence[str] = (),
        *,
        is_all: bool = False,
    ) -> None:
        self._repository = repository
        self._remote = remote
        self._theirs = theirs
        self._branches = branches
        self._is_all = is_all
        local = read_refs(repository, _HEADS) if branches else {}
        for name in branches:
            if _HEADS + name not in local:
                raise UnknownRevisionError(
                    f"no branch is named {name!r}", hint="`git branch` lists the branches"
                )
        self._named = [local[_HEADS + name] for name in branches]

    def commits(self, ids: Collection[str]) -> frozenset[str]:
        """Return the commits that the other side has, or gets with a named branch."""
        if self._is_all or not ids:
            return frozenset(ids)
        # what these commits lead to and no tip does: among it are those that are not there
        known = [f"^{tip}" for tip in (*self._known_tips, *self._named)]
        asked = "\n".join([*ids, *known]) + "\n"
        listed = self._repository.run(
            "rev-list", "--ignore-missing", "--stdin", stdin=asked.encode("ascii")
        )
        missing = frozenset(listed.decode("ascii").split())
        objects = self._repository.objects
        return frozenset(one for one in ids if one not in missing and objects.find(one))

    def cover(self, key: str) -> bool:
        """Return whether the cover of a series may be sent."""
        if self._is_all or key in self._theirs.covers or key in self._branches:
            return True
        if key.startswith(DETACHED):
            return bool(self.commits([key.removeprefix(DETACHED)]))
        name = self._pushed_as(key)
        return name in self._theirs.heads or self._prefix + name in self._seen

    @property
    def _prefix(self) -> str:
        return f"refs/remotes/{self._remote}/"

    @cached_property
    def _seen(self) -> dict[str, ObjectId]:
        """The remote-tracking branches; without them, a fork is pushed to."""
        return read_refs(self._repository, self._prefix)

    @cached_property
    def _known_tips(self) -> list[str]:
        """The tips of the other side that exist here."""
        there = {*self._theirs.heads.values(), *self._theirs.tags, *self._seen.values()}
        return [tip for tip in sorted(there) if self._repository.objects.find(tip)]

    def _pushed_as(self, branch: str) -> str:
        """Return the name that `git push` gives a branch on the other side."""
        told = os.fsdecode(
            self._repository.run("for-each-ref", "--format=%(push)", _HEADS + branch)
        ).removesuffix("\n")
        return told.removeprefix(self._prefix) if told.startswith(self._prefix) else branch


def select_notes(
    repository: Repository, ours: str, theirs: str | None, selection: NoteSelection
) -> SelectedNotes:
    """Return what to push to a place whose notes ref is at `theirs`.

    If `theirs` is not part of our history, our tip is returned, and git refuses the push: fetch
    first.
    """
    if theirs is not None and contains(repository, theirs, ours):
        return SelectedNotes(None)
    if theirs is not None and not contains(repository, ours, theirs):
        return SelectedNotes(ours)
    here, there = read_note_tree(repository, ours), read_note_tree(repository, theirs)
    changed = [
        one
        for one in sorted({*here.texts, *there.texts})
        if here.texts.get(one) != there.texts.get(one)
    ]
    touched = _touched(repository, ours, theirs)
    may_go = {*there.texts, *selection.commits({*changed, *touched} - set(there.texts))}
    sent = tuple(one for one in changed if one in may_go)
    held = tuple(one for one in changed if one not in may_go)
    if touched <= may_go:
        return SelectedNotes(ours, sent, held)  # and nothing in its history is anything else
    if not sent and here.others == there.others:
        return SelectedNotes(None, held=held)
    texts = {**there.texts, **{one: here.texts[one] for one in sent if one in here.texts}}
    for one in set(sent) - set(here.texts):
        del texts[one]
    tree = write_note_tree(repository, replace(here, texts=texts))
    removals = message_of_removals(repository, ours, theirs, may_go)
    message = removals or "Notes sent by 'git voicenote sync push'"
    commit = commit_tree(repository, tree, (theirs,) if theirs else (), message)
    return SelectedNotes(commit, sent, held, is_own=True)


def join_sent(repository: Repository, ref: str, sent: str) -> None:
    """Join a pushed commit with our ref; our notes do not change."""

    def join(now: str | None) -> None:
        if now is None or contains(repository, now, sent):
            return
        tree = repository.read("rev-parse", f"{now}^{{tree}}")
        joined = commit_tree(repository, tree, (now, sent), "Join the notes that were sent")
        update_refs(repository, [(ref, joined, now)])

    with one_writer(repository):
        until_unmoved(ref, lambda: read_refs(repository, ref).get(ref), join)


def _touched(repository: Repository, ours: str, theirs: str | None) -> set[str]:
    """Return the commits whose notes the history changed since `theirs`."""
    listed = repository.run(
        "log", "--no-show-signature", "--no-notes", "--format=", "--name-only", "--no-renames",
        "--no-ext-diff", "-m", "-z", ours, *([f"^{theirs}"] if theirs else []), "--",
    )  # fmt: skip
    names = (os.fsdecode(path).replace("/", "") for path in listed.split(b"\0") if path)
    width = len(ours)
    return {name for name in names if len(name) == width and set(name) <= _HEXADECIMAL}
