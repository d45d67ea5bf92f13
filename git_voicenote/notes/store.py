"""The notes of commits in a notes ref, in the format of `git notes`."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, TypeAlias

from git_voicenote.config import NOTES_REF
from git_voicenote.datatypes import FoundNote
from git_voicenote.errors import GitError
from git_voicenote.git.configuration import Configuration
from git_voicenote.git.running.write_failures import explain_write_failure
from git_voicenote.notes.changing import one_writer, until_unmoved
from git_voicenote.notes.format import parse_notes, render_notes
from git_voicenote.notes.patch_ids import patch_ids
from git_voicenote.notes.refs import read_refs
from git_voicenote.notes.removals import Removals, removal_message
from git_voicenote.notes.trees import (
    TextTree,
    commit_tree,
    decoded,
    find_in_note_tree,
    read_note_tree,
    write_blob,
    write_note_tree,
)
from git_voicenote.object_ids import ObjectId

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from git_voicenote.datatypes import Note
    from git_voicenote.git.repository import Repository

    Remembered: TypeAlias = Callable[[Collection[str]], Mapping[str, Sequence[FoundNote]]]
    """Returns the notes once saved for each patch-id, newest first."""


_MAX_LOOKUPS = 50
"""Commits whose notes are looked up one by one."""


class Notes:
    """The notes in one ref of a repository, by the full id of their commit."""

    def __init__(self, repository: Repository, ref: str = NOTES_REF) -> None:
        self.repository = repository
        self.ref = ref

    def read(self, commit_id: ObjectId) -> tuple[Note, ...]:
        """Return the notes of a commit; empty if it has none."""
        return parse_notes(self.text(commit_id) or "")

    def text(self, commit_id: ObjectId) -> str | None:
        """Return a commit's note as stored in git, or None."""
        return self.texts((commit_id,)).get(commit_id)

    def texts(self, commit_ids: Iterable[ObjectId]) -> dict[ObjectId, str]:
        """Return the notes of those commits that have one."""
        names = tuple(commit_ids)
        return self._texts_in(self._blobs_of(names), names)

    def which(self, commit_ids: Iterable[ObjectId]) -> frozenset[ObjectId]:
        """Return which of these commits have a note, without reading the notes."""
        names = tuple(commit_ids)
        return frozenset(self._blobs_of(names)).intersection(names)

    def annotated(self) -> tuple[ObjectId, ...]:
        """Return the ids of all commits with a note, even of those that no longer exist."""
        return tuple(self._blobs())

    def write(self, commit_id: ObjectId, notes: Sequence[Note]) -> None:
        """Set a commit's notes; the old ones stay in the history of the ref.

        Raises GitError or StoreError with the way out.
        """
        self.write_text(commit_id, render_notes(notes))

    def write_text(self, commit_id: ObjectId, text: str) -> None:
        """Set a commit's note to a text that is already in the format of notes."""
        self.write_texts({commit_id: text})

    def write_texts(self, texts: Mapping[ObjectId, str]) -> None:
        """Set many notes in one commit; the annotated commits must exist."""
        self.update(texts, lambda _: texts)

    def update_text(self, commit_id: ObjectId, change: Callable[[str | None], str]) -> str:
        """Change the current note of a commit; return the new text. See `update`."""
        saved: dict[ObjectId, str] = {}

        def changed(there: Mapping[ObjectId, str]) -> Mapping[ObjectId, str]:
            saved[commit_id] = change(there.get(commit_id))
            return saved

        self.update((commit_id,), changed)
        return saved[commit_id]

    def update(
        self,
        commit_ids: Collection[ObjectId],
        change: Callable[[Mapping[ObjectId, str]], Mapping[ObjectId, str]],
    ) -> tuple[ObjectId, ...]:
        """Change the current notes of commits; return the commits whose note changed.

        `change` takes the notes of these commits and returns the new ones. It is called again if
        another program changes notes in between; if it raises, nothing changes. The commits must
        exist. Raises GitError or StoreError with the way out.
        """

        def write(tip: str) -> tuple[ObjectId, ...]:
            tree = read_note_tree(self.repository, tip or None)
            there = self._texts_in(tree.texts, commit_ids)
            new = {name: text for name, text in change(there).items() if there.get(name) != text}
            if new and tree.has_twins:
                self._rewrite(tip, tree, new)
            elif new:
                self._add(tip, new)
            return tuple(new)

        with one_writer(self.repository):
            try:
                return until_unmoved(self.ref, self._tip, write)
            except GitError as exc:
                raise explain_write_failure(self.repository, self.ref, exc) from exc

    def _add(self, tip: str, texts: Mapping[ObjectId, str]) -> None:
        """Add notes to those of a commit. Raises GitError if the ref has moved.

        `git notes` moves the ref without comparing its old value; fast-import compares.
        """
        run = self.repository.run
        who = run("var", "GIT_COMMITTER_IDENT").strip()
        stream = [
            b"feature done\ncommit %s\ncommitter %s\n" % (os.fsencode(self.ref), who),
            _data(b"Notes added by 'git voicenote'\n"),
        ]
        if tip:
            stream.append(b"from %s\n" % tip.encode())
        for commit_id, text in texts.items():
            stream += [b"N inline %s\n" % commit_id.encode(), _data(text.encode())]
        run("fast-import", "--quiet", stdin=b"".join([*stream, b"done\n"]))

    def _rewrite(self, tip: str, tree: TextTree, texts: Mapping[ObjectId, str]) -> None:
        """Write all notes of a commit again, with the new ones, each once.

        If a commit has two notes, fast-import replaces one of them, and drops one when it moves
        them.
        """
        blobs = {str(name): write_blob(self.repository, text) for name, text in texts.items()}
        whole = TextTree({**tree.texts, **blobs}, tree.others)
        self._commit(tip, whole, "Notes added by 'git voicenote'")

    def _commit(self, tip: str, tree: TextTree, message: str) -> None:
        """Commit a whole tree. Raises GitError if the ref is no longer at `tip`."""
        written = write_note_tree(self.repository, tree)
        commit = commit_tree(self.repository, written, (tip,) if tip else (), message)
        reason = message.partition("\n")[0]
        self.repository.run("update-ref", "-m", reason, self.ref, commit, tip)

    def _tip(self) -> str:
        """Return the commit of the ref, or "". Raises GitError if the ref is broken."""
        found = self.repository.objects.find(f"{self.ref}^{{commit}}")
        return found.id if found else read_refs(self.repository, self.ref).get(self.ref, "")

    def remove(self, commit_ids: Collection[ObjectId]) -> dict[str, str]:
        """Remove the notes of commits; return the object that held each, by commit.

        The text stays in the history of the ref, which records the removal: `find` does not restore
        the notes, and finds none for a commit that had none. Raises GitError or StoreError with the
        way out.
        """

        def write(tip: str) -> dict[str, str]:
            tree = read_note_tree(self.repository, tip or None)
            patches = patch_ids(self.repository, commit_ids)
            message = removal_message({name: patches.get(name) for name in commit_ids})
            left = {name: blob for name, blob in tree.texts.items() if name not in commit_ids}
            self._commit(tip, TextTree(left, tree.others), message)
            return {name: tree.texts[name] for name in commit_ids if name in tree.texts}

        with one_writer(self.repository):
            try:
                return until_unmoved(self.ref, self._tip, write)
            except GitError as exc:
                raise explain_write_failure(self.repository, self.ref, exc) from exc

    def find(
        self, commit_ids: Iterable[ObjectId], remembered: Remembered | None = None
    ) -> dict[ObjectId, FoundNote]:
        """Return the note of another commit with the same patch, for each commit without one.

        This restores notes after a cherry-pick, or a reset and a new commit. `remembered` is asked
        first: it knows commits that git has forgotten. Then all annotated commits are compared that
        exist and are not part of the same history.
        """
        blobs = self._blobs()
        bare = [commit_id for commit_id in commit_ids if commit_id not in blobs]
        if not bare or not (blobs or remembered):
            return {}
        wanted = patch_ids(self.repository, bare)
        removals = Removals(self.repository, self.ref)
        found: dict[str, FoundNote] = {}
        if remembered is not None:
            found = self._first_valid(remembered(set(wanted.values())), blobs, removals)
        if any(patch_id not in found for patch_id in wanted.values()):
            found = self._on_other_branches(wanted, blobs, removals) | found
        candidates = [commit_id for commit_id, patch_id in wanted.items() if patch_id in found]
        removed = removals.of_commits(candidates) if candidates else ()
        return {name: found[wanted[name]] for name in candidates if name not in removed}

    def _blobs_of(self, commit_ids: Sequence[ObjectId]) -> Mapping[ObjectId, str]:
        """Return the object of the note of each commit that has one.

        A few are looked up in the tree; for many, all notes are listed.
        """
        tip = self.repository.objects.find(f"{self.ref}^{{tree}}")
        if tip is None or len(commit_ids) > _MAX_LOOKUPS:
            may_be_broken = (self.repository.common_dir / self.ref).exists()
            return self._blobs() if tip or may_be_broken else {}
        found: dict[ObjectId, str] = {}
        for commit_id in commit_ids:
            blobs = find_in_note_tree(self.repository.objects, tip.id, commit_id)
            if len(blobs) > 1:  # git shows both; the reader of whole trees joins them
                return self._blobs()
            if blobs:
                found[commit_id] = blobs[0]
        return found

    def _blobs(self) -> Mapping[ObjectId, str]:
        """Return the object that holds each annotated commit's note."""
        listed = self.repository.run("notes", "--ref", self.ref, "list").decode("ascii")
        pairs = (line.split(" ", 1) for line in listed.splitlines())
        blobs = {ObjectId(commit_id): blob for blob, commit_id in pairs}
        if blobs:
            return blobs
        # git lists nothing if the ref is broken, too
        texts = read_note_tree(self.repository, self._tip() or None).texts
        return {ObjectId(name): blob for name, blob in texts.items()}

    def _texts_in(
        self, blobs: Mapping[str, str] | Mapping[ObjectId, str], commit_ids: Iterable[ObjectId]
    ) -> dict[ObjectId, str]:
        """Return the notes of the commits that have one of these objects."""
        wanted = {commit_id: blobs[commit_id] for commit_id in commit_ids if commit_id in blobs}
        contents = self._contents(wanted.values())
        return {commit_id: contents[blob] for commit_id, blob in wanted.items()}

    def _contents(self, blobs: Iterable[str]) -> dict[str, str]:
        """Return the exact content of these objects (%N of `git log` trims and recodes)."""
        contents = {}
        for blob in dict.fromkeys(blobs):
            read = self.repository.objects.read(blob)
            if read is None:
                raise GitError(f"the object {blob}, which holds a note, is missing")
            contents[blob] = decoded(read[1])
        return contents

    def _first_valid(
        self,
        remembered: Mapping[str, Sequence[FoundNote]],
        blobs: Mapping[ObjectId, str],
        removals: Removals,
    ) -> dict[str, FoundNote]:
        """Choose among remembered notes, by patch-id.

        The current note in git overrides a saved one. If a commit still exists without its note,
        somebody removed the note, and it is not restored.
        """
        known = {note.commit_id for notes in remembered.values() for note in notes}
        present = self._existing(known - set(blobs))
        contents = self._contents(blobs[commit_id] for commit_id in known & set(blobs))
        chosen = {}
        for patch_id, notes in remembered.items():
            for note in notes:
                blob = blobs.get(note.commit_id)
                if blob is None:
                    if note.commit_id in present or removals.after(patch_id, note.saved_at):
                        continue
                    chosen[patch_id] = note
                elif removals.had_exact_note(patch_id, note.commit_id, blob):
                    continue
                else:
                    chosen[patch_id] = FoundNote(contents[blob], note.commit_id)
                break
        return chosen

    def _existing(self, commit_ids: Collection[ObjectId]) -> set[str]:
        found = ((one, self.repository.objects.find(one)) for one in commit_ids)
        return {name for name, commit in found if commit and commit.kind == "commit"}

    def _on_other_branches(
        self, wanted: Mapping[ObjectId, str], blobs: Mapping[ObjectId, str], removals: Removals
    ) -> dict[str, FoundNote]:
        """Return the notes of commits that are not ancestors of these, by patch-id.

        `wanted` has the patch-id of each commit.
        """
        # one walk tells which annotated commits exist, and leaves out the long explained history
        # below: an ancestor is not what a commit was made from
        revisions = [*blobs, *(f"^{commit_id}" for commit_id in wanted)]
        walked = self.repository.run(
            "rev-list", "--ignore-missing", "--stdin", stdin="\n".join(revisions).encode()
        )
        names = map(ObjectId, walked.decode("ascii").split())
        candidates = [name for name in names if name in blobs]
        by_patch: dict[str, ObjectId] = {}
        sought = set(wanted.values())
        for commit_id, patch_id in patch_ids(self.repository, candidates).items():
            is_new = patch_id in sought and patch_id not in by_patch  # rev-list: the newest first
            if is_new and not removals.had_exact_note(patch_id, commit_id, blobs[commit_id]):
                by_patch[patch_id] = commit_id
        contents = self._contents(blobs[commit_id] for commit_id in by_patch.values())
        return {
            patch_id: FoundNote(contents[blobs[commit_id]], commit_id)
            for patch_id, commit_id in by_patch.items()
        }


def rewrite_ref_is_set(configuration: Configuration, ref: str) -> bool:
    """Return whether git copies the notes of a ref when it amends or rebases their commits."""
    instead = os.environ.get("GIT_NOTES_REWRITE_REF")  # beats the config, says git-notes(1)
    patterns: Iterable[str | None] = configuration.values("notes.rewriteref")
    if instead is not None:
        patterns = instead.split(":")
    return any(fnmatchcase(ref, pattern or "") for pattern in patterns)


def set_rewrite_ref(repository: Repository, ref: str) -> None:
    """Make git copy the notes of a ref when it amends or rebases, unless it already does."""
    if not rewrite_ref_is_set(Configuration(repository.cwd), ref):
        repository.run("config", "--local", "--add", "notes.rewriteRef", ref)


def _data(content: bytes) -> bytes:
    """Return content as git fast-import reads it."""
    return b"data %d\n%s\n" % (len(content), content)
