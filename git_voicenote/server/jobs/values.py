"""Jobs and their files as JSON values."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.text.passes.spoken_prose import spoken_prose

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from git_voicenote.datatypes import Segment
    from git_voicenote.store.jobs import Job, JobFile


def job_value(
    job: Job, heard: Mapping[tuple[str, int], float], *, with_segments: bool
) -> dict[str, object]:
    """Return a job; `heard` has the processed seconds of current files."""
    return {
        "id": job.id,
        "created": job.created_at.isoformat(),
        "state": job.state,
        "language": job.language,
        "keywords": list(job.keywords),
        "files": [
            file_value(one, heard.get((job.id, one.number)), with_segments=with_segments)
            for one in job.files
        ],
    }


def file_value(
    file: JobFile, heard: float | None = None, *, with_segments: bool
) -> dict[str, object]:
    """Return a file, with its text and segments if they are wanted."""
    result = file.result
    value: dict[str, object] = {
        "number": file.number,
        "name": file.name,
        "state": result.state,
        "duration": result.duration,
        "heard": result.duration if result.state == "done" else heard or 0.0,
        "engine": result.engine,
        "warnings": list(result.warnings),
        "error": result.error and asdict(result.error),
    }
    if with_segments:
        value["text"] = visible(spoken_prose(result.segments))
        value["segments"] = segment_values(result.segments)
    return value


def segment_values(segments: Iterable[Segment]) -> list[dict[str, object]]:
    """Return segments with times in seconds, and words if the engine reports them."""
    return [
        {
            "start": round(segment.start, 3),
            "end": round(segment.end, 3),
            "text": visible(segment.marked_text),
            "confidence": segment.confidence,
            "words": [
                {
                    "text": visible(word.text), "start": round(word.start, 3),
                    "end": round(word.end, 3), "confidence": word.confidence,
                }
                for word in segment.words
            ],
        }
        for segment in segments
    ]  # fmt: skip
