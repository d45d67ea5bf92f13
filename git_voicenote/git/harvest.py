"""Read what git knows about the words that a person may say: once, and within limits.

The limits keep a first harvest of a repository like git's own (80,000 commits, 4,800 files) at
about a second; `benchmarks/vocabulary.py` measures it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from git_voicenote.errors import GitError, MissingObjectsError
from git_voicenote.git.objects import message_of, parents_of
from git_voicenote.git.running.process import git_records, read_git, split_lines
from git_voicenote.git.series import base_of_series
from git_voicenote.targets import CommitTarget, CoverTarget, MessageTarget, ReviewTarget, TextTarget

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from git_voicenote.git.repository import Repository
    from git_voicenote.targets import Target

_COMMITS = 3000
_LOG_BYTES = 4_000_000
_HISTORY_BYTES = 48_000_000
"""More than the messages of git's own history: 5 million words."""
_PATH_BYTES = 16_000_000
"""The paths of a tree with 200,000 files."""
_RAW_BYTES = 1_000_000
_PATCH_BYTES = 1_000_000
_FILES = 20
"""The most touched files to read as a whole."""
_FILE_BYTES = 250_000
_MAX_LINE = 1000
"""A longer line was written by a program, such as minified code or data."""
_REFS = 200
_SUBMODULE = "160000"
# the user's display settings must not change what we parse
_RAW = ("-r", "-z", "--raw")
_PATCH = (
    "--patch", "--find-renames", "--no-ext-diff", "--no-textconv", "--no-color", "--submodule=short"
)  # fmt: skip
_END_OF_RAW = b"\0\0"
"""Separates the raw entries from the patch: no field of theirs is empty."""


@dataclass(frozen=True, slots=True)
class ChangeRange:
    """The change that a person explains: from one tree to another.

    `old` and `new` name trees for git; `new` is None for the index. `commits` are the ids of the
    commits in between, newest first. `key` changes with the content. `diff` is the part of it that
    was read already.
    """

    old: str
    new: str | None
    commits: tuple[str, ...]
    key: str
    diff: bytes | None = None


@dataclass(frozen=True, slots=True)
class ChangedText:
    """The content of a change.

    `changed` are added and removed lines, `around` their context and git's hunk headings, `touched`
    the new content of the files, `messages` the commit messages.
    """

    paths: tuple[str, ...]
    changed: str
    around: str
    touched: str
    messages: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The content of a repository: `authors` has one entry per commit, newest first."""

    paths: tuple[str, ...]
    branch: str | None
    branches: tuple[str, ...]
    tags: tuple[str, ...]
    authors: tuple[str, ...]
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """HEAD: its commit, None before the first one, and its branch, None if detached."""

    commit: str | None
    branch: str | None

    @property
    def key(self) -> str:
        """A key that changes whenever HEAD does."""
        return f"{self.commit or 'unborn'} {self.branch or ''}"


def read_head(repository: Repository) -> Head:
    """Return HEAD."""
    return Head(_verify(repository, "HEAD^{commit}"), repository.current_branch())


def explained(repository: Repository, target: Target) -> ChangeRange | None:
    """Return the change that a target is about; an answer is about the commit it answers.

    None if there is no change or nothing to compare.
    """
    match target:
        case CommitTarget(commit_id) | ReviewTarget(commit_id):
            return _commit(repository, commit_id)
        case CoverTarget(key):
            return _series(repository, key)
        case MessageTarget():
            return _staged(repository)
        case TextTarget():  # most likely about what is staged, or else HEAD
            staged = _staged(repository) if repository.worktree else None
            return staged or _commit(repository, "HEAD")
    return None


def read_change(repository: Repository, what: ChangeRange) -> ChangedText:
    """Read a change, within the limits."""
    raw, _, patch = (what.diff or _diff(repository, what)).partition(_END_OF_RAW)
    changed, around = _sides(_text(patch[:_PATCH_BYTES]))
    paths, blobs = _changed_files(_text(raw).split("\0"))
    return ChangedText(
        paths=paths,
        changed=changed,
        around=around,
        touched=_contents(repository, blobs),
        messages="\n".join(_messages(repository, what.commits)),
    )


def read_surroundings(repository: Repository, head: Head) -> Surroundings:
    """Read paths, refs, authors and messages, within the limits."""
    listing = (
        ("ls-tree", "-r", "-z", "--name-only", "--full-tree", head.commit)
        if head.commit
        else ("ls-files", "-z")
    )
    paths = _text(read_git(*listing, cwd=repository.cwd, limit=_PATH_BYTES))
    log = ("log", f"--max-count={_COMMITS}", "--no-show-signature", "--encoding=UTF-8",
           "--format=%aN%x00%B%x00", head.commit or "HEAD", "--")  # fmt: skip
    logged = _text(read_git(*log, cwd=repository.cwd, limit=_LOG_BYTES)) if head.commit else ""
    fields = logged.split("\0")[:-1]
    refs = _refs(repository)
    return Surroundings(
        paths=tuple(paths.split("\0")[:-1]),
        branch=head.branch,
        branches=_below(refs, "refs/heads/"),
        tags=_below(refs, "refs/tags/"),
        authors=tuple(name.strip() for name in fields[::2]),
        messages=tuple(fields[1::2]),
    )


def history_messages(repository: Repository) -> tuple[str, Iterator[str]]:
    """Return the id of HEAD, or "", and the messages of its history, newest first.

    The messages are read lazily, the newest _HISTORY_BYTES of them.
    """
    head = _verify(repository, "HEAD^{commit}")
    if head is None:
        return "", iter(())
    log = ("log", "--no-merges", "--no-show-signature", "--encoding=UTF-8", "--format=%B%x00",
           head, "--")  # fmt: skip
    return head, map(_text, git_records(*log, cwd=repository.cwd, limit=_HISTORY_BYTES))


def commits_since(repository: Repository, commit: str | None, most: int) -> int | None:
    """Count the commits of HEAD, up to `most`; with a commit, those that are not in its history.

    None if that commit is not here, or there is no HEAD.
    """
    head = _verify(repository, "HEAD^{commit}")
    if head is None or (commit and not _verify(repository, f"{commit}^{{commit}}")):
        return None
    if commit is None:
        return _count_commits(repository, head, most)
    counted = repository.read(
        "rev-list", "--count", f"--max-count={most}", head, f"^{commit}", "--"
    )
    return int(counted)


def _count_commits(repository: Repository, head: str, most: int) -> int:
    """Count the commits in the history of one, up to `most`, with the open cat-file process."""
    seen, waiting = {head}, [head]
    while waiting and len(seen) < most:
        read = repository.objects.read(waiting.pop(0))
        parents = parents_of(read[1]) if read else ()
        fresh = [parent for parent in parents if parent not in seen]
        seen.update(fresh)
        waiting += fresh
    return min(len(seen), most)


def _commit(repository: Repository, name: str) -> ChangeRange | None:
    new = _verify(repository, f"{name}^{{commit}}")
    if new is None:
        return None
    old = _verify(repository, f"{new}^1^{{tree}}") or _empty_tree(repository)
    return ChangeRange(old, new, (new,), f"commit {new}")


def _series(repository: Repository, key: str) -> ChangeRange | None:
    """Compare the branch of a series with its base; a key that is no branch means HEAD."""
    tip = _verify(repository, f"refs/heads/{key}^{{commit}}") or _verify(
        repository, "HEAD^{commit}"
    )
    base = base_of_series(repository, tip) if tip else None
    if tip is None or base is None:
        return None
    commits = repository.read("rev-list", f"--max-count={_COMMITS // 10}", f"{base}..{tip}", "--")
    return ChangeRange(base, tip, tuple(commits.split()), f"series {base}..{tip}")


def _staged(repository: Repository) -> ChangeRange | None:
    old = _verify(repository, "HEAD^{tree}") or _empty_tree(repository)
    what = ChangeRange(old, None, (), "")
    diff: bytes | None = None
    try:
        diff = _diff(repository, what)
        raw = diff.partition(_END_OF_RAW)[0]
    except (
        MissingObjectsError
    ):  # the raw entries need no blobs; a missing one is reported when the change is read
        raw = _diff(repository, what, *_RAW)
    if not raw:
        return None
    return ChangeRange(old, None, (), f"index {old} {hashlib.sha256(raw).hexdigest()}", diff)


def _diff(repository: Repository, what: ChangeRange, *options: str) -> bytes:
    """Return the raw entries of a change and its patch, or what the options select instead."""
    chosen = options or (*_RAW, *_PATCH)
    arguments = (
        ("diff-index", "--cached", *chosen, what.old)
        if what.new is None
        else ("diff-tree", *chosen, what.old, what.new)
    )
    return read_git(*arguments, "--", cwd=repository.cwd, limit=_RAW_BYTES + _PATCH_BYTES)


def _sides(patch: str) -> tuple[str, str]:
    """Split a patch: the changed lines, and their context with git's hunk headings."""
    changed: list[str] = []
    around: list[str] = []
    in_hunk = False
    for line in patch.split("\n"):
        if len(line) > _MAX_LINE:
            continue
        if line.startswith("@@ "):
            in_hunk = True
            around.append(line.rpartition("@@")[2])
        elif line.startswith("diff --git "):
            in_hunk = False
        elif in_hunk and line[:1] in ("+", "-"):
            changed.append(line[1:])
        elif in_hunk and line[:1] == " ":
            around.append(line[1:])
    return "\n".join(changed), "\n".join(around)


def _changed_files(fields: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the paths of raw diff entries, and their blobs.

    An entry is `:100644 100644 OLD NEW M` and a path, or two paths for a rename. For a deleted
    file, NEW is zeros, and OLD is used. A submodule has no blob. The last entry may be truncated.
    """
    paths: list[str] = []
    blobs: list[str] = []
    rest = iter(fields)
    for entry in rest:
        parts = entry.removeprefix(":").split(" ")
        if len(parts) != 5:
            break
        _, mode, old, new, status = parts
        paths += islice(rest, 2 if status.startswith(("R", "C")) else 1)
        if mode != _SUBMODULE:
            blobs.append(new if new.strip("0") else old)
    return tuple(paths), tuple(blobs)


def _contents(repository: Repository, blobs: Sequence[str]) -> str:
    """Return the text of the first blobs that exist and are small text files."""
    texts: list[str] = []
    for name in blobs[: 10 * _FILES]:
        found = repository.objects.find(name)
        if found is None or found.kind != "blob" or found.size > _FILE_BYTES:
            continue
        read = repository.objects.read(name)
        if read and b"\0" not in read[1][:8000]:  # as git detects text
            lines = _text(read[1]).split("\n")
            texts.append("\n".join(line for line in lines if len(line) <= _MAX_LINE))
        if len(texts) == _FILES:
            break
    return "\n".join(texts)


def _messages(repository: Repository, commits: Sequence[str]) -> list[str]:
    """Return the messages of commits, within the limits."""
    messages: list[str] = []
    left = _LOG_BYTES
    for commit in commits:
        read = repository.objects.read(commit)
        if read and left > 0:
            left -= len(read[1])
            messages.append(message_of(read[1]))
    return messages


def _refs(repository: Repository) -> list[str]:
    listed = repository.run(
        "for-each-ref", "--sort=-creatordate", f"--count={2 * _REFS}", "--format=%(refname)",
        "refs/heads", "refs/tags",
    )  # fmt: skip
    return split_lines(listed, "replace")


def _below(refs: Sequence[str], prefix: str) -> tuple[str, ...]:
    names = (ref.removeprefix(prefix) for ref in refs if ref.startswith(prefix))
    return tuple(islice(names, _REFS))


def _verify(repository: Repository, name: str) -> str | None:
    """Return the id of an object, or None; a broken object does not prevent a recording."""
    try:
        found = repository.objects.find(name)
    except GitError:
        return None
    return found.id if found else None


def _empty_tree(repository: Repository) -> str:
    return repository.run("hash-object", "-t", "tree", "--stdin", stdin=b"").decode().strip()


def _text(printed: bytes) -> str:
    return printed.decode("utf-8", "replace")
