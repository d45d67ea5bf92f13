"""Segments as a table for spreadsheets and scripts: TSV and CSV.

Both have the columns `start`, `end` and `text`, with times in whole milliseconds, as in the .tsv of
whisper and the .csv of whisper.cpp. Rows end in a line feed.
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
    # the words contain no tab: they are on one line, with single spaces
    rows = (f"{said.start}\t{said.end}\t{said.words}\n" for said in spoken(segments))
    return "\t".join(_COLUMNS) + "\n" + "".join(rows)


def comma_separated(segments: Iterable[Segment]) -> str:
    """Return a row for each segment, quoted as in RFC 4180, only if needed."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows((said.start, said.end, said.words) for said in spoken(segments))
    return table.getvalue()
