"""A series that is here as commits, as if it had come by mail."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from git_voicenote.config import NOTES_REF
from git_voicenote.errors import GitError, MissingObjectsError, NegativeAnswer
from git_voicenote.git.commits import base_of_series, end_of_range
from git_voicenote.git.process import read_git
from git_voicenote.mail.incoming.reading import MAX_PATCH_OCTETS, MAX_SERIES_OCTETS
from git_voicenote.mail.incoming.received import ReceivedCover, ReceivedPatch, ReceivedSeries
from git_voicenote.notes.covers import Covers
from git_voicenote.notes.format import words_of
from git_voicenote.notes.store import Notes
from git_voicenote.object_ids import ObjectId
from git_voicenote.text.prose import cover_letter

if TYPE_CHECKING:
    from git_voicenote.git.repository import Repository

# what people set for their own eyes must not change what we read
_PLAIN = (
    "--no-color", "--no-ext-diff", "--no-textconv", "--no-notes", "--no-show-signature",
    "--src-prefix=a/", "--dst-prefix=b/", "--find-renames", "--submodule=short",
    "--no-merges", "--encoding=UTF-8",
)  # fmt: skip
_ONE = "--no-walk"
"""How `git log` reads one commit: with -1 it goes on from a merge to what was merged."""


def series_of_commits(
    repository: Repository,
    revisions: str | None,
    notes_ref: str = NOTES_REF,
) -> ReceivedSeries:
    """Return commits with their notes and the cover of their series, the oldest first.

    `revisions` is a range; the name of a branch stands for all since it left its upstream, any
    other commit for itself, None for the branch HEAD is on. Raises UnknownRevisionError, or
    NegativeAnswer where the range is empty.
    """
    walk, tip, branch = _walk(repository, revisions)
    entries, remarks = _read(repository, walk, revisions or "HEAD")
    if not entries and walk[0] == _ONE:
        named = revisions or "HEAD"
        raise NegativeAnswer(
            f"{named} is a merge, which has no diff of its own",
            hint=f"`git voicenote review {named}^1..{named}` reads what it merged",
        )
    if not entries:
        raise NegativeAnswer(
            f"there are no commits in {revisions or walk[0]}",
            hint="`git voicenote review main..topic` names a range",
        )
    notes = Notes(repository, notes_ref).texts(commit_id for commit_id, *_ in entries)
    patches = []
    for number, (commit_id, short, author, email, date, message, diff) in enumerate(entries, 1):
        title, _, body = message.strip("\n").partition("\n\n")
        body = body.strip("\n")
        patch = ReceivedPatch(
            number=number, total=len(entries), version=1, subject=title.replace("\n", " "),
            author=author, email=email, date=date, message=body + "\n" if body else "",
            note=notes.get(commit_id), diff=diff, message_id=None, in_reply_to=None,
            source=short, note_name="voicenote", commit_id=commit_id, short_id=short,
        )  # fmt: skip
        patches.append(patch)
    return ReceivedSeries(_cover(repository, tip, branch, patches), tuple(patches), remarks)


def _walk(repository: Repository, revisions: str | None) -> tuple[tuple[str, ...], str, str | None]:
    """Return what to walk, the tip, and the branch that is meant."""
    if revisions and ".." in revisions:
        tip = end_of_range(revisions)
        name = repository.current_branch() if tip in ("HEAD", "@") else tip
        return (revisions,), tip, name
    branch = revisions or repository.current_branch()
    is_branch = branch is not None and repository.has_branch(branch)
    if revisions and not is_branch:
        commit = repository.commit(revisions)
        return (_ONE, commit.id), commit.id, None
    tip = f"refs/heads/{branch}" if is_branch else repository.commit("HEAD").id
    base = base_of_series(repository, tip)
    return ((f"{base}..{tip}",) if base else (_ONE, tip)), tip, branch


def _read(
    repository: Repository, walk: tuple[str, ...], named: str
) -> tuple[list[tuple[ObjectId, str, str, str, str, str, str]], tuple[str, ...]]:
    """Return id, abbreviated id, author, email, date, message and diff of each commit, and remarks.

    Of a very long diff the beginning is read.
    """
    ids = _ids(repository, walk, named)
    if not ids:
        return [], ()
    mark = secrets.token_hex(16)  # that nobody could have put in a message or a file
    form = f"{mark}%H%x00%h%x00%an%x00%ae%x00%aD%x00%B%x00"
    printed = read_git(
        "-c", "log.showRoot=true", "log", "--reverse", "-p", *_PLAIN, f"--format=tformat:{form}",
        *walk[:-1], "--end-of-options", walk[-1], "--",
        cwd=repository.cwd, limit=MAX_SERIES_OCTETS,
    )  # fmt: skip
    entries, remarks = [], []
    for entry in printed.split(mark.encode())[1:]:
        fields = entry.split(b"\0", 6)
        if len(fields) < 7:
            break
        commit_id, short, author, email, date, message = (
            part.decode("utf-8", "replace") for part in fields[:6]
        )
        start = fields[6][:MAX_PATCH_OCTETS]
        if len(start) < len(fields[6]):
            start = start[: start.rfind(b"\n") + 1]
            remarks.append(f"{short} is too long: the start of its diff is shown")
        diff = start.decode("utf-8", "replace").strip("\n") + "\n"
        entries.append((ObjectId(commit_id), short, author, email, date, message, diff))
    if len(printed) == MAX_SERIES_OCTETS:
        left = len(ids) - len(entries)
        rest = f"; {left} commits after it are left out" if left else ""
        cut = entries[-1][1] if entries else repository.short(ids[0])
        remarks.append(f"the diff of {cut} is cut{rest}")
    return entries, tuple(remarks)


def _ids(repository: Repository, walk: tuple[str, ...], named: str) -> list[ObjectId]:
    """Return the ids of the commits that have a diff. Raises UnknownRevisionError."""
    try:
        listed = repository.read(
            "log", "--reverse", "--no-merges", "--no-show-signature", "--format=tformat:%H",
            *walk[:-1], "--end-of-options", walk[-1], "--",
        )  # fmt: skip
    except MissingObjectsError:
        raise
    except GitError as exc:
        raise repository.unknown_revision(named) from exc
    return [ObjectId(line) for line in listed.split()]


def _cover(
    repository: Repository, tip: str, branch: str | None, patches: list[ReceivedPatch]
) -> ReceivedCover | None:
    """Return the cover of a series; a single commit is not one."""
    if branch is None and len(patches) < 2:
        return None
    covers = Covers(repository)
    try:
        key = covers.key_for_tip(repository.commit(tip).id, branch)
    except GitError:
        return None
    if key is None:
        return None
    letter = cover_letter(words_of(covers.read(key)))
    newest = patches[-1]
    return ReceivedCover(
        subject=letter.subject, text=letter.body.strip("\n") + "\n" if letter.body else "",
        summary="", author=newest.author, email=newest.email, date=newest.date,
        total=len(patches), version=1, message_id=None, in_reply_to=None,
        source=f"the cover of {key}",
    )  # fmt: skip
