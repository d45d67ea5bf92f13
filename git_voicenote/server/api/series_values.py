"""A series as values for JSON: patches, their diffs line by line, and what was said beside them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from git_voicenote.characters import revealed, visible
from git_voicenote.notes.format import words_of
from git_voicenote.targets import short_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from git_voicenote.series.review.series import (
        Review,
        ReviewedCover,
        ReviewedPatch,
        ReviewedReply,
        Spoken,
    )
    from git_voicenote.text.diff.anchors import PlacedWords
    from git_voicenote.text.diff.diffs import FileDiff, Hunk

_OLD_START = re.compile(r"@@ -(\d{1,9})")
_KINDS = {"+": "added", "-": "removed", " ": "context"}


def series_value(review: Review) -> dict[str, object]:
    """Return a series: `title`, `cover` or null, `patches` and `remarks`."""
    return {
        "title": visible(review.title),
        "cover": _cover(review.cover) if review.cover else None,
        "patches": [_patch(patch) for patch in review.patches],
        "remarks": [visible(remark) for remark in review.remarks],
    }


def _cover(reviewed: ReviewedCover) -> dict[str, object]:
    return {
        "subject": visible(reviewed.cover.subject),
        "text": visible("\n\n".join(filter(None, (reviewed.cover.subject, reviewed.cover.text)))),
        "recordings": _recordings(reviewed.spoken),
        "answers": [_answer(one) for one in reviewed.replies],
    }


def _patch(reviewed: ReviewedPatch) -> dict[str, object]:
    patch = reviewed.patch
    said: dict[tuple[int, int | None], list[dict[str, object]]] = {}
    authors: list[tuple[str | None, PlacedWords]] = [(None, one) for one in reviewed.said]
    for by, placed in (*authors, *reviewed.answered):
        key = placed.spot.file, placed.spot.hunk
        said.setdefault(key, []).append(_said(placed, by))
    commit_id = patch.commit_id or ""
    return {
        "number": patch.number,
        "commit": commit_id,
        "short": short_id(commit_id),
        "subject": visible(patch.subject),
        "message": visible(patch.message),
        "author": visible(patch.author),
        "date": patch.date,
        "note": {
            "text": visible(words_of(reviewed.notes)),
            "recordings": _recordings(reviewed.spoken),
        }
        if reviewed.notes
        else None,
        "diff": [_file(file, number, said) for number, file in enumerate(reviewed.files)],
        "answers": [_answer(one) for one in reviewed.replies],
    }


def _file(
    file: FileDiff, number: int, said: dict[tuple[int, int | None], list[dict[str, object]]]
) -> dict[str, object]:
    return {
        "path": revealed(file.path),
        "old_path": None if file.old_path is None else revealed(file.old_path),
        "added": file.added,
        "removed": file.removed,
        "is_binary": file.is_binary,
        "notes": said.get((number, None), []),
        "hunks": [
            {
                "header": revealed(hunk.heading),
                "lines": _lines(hunk),
                "notes": said.get((number, at), []),
            }
            for at, hunk in enumerate(file.hunks)
        ],
    }


def _lines(hunk: Hunk) -> list[dict[str, object]]:
    """Return the lines of a hunk with their numbers before and after."""
    found = _OLD_START.match(hunk.heading)
    old, new = int(found[1]) if found else 0, hunk.start
    lines: list[dict[str, object]] = []
    for line in hunk.lines:
        kind = _KINDS.get(line[:1], "other")  # `\ No newline at end of file`
        lines.append(
            {
                "kind": kind,
                "text": revealed(line if kind == "other" else line[1:]),
                "old": old if kind in ("removed", "context") else None,
                "new": new if kind in ("added", "context") else None,
            }
        )
        old += kind in ("removed", "context")
        new += kind in ("added", "context")
    return lines


def _said(words: PlacedWords, by: str | None) -> dict[str, object]:
    place = words.place
    return {
        "text": visible(words.words),
        "by": by and visible(by),
        "lines": None if place.first is None else [place.first, place.last],
    }


def _answer(reviewed: ReviewedReply) -> dict[str, object]:
    reply = reviewed.reply
    return {
        "reviewer": visible(reply.author),
        "email": visible(reply.email),
        "text": visible(reply.note.text),
        "recordings": _recordings(reviewed.spoken),
    }


def _recordings(spoken: Iterable[Spoken]) -> list[dict[str, object]]:
    return [{"id": one.id, "has_audio": one.path is not None} for one in spoken]
