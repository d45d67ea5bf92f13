"""What was heard, in the form that a client asks for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import Response

from git_voicenote.characters import visible
from git_voicenote.server.refusals import RefusalError, json_response
from git_voicenote.server.wishes import EVERYTHING
from git_voicenote.text.export.formats import FORMATS, JSON, Exported
from git_voicenote.text.passes.spoken_prose import spoken_lines, spoken_prose

if TYPE_CHECKING:
    from git_voicenote.datatypes import Segment
    from git_voicenote.server.decoding.messages import Done
    from git_voicenote.server.wishes import Wish

WARNINGS = "Transcription-Warnings"
"""A header with what the JSON forms have as `warnings`: a JSON array in ASCII."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """All that was heard in a file for a client."""

    wish: Wish
    segments: tuple[Segment, ...]
    done: Done

    @property
    def text(self) -> str:
        """The words as sentences."""
        return visible(spoken_prose(self.segments))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the client is to know: sound that is missing, fields that were of no use."""
        error = () if self.done.error is None else (self.done.error.message,)
        unused = tuple(f"the field {name} has no meaning here" for name in self.wish.unused)
        return tuple(dict.fromkeys((*self.done.warnings, *error, *unused)))

    @property
    def summary(self) -> dict[str, object]:
        """The answer in json; what a stream ends with."""
        told: dict[str, object] = {
            "text": self.text,
            # whole seconds, as OpenAI's clients declare them
            "usage": {"type": "duration", "seconds": round(self.done.duration)},
        }
        return told | ({"warnings": list(self.warnings)} if self.warnings else {})

    def as_response(self) -> Response:
        """Return the answer. Raises RefusalError for times of words that the engine lacks."""
        form = self.wish.response_format
        headers = {WARNINGS: json.dumps(self.warnings)} if self.warnings else {}
        if form == JSON.name:
            return json_response(self.summary, headers=headers)
        if form == EVERYTHING:
            return json_response(self._everything(), headers=headers)
        export = FORMATS[form]
        exported = Exported("", spoken_lines(self.segments), self.segments, {})
        return Response(export.render(exported), 200, headers, export.media_type)

    def _everything(self) -> dict[str, object]:
        told: dict[str, object] = {
            "task": "transcribe",
            "language": self.wish.language,
            "duration": round(self.done.duration, 3),
            **self.summary,
        }
        # without a choice, OpenAI's API tells the times of segments
        if self.wish.granularities != {"word"}:
            told["segments"] = [
                {
                    "id": number, "start": round(segment.start, 3), "end": round(segment.end, 3),
                    "text": visible(spoken_prose([segment])),
                }
                for number, segment in enumerate(self.segments)
            ]  # fmt: skip
        if "word" in self.wish.granularities:
            told["words"] = self._words()
        return told

    def _words(self) -> list[dict[str, object]]:
        if any(segment.text and not segment.words for segment in self.segments):
            raise RefusalError(
                400, "this engine does not tell the times of words: ask for those of segments",
                param="timestamp_granularities", code="no_word_times",
            )  # fmt: skip
        return [
            {"word": visible(word.text), "start": round(word.start, 3), "end": round(word.end, 3)}
            for segment in self.segments
            for word in segment.words
        ]
