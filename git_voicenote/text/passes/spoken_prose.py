"""Turn the segments of a transcript into written sentences."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.datatypes import MARK
from git_voicenote.text.passes.line_breaks import LINE, PARAGRAPH, written_lines
from git_voicenote.text.passes.spoken_edits import BULLET

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from git_voicenote.datatypes import Segment

_LONE_I = re.compile(r"\bi(?=\b(?!['’]\w)|['’](?:m|ve|ll|d)\b)")
_PLAIN_WORD = re.compile(r"[^\W_]++(?:['’-][^\W_]++)*(?=[\s,;:!?/]|$)")
_OPEN_END = re.compile(r"[\w,]$")
_DANGLING = re.compile(r"(\b(?:the|a|an|of|and|or|because|my|our|their|your|its|every|than))\.$")
"""Words that do not end a sentence, with the full stop of a pause after them."""
_FIRST_WORD = re.compile(r"[A-Z][a-z]*(?=[ ,])")
_GO_ON = frozenset(
    {"a", "an", "and", "as", "at", "because", "but", "by", "for", "from", "if", "in", "into", "is",
     "it", "its", "of", "on", "or", "our", "so", "that", "the", "their", "then", "there", "these",
     "they", "this", "those", "to", "was", "we", "were", "when", "where", "which", "while", "who",
     "with", "without", "you", "your"}
)  # fmt: skip
"""Words that are not names, even with a capital."""
_AROUND_LINES = re.compile(f"(?:(?<! ) ++)?([{LINE}{PARAGRAPH}]) *+")
_PARTS = re.compile(f"({MARK.pattern}|[{LINE}{PARAGRAPH}])")


def spoken_prose(segments: Iterable[Segment]) -> str:
    """Return segments as sentences on one line.

    The sentences of an engine that writes them are kept. For an engine that writes only words (in
    lower case, without punctuation), each segment becomes a sentence, because people pause between
    sentences. A failed segment has its mark, with no full stop after the words before it.
    """
    said = list(segments)
    written = writes_sentences(segment.text for segment in said)
    return sentences([segment.marked_text for segment in said], written=written)


def spoken_lines(segments: Iterable[Segment]) -> tuple[str, ...]:
    """Return a line for each segment that has words."""
    lines = (visible(spoken_prose([segment])) for segment in segments)
    return tuple(line for line in lines if line)


def writes_sentences(texts: Iterable[str]) -> bool:
    """Whether an engine wrote sentences; call it with the original text, before any pass."""
    return any(character.isupper() or character in ".?!。？！" for character in "".join(texts))


def sentences(texts: Sequence[str], *, written: bool) -> str:
    """Join segments, with the requested lines and paragraphs.

    With `written`, the segments contain sentences; without, each segment is one.
    """
    parts: list[str] = []
    for text in texts:
        found = [part.strip(" \t\n") for part in _PARTS.split(text)]
        for number, part in enumerate(found):
            goes_on = number + 1 < len(found) and MARK.fullmatch(found[number + 1])
            parts.append(part if written else _sentence(part, "" if goes_on else "."))
    text = _joined([part for part in parts if part]) if written else " ".join(filter(None, parts))
    lines = _AROUND_LINES.sub(r"\1", text).strip(f" {LINE}{PARAGRAPH}")
    return re.sub(r"\n{3,}", "\n\n", written_lines(lines))


def _joined(parts: Sequence[str]) -> str:
    """Join the segments of an engine that writes each as a text, with a capital and a full stop.

    If a segment has no stop, or its last word cannot end a sentence, the next one continues it, and
    keeps its capital only if it may be a name. A comma at the very end becomes a stop.
    """
    joined: list[str] = []
    for part in parts:
        before = joined[-1] if joined else ""
        is_open = _OPEN_END.search(before) is not None
        dangling = None if is_open else _DANGLING.search(before)
        if dangling:
            joined[-1] = before[: dangling.end(1)]
        first = _FIRST_WORD.match(part)
        if (is_open or dangling) and first and first[0].lower() in _GO_ON:
            part = part[0].lower() + part[1:]
        joined.append(part)
    text = " ".join(joined)
    bare = text.rstrip(",")
    return text if bare == text else f"{bare}."


def _sentence(text: str, stop: str) -> str:
    """Write a segment as a sentence; a name or a path at its start keeps its case."""
    if not text or _PARTS.fullmatch(text) or text.startswith(BULLET):
        return text
    text = _LONE_I.sub("I", text)
    if _PLAIN_WORD.match(text):
        text = f"{text[0].upper()}{text[1:]}"
    return text if text[-1] in ".!?:;。！？" else f"{text}{stop}"
