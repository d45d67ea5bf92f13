"""Print the result of one file, list those of several, or write them to a folder."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from git_voicenote.text.export.formats import ExportedTranscript
from git_voicenote.text.passes.spoken_prose import spoken_lines, spoken_prose

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from git_voicenote.datatypes import Segment
    from git_voicenote.store.results import ResultFolder
    from git_voicenote.text.export.formats import ExportFormat
    from git_voicenote.workflows.hearing.batch import FileResult


class Results(Protocol):
    """Turns segments and results into text for stdout, in the order of the files."""

    @property
    def are_kept(self) -> bool:
        """Whether the results are stored for the next run."""
        ...

    @property
    def there(self) -> Mapping[int, str]:
        """What to print for files with an existing result, by number."""
        ...

    @property
    def silent(self) -> int:
        """The number of those without speech."""
        ...

    @property
    def incomplete(self) -> int:
        """The number of those that could be read only in part."""
        ...

    def segment(self, segment: Segment) -> str:
        """Return the output for a segment as soon as it is transcribed."""
        ...

    def finished(self, number: int, finished: FileResult) -> str:
        """Return the output for a finished file; "" for a failure."""
        ...


@dataclass(frozen=True, slots=True)
class Rendering:
    """The format of a transcript, and its origin.

    `vocabulary` is whether the engine knew the terms of a repository, `itn` whether numbers are
    written in digits.
    """

    form: ExportFormat
    engine: str
    model: str | None
    language: str
    vocabulary: bool = False
    itn: bool = True

    @property
    def suffix(self) -> str:
        """The suffix of files in this format."""
        return self.form.suffix

    def text(self, name: str, finished: FileResult) -> str:
        """Return the transcript of a file."""
        return self.form.render(self.exported(name, finished))

    def exported(self, name: str, finished: FileResult) -> ExportedTranscript:
        """Return a file's transcript for export: a line for each segment."""
        facts = self._facts(name, finished)
        return ExportedTranscript(name, spoken_lines(finished.segments), finished.segments, facts)

    def _facts(self, name: str, finished: FileResult) -> dict[str, object]:
        # on Linux, a name may be any bytes, but JSON is UTF-8
        name = os.fsencode(name).decode("utf-8", "replace")
        facts: dict[str, object] = {"file": name, "engine": self.engine, "language": self.language}
        if finished.error is not None:
            facts["error"] = finished.error.message
        if finished.has_failed:
            return facts
        return {
            **facts,
            "duration": round(finished.duration, 3),
            "text": spoken_prose(finished.segments),
            "segments": [asdict(segment) for segment in finished.segments],
        }


class PrintedResult:
    """One file, on stdout: its lines as they are transcribed, or the whole in another format."""

    are_kept = False

    def __init__(self, name: str, rendering: Rendering) -> None:
        self.there: Mapping[int, str] = {}
        self.silent = self.incomplete = 0
        self._name = name
        self._rendering = rendering

    def segment(self, segment: Segment) -> str:
        """Return a line, if the format is printed line by line."""
        if not self._rendering.form.is_line_by_line:
            return ""
        heard = ExportedTranscript(self._name, spoken_lines([segment]), [segment], {})
        return self._rendering.form.render(heard)

    def finished(self, number: int, finished: FileResult) -> str:
        """Return the whole file, unless its lines were printed; "" for a failure."""
        if finished.has_failed or self._rendering.form.is_line_by_line:
            return ""
        return self._rendering.text(self._name, finished)


class ListedResults:
    """Several files, on stdout: text below the file's name, or one line of JSON for each."""

    are_kept = False

    def __init__(self, sources: Sequence[str], rendering: Rendering) -> None:
        self.there: Mapping[int, str] = {}
        self.silent = self.incomplete = 0
        self._sources = sources
        self._rendering = rendering

    def segment(self, segment: Segment) -> str:
        """Wait for the rest of the file."""
        return ""

    def finished(self, number: int, finished: FileResult) -> str:
        """Return all of a file."""
        form = self._rendering.form
        if form.in_turn is None or (finished.has_failed and not form.has_failures):
            return ""
        return form.in_turn(self._rendering.exported(self._sources[number], finished), not number)


class WrittenResults:
    """One file in a folder for each sound file; their names are on stdout."""

    are_kept = True

    def __init__(
        self, folder: ResultFolder, sources: Sequence[str], rendering: Rendering, *, again: bool
    ) -> None:
        self._folder = folder
        self._sources = sources
        self._rendering = rendering
        self._places = [
            folder.place_for(
                Path(name),
                engine=rendering.engine,
                model=rendering.model,
                language=rendering.language,
                vocabulary=rendering.vocabulary,
                itn=rendering.itn,
            )
            for name in sources
        ]
        there = {n: p for n, p in enumerate(self._places) if p.is_done and not again}
        self.there: Mapping[int, str] = {n: f"{place.path}\n" for n, place in there.items()}
        self.silent = sum(not place.has_words for place in there.values())
        self.incomplete = sum(not place.is_whole for place in there.values())

    def segment(self, segment: Segment) -> str:
        """Wait for the rest of the file."""
        return ""

    def finished(self, number: int, finished: FileResult) -> str:
        """Write a result and return its name; "" for a failure."""
        if finished.has_failed:
            return ""
        text = self._rendering.text(self._sources[number], finished)
        path = self._folder.write(
            self._places[number],
            text,
            has_words=finished.has_words,
            is_whole=finished.error is None,
        )
        return f"{path}\n"
