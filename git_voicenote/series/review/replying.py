"""Answers to a patch: the place in the diff that each is about, and the text of the mail."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.datatypes import Place
from git_voicenote.errors import UsageError
from git_voicenote.text.diff.anchors import anchor
from git_voicenote.text.diff.places import heading_of, lines_of, locate, place_of
from git_voicenote.text.mail_safety import indent_hazards, quote_diffs
from git_voicenote.text.prose import wrap
from git_voicenote.text.quoting import diff_headers_of, hunk_lines, quote, trimmed
from git_voicenote.text.vocabulary.evidence import without_trailers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from git_voicenote.datatypes import Note, Person
    from git_voicenote.mail.incoming.envelopes import Envelope
    from git_voicenote.mail.incoming.received import ReceivedPatch
    from git_voicenote.object_ids import ObjectId
    from git_voicenote.series.review.series import Review
    from git_voicenote.text.diff.diffs import FileDiff

_LINE = re.compile(r"(?P<path>.+):(?P<line>[0-9]{1,9})(?:-(?P<last>[0-9]{1,9}))?", re.DOTALL)
_MAX_NAMED = 8


@dataclass(frozen=True, slots=True)
class Answer:
    """A reviewer's answer; `place` is None for the patch as a whole."""

    note: Note
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class AnsweredPart:
    """What an answer needs of a patch, or of the cover of a series (`number` 0).

    `what` is its name for people; `words` are quoted if it is answered as a whole. `envelope` is
    None for a commit; `commit_id` is None if it is unknown.
    """

    number: int
    version: int
    what: str
    subject: str
    author: str
    email: str
    date: str
    words: str
    files: tuple[FileDiff, ...]
    diff: str
    envelope: Envelope | None
    commit_id: ObjectId | None


def part_of(review: Review, number: int) -> AnsweredPart:
    """Return a part of a series by its number, 0 for the cover.

    Raises UsageError, which lists the parts.
    """
    for reviewed in review.patches:
        patch = reviewed.patch
        if patch.number == number:
            return AnsweredPart(
                number, patch.version, f"patch {number}", _line(patch.subject), patch.author,
                patch.email, patch.date, _words_of(patch), reviewed.files, patch.diff,
                patch.envelope, patch.commit_id,
            )  # fmt: skip
    if number == 0 and review.cover:
        cover = review.cover.cover
        return AnsweredPart(
            0, cover.version, "the cover", _line(cover.subject), cover.author, cover.email,
            cover.date, cover.text or cover.subject, (), "", cover.envelope, None,
        )  # fmt: skip
    numbers = [patch.patch.number for patch in review.patches]
    there = f"the patches are {_some(_runs(numbers))}" if numbers else "there are no patches"
    cover_there = "; 0 is the cover" if review.cover else "; there is no cover"
    raise UsageError(f"there is no patch {number}", hint=there + cover_there)


def places_of(files: Iterable[FileDiff]) -> tuple[Place, ...]:
    """Return the places that an answer may be about: each hunk, and each file without hunks."""
    places = []
    for file in files:
        hunks = [hunk for hunk in file.hunks if hunk.start]
        # a renamed, binary or deleted file has no lines to name
        places += [place_of(file, hunk) for hunk in hunks] or [place_of(file)]
    return tuple(places)


def find_place(files: Sequence[FileDiff], named: str, *, what: str) -> Place:
    """Return a place from its name: PATH, the end of one, PATH:LINE or PATH:FIRST-LAST.

    Lines are numbered as in the new version of the file. Raises UsageError, which lists the choices
    and calls the patch `what`.
    """
    file = _file_named(files, named, what)
    if file is not None:
        return place_of(file)
    found = _LINE.fullmatch(named)
    file = _file_named(files, found["path"], what) if found else None
    if found is None or file is None:
        path = found["path"] if found else named
        paths = _some([visible(one.path) for one in files])
        raise UsageError(
            f"{what} does not touch {visible(path)}",
            hint=f"it touches {paths}" if files else "it has no diff: leave out --at",
        )
    line = int(found["line"])
    spans = {lines_of(one): one for one in file.hunks if one.start}
    hunk = next((one for (first, last), one in spans.items() if first <= line <= last), None)
    if hunk is None:
        there = f"its hunks are lines {_some([f'{a}-{b}' for a, b in spans])}" if spans else (
            "it has no lines left"
        )  # fmt: skip
        raise UsageError(
            f"{what} has no line {line} of {visible(file.path)}",
            hint=f"{there}; --at {visible(file.path)} means all of it",
        )
    return Place(file.path, line, int(found["last"] or line), heading_of(hunk) or None)


def name_of(place: Place) -> str:
    """Return the name of a place: http/transport.py:42-57."""
    if place.first is None:
        return visible(place.path)
    last = f"-{place.last}" if place.last and place.last > place.first else ""
    return f"{visible(place.path)}:{place.first}{last}"


def in_order(answers: Iterable[Answer], files: Sequence[FileDiff]) -> tuple[Answer, ...]:
    """Sort answers in the order of the diff, those to the whole patch first."""

    def rank(answer: Answer) -> tuple[int, int]:
        spot = locate(answer.place, files) if answer.place else None
        return (spot.file, answer.place.first or 0) if spot and answer.place else (-1, 0)

    return tuple(sorted(answers, key=rank))


def reply_body(
    author: str, date: str, words: str, files: Sequence[FileDiff], answers: Iterable[Answer]
) -> str:
    """Return the text of a mail: an attribution, then a quote of each place and the answer.

    `words` are quoted if the patch is answered as a whole. git will not mistake any line for a
    diff, a header or the start of a mail.
    """
    text = f"{_attribution(author, date)}\n"
    above = None
    for place, group in groupby(in_order(answers, files), key=lambda answer: answer.place):
        said = "\n\n".join(wrap(quote_diffs(_text(answer))) for answer in group)
        text += f"{quote(_quoted(words, files, place, above))}\n{said}\n\n"
        above = place
    return indent_hazards(text.rstrip("\n") + "\n")


def quoted_part(part: AnsweredPart, place: Place | None) -> str:
    """Return the quote of the answered part."""
    return quote(_quoted(part.words, part.files, place, None))


def review_note(answer: Answer, reviewer: Person) -> Note:
    """Return an answer as a note of the reviewer, with its anchor line."""
    text = _text(answer)
    if answer.place:
        text = f"{anchor(answer.place)}\n\n{text}"
    return replace(answer.note, text=text, reviewer=f"{reviewer.name} <{reviewer.email}>".strip())


def _quoted(
    words: str, files: Sequence[FileDiff], place: Place | None, above: Place | None
) -> list[str]:
    """Return the quote of a place; it has the file's name unless the previous one was in it."""
    spot = locate(place, files) if place else None
    if spot is None or place is None:
        return trimmed(visible(words).strip("\n").split("\n"))
    file = files[spot.file]
    headers = [] if above and above.path == place.path else diff_headers_of(file)
    if spot.hunk is None or place.first is None:
        every = [line for hunk in file.hunks for line in (hunk.heading, *hunk.lines)]
        return [*headers, *trimmed(every)]
    line = place.first if place.first == place.last else None
    return [*headers, *hunk_lines(file.hunks[spot.hunk], line)]


def _text(answer: Answer) -> str:
    return visible(answer.note.text).strip("\n")


def _attribution(author: str, date: str) -> str:
    who, when = _line(author)[:200], _line(date)[:200]
    return f"On {when}, {who} wrote:" if when else f"{who or 'Somebody'} wrote:"


def _file_named(files: Sequence[FileDiff], name: str, what: str) -> FileDiff | None:
    for file in files:
        if name in (file.path, file.old_path):
            return file
    found = [file for file in files if file.path.endswith(f"/{name.lstrip('/')}")]
    if len(found) > 1:
        raise UsageError(
            f"{what} touches {len(found)} files {visible(name)}",
            hint=f"name one: {_some([visible(file.path) for file in found])}",
        )
    return found[0] if found else None


def _words_of(patch: ReceivedPatch) -> str:
    """Return the quote of a patch: its message, or its title if there is no more."""
    return patch.message if without_trailers(patch.message).strip() else patch.subject


def _line(text: str) -> str:
    return " ".join(visible(text).split())


def _runs(numbers: Sequence[int]) -> list[str]:
    """Return numbers as a list with ranges: 1-3, 7."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]


def _some(names: Sequence[str]) -> str:
    more = len(names) - _MAX_NAMED
    return ", ".join(names[:_MAX_NAMED]) + (f" and {more} more" if more > 0 else "")
