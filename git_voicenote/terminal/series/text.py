"""Format a series for the terminal; control characters in it are made visible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.characters import revealed, visible
from git_voicenote.clock import length
from git_voicenote.terminal.colours import coloured
from git_voicenote.text.diff.diffs import diffstat
from git_voicenote.text.diff.places import DiffPosition

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from git_voicenote.datatypes import Note
    from git_voicenote.mail.incoming.received import ReceivedCover
    from git_voicenote.series.review.series import (
        Review,
        ReviewedCover,
        ReviewedPatch,
        ReviewedRecording,
        ReviewedReply,
    )

_BAR = "\u2502 "
_DIFF_COLOURS = {"+": "green", "-": "red", "\\": "bright_black"}


class Layout:
    """Formats a series for reading, with or without colours."""

    def __init__(self, review: Review, *, colour: bool) -> None:
        self._review = review
        self._colour = colour

    def parts(self) -> Iterator[str]:
        """Yield the parts to step through: the cover, if any, and the patches."""
        if self._review.cover:
            yield self.cover(self._review.cover)
        for patch in self._review.patches:
            yield self.patch(patch)

    def cover(self, reviewed: ReviewedCover) -> str:
        """Return the cover letter with the outline of the series."""
        cover = reviewed.cover
        lines = [*self._letter(cover), *self._heard(reviewed.spoken)]
        for patch in self._review.patches:
            said = " \u00b7 said" if patch.notes else ""
            answered = " \u00b7 answered" if patch.replies else ""
            lines.append(f"{patch.patch.number:4} {_line(patch.patch.subject)}{said}{answered}")
        if cover.summary:
            lines += ["", *_lines(cover.summary)]
        if reviewed.replies:
            lines += ["", *self._replies(reviewed.replies)][:-1]
        for other in reviewed.others:
            lines += ["", *self._letter(other)][: -1 if other.text else None]
        return "\n".join([*lines, "", ""])

    def _letter(self, cover: ReceivedCover) -> Iterator[str]:
        yield self._title(f"[{_version(cover.version)}0/{cover.total}] {cover.subject}")
        yield self._person(cover.author, cover.email, cover.date)
        yield ""
        yield from _lines(cover.text)
        if cover.text:
            yield ""

    def patch(self, reviewed: ReviewedPatch) -> str:
        """Return a patch: its author, message, notes, diffstat and diff."""
        patch = reviewed.patch
        tag = f"[{_version(patch.version)}{patch.number}/{patch.total}] "
        lines = [self._title(tag + patch.subject), self._person(patch.author, patch.email,
                                                                patch.date), ""]  # fmt: skip
        if patch.message:
            lines += [*(f"    {line}".rstrip() for line in _lines(patch.message)), ""]
        lines += self._said(reviewed.notes)
        lines += self._heard(reviewed.spoken)
        lines += self._replies(reviewed.replies)
        if patch.comment:
            lines += [*_lines(patch.comment), ""]
        lines += [revealed(line) for line in diffstat(reviewed.files).splitlines()]
        return "\n".join([*lines, "", *self._diff(reviewed), "", ""])

    def _said(self, notes: Sequence[Note]) -> Iterator[str]:
        for note in notes:
            how_long = "" if note.duration is None else f" ({length(note.duration)})"
            yield self._style(f"said{how_long}", "cyan")
            for line in _lines(note.text):
                yield self._style(_BAR, "cyan") + line
            yield ""

    def _replies(self, replies: Iterable[ReviewedReply]) -> Iterator[str]:
        for one in replies:
            reply = one.reply
            duration = reply.note.duration
            when = _line(reply.date) if duration is None else length(duration)
            who = f"{_line(reply.author)} answered{f' ({when})' if when else ''}"
            yield self._style(who, "magenta")
            for line in _lines(reply.note.text):
                yield self._style(_BAR, "magenta") + line
            yield ""
            yield from self._heard(one.spoken)

    def _heard(self, spoken: Iterable[ReviewedRecording]) -> Iterator[str]:
        names = [f"{one.id}{'' if one.path else ' (not on this machine)'}" for one in spoken]
        if names:
            yield self._style(f"recording {', '.join(names)}", "cyan")
            yield ""

    def _diff(self, reviewed: ReviewedPatch) -> Iterator[str]:
        said: dict[DiffPosition, list[str]] = {}
        for one in reviewed.said:
            said.setdefault(one.spot, []).append(one.words)
        answered: dict[DiffPosition, list[tuple[str, str]]] = {}
        for author, one in reviewed.answered:
            answered.setdefault(one.spot, []).append((author, one.words))
        for number, file in enumerate(reviewed.files):
            yield from self._beside(said.get(DiffPosition(number, None), ()), "said of this file")
            yield from self._answered(answered.get(DiffPosition(number, None), ()))
            for header in file.headers:
                yield self._style(revealed(header), None, bold=True)
            for at, hunk in enumerate(file.hunks):
                yield from self._beside(said.get(DiffPosition(number, at), ()), "said of this hunk")
                yield from self._answered(answered.get(DiffPosition(number, at), ()))
                end = hunk.heading.find("@@", 2) + 2
                place, function = hunk.heading[:end], hunk.heading[end:]
                yield self._style(revealed(place), "cyan") + revealed(function)
                for line in hunk.lines:
                    yield self._style(revealed(line), _DIFF_COLOURS.get(line[:1]))
            yield from map(revealed, file.rest)

    def _beside(self, said: Sequence[str], title: str, colour: str = "cyan") -> Iterator[str]:
        """Yield what was said about a part of the diff, to print above it."""
        if said:
            yield self._style(title, colour)
        for words in said:
            for line in _lines(words):
                yield self._style(_BAR, colour) + line

    def _answered(self, answered: Iterable[tuple[str, str]]) -> Iterator[str]:
        for author, words in answered:
            yield from self._beside((words,), f"{_line(author)} answered", "magenta")

    def _title(self, text: str) -> str:
        return self._style(_line(text), "yellow", bold=True)

    def _person(self, author: str, email: str, date: str) -> str:
        return _line(f"{author} <{email}>  {date}")

    def _style(self, text: str, colour: str | None, *, bold: bool | None = None) -> str:
        is_plain = not self._colour or not text or not (colour or bold)
        return text if is_plain else coloured(text, colour, bold=bold)


def _line(text: str) -> str:
    return " ".join(visible(text).split())


def _lines(text: str) -> list[str]:
    return visible(text).rstrip("\n").split("\n") if text else []


def _version(number: int) -> str:
    return f"v{number} " if number > 1 else ""
