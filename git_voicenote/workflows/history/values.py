"""Convert recordings of the history to values for JSON and exports."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.text.export.formats import ExportedTranscript

if TYPE_CHECKING:
    from collections.abc import Iterable

    from git_voicenote.store.entries import HistoryEntry

_COLUMNS = ("id", "created_at", "duration", "target", "title", "engine", "language", "text")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet reads a cell that begins like this as a formula."""


def entry_value(entry: HistoryEntry) -> dict[str, object]:
    """Return all values of a recording."""
    transcript = entry.transcript
    return {
        "id": entry.id,
        "created_at": entry.created_at.isoformat(),
        "duration": entry.duration,
        "target": str(entry.target),
        "title": entry.title,
        "state": entry.state,
        "path": entry.path,
        "text": entry.text,
        "is_edited": entry.edited is not None,
        "engine": transcript.engine if transcript else None,
        "language": transcript.language if transcript else None,
        "segments": [asdict(segment) for segment in (transcript.segments if transcript else ())],
        "attempts": [
            {
                "created_at": attempt.created_at.isoformat(),
                "engine": attempt.engine,
                "language": attempt.language,
                "error": attempt.error,
            }
            for attempt in entry.attempts
        ],
        "notes": [
            {"created_at": n.created_at.isoformat(), "target": str(n.target), "text": n.text}
            for n in entry.notes
        ],
    }


def exported(entry: HistoryEntry) -> ExportedTranscript:
    """Return a recording for export: its edited text, and the segments of the engine."""
    segments = entry.transcript.segments if entry.transcript else ()
    lines = visible(entry.text).splitlines() if entry.text else [""]
    return ExportedTranscript(entry.id, lines, segments, entry_value(entry))


def entries_table(entries: Iterable[HistoryEntry]) -> str:
    """Return a row for each recording, as CSV; no cell is a formula."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for entry in entries:
        value = entry_value(entry)
        writer.writerow([_cell(value[name]) for name in _COLUMNS])
    return table.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else visible(str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text
