"""The formats that transcripts are exported in: one table, from which everything else follows.

The choices of `--format`, its help, the suffix of a file and what several transcripts in one
stream look like come from here. A new format is a row, and a function if it needs one.
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
    """The transcript of one recording or file, as formats need it.

    `lines` are its words as people read them; `facts` is everything, for JSON. Nothing is said in
    one without lines.
    """

    name: str
    lines: Sequence[str]
    segments: Sequence[Segment]
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One format: its name, the suffix of its files, what it holds (in the plural), and how.

    `media_type` is what HTTP calls it.
    `in_turn` writes one of several transcripts to a stream, where True stands for the first;
    `together` writes all of them. Without these, each transcript needs a file of its own.
    `is_line_by_line`: lines may be printed one by one, as they are understood. `has_failures`: the
    format tells of transcripts without words, and of files that failed, too.
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
