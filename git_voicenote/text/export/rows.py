"""Segments as a table for spreadsheets and scripts: TSV and CSV.

Both have the columns `start`, `end` and `text`, with times in whole milliseconds: those that
whisper writes as .tsv and whisper.cpp as .csv. Rows end in a line feed.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from git_voicenote.text.export.spoken import spoken

if TYPE_CHECKING:
    from collections.abc import Iterable

    from git_voicenote.datatypes import Segment

_COLUMNS = ("start", "end", "text")


def tab_separated(segments: Iterable[Segment]) -> str:
    """Return a row for each segment, as text/tab-separated-values: no quotes, no tab in a field."""
    # the words hold no tab: they stand on one line, with single spaces
    rows = (f"{said.start}\t{said.end}\t{said.words}\n" for said in spoken(segments))
    return "\t".join(_COLUMNS) + "\n" + "".join(rows)


def comma_separated(segments: Iterable[Segment]) -> str:
    """Return a row for each segment, quoted as RFC 4180 has it: only where a comma or quote is."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows((said.start, said.end, said.words) for said in spoken(segments))
    return table.getvalue()
