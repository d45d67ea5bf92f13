"""A series of commits, in the same form as one received by mail."""

from __future__ import annotations

import secrets
import shlex
from typing import TYPE_CHECKING

from git_voicenote.config import NOTES_REF
from git_voicenote.errors import GitConfigError, GitError, MissingObjectsError, NegativeAnswer
from git_voicenote.git.running.process import read_git
from git_voicenote.git.series import select_commits
from git_voicenote.mail.incoming.reading import MAX_PATCH_OCTETS, MAX_SERIES_OCTETS
from git_voicenote.mail.incoming.received import ReceivedCover, ReceivedPatch, ReceivedSeries
from git_voicenote.notes.covers import Covers, series_name
from git_voicenote.notes.format import words_of
from git_voicenote.notes.store import Notes
from git_voicenote.object_ids import ObjectId
from git_voicenote.text.prose import cover_letter

if TYPE_CHECKING:
    from git_voicenote.git.repository import Repository
    from git_voicenote.git.series import SelectedCommits

# the user's settings for display must not change the output that we parse
_PLAIN = (
    "--no-color", "--no-ext-diff", "--no-textconv", "--no-notes", "--no-show-signature",
    "--src-prefix=a/", "--dst-prefix=b/", "--find-renames", "--submodule=short",
    "--no-merges", "--encoding=UTF-8",
)  # fmt: skip
_NO_WALK = "--no-walk"
"""Makes `git log` read one commit; with -1, it would continue from a merge to its parents."""


def series_of_commits(
    repository: Repository,
    revisions: str | None,
    notes_ref: str = NOTES_REF,
) -> ReceivedSeries:
    """Return commits with their notes and the cover of their series, the oldest first.

    `revisions` is as in `select_commits`. Raises UnknownRevisionError, and NegativeAnswer if the
    range is empty.
    """
    walk, chosen = _walk(repository, revisions)
    entries, remarks = _read(repository, walk, revisions or "HEAD")
    if not entries and walk[0] == _NO_WALK:
        named = revisions or "HEAD"
        name = shlex.quote(named)
        raise NegativeAnswer(
            f"{named} is a merge, which has no diff of its own",
            hint=f"`git voicenote review {name}^1..{name}` shows the merged commits",
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
    return ReceivedSeries(_cover(repository, chosen, patches), tuple(patches), remarks)


def _walk(repository: Repository, revisions: str | None) -> tuple[tuple[str, ...], SelectedCommits]:
    """Return the arguments for `git log`, and the selection; an empty series selects its tip."""
    chosen = select_commits(repository, revisions)
    if chosen.tip is None:
        raise repository.unknown_revision("HEAD")
    if chosen.range is None or (chosen.base is not None and chosen.base.is_tip):
        return (_NO_WALK, chosen.tip.id), chosen
    return (chosen.range,), chosen


def _read(
    repository: Repository, walk: tuple[str, ...], named: str
) -> tuple[list[tuple[ObjectId, str, str, str, str, str, str]], tuple[str, ...]]:
    """Return id, abbreviated id, author, email, date, message and diff of each commit, and remarks.

    A very long diff is cut.
    """
    ids = _ids(repository, walk, named)
    if not ids:
        return [], ()
    mark = secrets.token_hex(16)  # no message or file can contain it
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
    except (MissingObjectsError, GitConfigError):
        raise
    except GitError as exc:
        raise repository.unknown_revision(named) from exc
    return [ObjectId(line) for line in listed.split()]


def _cover(
    repository: Repository, chosen: SelectedCommits, patches: list[ReceivedPatch]
) -> ReceivedCover | None:
    """Return the cover of a series; a single commit is not one."""
    if chosen.tip is None or (chosen.branch is None and len(patches) < 2):
        return None
    covers = Covers(repository)
    key = covers.key_for_tip(chosen.tip.id, chosen.branch)
    if key is None:
        return None
    letter = cover_letter(words_of(covers.read(key)))
    newest = patches[-1]
    return ReceivedCover(
        subject=letter.subject, text=letter.body.strip("\n") + "\n" if letter.body else "",
        summary="", author=newest.author, email=newest.email, date=newest.date,
        total=len(patches), version=1, message_id=None, in_reply_to=None,
        source=f"the cover of {series_name(repository, key)}",
    )  # fmt: skip
