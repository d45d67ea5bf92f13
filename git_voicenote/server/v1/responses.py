"""The transcript of a file, in the format that the client asked for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import Response

from git_voicenote.characters import visible
from git_voicenote.server.responses.refusals import RefusalError, json_response
from git_voicenote.server.v1.parameters import VERBOSE_JSON
from git_voicenote.text.export.formats import FORMATS, JSON, ExportedTranscript
from git_voicenote.text.passes.spoken_prose import spoken_lines, spoken_prose

if TYPE_CHECKING:
    from git_voicenote.datatypes import Segment
    from git_voicenote.server.decoding.messages import Done
    from git_voicenote.server.v1.parameters import TranscriptionRequest

WARNINGS = "Transcription-Warnings"
"""A header with the `warnings` of the JSON formats: a JSON array in ASCII."""


@dataclass(frozen=True, slots=True)
class Transcription:
    """The transcript of a file, and the request that it answers."""

    request: TranscriptionRequest
    segments: tuple[Segment, ...]
    done: Done

    @property
    def text(self) -> str:
        """The words as sentences."""
        return visible(spoken_prose(self.segments))

    @property
    def warnings(self) -> tuple[str, ...]:
        """Missing sound, and fields that were ignored."""
        error = () if self.done.error is None else (self.done.error.message,)
        ignored = tuple(f"the field {name} is ignored" for name in self.request.ignored)
        return tuple(dict.fromkeys((*self.done.warnings, *error, *ignored)))

    @property
    def summary(self) -> dict[str, object]:
        """The response in the format json, and the last event of a stream."""
        summary: dict[str, object] = {
            "text": self.text,
            # whole seconds, as OpenAI's clients declare them
            "usage": {"type": "duration", "seconds": round(self.done.duration)},
        }
        return summary | ({"warnings": list(self.warnings)} if self.warnings else {})

    def as_response(self) -> Response:
        """Return the response. Raises RefusalError for times of words that the engine lacks."""
        form = self.request.response_format
        headers = {WARNINGS: json.dumps(self.warnings)} if self.warnings else {}
        if form == JSON.name:
            return json_response(self.summary, headers=headers)
        if form == VERBOSE_JSON:
            return json_response(self._verbose(), headers=headers)
        export = FORMATS[form]
        exported = ExportedTranscript("", spoken_lines(self.segments), self.segments, {})
        return Response(export.render(exported), 200, headers, export.media_type)

    def _verbose(self) -> dict[str, object]:
        verbose: dict[str, object] = {
            "task": "transcribe",
            "language": self.request.language,
            "duration": round(self.done.duration, 3),
            **self.summary,
        }
        # by default, OpenAI's API sends the times of segments
        if self.request.granularities != {"word"}:
            verbose["segments"] = [
                {
                    "id": number, "start": round(segment.start, 3), "end": round(segment.end, 3),
                    "text": visible(spoken_prose([segment])),
                }
                for number, segment in enumerate(self.segments)
            ]  # fmt: skip
        if "word" in self.request.granularities:
            verbose["words"] = self._words()
        return verbose

    def _words(self) -> list[dict[str, object]]:
        if any(segment.text and not segment.words for segment in self.segments):
            raise RefusalError(
                400, "this engine does not know the times of words: ask for those of segments",
                param="timestamp_granularities", code="no_word_times",
            )  # fmt: skip
        return [
            {
                "word": visible(word.text), "start": round(word.start, 3),
                "end": round(word.end, 3), "probability": round(word.confidence, 3),
            }
            for segment in self.segments
            for word in segment.words
        ]  # fmt: skip
