"""`git voicenote play`: play the recording of a note."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from git_voicenote.cli.parsing.usage import at_most_one
from git_voicenote.clock import clock, seconds_of
from git_voicenote.errors import NegativeAnswer, NoNoteError, UsageError
from git_voicenote.git.repository import Repository, repository_if_any
from git_voicenote.notes.covers import Covers, series_name
from git_voicenote.notes.format import parse_notes
from git_voicenote.notes.store import Notes
from git_voicenote.store.history import History
from git_voicenote.store.recordings import Recordings
from git_voicenote.terminal.console import say, settings
from git_voicenote.terminal.dialogue import TerminalDialogue
from git_voicenote.text.doubts import doubtful, quoted
from git_voicenote.workflows.explain.saving import notes_by_patch
from git_voicenote.workflows.hearing.archive import state_root
from git_voicenote.workflows.leftovers import mention_unsaved_texts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_RECORDING_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{4,}")
_MOMENT = 1.0
"""Seconds to play before a doubtful word, whose time is accurate to about half a second."""


class _Time(click.ParamType[float]):
    """A time in a recording, in seconds or as hours, minutes and seconds."""

    name = "time"

    def convert(
        self, value: str | float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return seconds."""
        try:
            return seconds_of(str(value))
        except ValueError as exc:
            self.fail(str(exc), param, ctx)


@click.command()
@click.argument("name", required=False, metavar="[COMMIT | BRANCH | RECORDING]")
@click.option("--cover", is_flag=True, help="Play the cover of a branch's series.")
@click.option(
    "--at", "--start", "start", type=_Time(), metavar="TIME",
    help="Start at this time in the (first) recording: 7 (seconds), 0:07, 1:02:03.",
)  # fmt: skip
@click.option(
    "--doubt", type=click.IntRange(min=1), metavar="N",
    help="Start shortly before the N-th word that the engine was unsure of.",
)  # fmt: skip
def play(name: str | None, *, cover: bool, start: float | None, doubt: int | None) -> None:
    """Play the recording behind a note, or one from the history by its id."""
    from git_voicenote.audio.playback import play as play_sound

    at_most_one(at=start is not None, doubt=doubt is not None)
    if name and _RECORDING_ID.fullmatch(name) and not cover:
        recording_ids: Sequence[str] = (name,)
        root = state_root(repository_if_any())
    else:
        repository = Repository.discover()
        dialogue = TerminalDialogue(repository)
        mention_unsaved_texts(repository, dialogue)
        recording_ids = _recordings_of_note(repository, dialogue, name, cover=cover)
        root = state_root(repository)
    paths = _paths(Recordings(root), recording_ids)
    at = start or 0.0
    if doubt is not None:
        paths, at = _from_doubt(History(root), paths, doubt)
    for path in paths:
        say(f"playing {path.stem}")
        play_sound(path, at)
        at = 0.0


def _from_doubt(history: History, paths: list[Path], number: int) -> tuple[list[Path], float]:
    """Return the recordings, starting with that of a doubtful word, and the word's time in it."""
    entries = [history.entry(path.stem) for path in paths]
    heard = [entry.transcript.segments if entry and entry.transcript else () for entry in entries]
    doubts = [(place, word) for place, segments in enumerate(heard) for word in doubtful(segments)]
    names = ", ".join(path.stem for path in paths)
    if not any(segment.words for segments in heard for segment in segments):
        raise NegativeAnswer(
            f"the engine's confidence in the words of {names} is not known",
            hint="`--at TIME` starts at a time",
        )
    if not doubts:
        raise NegativeAnswer(f"no word in {names} is doubtful")
    if number > len(doubts):
        raise UsageError(
            f"there is no doubtful word {number} in {names}", hint=f"the last one is {len(doubts)}"
        )
    place, word = doubts[number - 1]
    say(f"doubtful word {number} of {len(doubts)}: {quoted(word)} {clock(word.start)}")
    return paths[place:], max(word.start - _MOMENT, 0.0)


def _recordings_of_note(
    repository: Repository, dialogue: TerminalDialogue, name: str | None, *, cover: bool
) -> list[str]:
    if cover:
        covers = Covers(repository)
        key = covers.key_named(name) if name else covers.key_for_head()
        notes = covers.read(key)
        what = f"cover of {series_name(repository, key)}"
    else:
        commit = repository.commit(name or "HEAD")
        store = Notes(repository, settings(repository).notes_ref)
        notes = store.read(commit.id)
        what = f"note for {commit.short}"
        if not notes:
            found = notes_by_patch(repository, store, [commit.id], dialogue).get(commit.id)
            notes = parse_notes(found.text) if found else ()
    if not notes:
        way = "--cover" if cover else commit.short
        raise NoNoteError(f"no {what}", hint=f"record one with `git voicenote record {way}`")
    recording_ids = [recording_id for note in notes for recording_id in note.recording_ids]
    if not recording_ids:
        raise NegativeAnswer(f"the {what} was typed: it has no recording")
    return recording_ids


def _paths(recordings: Recordings, recording_ids: Sequence[str]) -> list[Path]:
    """Return the recordings on this machine, and report the missing ones."""
    found = {name: recordings.path_of(name) for name in recording_ids}
    missing = [name for name, path in found.items() if path is None]
    if len(missing) == len(found):
        raise NegativeAnswer(
            f"the recording {', '.join(missing)} is not on this machine",
            hint="recordings stay where they were made; only the text travels with git",
        )
    for name in missing:
        say(f"the recording {name} is not on this machine")
    return [path for path in found.values() if path is not None]
