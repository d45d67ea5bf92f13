"""`git voicenote play`: listen to what was said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from git_voicenote.cli.console import say, settings
from git_voicenote.cli.saving import remembered, repository_if_any, state_root
from git_voicenote.errors import NegativeAnswer, NoNoteError
from git_voicenote.repo.covers import Covers
from git_voicenote.repo.note_format import parse_notes
from git_voicenote.repo.notes import Notes
from git_voicenote.repo.repository import Repository
from git_voicenote.store.recordings import Recordings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_RECORDING_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{4,}")


@click.command()
@click.argument("name", required=False, metavar="[COMMIT | BRANCH | RECORDING]")
@click.option("--cover", is_flag=True, help="Play the cover of a branch's series.")
@click.option(
    "--start", type=click.FloatRange(min=0), default=0.0, metavar="SECONDS",
    help="Begin so far into the (first) recording.",
)  # fmt: skip
def play(name: str | None, *, cover: bool, start: float) -> None:
    """Play the recording behind a note, or one from the history by its id."""
    from git_voicenote.audio.playback import play as play_sound

    if name and _RECORDING_ID.fullmatch(name) and not cover:
        recording_ids: Sequence[str] = (name,)
        root = state_root(repository_if_any())
    else:
        repository = Repository.discover()
        recording_ids = _recordings_of_note(repository, name, cover=cover)
        root = state_root(repository)
    for path in _paths(Recordings(root), recording_ids):
        say(f"playing {path.stem}")
        play_sound(path, start)
        start = 0.0


def _recordings_of_note(repository: Repository, name: str | None, *, cover: bool) -> list[str]:
    if cover:
        covers = Covers(repository)
        key = name or covers.key_for_head()
        notes = covers.read(key)
        what = f"cover of {key}"
    else:
        commit = repository.commit(name or "HEAD")
        store = Notes(repository, settings().notes_ref)
        notes = store.read(commit.id)
        what = f"note for {commit.short}"
        if not notes and (found := store.find(commit.id, remembered(repository))):
            notes = parse_notes(found.text)
    if not notes:
        way = "--cover" if cover else commit.short
        raise NoNoteError(f"no {what}", hint=f"record one with `git voicenote record {way}`")
    recording_ids = [recording_id for note in notes for recording_id in note.recording_ids]
    if not recording_ids:
        raise NegativeAnswer(f"the {what} was typed: it has no recording")
    return recording_ids


def _paths(recordings: Recordings, recording_ids: Sequence[str]) -> list[Path]:
    """Return the sound that is here; name what is not."""
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
