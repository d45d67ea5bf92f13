"""Explain a commit or a series: speak, edit, save."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.datatypes import Note
from git_voicenote.errors import NegativeAnswer, NothingHeardError, UsageError
from git_voicenote.notes.format import join_notes, parse_notes, render_note
from git_voicenote.notes.store import rewrite_ref_is_set, set_rewrite_ref
from git_voicenote.store.kept_texts import Purpose
from git_voicenote.store.remarks import (
    REWRITE_REF_ANSWERED,
    REWRITE_REF_HINT,
    remember_told,
    was_told,
)
from git_voicenote.targets import CommitTarget
from git_voicenote.workflows.dialogue import Draft
from git_voicenote.workflows.explain.joining import Joining, ask_about_existing
from git_voicenote.workflows.explain.saving import Saving
from git_voicenote.workflows.hearing.archive import state_root
from git_voicenote.workflows.hearing.checking import check_microphone
from git_voicenote.workflows.hearing.doubts import with_doubts
from git_voicenote.workflows.hearing.explanations import change_lines, search_lines, term_lines
from git_voicenote.workflows.hearing.hear import RESUME, hear
from git_voicenote.workflows.hearing.listening import Listening
from git_voicenote.workflows.hearing.writing import written_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from git_voicenote.config import Settings
    from git_voicenote.git.repository import Repository
    from git_voicenote.text.diff.diffs import FileDiff
    from git_voicenote.workflows.dialogue import Dialogue
    from git_voicenote.workflows.explain.explainable import Explainable
    from git_voicenote.workflows.explain.joining import Existing
    from git_voicenote.workflows.explain.walk_pages import Page
    from git_voicenote.workflows.hearing.archive import Dictation
    from git_voicenote.workflows.hearing.hear import SoundSource

_ABOUT_ANCHORS = """
What follows a line such as `path:12-34:` is of that part of the diff,
up to the next one, or to `The patch as a whole:`.
"""


@dataclass(frozen=True, slots=True)
class SpokenNote:
    """A saved note and its dictation."""

    note: Note
    dictation: Dictation


def explain(
    subject: Explainable,
    repository: Repository,
    settings: Settings,
    dialogue: Dialogue,
    *,
    source: SoundSource | str | None = None,
    existing: Existing | None = None,
    explain: bool = False,
    walk: bool = False,
    saved: Callable[[SpokenNote], None] | None = None,
) -> SpokenNote:
    """Let the user explain a commit or a series, edit the words, and save them.

    `source` is as for `hear`. With `walk`, the diff is on the screen, and the user turns its pages
    while they speak. With `explain`, the changes of the text passes are reported. `saved` is called
    with the note as soon as it is saved. Raises as `hear` does, after that if sound is missing, and
    UsageError if nobody can turn pages.
    """
    pages = _pages(subject, dialogue) if walk else ()
    before = subject.read()
    if before and existing is None and dialogue.is_interactive and source is None:
        check_microphone(settings)  # before asking what to do with an existing note
    dialogue.say(f"explaining {subject.heading}")
    if before and existing is None:
        existing = ask_about_existing(subject.name, dialogue)
    listening = Listening(repository, settings, subject.target, dialogue.warn, explain=explain)
    resume = _resume(subject)
    with hear(listening, dialogue, subject.title, source, resume=resume, pages=pages) as dictation:
        spoken = _written(subject, listening, dialogue, dictation)
        joining = Joining(subject, before, existing, spoken)
        subject.save(Saving(repository, settings, dialogue), (spoken,), joining)
        if joining.is_changed:
            dialogue.say(
                f"somebody else changed the {subject.name} in the meantime: both texts were kept"
            )
        dialogue.say(f"{subject.name} saved · git voicenote show {subject.argument}")
        if saved is not None:
            saved(SpokenNote(spoken, dictation))
    if isinstance(subject.target, CommitTarget):
        _offer_rewrite_ref(repository, settings.notes_ref, dialogue)
    return SpokenNote(spoken, dictation)


def spoken_text(
    listening: Listening,
    dialogue: Dialogue,
    dictation: Dictation,
    *,
    resume: str = RESUME,
    files: Sequence[FileDiff] = (),
) -> str:
    """Return the text of a dictation after all passes. Raises NothingHeardError.

    `resume` is as for `hear`. Words about a place in one of the `files` get an anchor.
    """
    segments = dictation.transcript.segments
    text, polished = written_text(listening, segments, files)
    if listening.explain:
        passed = [one for each in polished for one in each.passed]
        for line in (
            *term_lines(listening.vocabulary), *search_lines(segments), *change_lines(passed)
        ):  # fmt: skip
            dialogue.say(line)
    if not text:
        raise NothingHeardError(
            "everything was retracted",
            hint=f"`{resume} {dictation.recording.id}` transcribes it again",
        )
    return text


def note_of(dictation: Dictation, text: str) -> Note:
    """Return a dictated text with the trailers about its origin."""
    return Note(
        text=text,
        recording_ids=(dictation.recording.id,),
        engine=dictation.transcript.engine,
        language=dictation.transcript.language,
        duration=dictation.recording.duration,
    )


def _written(
    subject: Explainable, listening: Listening, dialogue: Dialogue, dictation: Dictation
) -> Note:
    """Return a dictation as a note, after the user has edited it."""
    has_places = any(segment.place for segment in dictation.transcript.segments)
    files = subject.files() if has_places else ()
    resume = _resume(subject)
    note = note_of(
        dictation, spoken_text(listening, dialogue, dictation, resume=resume, files=files)
    )
    if not (listening.settings.edit and dialogue.is_interactive):
        return note
    about = f"{subject.summary()}{_ABOUT_ANCHORS if files else ''}"
    # the trailers are below the words, as in `git voicenote edit`
    draft = Draft(
        render_note(note),
        with_doubts(about, note.text, [dictation.transcript]),
        Purpose(subject.target, f"the {subject.name}"),
    )
    notes = parse_notes(dialogue.edit(draft) or "")
    if not any(kept.text for kept in notes):
        raise NegativeAnswer(
            f"the text is empty: no {subject.name} was saved",
            hint=f"`{resume} {dictation.recording.id}` transcribes it again",
        )
    return _as_one(notes)


def _as_one(notes: tuple[Note, ...]) -> Note:
    joined = notes[0]
    for note in notes[1:]:
        joined = join_notes(joined, note)
    return joined


def _pages(subject: Explainable, dialogue: Dialogue) -> tuple[Page, ...]:
    if not dialogue.is_interactive:
        raise UsageError(
            "there is no terminal to turn pages on",
            hint="without --walk, words that name a file or a function stand beside it",
        )
    pages = subject.pages()
    if not pages:
        dialogue.say(f"{subject.argument} changes no file: it is explained as a whole")
    return pages


def _resume(subject: Explainable) -> str:
    # by its id, because HEAD, the default of `record`, may have moved by then
    return f"git voicenote record {subject.argument} --from"


def _offer_rewrite_ref(repository: Repository, ref: str, dialogue: Dialogue) -> None:
    """Offer to let notes follow their commits: git has no default for notes.rewriteRef."""
    if rewrite_ref_is_set(repository.configuration, ref):
        return
    root = state_root(repository)
    if was_told(root, REWRITE_REF_ANSWERED):
        return
    command = f"git config --add notes.rewriteRef {ref}"
    if not dialogue.is_interactive:
        if not was_told(root, REWRITE_REF_HINT):
            dialogue.say(f"hint: notes follow amend and rebase after\nhint: `{command}`")
            remember_told(root, REWRITE_REF_HINT)
        return
    question = f"let notes follow amend and rebase?\n  (notes.rewriteRef = {ref})"
    answer = dialogue.ask(question, {"y": "yes", "n": "no"}, default="y")
    remember_told(root, REWRITE_REF_ANSWERED)
    if answer == "y":
        set_rewrite_ref(repository, ref)
    else:
        dialogue.say(f"`{command}`\nlets them follow at any time; you will not be asked again")
