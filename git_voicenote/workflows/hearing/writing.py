"""Convert segments to written text."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from git_voicenote.text.diff.anchors import with_anchors
from git_voicenote.text.passes.spoken_prose import sentences, writes_sentences
from git_voicenote.text.prose import wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.datatypes import Segment
    from git_voicenote.text.diff.diffs import FileDiff
    from git_voicenote.text.passes.chain import ChainOutput
    from git_voicenote.workflows.hearing.listening import Listening


def written_text(
    listening: Listening, segments: Sequence[Segment], files: Sequence[FileDiff] = ()
) -> tuple[str, tuple[ChainOutput, ...]]:
    """Return the text of segments after all passes, and the changes in each stretch.

    Words about a place in one of the `files` get an anchor. The text is "" if everything was
    retracted.
    """
    stretches = [
        (place, [segment.marked_text for segment in group])
        for place, group in groupby(segments, key=lambda segment: segment.place)
    ]
    polished = listening.write([texts for _, texts in stretches])
    written = writes_sentences(segment.text for segment in segments)
    said = [
        (place, sentences(one.segments, written=written))
        for (place, _), one in zip(stretches, polished, strict=True)
    ]
    return wrap(with_anchors(said, files)), polished
