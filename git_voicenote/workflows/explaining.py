"""Explaining a commit or a series: speak, edit, save."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from git_voicenote.datatypes import Note
from git_voicenote.errors import AudioFileError, NegativeAnswer, NothingHeardError, UsageError
from git_voicenote.notes.format import join_notes, parse_notes, render_note
from git_voicenote.notes.store import rewrite_ref_is_set, set_rewrite_ref
from git_voicenote.terminal.console import ask, is_interactive, say
from git_voicenote.terminal.editor import edit_text
from git_voicenote.text.diff.anchors import with_anchors
from git_voicenote.text.passes.spoken_prose import sentences, writes_sentences
from git_voicenote.text.prose import wrap
from git_voicenote.workflows.archive import Dictation, Subject
from git_voicenote.workflows.dictation import TAKE_UP, dictate, open_archive, transcribe_source
from git_voicenote.workflows.doubts import with_doubts
from git_voicenote.workflows.existing_note import Joining, ask_about_existing
from git_voicenote.workflows.kept_texts import Purpose
from git_voicenote.workflows.note_targets import CommitTarget, CoverTarget, Target
from git_voicenote.workflows.wording import worded_apart

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from git_voicenote.config import Settings
    from git_voicenote.datatypes import Recording
    from git_voicenote.git.repository import Commit, Repository
    from git_voicenote.text.diff.diffs import FileDiff
    from git_voicenote.workflows.archive import Archive
    from git_voicenote.workflows.existing_note import Existing
    from git_voicenote.workflows.walk_pages import Page

_ABOUT_ANCHORS = """
What follows a line such as `path:12-34:` is of that part of the diff,
up to the next one, or to `The patch as a whole:`.
"""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A note as it was saved, and the dictation that it came from."""

    note: Note
    dictation: Dictation


def record_commit(repository: Repository, settings: Settings, commit: Commit) -> None:
    """Let the person explain a commit; its note is saved. Raises as `dictate` does."""
    record_note(repository, settings, CommitTarget(repository, commit, settings.notes_ref))


def record_cover(repository: Repository, settings: Settings, key: str) -> None:
    """Let the person explain a series; its cover is saved. Raises as `dictate` does."""
    record_note(repository, settings, CoverTarget(repository, key))


def record_note(
    repository: Repository,
    settings: Settings,
    target: Target,
    *,
    source: str | None = None,
    existing: Existing | None = None,
    explain: bool = False,
    walk: bool = False,
) -> Spoken:
    """Let the person explain a target, let them edit the words, and save them.

    With `walk`, they have the diff before them, and turn its pages while they speak. With
    `explain`, what the text passes changed is told on stderr. Raises UsageError where nobody can
    turn pages.
    """
    pages = _pages(target) if walk else ()
    say(f"explaining {target.heading}")
    before = target.read()
    if before and existing is None:
        existing = ask_about_existing(target)
    with _dictation(repository, settings, target, source, pages, explain=explain) as dictation:
        spoken = _worded_note(repository, settings, target, dictation, explain=explain)
        joining = Joining(target, before, existing, spoken)
        target.save(settings, (spoken,), joining)
    if joining.is_changed:
        say(f"somebody else changed the {target.name} meanwhile: it holds what both of you said")
    say(f"{target.name} saved · git voicenote show {target.argument}")
    if isinstance(target, CommitTarget):
        _offer_rewrite_ref(repository, settings.notes_ref)
    return Spoken(spoken, dictation)


def _worded_note(
    repository: Repository,
    settings: Settings,
    target: Target,
    dictation: Dictation,
    *,
    explain: bool,
) -> Note:
    """Return what was said of a target as a note, which the person has edited."""
    has_places = any(segment.place for segment in dictation.transcript.segments)
    files = target.files() if has_places else ()
    text = spoken_text(
        repository, settings, target.key, dictation,
        explain=explain, take_up=_take_up(target), files=files,
    )  # fmt: skip
    about = f"{target.summary()}{_ABOUT_ANCHORS if files else ''}"
    comments = with_doubts(about, text, [dictation.transcript])
    return _edited(repository, settings, target, note_of(dictation, text), comments)


def spoken_text(
    repository: Repository | None,
    settings: Settings,
    target: str,
    dictation: Dictation,
    *,
    explain: bool = False,
    take_up: str = TAKE_UP,
    files: Sequence[FileDiff] = (),
) -> str:
    """Return what was said, as it stands on the page. Raises NothingHeardError.

    `target` is the history's name of what it is about; `take_up` is as for `dictate`. What was
    said of a place in one of the `files` has an anchor.
    """
    segments = dictation.transcript.segments
    stretches = [
        (place, [segment.marked_text for segment in group])
        for place, group in groupby(segments, key=lambda segment: segment.place)
    ]
    heard = [texts for _, texts in stretches]
    # each by itself: "scratch that" takes back nothing of before a page was turned
    polished = worded_apart(repository, settings, target, heard, explain=explain, segments=segments)
    written = writes_sentences(segment.text for segment in segments)
    said = [
        (place, sentences(one.segments, written=written))
        for (place, _), one in zip(stretches, polished, strict=True)
    ]
    text = wrap(with_anchors(said, files))
    if not text:
        raise NothingHeardError(
            "all that was said was taken back",
            hint=f"`{take_up} {dictation.recording.id}` takes it up again",
        )
    return text


def _pages(target: Target) -> tuple[Page, ...]:
    if not is_interactive():
        raise UsageError(
            "there is no terminal to turn pages on",
            hint="without --walk, words that name a file or a function stand beside it",
        )
    pages = target.pages()
    if not pages:
        say(f"{target.argument} changes no file: it is explained as a whole")
    return pages


def _dictation(
    repository: Repository,
    settings: Settings,
    target: Target,
    source: str | None,
    pages: tuple[Page, ...],
    *,
    explain: bool,
) -> AbstractContextManager[Dictation]:
    take_up = _take_up(target)
    if source is None:
        return dictate(
            repository, settings, target=target.key, title=target.title, take_up=take_up,
            pages=pages, explain=explain,
        )  # fmt: skip
    archive = open_archive(repository, settings)
    subject = Subject(target.key, target.title)
    sound = find_sound(archive, source)
    return transcribe_source(
        repository, archive, settings, sound, subject, take_up=take_up, explain=explain
    )


def _take_up(target: Target) -> str:
    # by its name: HEAD, which `record` takes by itself, is another commit by then, or was before
    return f"git voicenote record {target.argument} --from"


def find_sound(archive: Archive, source: str) -> Path | BinaryIO | Recording:
    """Return what --from names: standard input, a file, or a recording by its id.

    Raises AudioFileError.
    """
    if source == "-":
        return sys.stdin.buffer
    path = Path(source)
    if path.exists():
        return path
    recording = archive.find(source)
    if recording is None:
        raise AudioFileError(
            f"there is no file and no recording {source!r}",
            hint="`git voicenote history list` shows the recordings",
        )
    return recording


def note_of(dictation: Dictation, text: str) -> Note:
    """Return a text that was spoken, with the trailers that say where it came from."""
    return Note(
        text=text,
        recording_ids=(dictation.recording.id,),
        engine=dictation.transcript.engine,
        language=dictation.transcript.language,
        duration=dictation.recording.duration,
    )


def _edited(
    repository: Repository, settings: Settings, target: Target, note: Note, comments: str
) -> Note:
    """Let the person edit the words; the trailers stand with them, as in `git voicenote edit`."""
    if not (settings.edit and is_interactive()):
        return note
    edited = edit_text(
        repository, render_note(note), comments, Purpose(target.key, f"the {target.name}")
    )
    notes = parse_notes(edited or "")
    if not any(kept.text for kept in notes):
        raise NegativeAnswer(
            f"the text is empty: no {target.name} was saved",
            hint=f"`{_take_up(target)} {note.recording_ids[0]}` takes the words up again",
        )
    return notes[0] if len(notes) == 1 else _as_one(notes)


def _as_one(notes: tuple[Note, ...]) -> Note:
    joined = notes[0]
    for note in notes[1:]:
        joined = join_notes(joined, note)
    return joined


def _offer_rewrite_ref(repository: Repository, ref: str) -> None:
    """Offer to let notes follow their commits: git has no default for notes.rewriteRef."""
    if rewrite_ref_is_set(repository, ref):
        return
    command = f"git config notes.rewriteRef {ref}"
    if not is_interactive():
        say(f"hint: `{command}` lets notes follow amend and rebase")
        return
    if ask("let notes follow amend and rebase?", {"y": "yes", "n": "no"}, default="y") == "y":
        set_rewrite_ref(repository, ref)
    else:
        say(f"`{command}` does so at any time")
