"""Sound and an engine become segments."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from git_voicenote.audio.voice_activity import VoiceActivity
    from git_voicenote.datatypes import Samples, Segment
    from git_voicenote.engines.base import Context, Engine


def transcribe(
    blocks: Iterable[Samples], engine: Engine, context: Context, activity: VoiceActivity
) -> Iterator[Segment]:
    """Yield what the engine hears, a segment at each pause, while `blocks` still come."""
    yield from engine.transcribe(activity.pieces(blocks), context)
