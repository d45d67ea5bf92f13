"""A series as JSON values: patches, their diffs line by line, and the notes beside them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from git_voicenote.characters import revealed, visible
from git_voicenote.notes.format import words_of
from git_voicenote.text.diff.places import lines_of
from git_voicenote.text.diff.syntax import Syntax, revealed_pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from git_voicenote.series.review.series import (
        Review,
        ReviewedCover,
        ReviewedPatch,
        ReviewedRecording,
        ReviewedReply,
    )
    from git_voicenote.text.diff.anchors import PlacedWords
    from git_voicenote.text.diff.diffs import FileDiff, Hunk
    from git_voicenote.text.diff.syntax import Pieces

_OLD_START = re.compile(r"@@ -(\d{1,9})")
_KINDS = {"+": "added", "-": "removed", " ": "context"}


def series_value(review: Review) -> dict[str, object]:
    """Return a series: `title`, `cover` or null, `patches` and `remarks`."""
    syntax = Syntax()
    return {
        "title": visible(review.title),
        "cover": _cover(review.cover) if review.cover else None,
        "patches": [_patch(patch, syntax) for patch in review.patches],
        "remarks": [visible(remark) for remark in review.remarks],
    }


def _cover(reviewed: ReviewedCover) -> dict[str, object]:
    return {
        "subject": visible(reviewed.cover.subject),
        "text": visible("\n\n".join(filter(None, (reviewed.cover.subject, reviewed.cover.text)))),
        "recordings": _recordings(reviewed.spoken),
        "answers": [_answer(one) for one in reviewed.replies],
    }


def _patch(reviewed: ReviewedPatch, syntax: Syntax) -> dict[str, object]:
    patch = reviewed.patch
    said: dict[tuple[int, int | None], list[dict[str, object]]] = {}
    authors: list[tuple[str | None, PlacedWords]] = [(None, one) for one in reviewed.said]
    for by, placed in (*authors, *reviewed.answered):
        key = placed.spot.file, placed.spot.hunk
        said.setdefault(key, []).append(_said(placed, by))
    return {
        "number": patch.number,
        "commit": patch.commit_id or "",
        "short": patch.short_id or "",
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
        "diff": [_file(file, number, said, syntax) for number, file in enumerate(reviewed.files)],
        "answers": [_answer(one) for one in reviewed.replies],
    }


def _file(
    file: FileDiff,
    number: int,
    said: dict[tuple[int, int | None], list[dict[str, object]]],
    syntax: Syntax,
) -> dict[str, object]:
    return {
        "path": revealed(file.path),
        "old_path": None if file.old_path is None else revealed(file.old_path),
        "added": file.added,
        "removed": file.removed,
        "is_binary": file.is_binary,
        "at": file.path,
        "notes": said.get((number, None), []),
        "hunks": [
            {
                "header": revealed(hunk.heading),
                "at": _place(file, hunk),
                "lines": _lines(hunk, pieces),
                "notes": said.get((number, at), []),
            }
            for at, (hunk, pieces) in enumerate(zip(file.hunks, syntax.hunks(file), strict=True))
        ],
    }


def _place(file: FileDiff, hunk: Hunk) -> str:
    """Return the place of a hunk in the form that an answer names it by."""
    if not hunk.start:
        return file.path
    first, last = lines_of(hunk)
    return f"{file.path}:{first}-{last}"


def _lines(hunk: Hunk, pieces: Sequence[Pieces]) -> list[dict[str, object]]:
    """Return the lines of a hunk with their numbers before and after, and their syntax."""
    found = _OLD_START.match(hunk.heading)
    old, new = int(found[1]) if found else 0, hunk.start
    lines: list[dict[str, object]] = []
    for line, parts in zip(hunk.lines, pieces, strict=True):
        kind = _KINDS.get(line[:1], "other")  # `\ No newline at end of file`
        lines.append(
            {
                "kind": kind,
                "text": revealed(line if kind == "other" else line[1:]),
                "pieces": None if kind == "other" else _syntax(line, parts),
                "old": old if kind in ("removed", "context") else None,
                "new": new if kind in ("added", "context") else None,
            }
        )
        old += kind in ("removed", "context")
        new += kind in ("added", "context")
    return lines


def _syntax(line: str, pieces: Pieces) -> list[list[str]] | None:
    """Return the class and the text of each token after the sign of a line, or None."""
    (name, first), *rest = revealed_pieces(line, pieces)
    if not (name or rest):
        return None
    return [list(piece) for piece in ((name, first[1:]), *rest) if piece[1]]


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


def _recordings(spoken: Iterable[ReviewedRecording]) -> list[dict[str, object]]:
    return [{"id": one.id, "has_audio": one.path is not None} for one in spoken]
