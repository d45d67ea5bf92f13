"""Write one file with commits, notes, covers and, if requested, recordings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from git_voicenote import files as safe_files
from git_voicenote.audio.files.checking import check_recording
from git_voicenote.errors import AudioFileError, StoreError
from git_voicenote.files.failures import store_error
from git_voicenote.notes.bundles import select, write_git_bundle
from git_voicenote.notes.covers import Covers
from git_voicenote.notes.format import parse_notes
from git_voicenote.notes.store import Notes
from git_voicenote.phrases import counted
from git_voicenote.store.history import History
from git_voicenote.store.recordings import Recordings
from git_voicenote.workflows.exchange.container import (
    GIT_BUNDLE,
    MAX_FILES,
    TRANSCRIPTS,
    write_container,
)
from git_voicenote.workflows.exchange.transcripts import (
    LIMITS,
    carried_value,
    read_carried,
    unknown_value,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from git_voicenote.git.repository import Repository
    from git_voicenote.notes.bundles import BundleContent
    from git_voicenote.notes.merging.refs import NoteRefs
    from git_voicenote.store.entries import HistoryEntry


@dataclass(frozen=True, slots=True)
class PackSummary:
    """A summary of the packed content, and remarks."""

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
) -> PackSummary:
    """Write a selection of the repository to a file.

    `state` is the folder of recordings and history, or None to leave them out. Raises StoreError or
    GitError; then no file is left behind.
    """
    if file.exists() and not replace:
        raise StoreError(f"{file} already exists", hint="--force replaces it")
    selection = select(repository, note_refs, revisions)
    remarks: list[str] = []
    with safe_files.scratch_folder() as scratch:
        files = {GIT_BUNDLE: scratch / GIT_BUNDLE}
        write_git_bundle(repository, note_refs, selection, files[GIT_BUNDLE])
        sounds: dict[str, Path] = {}
        if state is not None:
            wanted = _recordings_of(repository, note_refs, selection, is_all=not revisions)
            sounds = _find_sounds(Recordings(state), wanted, remarks)
            files[TRANSCRIPTS] = scratch / TRANSCRIPTS
            safe_files.create(files[TRANSCRIPTS], _transcripts(History(state), sounds, remarks))
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
    return PackSummary(_summary(repository, note_refs, selection, len(sounds)), tuple(remarks))


def _write(file: Path, manifest: dict[str, object], files: dict[str, Path]) -> None:
    """Write the file under a temporary name first, because a USB stick may be removed any time."""
    try:
        with safe_files.replacing(file) as out:
            write_container(out, manifest, files)
    except OSError as exc:
        raise store_error(f"{file} could not be written", exc) from exc


def _recordings_of(
    repository: Repository, note_refs: NoteRefs, selection: BundleContent, *, is_all: bool
) -> tuple[str, ...]:
    """Return the recordings that the notes of a selection name, oldest first."""
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
    found = {}
    for name in wanted:
        path = recordings.path_of(name)
        if path is None:
            continue
        try:
            check_recording(path)  # the other side refuses an invalid recording
        except AudioFileError as exc:
            remarks.append(f"the recording {name} stays here: {exc.message}")
            continue
        found[name] = path
    if len(found) > MAX_FILES - 2:
        raise StoreError(
            f"{len(found):,} recordings are too many for one file",
            hint="name a range: `git voicenote sync bundle FILE BASE..BRANCH --audio`",
        )
    missing = [name for name in wanted if recordings.path_of(name) is None]
    if missing:
        which = ", ".join(missing[:3]) + (", ..." if len(missing) > 3 else "")
        remarks.append(f"{len(missing)} of the recordings are not on this machine: {which}")
    return found


def _transcripts(history: History, sounds: dict[str, Path], remarks: list[str]) -> str:
    """Return descriptions of recordings for a bundle. Raises StoreError if too large."""
    known: dict[str, HistoryEntry | None] = {}
    try:
        known = {name: history.entry(name) for name in sounds}
    except StoreError as exc:
        remarks.append(f"the transcripts stay here: {exc.message}")
    values = [_value(name, known.get(name), remarks) for name in sounds]
    text = json.dumps(values, ensure_ascii=False, indent=1)
    if len(text.encode("utf-8", "replace")) > LIMITS.size:
        raise StoreError(
            "there are too many transcripts for one file",
            hint="name a range: `git voicenote sync bundle FILE BASE..BRANCH --audio`",
        )
    return text


def _value(name: str, entry: HistoryEntry | None, remarks: list[str]) -> dict[str, Any]:
    """Return the description of a recording, if the other side would accept it."""
    if entry is not None:
        value = carried_value(entry)
        try:
            read_carried([value], {name: entry.duration})
        except StoreError as exc:
            remarks.append(f"the transcript of {name} stays here: {exc.message}")
        else:
            return value
    return unknown_value(name)


def _summary(
    repository: Repository, note_refs: NoteRefs, selection: BundleContent, sounds: int
) -> str:
    noted, answered = (
        len(Notes(repository, ref).annotated()) for ref in note_refs.by_kind.values()
    )
    packed = [
        (len(selection.commits), "commit"), (noted, "note"), (answered, "answered commit"),
        (len(selection.covers), "cover"), (sounds, "recording"),
    ]  # fmt: skip
    parts = [counted(number, what) for number, what in packed if number]
    return ", ".join(parts) + " packed"
