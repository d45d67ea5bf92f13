"""Names of export formats in paths: the suffixes of their files, without the dot."""

from __future__ import annotations

from git_voicenote.server.responses.refusals import RefusalError
from git_voicenote.text.export.formats import FORMATS, ExportFormat

_BY_SUFFIX = {form.suffix.removeprefix("."): form for form in FORMATS.values()}


def format_of(name: str) -> ExportFormat:
    """Return the format with a suffix or a name: txt, srt, json. Raises RefusalError."""
    form = _BY_SUFFIX.get(name) or FORMATS.get(name)
    if form is None:
        raise RefusalError(
            404, f"the formats are {', '.join(_BY_SUFFIX)}", param="format", code="no_format"
        )
    return form
