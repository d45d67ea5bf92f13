"""A series as a single self-contained page for a browser."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from git_voicenote.characters import revealed, visible
from git_voicenote.clock import clock, length
from git_voicenote.errors import StoreError
from git_voicenote.recording_formats import BY_SUFFIX
from git_voicenote.resources import resource
from git_voicenote.series.review.page_anchors import NotePart, answered_beside, said_beside
from git_voicenote.text.diff.diffs import change_summary
from git_voicenote.text.diff.syntax import Syntax, revealed_pieces
from git_voicenote.text.prose import unwrap
from git_voicenote.text.templates import fill_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from git_voicenote.datatypes import Note
    from git_voicenote.mail.incoming.received import ReceivedCover
    from git_voicenote.series.review.page_anchors import MarginNote
    from git_voicenote.series.review.series import (
        Review,
        ReviewedCover,
        ReviewedPatch,
        ReviewedRecording,
        ReviewedReply,
    )
    from git_voicenote.text.diff.diffs import FileDiff
    from git_voicenote.text.diff.syntax import Pieces

_LONG_FILE = 600
"""A diff with more lines is folded."""
_OPEN_LINES = 40_000
"""The lines of diffs shown when the page opens; the rest is folded."""
_KINDS = {"+": "ins", "-": "del", " ": "span", "": "span"}


@dataclass(frozen=True, slots=True)
class _Part:
    """Lines of a file, and the notes about them."""

    said: tuple[MarginNote, ...]
    runs: tuple[tuple[str, Pieces], ...]
    """Consecutive lines of one kind: their element and its content."""


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    added: int
    removed: int
    is_open: bool
    parts: tuple[_Part, ...]

    @property
    def has_words(self) -> bool:
        """Whether there is a note about it."""
        return any(part.said for part in self.parts)


def review_page(review: Review, *, audio: bool) -> str:
    """Return a page (HTML) with the outline of the series, its patches and their notes.

    With `audio`, it contains the recordings that are on this machine. Its Content-Security-Policy
    forbids it to fetch anything, and allows only our own scripts and styles. Raises StoreError if a
    recording cannot be read.
    """
    style, script = _asset("review.css"), _asset("review.js")
    folder, syntax = _Folder(), Syntax()
    return fill_in(
        "review.html.j2",
        title=_line(review.title) or "review",
        policy="; ".join(
            (
                "default-src 'none'", f"style-src {_hash(style)}", f"script-src {_hash(script)}",
                "media-src data:", "base-uri 'none'", "form-action 'none'",
            )
        ),
        style=style,
        script=script,
        cover=_cover(review.cover, audio=audio) if review.cover else None,
        patches=[
            _patch(patch, number, folder, syntax, audio=audio)
            for number, patch in enumerate(review.patches, 1)
        ],
        remarks=[_line(remark) for remark in review.remarks],
    )  # fmt: skip


class _Folder:
    """Decides which files are folded: browsers are slow with pages of a hundred thousand lines."""

    def __init__(self) -> None:
        self._left = _OPEN_LINES

    def is_open(self, lines: int) -> bool:
        if lines > _LONG_FILE or lines > self._left:
            return False
        self._left -= lines
        return True


def _cover(reviewed: ReviewedCover, *, audio: bool) -> dict[str, object]:
    return {
        **_letter(reviewed.cover),
        "others": [_letter(other) for other in reviewed.others],
        "spoken": _spoken(reviewed.spoken, audio=audio),
        "replies": [
            _reply(one, [NotePart("", visible(one.reply.note.text), None, "")], audio=audio)
            for one in reviewed.replies
        ],
    }


def _letter(cover: ReceivedCover) -> dict[str, object]:
    return {
        "version": cover.version,
        "total": cover.total,
        "subject": _line(cover.subject),
        "author": _line(cover.author),
        "date": _line(cover.date),
        "text": unwrap(visible(cover.text).strip("\n")),
        "summary": visible(cover.summary),
    }


def _patch(
    reviewed: ReviewedPatch, number: int, folder: _Folder, syntax: Syntax, *, audio: bool
) -> dict[str, object]:
    patch = reviewed.patch
    texts, beside = said_beside(reviewed, number)
    answers, answered = answered_beside(reviewed, number)
    sounds = [*reviewed.spoken, *(sound for one in reviewed.replies for sound in one.spoken)]
    durations = [note.duration for note in reviewed.notes if note.duration is not None]
    return {
        "number": patch.number,
        "total": patch.total,
        "subject": _line(patch.subject),
        "author": _line(patch.author),
        "date": _line(patch.date),
        "commit": patch.short_id,
        "message": visible(patch.message).strip("\n"),
        "comment": visible(patch.comment),
        "notes": [
            {"parts": parts, "length": _length(note)}
            for parts, note in zip(texts, reviewed.notes, strict=True)
        ],
        "length": length(sum(durations)) if durations else "",
        "spoken": _spoken(reviewed.spoken, audio=audio),
        "playable": {one.id for one in sounds if one.path} if audio else set(),
        "replies": [
            _reply(one, parts, audio=audio)
            for one, parts in zip(reviewed.replies, answers, strict=True)
        ],
        "changes": change_summary(reviewed.files) if reviewed.files else "no changes",
        "files": [
            _file(
                file,
                {
                    spot.hunk: (*beside.get(spot, ()), *answered.get(spot, ()))
                    for spot in beside.keys() | answered.keys()
                    if spot.file == at
                },
                folder,
                syntax,
            )
            for at, file in enumerate(reviewed.files)
        ],
    }


def _length(note: Note) -> str:
    return "" if note.duration is None else length(note.duration)


def _reply(reviewed: ReviewedReply, parts: Sequence[NotePart], *, audio: bool) -> dict[str, object]:
    reply = reviewed.reply
    return {
        "author": _line(reply.author),
        "date": _line(reply.date),
        "parts": parts,
        "length": _length(reply.note),
        "spoken": _spoken(reviewed.spoken, audio=audio),
    }


def _file(
    file: FileDiff,
    said: Mapping[int | None, tuple[MarginNote, ...]],
    folder: _Folder,
    syntax: Syntax,
) -> _File:
    count = sum(len(hunk.lines) + 1 for hunk in file.hunks) + len(file.rest)
    parts = tuple(
        _Part(words, _runs(lines)) for words, lines in _parts(_stretches(file, syntax), said)
    )
    return _File(revealed(file.path), file.added, file.removed, folder.is_open(count), parts)


def _parts(
    stretches: Iterable[tuple[int | None, list[tuple[str, Pieces]]]],
    said: Mapping[int | None, tuple[MarginNote, ...]],
) -> list[tuple[tuple[MarginNote, ...], list[tuple[str, Pieces]]]]:
    """Split the lines of a file before lines with a note."""
    parts: list[tuple[tuple[MarginNote, ...], list[tuple[str, Pieces]]]] = [
        (said.get(None, ()), [])
    ]
    for hunk, lines in stretches:
        if hunk is not None and hunk in said:
            parts.append((said[hunk], []))
        parts[-1][1].extend(lines)
    return parts


def _runs(lines: Iterable[tuple[str, Pieces]]) -> tuple[tuple[str, Pieces], ...]:
    return tuple(
        (kind, _joined(pieces for _, pieces in run))
        for kind, run in groupby(lines, key=lambda pair: pair[0])
    )


def _stretches(
    file: FileDiff, syntax: Syntax
) -> Iterator[tuple[int | None, list[tuple[str, Pieces]]]]:
    """Yield the hunks of a diff with their numbers, and the lines above and below them with None.

    A line is the name of its HTML element, and its pieces.
    """
    names = ("diff --git ", "index ", "--- ", "+++ ")
    headers = [header for header in file.headers if not header.startswith(names)]
    yield None, [("i", (("", revealed(header)),)) for header in headers]
    for number, (hunk, lines) in enumerate(zip(file.hunks, syntax.hunks(file), strict=True)):
        heading: tuple[str, Pieces] = ("b", (("", revealed(hunk.heading)),))
        yield (
            number,
            [heading]
            + [
                (_KINDS.get(line[:1], "i"), revealed_pieces(line, pieces))
                for line, pieces in zip(hunk.lines, lines, strict=True)
            ],
        )
    yield None, [("i", (("", revealed(line)),)) for line in file.rest]


def _joined(lines: Iterable[Pieces]) -> Pieces:
    """Join the pieces of lines; neighbours of the same class become one."""
    ended = (piece for pieces in lines for piece in (*pieces[:-1], _ended(pieces[-1])))
    return tuple(
        (name, "".join(text for _, text in same))
        for name, same in groupby(ended, key=lambda piece: piece[0])
    )


def _ended(piece: tuple[str, str]) -> tuple[str, str]:
    return piece[0], piece[1] + "\n"


def _spoken(spoken: Iterable[ReviewedRecording], *, audio: bool) -> list[dict[str, object]]:
    return [
        {
            "id": one.id,
            "source": _data_address(one) if audio and one.path else None,
            "segments": [
                {
                    "start": f"{segment.start:.2f}",
                    "end": f"{segment.end:.2f}",
                    "clock": clock(segment.start),
                    "text": _line(segment.marked_text),
                }
                for segment in one.segments
                if segment.marked_text
            ],
        }
        for one in spoken
    ]


def _data_address(one: ReviewedRecording) -> str:
    assert one.path is not None  # noqa: S101 - for mypy: the caller passes only recordings with a path
    try:
        content = one.path.read_bytes()
    except OSError as exc:
        raise StoreError(f"{one.path} cannot be read: {exc.strerror or exc}") from exc
    kind = BY_SUFFIX[one.path.suffix].media_type
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _asset(name: str) -> str:
    return resource("templates", name).read_text("utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _line(text: str) -> str:
    return " ".join(visible(text).split())
