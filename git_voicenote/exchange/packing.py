"""Write one file with commits, notes, covers and, when asked, recordings."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.errors import StoreError
from git_voicenote.exchange.container import GIT_BUNDLE, TRANSCRIPTS, write_container
from git_voicenote.exchange.transcripts import carried_value
from git_voicenote.repo.bundles import select, write_git_bundle
from git_voicenote.repo.covers import Covers
from git_voicenote.repo.note_format import parse_notes
from git_voicenote.repo.notes import Notes
from git_voicenote.store.history import History
from git_voicenote.store.recordings import Recordings, store_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.repo.bundles import Selection
    from git_voicenote.repo.merging import NoteRefs
    from git_voicenote.repo.repository import Repository


@dataclass(frozen=True, slots=True)
class Packed:
    """What was packed, in words, and what a person should know of it."""

    summary: str
    remarks: tuple[str, ...]


def pack(
    repository: Repository,
    note_refs: NoteRefs,
    file: Path,
    revisions: Sequence[str],
    *,
    state: Path | None,
    replace: bool = False,
) -> Packed:
    """Write a selection of the repository to a file.

    `state` is where recordings and history lie; None leaves them out. Raises StoreError or
    GitError, with no file left behind.
    """
    if file.exists() and not replace:
        raise StoreError(f"{file} is there already", hint="--force replaces it")
    selection = select(repository, note_refs, revisions)
    remarks: list[str] = []
    with tempfile.TemporaryDirectory(prefix="git-voicenote-") as scratch:
        files = {GIT_BUNDLE: Path(scratch, GIT_BUNDLE)}
        write_git_bundle(repository, note_refs, selection, files[GIT_BUNDLE])
        sounds: dict[str, Path] = {}
        if state is not None:
            wanted = _recordings_of(repository, note_refs, selection, is_all=not revisions)
            sounds = _find_sounds(Recordings(state), wanted, remarks)
            files[TRANSCRIPTS] = Path(scratch, TRANSCRIPTS)
            files[TRANSCRIPTS].write_text(_transcripts(History(state), sounds, remarks))
            files |= {f"recordings/{path.name}": path for path in sounds.values()}
        manifest: dict[str, object] = {
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "heads": dict(selection.heads),
            "needs": list(selection.excluded),
            "notes": selection.notes,
            "reviews": selection.reviews,
            "covers": dict(selection.covers),
        }
        _write(file, manifest, files)
    return Packed(_summary(repository, note_refs, selection, len(sounds)), tuple(remarks))


def _write(file: Path, manifest: dict[str, object], files: dict[str, Path]) -> None:
    """Write the file under another name first: a stick may be pulled out at any moment."""
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        try:
            with os.fdopen(
                os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb"
            ) as out:
                write_container(out, manifest, files)
                out.flush()
                os.fsync(out.fileno())
            partial.replace(file)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as exc:
        raise store_error(f"{file} could not be written", exc) from exc


def _recordings_of(
    repository: Repository, note_refs: NoteRefs, selection: Selection, *, is_all: bool
) -> tuple[str, ...]:
    """Return the recordings that the notes of a selection name, in the order of their making."""
    covers = Covers(repository)
    texts = [covers.text(key) or "" for key in selection.covers]
    for ref in note_refs.by_kind.values():
        notes = Notes(repository, ref)
        texts += notes.texts(notes.annotated() if is_all else selection.commits).values()
    found = {name for text in texts for note in parse_notes(text) for name in note.recording_ids}
    return tuple(sorted(found))


def _find_sounds(
    recordings: Recordings, wanted: Sequence[str], remarks: list[str]
) -> dict[str, Path]:
    found = {name: path for name in wanted if (path := recordings.path_of(name)) is not None}
    missing = [name for name in wanted if name not in found]
    if missing:
        which = ", ".join(missing[:3]) + (", ..." if len(missing) > 3 else "")
        remarks.append(f"{len(missing)} of the recordings are not on this machine: {which}")
    return found


def _transcripts(history: History, sounds: dict[str, Path], remarks: list[str]) -> str:
    try:
        entries = [entry for name in sounds if (entry := history.entry(name)) is not None]
    except StoreError as exc:
        remarks.append(f"the transcripts stay here: {exc.message}")
        entries = []
    return json.dumps([carried_value(entry) for entry in entries], ensure_ascii=False, indent=1)


def _summary(repository: Repository, note_refs: NoteRefs, selection: Selection, sounds: int) -> str:
    noted, answered = (
        len(Notes(repository, ref).annotated()) for ref in note_refs.by_kind.values()
    )
    counted = [
        (len(selection.commits), "commit"), (noted, "note"), (answered, "answered commit"),
        (len(selection.covers), "cover"), (sounds, "recording"),
    ]  # fmt: skip
    parts = [f"{number} {what}{'' if number == 1 else 's'}" for number, what in counted if number]
    return ", ".join(parts) + " packed"
