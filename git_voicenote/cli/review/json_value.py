"""A series as JSON, for tools. Texts are unchanged: a tool that shows them has to escape them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from git_voicenote.notes.trailers import note_value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from git_voicenote.mail.incoming.received import ReceivedCover
    from git_voicenote.series.review.series import (
        Review,
        ReviewedCover,
        ReviewedPatch,
        ReviewedRecording,
        ReviewedReply,
    )
    from git_voicenote.text.diff.anchors import PlacedWords


def review_value(review: Review) -> dict[str, object]:
    """Return a series as one object: `title`, `cover` or null, `patches` and `remarks`."""
    return {
        "title": review.title,
        "cover": _cover_value(review.cover) if review.cover else None,
        "patches": [_patch_value(patch) for patch in review.patches],
        "remarks": list(review.remarks),
    }


def _cover_value(reviewed: ReviewedCover) -> dict[str, object]:
    return {
        **_letter_value(reviewed.cover),
        "recordings": _recordings(reviewed.spoken),
        "replies": [_reply_value(one) for one in reviewed.replies],
        "others": [_letter_value(one) for one in reviewed.others],
    }


def _letter_value(cover: ReceivedCover) -> dict[str, object]:
    return {
        "subject": cover.subject,
        "text": cover.text,
        "summary": cover.summary,
        "author": cover.author,
        "email": cover.email,
        "date": cover.date,
        "version": cover.version,
        "message_id": cover.message_id,
        "in_reply_to": cover.in_reply_to,
        "source": cover.source,
    }


def _patch_value(reviewed: ReviewedPatch) -> dict[str, object]:
    patch = reviewed.patch
    return {
        "number": patch.number,
        "total": patch.total,
        "version": patch.version,
        "subject": patch.subject,
        "author": patch.author,
        "email": patch.email,
        "date": patch.date,
        "message": patch.message,
        "commit": patch.commit_id,
        "message_id": patch.message_id,
        "in_reply_to": patch.in_reply_to,
        "source": patch.source,
        "note": patch.note,
        "notes_of": patch.note_name,
        "comment": patch.comment,
        "recordings": _recordings(reviewed.spoken),
        "replies": [_reply_value(one) for one in reviewed.replies],
        "anchors": [_anchor_value(said, reviewed) for said in reviewed.said],
        "files": [
            {
                "path": file.path,
                "old_path": file.old_path,
                "added": file.added,
                "removed": file.removed,
                "binary": file.is_binary,
            }
            for file in reviewed.files
        ],
        "diff": patch.diff,
    }


def _reply_value(reviewed: ReviewedReply) -> dict[str, object]:
    reply = reviewed.reply
    return {
        "author": reply.author,
        "email": reply.email,
        "date": reply.date or None,
        "message_id": reply.message_id,
        **note_value(reply.note),
        "recordings": _recordings(reviewed.spoken),
    }


def _anchor_value(said: PlacedWords, reviewed: ReviewedPatch) -> dict[str, object]:
    """Return a text and its place; `hunk` counts from 0 in the file, and null is the whole file."""
    place = said.place
    return {
        "path": reviewed.files[said.spot.file].path,
        "lines": None if place.first is None else [place.first, place.last],
        "heading": place.heading,
        "hunk": said.spot.hunk,
        "text": said.words,
        "by_name": not said.is_anchored,
    }


def _recordings(spoken: Iterable[ReviewedRecording]) -> list[dict[str, object]]:
    return [
        {
            "id": one.id,
            "path": str(one.path) if one.path else None,
            "segments": [
                {
                    "start": segment.start,
                    "end": segment.end,
                    "text": segment.marked_text,
                    "confidence": segment.confidence,
                    "words": [asdict(word) for word in segment.words],
                }
                for segment in one.segments
            ],
        }
        for one in spoken
    ]
