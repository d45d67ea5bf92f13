"""The formats for the export of transcripts: one table.

It determines the choices of `--format`, its help, the suffix of files, and how several transcripts
are written to one stream. A new format is a row, and a function if it needs one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from git_voicenote.characters import json_text
from git_voicenote.text.export.rows import comma_separated, tab_separated
from git_voicenote.text.export.subtitles import subrip, webvtt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from git_voicenote.datatypes import Segment


@dataclass(frozen=True, slots=True)
class ExportedTranscript:
    """The transcript of one recording or file.

    `lines` is its text for people, empty if there is no speech; `facts` are all values, for JSON.
    """

    name: str
    lines: Sequence[str]
    segments: Sequence[Segment]
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One format: its name, the suffix of its files, its content (in the plural), and its renderer.

    `media_type` is its type in HTTP. `in_turn` writes one of several transcripts to a stream, with
    True for the first; `together` writes all of them. Without these, each transcript needs its own
    file. With `is_line_by_line`, each line may be printed as soon as it is transcribed. With
    `has_failures`, the output includes files without words and files that failed.
    """

    name: str
    suffix: str
    holds: str
    render: Callable[[ExportedTranscript], str]
    in_turn: Callable[[ExportedTranscript, bool], str] | None = None
    together: Callable[[Sequence[ExportedTranscript]], str] | None = None
    is_line_by_line: bool = False
    has_failures: bool = False
    media_type: str = "text/plain"


def _text(exported: ExportedTranscript) -> str:
    return "".join(f"{line}\n" for line in exported.lines)


def _text_in_turn(exported: ExportedTranscript, is_first: bool) -> str:
    return f"{'' if is_first else chr(10)}==> {exported.name} <==\n{_text(exported)}"


def _text_together(all_exported: Sequence[ExportedTranscript]) -> str:
    return "\n".join(map(_text, all_exported))


def _json(exported: ExportedTranscript) -> str:
    return json_text(exported.facts) + "\n"


def _json_in_turn(exported: ExportedTranscript, is_first: bool) -> str:  # noqa: ARG001
    return json_text(exported.facts, indent=None) + "\n"


def _json_together(all_exported: Sequence[ExportedTranscript]) -> str:
    return json_text([exported.facts for exported in all_exported]) + "\n"


def _timed(render: Callable[[Sequence[Segment]], str]) -> Callable[[ExportedTranscript], str]:
    return lambda exported: render(exported.segments)


TEXT = ExportFormat(
    "text", ".txt", "words", _text, _text_in_turn, _text_together, is_line_by_line=True
)
JSON = ExportFormat(
    "json",
    ".json",
    "everything",
    _json,
    _json_in_turn,
    _json_together,
    has_failures=True,
    media_type="application/json",
)
CSV = ExportFormat("csv", ".csv", "rows", _timed(comma_separated), media_type="text/csv")
_ROWS = (
    TEXT,
    JSON,
    ExportFormat("srt", ".srt", "subtitles", _timed(subrip), media_type="application/x-subrip"),
    ExportFormat("vtt", ".vtt", "subtitles", _timed(webvtt), media_type="text/vtt"),
    ExportFormat(
        "tsv", ".tsv", "rows", _timed(tab_separated), media_type="text/tab-separated-values"
    ),
    CSV,
)
FORMATS = {one.name: one for one in _ROWS}
"""The formats by name, in the order in which help lists them."""


def help_text() -> str:
    """Return the contents of the formats, for the help of an option: `srt, vtt: subtitles`."""
    return "; ".join(
        f"{', '.join(one.name for one in some)}: {holds}"
        for holds, some in groupby(FORMATS.values(), key=lambda one: one.holds)
    )
