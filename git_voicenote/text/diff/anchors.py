"""Anchors in the text of a note, which attach parts of it to parts of the diff.

    The old loop lived in the client, so every caller had its own.

    http/transport.py:42-57: def send(self, request):

    Three tries, then we give up.

A line in the format of compiler messages, in a paragraph of its own, is an anchor: the text up to
the next anchor or the end of the note belongs to that place. `http/transport.py:` alone is the
whole file, and `The patch as a whole:` ends an anchor. Text before the first anchor belongs to the
patch as a whole, unless it names a place itself (`named_places`).

A line is an anchor only if the file is in the commit's diff; otherwise it is ordinary text. People
may write anchors by hand: the text may then follow the colon or start on the next line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby, islice
from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.columns import columns
from git_voicenote.datatypes import Place
from git_voicenote.text.diff.diffs import unquoted
from git_voicenote.text.diff.named_places import NamedPlaces
from git_voicenote.text.diff.places import (
    CUT,
    DiffPosition,
    heading_of,
    locate,
    place_of,
    same_headings,
)
from git_voicenote.text.prose import wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from git_voicenote.text.diff.diffs import FileDiff

WHOLE_PATCH = "The patch as a whole:"
_WIDTH = 72
_MIN_HEADING_CHARACTERS = 8
"""In characters. A heading that would be truncated to less is omitted."""

_MAX_PASSAGES = 500
"""More are not spoken; each passage is compared with all hunks."""

_PLAIN_PATH = re.compile(r'[^\W_](?:[^":\\]*[^":\\\s])?|[._/][^":\\]*[^":\\\s]')
_WHOLE = re.compile(r"[ \t]{0,3}the\s+patch\s+as\s+a\s+whole:", re.IGNORECASE)
_ANCHOR = re.compile(
    r"""[ \t]{0,3}
    (?P<name> "(?:[^"\\]|\\.)*"\s? | [^\s":][^":]*+ )
    (?: :(?P<first>[0-9]{1,9}) (?:-(?P<last>[0-9]{1,9}))? (?: :[0-9]{1,9}(?=:) )? )?
    (?: : | (?P<end>\Z) )
    """,
    re.VERBOSE | re.DOTALL,
)
_LAID_OUT = re.compile(r"\n[ \t]*(?:[-*+•>|#]|[0-9]{1,3}[.)]|[ \t]|```)")
_FENCE = re.compile(r"^(?:```|~~~)", re.MULTILINE)
_CODE = re.compile(
    r"(?:async )?(?:def|class|fn|func|function|struct|enum|impl|interface|trait|type) \S"
    r"|.*(?:[{;]|\):|\.\.\.)\Z",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a note and its place, or None for the patch as a whole.

    `anchor` is the anchor in the text, or "". The anchors and texts of all passages, concatenated,
    are exactly the note.
    """

    place: Place | None
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class PlacedWords:
    """Text that belongs to a part of a diff; `passage` is a number within all notes of a patch.

    Text that is not `is_anchored` names the place itself, and is within one paragraph.
    """

    spot: DiffPosition
    place: Place
    words: str
    passage: int
    is_anchored: bool


def anchor(place: Place | None) -> str:
    """Return the anchor for a place; None is the patch as a whole."""
    if place is None:
        return WHOLE_PATCH
    line = _written(place.path)
    if place.first is not None:
        line += f":{place.first}"
        line += f"-{place.last}" if place.last not in (None, place.first) else ""
    line += ":"
    heading = " ".join(visible(place.heading or "").split())
    room = _WIDTH - columns(line) - 1
    if columns(heading) > room:
        heading = _cut(heading, room - len(CUT))
        heading = heading + CUT if len(heading) >= _MIN_HEADING_CHARACTERS else ""
    return f"{line} {heading}" if heading else line


def with_anchors(said: Iterable[tuple[Place | None, str]], files: Sequence[FileDiff]) -> str:
    """Join texts and their places to one text, with an anchor at each change of place.

    A place that is not in the diff counts as the patch as a whole.
    """
    paragraphs: list[str] = []
    current: Place | None = None
    for place, words in said:
        if not words.strip():
            continue
        spot = locate(place, files) if place else None
        if spot is not None:
            file = files[spot.file]
            place = place_of(file, None if spot.hunk is None else file.hunks[spot.hunk])
        else:
            place = None
        if place != current:
            paragraphs.append(anchor(place))
            current = place
        paragraphs.append(words)
    return "\n\n".join(paragraphs)


def is_open(text: str, files: Sequence[FileDiff]) -> bool:
    """Return whether text that is appended to a note would belong to its last anchor."""
    anchored = [passage.place for passage in passages(text, files) if passage.anchor]
    return bool(anchored) and anchored[-1] is not None


def passages(text: str, files: Sequence[FileDiff]) -> tuple[Passage, ...]:
    """Split a note into passages, each with its place in the diff."""
    marks = list(islice(_marks(text, files), _MAX_PASSAGES))
    if not marks or marks[0][0] > 0:
        marks.insert(0, (0, 0, None))
    ends = [start for start, _, _ in marks[1:]] + [len(text)]
    return tuple(
        Passage(place, text[start:words], text[words:end])
        for (start, words, place), end in zip(marks, ends, strict=True)
        if start < end
    )


def placed_words(notes: Iterable[str], files: Sequence[FileDiff]) -> tuple[PlacedWords, ...]:
    """Return the parts of a patch's notes that belong to a part of its diff, in order."""
    every = [passage for text in notes for passage in passages(text, files)]
    found = []
    for number, passage in enumerate(every):
        words = passage.text.strip()
        spot = locate(passage.place, files) if passage.place and words else None
        if spot and passage.place:
            is_anchored = bool(passage.anchor)
            words = words if is_anchored else _flowing(words)
            found.append(PlacedWords(spot, passage.place, words, number, is_anchored))
    return tuple(found)


def _flowing(words: str) -> str:
    """Wrap a part of a paragraph again, because it may start in the middle of a line."""
    return words if _LAID_OUT.search(words) else wrap(" ".join(words.split()))


def _marks(text: str, files: Sequence[FileDiff]) -> Iterator[tuple[int, int, Place | None]]:
    """Yield the start of each passage, the start of its text, and its place."""
    anchors = _Anchors(files)
    named = NamedPlaces(files)
    anchored: Place | None = None
    current: Place | None = None
    is_code = False
    for start, words in _paragraphs(text):
        is_quoted = is_code
        is_code ^= len(_FENCE.findall(words)) % 2 == 1
        if is_quoted:
            continue
        at = start
        found = anchors.read(words)
        if found is not None:
            anchored = current = found[0]
            at += found[1]
            yield start, at, anchored
        if anchored is not None:
            continue
        if current is not None:
            current = None
            yield start, start, None
        for offset, place in named.find(words[at - start :]):
            current = place
            yield at + offset, at + offset, place


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Yield the start and the text of each paragraph."""
    at = 0
    for is_text, group in groupby(
        text.splitlines(keepends=True), key=lambda line: bool(line.strip())
    ):
        paragraph = "".join(group)
        if is_text:
            yield at, paragraph
        at += len(paragraph)


class _Anchors:
    """A parser for the anchors that refer to a diff."""

    def __init__(self, files: Sequence[FileDiff]) -> None:
        old = {file.old_path: file for file in files if file.old_path is not None}
        self._files = old | {file.path: file for file in files}
        self._solid = {_solid(name): file for name, file in self._files.items()}
        self._headings: dict[str, list[str]] = {}

    def read(self, paragraph: str) -> tuple[Place | None, int] | None:
        """Return the place of the anchor at the start of a paragraph and its length, or None."""
        whole = _WHOLE.match(paragraph)
        if whole:
            return None, whole.end()
        found = _ANCHOR.match(paragraph)
        if not found or (found["end"] is not None and not found["first"]):
            return None
        file = self._file(found["name"])
        if file is None:
            return None
        heading, end = self._heading(file, paragraph, found.end())
        first = int(found["first"]) if found["first"] else None
        last = int(found["last"]) if found["last"] else first
        return Place(file.path, first, last, heading), end

    def _file(self, name: str) -> FileDiff | None:
        """Return the file with a name, which may contain a space where a mail was wrapped."""
        is_parted = "\n" in name.strip()
        if name[0] == '"':
            # quoted names contain no spaces, so the space comes from wrapping
            whole = self._files.get(unquoted(name.strip()))
            return whole or self._files.get(unquoted(_solid(name)))
        return self._solid.get(_solid(name)) if is_parted else self._files.get(name.strip())

    def _heading(self, file: FileDiff, paragraph: str, start: int) -> tuple[str | None, int]:
        """Return the heading after an anchor, and the start of the text after it."""
        if file.path not in self._headings:
            self._headings[file.path] = [heading_of(hunk) for hunk in file.hunks]
        known = self._headings[file.path]
        line_end = paragraph.find("\n", start)
        ends = (len(paragraph), line_end if line_end >= 0 else len(paragraph))
        for end in ends:
            same = same_headings(paragraph[start:end], known)
            if same:
                return known[same[0]], start + len(paragraph[start:end].rstrip())
        said = paragraph[start : ends[1]].strip()
        if said and len(said) <= 2 * _WIDTH and _CODE.match(said):
            return " ".join(said.split()), start + len(paragraph[start : ends[1]].rstrip())
        return None, start


def _written(path: str) -> str:
    """Return a path for an anchor, quoted as git quotes it if it would be ambiguous."""
    if _PLAIN_PATH.fullmatch(path) and path.isprintable() and "  " not in path:
        return path
    return f'"{"".join(map(_escaped, path))}"'


def _cut(heading: str, room: int) -> str:
    heading = heading[: max(room, 0)]
    while heading and columns(heading) > room:
        heading = heading[:-1]
    return heading.rstrip()


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable() and not character.isspace():
        return character
    return "".join(f"\\{octet:03o}" for octet in character.encode("utf-8", "surrogateescape"))


def _solid(text: str) -> str:
    return "".join(text.split())
