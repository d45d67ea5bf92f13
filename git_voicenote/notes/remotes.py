"""Read the notes and covers of another repository.

Until they are merged, fetched refs are below a temporary prefix, which `fetched` removes
afterwards. `pushing` writes to the other repository.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.characters import visible
from git_voicenote.errors import GitError, StoreError, UsageError
from git_voicenote.git.running.plumbing import laid_over
from git_voicenote.git.running.process import split_lines, try_git
from git_voicenote.notes.covers import COVER_PREFIX
from git_voicenote.notes.merging.refs import NOTES, REVIEWS, NoteRefs, Tips, tips_below
from git_voicenote.notes.refs import read_refs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from subprocess import CompletedProcess

    from git_voicenote.git.repository import Repository

TRACKING = "refs/voicenote/remotes/"
_INCOMING = "refs/voicenote/incoming/"
_WORK = "incoming-"
_HEADS, _TAGS = "refs/heads/", "refs/tags/"
_OWN_FETCH = (
    # the user's settings for fetches (tags, submodules, pruning, filters) do not apply
    # here; options, because remote.<name>.prune and the like beat fetch.prune
    "-c", "fetch.fsckObjects=true", "-c", "fetch.writeCommitGraph=false",
    "fetch", "--quiet", "--no-tags", "--no-prune", "--no-prune-tags", "--no-write-fetch-head",
    "--no-filter", "--recurse-submodules=no", "--no-auto-maintenance",
    # an empty --refmap: the user's `+refs/notes/*:refs/notes/*` would overwrite their own notes
    "--refmap=",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remote:
    """Another repository: `name` is for people, `address` for git.

    Its tips are remembered below `tracking`; `settings` override the configuration for it. With
    `is_file`, only a file is opened, whatever protocols the user allows.
    """

    name: str
    address: str
    tracking: str
    settings: tuple[tuple[str, str], ...] = ()
    is_file: bool = False

    @classmethod
    def at(cls, url: str) -> Remote:
        """Return the repository at a URL or path."""
        key = hashlib.sha256(url.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        return cls(without_password(url), url, f"{TRACKING}at-{key}/")


def find_remote(repository: Repository, name: str | None) -> Remote:
    """Return a remote by name, or the one that `git fetch` uses by default.

    Raises GitError if there is none, and UsageError for a name that git would read as an option.
    """
    known = split_lines(repository.run("remote"))
    if name is None:
        name = _default(repository, known)
    elif name.startswith("-"):
        raise UsageError(f"{name!r} is not a remote")
    if name in known:
        return Remote(name, name, f"{TRACKING}{name}/")
    if not re.search(r"[/:\\]", name) and not os.path.exists(name):  # noqa: PTH110 - it may be no path at all
        raise GitError(
            f"there is no remote {name!r}",
            hint="`git remote -v` lists them; a URL or a path also works",
        )
    if os.path.isdir(name):  # noqa: PTH112 - likewise
        name = os.path.abspath(name)  # noqa: PTH100 - git knows it by this, links and all
    return Remote.at(name)


def find_push_remote(repository: Repository, name: str | None, remote: Remote) -> Remote:
    """Return the remote that `git push` uses if it differs from that of `git fetch`.

    branch.<name>.pushRemote and remote.pushDefault name it (git-push(1)), unless the user named a
    remote.
    """
    if name is not None:
        return remote
    branch = repository.current_branch()
    for key in (*([f"branch.{branch}.pushRemote"] if branch else []), "remote.pushDefault"):
        told = os.fsdecode(repository.run("config", "--get", key, accept=(0, 1)))
        if told:
            return find_remote(repository, told.removesuffix("\n"))
    return remote


def remote_tips(repository: Repository, remote: Remote, note_refs: NoteRefs) -> Tips:
    """Query the notes, covers and branches of a remote. Raises GitError with git's message."""
    done = connect(
        repository, remote, "ls-remote", "--refs", "--", remote.address,
        note_refs.notes, note_refs.reviews, f"{COVER_PREFIX}*", f"{_HEADS}*", f"{_TAGS}*",
    )  # fmt: skip
    if done.returncode:
        raise transport_error("read from", remote.name, done)
    pairs = [line.split("\t", 1) for line in split_lines(done.stdout)]
    refs = {ref: commit for commit, ref in pairs}
    covers, heads, tags = (
        {ref.removeprefix(prefix): one for ref, one in refs.items() if ref.startswith(prefix)}
        for prefix in (COVER_PREFIX, _HEADS, _TAGS)
    )
    notes, reviews = refs.get(note_refs.notes), refs.get(note_refs.reviews)
    return Tips(notes, covers, reviews, heads, tuple(tags.values()))


@contextmanager
def fetched(repository: Repository, remote: Remote, note_refs: NoteRefs) -> Iterator[Tips]:
    """Fetch the notes and covers of a remote; their refs last as long as the context."""
    there = remote_tips(repository, remote, note_refs)
    refspecs = {f"{COVER_PREFIX}*": "cover/*"} if there.covers else {}
    if there.notes:
        refspecs[note_refs.notes] = NOTES
    if there.reviews:
        refspecs[note_refs.reviews] = REVIEWS
    if not refspecs:
        yield Tips(None, {}, None, there.heads, there.tags)
        return
    with _fetched_refs(repository, remote, refspecs) as prefix:
        yield replace(tips_below(repository, prefix), heads=there.heads, tags=there.tags)


@contextmanager
def fetched_bundle(
    repository: Repository, bundle: Path, refspecs: Mapping[str, str]
) -> Iterator[str]:
    """Fetch refs of a git bundle as `_fetched_refs` does."""
    path = str(bundle)
    # the longest match counts: no url.<base>.insteadOf of the user can redirect it
    source = Remote(path, path, "", ((f"url.{path}.insteadOf", path),), is_file=True)
    with _fetched_refs(repository, source, refspecs) as prefix:
        yield prefix


@contextmanager
def _fetched_refs(
    repository: Repository, source: Remote, refspecs: Mapping[str, str]
) -> Iterator[str]:
    """Fetch refs below a prefix that lasts as long as the context.

    `refspecs` maps the remote names to those below the prefix. A folder of that name is locked
    meanwhile; refs without such a folder were left by a killed process, and are removed.
    """
    with _work_folder(repository) as folder:
        _drop_abandoned(repository, folder.parent)
        prefix = f"{_INCOMING}{folder.name.removeprefix(_WORK)}/"
        with _fetched_below(repository, source, refspecs, prefix):
            yield prefix


@contextmanager
def _fetched_below(
    repository: Repository, source: Remote, refspecs: Mapping[str, str], prefix: str
) -> Iterator[None]:
    try:
        done = connect(
            repository, source, *_OWN_FETCH, "--", source.address,
            *(f"+{theirs}:{prefix}{ours}" for theirs, ours in refspecs.items()),
        )  # fmt: skip
        if done.returncode:
            raise transport_error("fetch from", source.name, done)
        yield
    finally:
        _delete(repository, read_refs(repository, prefix))


@contextmanager
def _work_folder(repository: Repository) -> Iterator[Path]:
    """Provide a folder that represents the current fetch. Raises StoreError."""
    try:
        files.private_folder(repository.state_dir)
        with files.work_folder(repository.state_dir, _WORK) as folder:
            yield folder
    except OSError as exc:
        reason = exc.strerror or str(exc)
        raise StoreError(f"{repository.state_dir} cannot be written: {reason}") from exc


def _drop_abandoned(repository: Repository, root: Path) -> None:
    """Delete the refs of killed fetches, whose folders no longer exist."""
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


def connect(repository: Repository, remote: Remote, *args: str) -> CompletedProcess[bytes]:
    """Run a git command that connects to a remote, whatever its exit status."""
    given, environment = laid_over(remote.settings)
    if remote.is_file:
        environment["GIT_ALLOW_PROTOCOL"] = "file"
    return try_git(
        *given, *args, cwd=repository.cwd, environment=environment, connects=not remote.is_file
    )


def transport_error(what: str, name: str, done: CompletedProcess[bytes]) -> GitError:
    """Return the error for a failed connection, with git's whole message.

    Only git and ssh know whether the password was wrong, the host key changed or the path does not
    exist.
    """
    words = visible(done.stderr.decode("utf-8", "replace"))
    lines = [line.rstrip() for line in words.splitlines() if line.strip()]
    told = lines or [f"git stopped with exit status {done.returncode}"]
    return GitError(
        f"git could not {what} {name}:" + "".join(f"\n  {line}" for line in told),
        hint=f"`git ls-remote {shlex.quote(name)}` tries it; without a network, "
        "`git voicenote sync bundle FILE` writes a file to carry",
    )


def without_password(url: str) -> str:
    """Return a URL for display, without the user name and password in it."""
    return re.sub(r"^([a-z][a-z0-9+.-]*://)[^/]*@", r"\1", url)


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
            f"there are {len(known)} remotes and none of them is the default",
            hint=f"name one: {', '.join(known)}",
        )
    raise GitError(
        "this repository has no remote",
        hint="`git remote add origin URL`; without a network, `git voicenote sync bundle FILE` "
        "writes a file to carry",
    )
