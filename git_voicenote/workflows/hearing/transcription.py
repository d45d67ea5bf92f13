"""Turn sound into segments with an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.clock import stretch
from git_voicenote.engines.base import BatchEngine
from git_voicenote.errors import EngineError
from git_voicenote.log import Log

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from git_voicenote.audio.voice_activity import VoiceActivity
    from git_voicenote.datatypes import Samples, Segment
    from git_voicenote.engines.base import Context, Engine


_log = Log(__name__)


def trace_segment(segment: Segment) -> None:
    """Trace that a segment was decoded, without its words."""
    result = segment.failure or f"{len(segment.text.split())} words"
    _log.step("segment %s decoded: %s", stretch(segment.start, segment.end), result)


def transcribe(
    blocks: Iterable[Samples], engine: Engine, context: Context, activity: VoiceActivity
) -> Iterator[Segment]:
    """Yield a segment at each pause, while `blocks` are still arriving."""
    for segment in engine.transcribe(activity.pieces(blocks), context):
        trace_segment(segment)
        yield segment


def transcribe_recording(
    blocks: Iterable[Samples], engine: Engine, context: Context, activity: VoiceActivity
) -> Iterator[Segment]:
    """Yield the segments of complete sound, in batches if the engine supports them.

    Raises EngineError.
    """
    if not isinstance(engine, BatchEngine):
        yield from transcribe(blocks, engine, context, activity)
        return
    for _, event in engine.transcribe_many([(None, activity.pieces(blocks))], context):
        if isinstance(event, EngineError):
            raise event
        if event is not None:
            trace_segment(event)
            yield event
