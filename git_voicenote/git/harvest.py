"""What git knows of the words that a person may say: read once, decoded once, never too much.

The limits keep a first harvest of a repository like git's own (80,000 commits, 4,800 files) at
about a second; `benchmarks/vocabulary.py` takes the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.errors import GitError
from git_voicenote.git.commits import base_of_series
from git_voicenote.git.process import git_records, lines_of, read_git
from git_voicenote.targets import CommitTarget, CoverTarget, MessageTarget, ReviewTarget

if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_voicenote.git.repository import Repository
    from git_voicenote.targets import Target

_COMMITS = 3000
_LOG_BYTES = 4_000_000
_HISTORY_BYTES = 48_000_000
"""All of git's own history, and then some: 5 million words."""
_PATH_BYTES = 16_000_000
"""All the paths of a tree with 200,000 files."""
_PATCH_BYTES = 1_000_000
_FILES = 20
"""Touched files that are read as a whole."""
_FILE_BYTES = 250_000
_LONGEST_LINE = 1000
"""A longer line was written by a program: minified code, data."""
_REFS = 200
_SUBMODULE = "160000"
# what people set for their own eyes must not leak into what we parse
_PLAIN = ("-r", "--no-ext-diff", "--no-textconv", "--no-color", "--submodule=short")


@dataclass(frozen=True, slots=True)
class Explained:
    """What a person is about to explain: the way from a tree to another.

    `old` and `new` are names that git takes for trees; `new` is None for the index. `commits` are
    the ids of those in between, newest first. `key` changes when the content does.
    """

    old: str
    new: str | None
    commits: tuple[str, ...]
    key: str


@dataclass(frozen=True, slots=True)
class Change:
    """What the change has in it.

    `changed` are the lines that came or went, `around` the lines about them and git's hunk
    headings, `touched` the files as they are afterwards, `messages` what was said of it before.
    """

    paths: tuple[str, ...]
    changed: str
    around: str
    touched: str
    messages: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the repository has in it: `authors` by the commit, newest first."""

    paths: tuple[str, ...]
    branch: str | None
    branches: tuple[str, ...]
    tags: tuple[str, ...]
    authors: tuple[str, ...]
    messages: tuple[str, ...]


def surroundings_key(repository: Repository) -> str:
    """Return what changes whenever HEAD does: the commit's id and the branch."""
    head = _verify(repository, "HEAD^{commit}") or "unborn"
    return f"{head} {repository.current_branch() or ''}"


def explained(repository: Repository, target: Target) -> Explained | None:
    """Return the change that a target is about; an answer to a commit is about that commit.

    None if it is about no change, or there is nothing to compare.
    """
    match target:
        case CommitTarget(commit_id) | ReviewTarget(commit_id):
            return _commit(repository, commit_id)
        case CoverTarget(key):
            return _series(repository, key)
        case MessageTarget():
            return _staged(repository)
    return None


def read_change(repository: Repository, what: Explained) -> Change:
    """Read a change, up to what is worth reading of it."""
    raw = _text(_diff(repository, what, "--raw", "-z", "--no-renames", limit=_PATCH_BYTES))
    fields = raw.split("\0")
    entries = list(zip(fields[:-1:2], fields[1::2], strict=False))
    patch = _text(_diff(repository, what, "--patch", "--find-renames", limit=_PATCH_BYTES))
    changed, around = _sides(patch)
    log = ("log", "--no-walk", "--no-show-signature", "--encoding=UTF-8", "--format=%B")
    messages = b""
    if what.commits:
        messages = read_git(*log, *what.commits, "--", cwd=repository.cwd, limit=_LOG_BYTES)
    return Change(
        paths=tuple(path for _, path in entries),
        changed=changed,
        around=around,
        touched=_contents(repository, [entry for entry, _ in entries]),
        messages=_text(messages),
    )


def read_surroundings(repository: Repository) -> Surroundings:
    """Read paths, refs, authors and messages, up to what is worth reading of them."""
    has_head = _verify(repository, "HEAD^{commit}") is not None
    listing = (
        ("ls-tree", "-r", "-z", "--name-only", "--full-tree", "HEAD")
        if has_head
        else ("ls-files", "-z")
    )
    paths = _text(read_git(*listing, cwd=repository.cwd, limit=_PATH_BYTES))
    log = ("log", f"--max-count={_COMMITS}", "--no-show-signature", "--encoding=UTF-8",
           "--format=%aN%x00%B%x00", "HEAD", "--")  # fmt: skip
    logged = _text(read_git(*log, cwd=repository.cwd, limit=_LOG_BYTES)) if has_head else ""
    fields = logged.split("\0")[:-1]
    return Surroundings(
        paths=tuple(paths.split("\0")[:-1]),
        branch=repository.current_branch(),
        branches=_refs(repository, "refs/heads"),
        tags=_refs(repository, "refs/tags"),
        authors=tuple(name.strip() for name in fields[::2]),
        messages=tuple(fields[1::2]),
    )


def history_messages(repository: Repository) -> tuple[str, Iterator[str]]:
    """Return the id of HEAD, "" where there is none, and the messages of its history, newest first.

    The messages are read as they are drawn, the newest _HISTORY_BYTES of them.
    """
    head = _verify(repository, "HEAD^{commit}")
    if head is None:
        return "", iter(())
    log = ("log", "--no-merges", "--no-show-signature", "--encoding=UTF-8", "--format=%B%x00",
           head, "--")  # fmt: skip
    return head, map(_text, git_records(*log, cwd=repository.cwd, limit=_HISTORY_BYTES))


def commits_since(repository: Repository, commit: str | None, most: int) -> int | None:
    """Count the commits of HEAD, up to `most`; with a commit, those that it has not.

    None where that commit is not there, or no HEAD.
    """
    known = commit is None or _verify(repository, f"{commit}^{{commit}}")
    if not known or not _verify(repository, "HEAD^{commit}"):
        return None
    without = (f"^{commit}",) if commit else ()
    return int(
        repository.read("rev-list", "--count", f"--max-count={most}", "HEAD", *without, "--")
    )


def _commit(repository: Repository, name: str) -> Explained | None:
    new = _verify(repository, f"{name}^{{commit}}")
    if new is None:
        return None
    old = _verify(repository, f"{new}^1^{{tree}}") or _empty_tree(repository)
    return Explained(old, new, (new,), f"commit {new}")


def _series(repository: Repository, key: str) -> Explained | None:
    """Compare the branch of a series with its base; a key that is no branch means HEAD."""
    tip = _verify(repository, f"refs/heads/{key}^{{commit}}") or _verify(
        repository, "HEAD^{commit}"
    )
    base = base_of_series(repository, tip) if tip else None
    if tip is None or base is None:
        return None
    commits = repository.read("rev-list", f"--max-count={_COMMITS // 10}", f"{base}..{tip}", "--")
    return Explained(base, tip, tuple(commits.split()), f"series {base}..{tip}")


def _staged(repository: Repository) -> Explained | None:
    old = _verify(repository, "HEAD^{tree}") or _empty_tree(repository)
    what = Explained(old, None, (), "")
    # the raw diff names every blob: it tells one staged change from another, without reading any
    raw = _diff(repository, what, "--raw", "-z", "--no-renames", limit=_PATCH_BYTES)
    if not raw:
        return None
    name = repository.run("hash-object", "--stdin", stdin=raw).decode().strip()
    return Explained(old, None, (), f"index {old} {name}")


def _diff(repository: Repository, what: Explained, *options: str, limit: int) -> bytes:
    arguments = (
        ("diff-index", "--cached", *_PLAIN, *options, what.old)
        if what.new is None
        else ("diff-tree", *_PLAIN, *options, what.old, what.new)
    )
    return read_git(*arguments, "--", cwd=repository.cwd, limit=limit)


def _sides(patch: str) -> tuple[str, str]:
    """Take a patch apart: the lines that changed, and those around with git's hunk headings."""
    changed: list[str] = []
    around: list[str] = []
    in_hunk = False
    for line in patch.split("\n"):
        if len(line) > _LONGEST_LINE:
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


def _contents(repository: Repository, entries: list[str]) -> str:
    """Return the text of the files in raw diff entries: those that are left, small and text."""
    names = []
    for entry in entries[: 10 * _FILES]:
        # ":100644 100644 OLD NEW M"; a file that is gone has zeros for NEW
        _, mode, old, new, _ = entry.removeprefix(":").split(" ")
        if mode != _SUBMODULE:
            names.append(new if new.strip("0") else old)
    if not names:
        return ""
    asked = "".join(f"{name}\n" for name in names).encode()
    sizes = repository.run("cat-file", "--batch-check", stdin=asked).decode().splitlines()
    wanted = [
        answer.split(" ")[0]
        for answer in sizes
        # "missing" where a partial clone has no such blob
        if answer.split(" ")[1] == "blob" and int(answer.split(" ")[2]) <= _FILE_BYTES
    ][:_FILES]
    asked = "".join(f"{name}\n" for name in wanted).encode()
    read = repository.run("cat-file", "--batch", stdin=asked) if wanted else b""
    texts = []
    while read:
        header, _, rest = read.partition(b"\n")
        size = int(header.rpartition(b" ")[2])
        content, read = rest[:size], rest[size + 1 :]
        if b"\0" not in content[:8000]:  # as git tells text from the rest
            texts.append("\n".join(
                line for line in _text(content).split("\n") if len(line) <= _LONGEST_LINE
            ))  # fmt: skip
    return "\n".join(texts)


def _refs(repository: Repository, under: str) -> tuple[str, ...]:
    listed = repository.run(
        "for-each-ref", "--sort=-creatordate", f"--count={_REFS}", "--format=%(refname)", under
    )
    return tuple(line.removeprefix(f"{under}/") for line in lines_of(listed, "replace"))


def _verify(repository: Repository, name: str) -> str | None:
    try:
        # --end-of-options would be printed back by rev-parse before git 2.30
        found = repository.run("rev-parse", "--verify", "--quiet", name, accept=(0, 1, 128))
    except GitError:
        return None
    return found.decode().strip() or None


def _empty_tree(repository: Repository) -> str:
    return repository.run("hash-object", "-t", "tree", "--stdin", stdin=b"").decode().strip()


def _text(printed: bytes) -> str:
    return printed.decode("utf-8", "replace")
