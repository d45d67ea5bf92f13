"""Another repository, and what it has of notes and covers.

Nothing is fetched to where a person looks before it was merged: `fetched` gives what came below a
name of its own, which is gone afterwards.
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.characters import visible
from git_voicenote.errors import GitError, StoreError, UsageError
from git_voicenote.git.process import lines_of, try_git
from git_voicenote.notes.covers import COVER_PREFIX
from git_voicenote.notes.merging import NOTES, REVIEWS, NoteRefs, Tips, read_refs, tips_below

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from git_voicenote.git.repository import Repository

_TRACKING = "refs/voicenote/remotes/"
_INCOMING = "refs/voicenote/incoming/"
_WORK = "incoming-"
_OWN_FETCH = (
    # what a person set for their own fetches (tags, submodules, pruning) is not meant here
    "-c", "fetch.prune=false", "-c", "fetch.pruneTags=false", "-c", "fetch.fsckObjects=true",
    "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--recurse-submodules=no",
    # an empty --refmap: `+refs/notes/*:refs/notes/*` of the person would overwrite their own notes
    "--no-auto-maintenance", "--refmap=",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remote:
    """A remote by its name, or a URL or path; `tracking` is where its tips are remembered."""

    name: str
    tracking: str


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of a ref that was pushed; `reason` is git's own, "" where it was taken."""

    ref: str
    new: str | None
    reason: str


def find_remote(repository: Repository, name: str | None) -> Remote:
    """Return the remote of a name, or the one that `git fetch` would take without one.

    Raises GitError where there is none, UsageError for a name that git would take for an option.
    """
    known = repository.read("remote").split("\n") if repository.read("remote") else []
    if name is None:
        name = _default(repository, known)
    elif name.startswith("-"):
        raise UsageError(f"{name!r} is no remote")
    if name in known:
        return Remote(name, f"{_TRACKING}{name}/")
    if not re.search(r"[/:\\]", name) and not os.path.exists(name):  # noqa: PTH110 - it may be no path at all
        raise GitError(
            f"there is no remote {name!r}",
            hint="`git remote -v` lists them; a URL or a path will do as well",
        )
    if os.path.isdir(name):  # noqa: PTH112 - likewise
        name = os.path.abspath(name)  # noqa: PTH100 - git knows it by this, links and all
    key = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return Remote(name, f"{_TRACKING}at-{key}/")


def remote_tips(repository: Repository, remote: Remote, note_refs: NoteRefs) -> Tips:
    """Ask a remote where its notes and covers stand. Raises GitError where it does not answer."""
    done = try_git(
        "ls-remote", "--refs", "--", remote.name, note_refs.notes, note_refs.reviews,
        f"{COVER_PREFIX}*", cwd=repository.cwd, connects=True,
    )  # fmt: skip
    if done.returncode:
        raise _unreachable(remote, done.stderr)
    pairs = [line.split("\t", 1) for line in lines_of(done.stdout)]
    refs = {ref: commit for commit, ref in pairs}
    covers = {
        ref.removeprefix(COVER_PREFIX): commit
        for ref, commit in refs.items()
        if ref.startswith(COVER_PREFIX)
    }
    return Tips(refs.get(note_refs.notes), covers, refs.get(note_refs.reviews))


@contextmanager
def fetched(repository: Repository, remote: Remote, note_refs: NoteRefs) -> Iterator[Tips]:
    """Fetch the notes and covers of a remote; they have names while the context lasts."""
    there = remote_tips(repository, remote, note_refs)
    refspecs = {f"{COVER_PREFIX}*": "cover/*"} if there.covers else {}
    if there.notes:
        refspecs[note_refs.notes] = NOTES
    if there.reviews:
        refspecs[note_refs.reviews] = REVIEWS
    if not refspecs:
        yield Tips(None, {})
        return
    with fetched_refs(repository, remote.name, refspecs) as prefix:
        yield tips_below(repository, prefix)


@contextmanager
def fetched_refs(repository: Repository, source: str, refspecs: Mapping[str, str]) -> Iterator[str]:
    """Fetch refs of a repository or a git bundle below a prefix that lasts as long as the context.

    `refspecs` maps their names there to those below the prefix. A folder of that name is locked
    meanwhile: refs without one were left behind by a process that was killed, and are removed.
    """
    with _work_folder(repository) as folder:
        _drop_abandoned(repository, folder.parent)
        prefix = f"{_INCOMING}{folder.name.removeprefix(_WORK)}/"
        with _fetched_below(repository, source, refspecs, prefix):
            yield prefix


@contextmanager
def _fetched_below(
    repository: Repository, source: str, refspecs: Mapping[str, str], prefix: str
) -> Iterator[None]:
    try:
        done = try_git(
            *_OWN_FETCH, "--", source,
            *(f"+{theirs}:{prefix}{ours}" for theirs, ours in refspecs.items()),
            cwd=repository.cwd, connects=True,
        )  # fmt: skip
        if done.returncode:
            raise _unreachable(Remote(source, ""), done.stderr)
        yield
    finally:
        _delete(repository, read_refs(repository, prefix))


@contextmanager
def _work_folder(repository: Repository) -> Iterator[Path]:
    """Give a folder that stands for what is fetched at this moment. Raises StoreError."""
    try:
        files.private_folder(repository.state_dir)
        with files.workplace(repository.state_dir, _WORK) as folder:
            yield folder
    except OSError as exc:
        reason = exc.strerror or str(exc)
        raise StoreError(f"{repository.state_dir} cannot be written: {reason}") from exc


def _drop_abandoned(repository: Repository, root: Path) -> None:
    """Delete the refs of fetches that were killed: the folders that stood for them are gone."""
    refs = read_refs(repository, _INCOMING)
    left = {
        name: commit
        for name, commit in refs.items()
        if not (root / f"{_WORK}{name.removeprefix(_INCOMING).partition('/')[0]}").is_dir()
    }
    _delete(repository, left)


def _delete(repository: Repository, refs: Mapping[str, str]) -> None:
    if refs:
        lines = "".join(f"delete {name}\0{commit}\0" for name, commit in refs.items())
        repository.run(
            "update-ref", "-z", "--stdin", stdin=lines.encode("utf-8", "surrogateescape")
        )


def push_refs(
    repository: Repository, remote: Remote, updates: Sequence[tuple[str, str | None, str | None]]
) -> tuple[Pushed, ...]:
    """Push refs (name, new, what it is there now), forwards only; None for new deletes.

    Raises GitError where the remote cannot be pushed to at all.
    """
    leases = [f"--force-with-lease={ref}:{before}" for ref, new, before in updates if new is None]
    done = try_git(
        "push", "--porcelain", "--no-follow-tags", "--recurse-submodules=no", *leases, "--",
        remote.name, *(f"{new or ''}:{ref}" for ref, new, _ in updates),
        cwd=repository.cwd, connects=True,
    )  # fmt: skip
    reports = {}
    for line in lines_of(done.stdout):
        flag, _, rest = line.partition("\t")
        refs, _, summary = rest.partition("\t")
        if len(flag) == 1 and summary:
            reports[refs.rpartition(":")[2]] = visible(summary) if flag == "!" else ""
    if done.returncode and not reports:
        raise _unreachable(remote, done.stderr)
    return tuple(Pushed(ref, new, reports.get(ref, "")) for ref, new, _ in updates)


def _default(repository: Repository, known: Sequence[str]) -> str:
    branch = repository.current_branch()
    if branch:
        told = repository.run("config", "--get", f"branch.{branch}.remote", accept=(0, 1))
        name = os.fsdecode(told).removesuffix("\n")
        if name and name != ".":
            return name
    if "origin" in known or len(known) == 1:
        return "origin" if "origin" in known else known[0]
    if known:
        raise GitError(
            f"there are {len(known)} remotes and none is meant by default",
            hint=f"name one: {', '.join(known)}",
        )
    raise GitError(
        "this repository has no remote",
        hint="`git remote add origin URL`; without a network, `git voicenote sync bundle FILE` "
        "writes a file to carry",
    )


def _unreachable(remote: Remote, stderr: bytes) -> GitError:
    words = visible(stderr.decode("utf-8", "replace")).strip()
    lines = [line.removeprefix("fatal: ").removeprefix("error: ") for line in words.splitlines()]
    told = next((line for line in lines if line), "git gives no reason")
    return GitError(
        f"{remote.name} does not answer: {told}",
        hint=f"`git ls-remote {remote.name}` tries it; without a network, "
        "`git voicenote sync bundle FILE` writes a file to carry",
    )
