"""Answer a series by voice: speak, edit, and save the answers as mails or notes."""

from __future__ import annotations

import shlex
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from git_voicenote.columns import columns, padded
from git_voicenote.errors import Cancelled, NegativeAnswer, Terminated, UsageError, VoicenoteError
from git_voicenote.mail.incoming.envelopes import ids_in
from git_voicenote.series.review.replying import (
    Answer,
    find_place,
    name_of,
    part_of,
    places_of,
    quoted_part,
)
from git_voicenote.store.kept_texts import Purpose, keep_text
from git_voicenote.targets import ReplyTarget, ReviewTarget
from git_voicenote.workflows.dialogue import Draft, report_error
from git_voicenote.workflows.explain.explain import note_of, spoken_text
from git_voicenote.workflows.hearing.archive import state_root
from git_voicenote.workflows.hearing.doubts import with_doubts
from git_voicenote.workflows.hearing.hear import hear
from git_voicenote.workflows.hearing.listening import Listening

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from git_voicenote.config import Settings
    from git_voicenote.datatypes import Note, Place
    from git_voicenote.git.repository import Repository
    from git_voicenote.series.review.replying import AnsweredPart
    from git_voicenote.series.review.series import Review
    from git_voicenote.workflows.dialogue import Dialogue
    from git_voicenote.workflows.hearing.archive import Dictation
    from git_voicenote.workflows.hearing.hear import SoundSource

_MAX_LISTED = 30


class AnswerKeeper(Protocol):
    """The destination of answers."""

    def prepare(self, part: AnsweredPart) -> None:
        """Report warnings before recording; raise if no answer can be saved."""
        ...

    def keep(self, part: AnsweredPart, answers: Sequence[Answer]) -> None:
        """Save all answers to a part; the last one is new."""
        ...

    @property
    def products(self) -> Sequence[Path]:
        """The written files."""
        ...


class Answering:
    """The answers of one person to a series; each is saved immediately."""

    def __init__(
        self,
        review: Review,
        keeper: AnswerKeeper,
        settings: Settings,
        repository: Repository | None,
        dialogue: Dialogue,
        command: Sequence[str],
    ) -> None:
        """`command` is the command line of this run; with `--from`, it resumes from a recording."""
        self._review = review
        self._keeper = keeper
        self._settings = settings
        self._repository = repository
        self._dialogue = dialogue
        self._command = command
        self._answers: dict[int, list[Answer]] = {}
        self._unkept: dict[int, AnsweredPart] = {}

    def ask(self, number: int) -> None:
        """Let the user answer a part of the series, at a place that they choose.

        Failures are reported.
        """
        try:
            part = part_of(self._review, number)
            self._prepare(part)
            self._answer(part, _ask_place(part, self._dialogue), None)
        except VoicenoteError as exc:
            report_error(self._dialogue, exc)
        except (KeyboardInterrupt, Cancelled):
            self._dialogue.say("")

    def answer(self, number: int, named: str | None, source: SoundSource | str | None) -> None:
        """Answer a part, at a place in its diff or as a whole; `source` is as for `hear`."""
        part = part_of(self._review, number)
        place = find_place(part.files, named, what=part.what) if named is not None else None
        self._prepare(part)
        self._answer(part, place, source)

    def finish(self) -> None:
        """Try again to save the answers that could not be saved."""
        for number, part in sorted(self._unkept.items()):
            self._keeper.keep(part, self._answers[number])

    def _prepare(self, part: AnsweredPart) -> None:
        self._keeper.prepare(part)
        where = f" {part.subject}" if part.subject else ""
        self._dialogue.say(f"answering {part.what}{where}")

    def _answer(
        self, part: AnsweredPart, place: Place | None, source: SoundSource | str | None
    ) -> None:
        resume = self._resume(part, place)
        listening = Listening(self._repository, self._settings, _target(part), self._dialogue.warn)
        title = f"answer to {part.subject}"
        with hear(listening, self._dialogue, title, source, resume=resume) as dictation:
            with self._naming(f"{resume} {dictation.recording.id}"):
                text = spoken_text(listening, self._dialogue, dictation, resume=resume)
                note = self._edited(part, place, note_of(dictation, text), dictation)
            answers = self._answers.setdefault(part.number, [])
            answers.append(Answer(note, place))
            self._keep(part, answers)

    def _edited(
        self, part: AnsweredPart, place: Place | None, note: Note, dictation: Dictation
    ) -> Note:
        """Let the user edit the text, with the answered part in view."""
        if not (self._settings.edit and self._dialogue.is_interactive):
            return note
        where = f", {name_of(place)}" if place else ""
        about = f"answer to {part.what} {part.subject}{where}\n\n{quoted_part(part, place)}"
        comments = with_doubts(about, note.text, [dictation.transcript])
        text = self._dialogue.edit(Draft(note.text, comments))
        if text is None:
            raise NegativeAnswer("the text is empty: no answer was kept")
        return replace(note, text=text.rstrip("\n"))

    def _keep(self, part: AnsweredPart, answers: Sequence[Answer]) -> None:
        self._unkept[part.number] = part
        try:
            self._keeper.keep(part, answers)
        except VoicenoteError as exc:
            text = answers[-1].note.text + "\n"
            path = keep_text(state_root(self._repository), text, Purpose())
            raise type(exc)(f"{exc.message}\nthe text is kept in {path}", hint=exc.hint) from exc
        del self._unkept[part.number]

    @contextmanager
    def _naming(self, command: str) -> Iterator[None]:
        """Name the recording if it did not become an answer."""
        try:
            yield
        except (VoicenoteError, Cancelled, KeyboardInterrupt, Terminated) as exc:
            if command not in str(getattr(exc, "hint", "")):
                self._dialogue.say(f"the recording is kept: `{command}` transcribes it again")
            raise

    def _resume(self, part: AnsweredPart, place: Place | None) -> str:
        at = ["--at", name_of(place)] if place else []
        return shlex.join([*self._command, "--patch", str(part.number), *at, "--from"])


def _target(part: AnsweredPart) -> ReviewTarget | ReplyTarget:
    """Return the target of an answer for the history."""
    if part.envelope is None and part.commit_id:
        return ReviewTarget(part.commit_id)
    named = ids_in(part.envelope.message_id) if part.envelope else ()
    return ReplyTarget(named[0] if named else str(part.number))


def _ask_place(part: AnsweredPart, dialogue: Dialogue) -> Place | None:
    """Ask which part of a diff to answer."""
    places = places_of(part.files)
    if not places:
        return None
    width = max(columns(name_of(place)) for place in places[:_MAX_LISTED])
    for number, place in enumerate(places[:_MAX_LISTED], 1):
        dialogue.say(f"{number:4}  {padded(name_of(place), width)}  {place.heading or ''}".rstrip())
    if len(places) > _MAX_LISTED:
        dialogue.say(f"      and {len(places) - _MAX_LISTED} more, by PATH:LINE")
    while True:
        typed = dialogue.ask("answer which part? a number, PATH[:LINE], or Enter for all:")
        if not typed:
            return None
        if typed.isascii() and typed.isdigit() and len(typed) < 6:
            if 1 <= int(typed) <= len(places):
                return places[int(typed) - 1]
            dialogue.say(f"the list goes from 1 to {len(places)}")
            continue
        try:
            return find_place(part.files, typed, what=part.what)
        except UsageError as exc:
            report_error(dialogue, exc)
