"""The pages of a commit to step through: the whole commit, then each hunk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.characters import revealed, visible
from git_voicenote.errors import MissingObjectsError, NegativeAnswer
from git_voicenote.phrases import counted
from git_voicenote.series.review.committed import series_of_commits
from git_voicenote.text.diff.diffs import diffstat, parse_diff
from git_voicenote.text.diff.places import place_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.datatypes import Place
    from git_voicenote.git.repository import Repository
    from git_voicenote.mail.incoming.received import ReceivedPatch
    from git_voicenote.object_ids import ObjectId
    from git_voicenote.text.diff.diffs import FileDiff, Hunk

_NAMES = ("diff --git ", "index ", "--- ", "+++ ")


@dataclass(frozen=True, slots=True)
class Page:
    """One screen of a walk, safe for a terminal.

    `label` is its position in the walk; `head` stays above the `lines`, which scroll.
    """

    place: Place | None
    label: str
    head: tuple[str, ...]
    lines: tuple[str, ...]


def patch_of(repository: Repository, commit_id: ObjectId) -> ReceivedPatch | None:
    """Return a commit as a patch, or None for a merge."""
    try:
        return series_of_commits(repository, commit_id).patches[0]
    except NegativeAnswer:
        return None


def files_of(repository: Repository, commit_id: ObjectId) -> tuple[FileDiff, ...]:
    """Return the diff of a commit, as far as its objects exist; empty for a merge."""
    try:
        patch = patch_of(repository, commit_id)
    except MissingObjectsError:
        return ()
    # a diff without a file is a commit without changes
    return parse_diff(patch.diff) if patch and patch.diff.strip() else ()


def pages_of(patch: ReceivedPatch) -> tuple[Page, ...]:
    """Return the pages of a patch; none if it changes nothing."""
    files = parse_diff(patch.diff) if patch.diff.strip() else ()
    stops: list[tuple[FileDiff, Hunk | None]] = []
    for file in files:
        stops += [(file, hunk) for hunk in file.hunks] or [(file, None)]
    if not stops:
        return ()
    pages = [_whole(patch, files, len(stops))]
    for number, (file, hunk) in enumerate(stops, 1):
        pages.append(_page(file, hunk, f"{number} of {len(stops)}"))
    return tuple(pages)


def _whole(patch: ReceivedPatch, files: Sequence[FileDiff], count: int) -> Page:
    lines = visible(patch.message).rstrip("\n").split("\n") if patch.message else []
    lines += [""] * bool(lines) + [revealed(line) for line in diffstat(files).splitlines()]
    label = f"the patch as a whole · {counted(count, 'hunk')} follow{'s' * (count == 1)}"
    return Page(None, label, (" ".join(visible(patch.subject).split()), ""), tuple(lines))


def _page(file: FileDiff, hunk: Hunk | None, count: str) -> Page:
    head = [revealed(file.path)]
    head += [revealed(line) for line in file.headers if not line.startswith(_NAMES)]
    if hunk is None:
        rest = tuple(revealed(line) for line in file.rest)
        return Page(place_of(file), f"file {count} · {head[0]}", (*head, ""), rest)
    heading = revealed(hunk.heading)
    lines = tuple(revealed(line) for line in hunk.lines)
    line = f":{hunk.start}" if hunk.start else ""  # of a file that is gone
    label = f"hunk {count} · {head[0]}{line}"
    return Page(place_of(file, hunk), label, (*head, heading), lines)
