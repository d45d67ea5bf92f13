"""Answering a series by voice: speak, edit, and keep what was said as mails or notes."""

from __future__ import annotations

import shlex
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import click

from git_voicenote.errors import NegativeAnswer, UsageError, VoicenoteError
from git_voicenote.mail.envelopes import ids_in
from git_voicenote.series.review.replying import (
    Answer,
    find_place,
    name_of,
    part_of,
    places_of,
    quoted_part,
)
from git_voicenote.terminal.console import is_interactive, print_error, say
from git_voicenote.terminal.editor import edit_text, keep_text
from git_voicenote.terminal.tty import ask_line
from git_voicenote.workflows.archive import Subject
from git_voicenote.workflows.dictation import dictate, open_archive, transcribe_source
from git_voicenote.workflows.doubts import with_doubts
from git_voicenote.workflows.explaining import find_sound, note_of, spoken_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from git_voicenote.config import Settings
    from git_voicenote.datatypes import Note, Place
    from git_voicenote.git.repository import Repository
    from git_voicenote.series.review.replying import Part
    from git_voicenote.series.review.series import Review
    from git_voicenote.workflows.archive import Dictation

_MOST_LISTED = 30


class Keeper(Protocol):
    """Where answers go."""

    def prepare(self, part: Part) -> None:
        """Say what a person should know before they speak; raise where no answer can be kept."""
        ...

    def keep(self, part: Part, answers: Sequence[Answer]) -> None:
        """Keep all the answers to a part, of which the last one is new."""
        ...

    def finish(self) -> None:
        """Print what was made."""
        ...


class Answering:
    """The answers of one person to a series, kept one by one as they are given."""

    def __init__(
        self,
        review: Review,
        keeper: Keeper,
        settings: Settings,
        repository: Repository | None,
        command: Sequence[str],
    ) -> None:
        """`command` is how this was called, for a person to go on from a recording."""
        self._review = review
        self._keeper = keeper
        self._settings = settings
        self._repository = repository
        self._command = command
        self._answers: dict[int, list[Answer]] = {}
        self._unkept: dict[int, Part] = {}

    def ask(self, number: int) -> None:
        """Let a person at the terminal answer a part of the series; failures are told."""
        try:
            part = part_of(self._review, number)
            self._prepare(part)
            self._answer(part, _asked_place(part), None)
        except VoicenoteError as exc:
            print_error(exc)
        except (KeyboardInterrupt, click.Abort):
            say("")

    def answer(self, number: int, named: str | None, source: str | None) -> None:
        """Answer a part, at a place in its diff or as a whole, from a sound or the microphone."""
        part = part_of(self._review, number)
        place = find_place(part.files, named, what=part.what) if named is not None else None
        self._prepare(part)
        self._answer(part, place, source)

    def finish(self) -> None:
        """Try once more to keep what could not be kept, and print what was made."""
        try:
            for number, part in sorted(self._unkept.items()):
                self._keeper.keep(part, self._answers[number])
        finally:
            self._keeper.finish()

    def _prepare(self, part: Part) -> None:
        self._keeper.prepare(part)
        where = f" {part.subject}" if part.subject else ""
        say(f"answering {part.what}{where}")

    def _answer(self, part: Part, place: Place | None, source: str | None) -> None:
        take_up = self._take_up(part, place)
        target = _target(part)
        with self._heard(part, source, take_up) as dictation:
            with _naming(f"{take_up} {dictation.recording.id}"):
                text = spoken_text(
                    self._repository, self._settings, target, dictation, take_up=take_up
                )
                note = self._edited(part, place, note_of(dictation, text), dictation)
            answers = self._answers.setdefault(part.number, [])
            answers.append(Answer(note, place))
            self._keep(part, answers)

    def _heard(
        self, part: Part, source: str | None, take_up: str
    ) -> AbstractContextManager[Dictation]:
        subject = Subject(_target(part), f"answer to {part.subject}")
        if source is None:
            return dictate(
                self._repository, self._settings, target=subject.target, title=subject.title,
                take_up=take_up,
            )  # fmt: skip
        archive = open_archive(self._repository, self._settings)
        sound = find_sound(archive, source)
        return transcribe_source(
            self._repository, archive, self._settings, sound, subject, take_up=take_up
        )

    def _edited(self, part: Part, place: Place | None, note: Note, dictation: Dictation) -> Note:
        """Let the person edit the words, with what they are about in view."""
        if not (self._settings.edit and is_interactive()):
            return note
        where = f", {name_of(place)}" if place else ""
        about = f"answer to {part.what} {part.subject}{where}\n\n{quoted_part(part, place)}"
        comments = with_doubts(about, note.text, [dictation.transcript])
        text = edit_text(self._repository, note.text, comments)
        if text is None:
            raise NegativeAnswer("the text is empty: no answer was kept")
        return replace(note, text=text.rstrip("\n"))

    def _keep(self, part: Part, answers: Sequence[Answer]) -> None:
        self._unkept[part.number] = part
        try:
            self._keeper.keep(part, answers)
        except VoicenoteError as exc:
            path = keep_text(self._repository, answers[-1].note.text + "\n")
            raise type(exc)(f"{exc.message}\nthe text is kept in {path}", hint=exc.hint) from exc
        del self._unkept[part.number]

    def _take_up(self, part: Part, place: Place | None) -> str:
        at = ["--at", name_of(place)] if place else []
        return shlex.join([*self._command, "--patch", str(part.number), *at, "--from"])


def _target(part: Part) -> str:
    """Return how the history names what is answered."""
    if part.envelope is None and part.commit_id:
        return f"review:{part.commit_id}"
    named = ids_in(part.envelope.message_id) if part.envelope else ()
    return f"reply:{named[0] if named else part.number}"


@contextmanager
def _naming(command: str) -> Iterator[None]:
    """Name the recording to a person whose words became no answer."""
    try:
        yield
    except (VoicenoteError, click.Abort, KeyboardInterrupt) as exc:
        if command not in str(getattr(exc, "hint", "")):
            say(f"the recording is kept: `{command}` takes it up again")
        raise


def _asked_place(part: Part) -> Place | None:
    """Let a person say which part of a diff they mean."""
    places = places_of(part.files)
    if not places:
        return None
    width = max(len(name_of(place)) for place in places[:_MOST_LISTED])
    for number, place in enumerate(places[:_MOST_LISTED], 1):
        say(f"{number:4}  {name_of(place):{width}}  {place.heading or ''}".rstrip())
    if len(places) > _MOST_LISTED:
        say(f"      and {len(places) - _MOST_LISTED} more, by PATH:LINE")
    while True:
        typed = ask_line("what do you answer? a number, PATH[:LINE], or Enter for all of it:")
        if not typed:
            return None
        if typed.isascii() and typed.isdigit() and len(typed) < 6:
            if 1 <= int(typed) <= len(places):
                return places[int(typed) - 1]
            say(f"the list goes from 1 to {len(places)}")
            continue
        try:
            return find_place(part.files, typed, what=part.what)
        except UsageError as exc:
            print_error(exc)
