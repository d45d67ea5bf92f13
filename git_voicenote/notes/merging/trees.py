"""Merge the trees of two commits, with notes or a cover.

Two people who merge at the same time create a criss-cross history: its merge base is not one
commit, but the merge of several. That is computed in memory, as git does it (merge-ort,
"recursive"). With only one of them, texts that the other's author removed would come back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from git_voicenote.notes.format import parse_notes, render_notes
from git_voicenote.notes.merging.texts import lost_paragraphs, merge_texts
from git_voicenote.notes.trees import TextTree, read_blobs, write_blob

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from git_voicenote.git.repository import Repository

_MAX_NOTE_BYTES = 8 << 20
"""Bytes; an hour of speech is 60 kB."""
_MAX_CROSSINGS = 200
"""The most merges to compute for a merge base; a history by many people could need any number."""


@dataclass(frozen=True, slots=True)
class MergedTree:
    """A merged tree, and the names that both sides had changed.

    `both` were merged; `kept` were removed on one side, changed on the other, and kept; `clashes`
    are other files than notes, taken from the newer commit, `newer`.
    """

    tree: TextTree
    both: tuple[str, ...]
    kept: tuple[str, ...]
    clashes: tuple[str, ...]
    newer: str = ""


class TreeMerge:
    """Merges commits, with the same result everywhere. `read` returns the content of a commit."""

    def __init__(self, repository: Repository, read: Callable[[str], TextTree]) -> None:
        self._repository = repository
        self._read = read
        self._made: dict[str, str] = {}
        self._found: dict[tuple[str, ...], TextTree] = {}
        self._left = _MAX_CROSSINGS

    def merge(self, one: str, other: str) -> MergedTree:
        """Merge two commits, and write the objects of the result."""
        common = self.common(one, other)
        older, newer = self._by_age((one, other))
        merged = self._merged(common, self._read(older), self._read(newer))
        for blob in {*merged.tree.texts.values()} & self._made.keys():
            write_blob(self._repository, self._made[blob])
        return replace(merged, newer=newer)

    def common(self, one: str, other: str) -> TextTree:
        """Return the content of the merge base of two commits; nothing is written."""
        return self._merged_all(self._bases(one, (other,)))

    def _merged_all(self, commits: tuple[str, ...]) -> TextTree:
        if commits not in self._found:
            self._found[commits] = self._merge_all(commits)
        return self._found[commits]

    def _merge_all(self, commits: tuple[str, ...]) -> TextTree:
        trees = [self._read(commit) for commit in commits]
        result = trees[0] if trees else TextTree()
        for number, tree in enumerate(trees[1:], 1):
            if tree == result or not self._left:
                continue
            self._left -= 1
            base = self._merged_all(self._bases(commits[number], commits[:number]))
            result = self._merged(base, result, tree).tree
        return result

    def _bases(self, one: str, others: Sequence[str]) -> tuple[str, ...]:
        """Return the merge bases of a commit and a merge of others, oldest first."""
        found = self._repository.run("merge-base", "--all", one, *others, accept=(0, 1))
        return self._by_age(found.decode("ascii").split())

    def _by_age(self, commits: Sequence[str]) -> tuple[str, ...]:
        """Sort commits by age, the same in every clone."""
        if len(commits) < 2:
            return tuple(commits)
        listed = self._repository.read(
            "log", "--no-walk", "--no-show-signature", "--format=%ct %H", *commits
        )
        ages = [line.split(" ") for line in listed.split("\n")]
        return tuple(commit for _, commit in sorted((_age(age), commit) for age, commit in ages))

    def _merged(self, base: TextTree, older: TextTree, newer: TextTree) -> MergedTree:
        texts, both, kept = {}, [], []
        for name in sorted({*older.texts, *newer.texts}):
            then, early, late = (tree.texts.get(name) for tree in (base, older, newer))
            if early == late or late == then:
                blob = early
            elif early == then:
                blob = late
            elif early is None or late is None:
                blob = early or late
                kept += [name] if then else []
            else:
                both.append(name)
                blob = self._merged_text(then, early, late)
            if blob is not None:
                texts[name] = blob
        others, clashes = _merged_others(base, older, newer)
        return MergedTree(TextTree(texts, others), tuple(both), tuple(kept), clashes)

    def _merged_text(self, base: str | None, older: str, newer: str) -> str:
        wanted = [blob for blob in (base, older, newer) if blob and blob not in self._made]
        known = {**self._made, **read_blobs(self._repository, wanted, _MAX_NOTE_BYTES)}
        then = known[base] if base else None
        sides = (known[older], known[newer])
        text = merge_texts(then, *sides)
        if any(lost_paragraphs(then, side, text) for side in sides):
            # every paragraph must be kept, so both versions are kept in full
            text = render_notes([note for side in sides for note in parse_notes(side)])
        name = self._repository.run("hash-object", "--stdin", stdin=text.encode())
        blob = name.decode("ascii").strip()
        self._made[blob] = text
        return blob


def _merged_others(
    base: TextTree, older: TextTree, newer: TextTree
) -> tuple[dict[str, tuple[str, str]], tuple[str, ...]]:
    """Merge the files that are not notes; also return those that both sides changed."""
    others, clashes = {}, []
    for path in sorted({*older.others, *newer.others}):
        then, early, late = (tree.others.get(path) for tree in (base, older, newer))
        if early is None or late is None:
            entry = (early or late) if then != (early or late) else None
        else:
            entry = early if late == then else late
            clashes += [path] if then not in (early, late) and early != late else []
        if entry is not None:
            others[path] = entry
    return others, tuple(clashes)


def _age(seconds: str) -> int:
    """Return the date of a commit; git prints none for a damaged one."""
    return int(seconds) if seconds.isdigit() and len(seconds) < 20 else 0
