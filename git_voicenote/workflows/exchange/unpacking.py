"""Import a file from `pack`; everything is checked before anything is changed.

This includes the container with its checksums, the git bundle with its objects, and each sound with
its description. The file is unpacked below the folder of the history, which is on the same disk;
the next process removes the files of a killed one.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from git_voicenote import files
from git_voicenote.audio.files.checking import check_recording
from git_voicenote.bounded import parse_json
from git_voicenote.errors import AudioFileError, ContentError, GitError, StoreError, UsageError
from git_voicenote.files.failures import store_error
from git_voicenote.files.hashing import sha256_of
from git_voicenote.git.running.process import try_git
from git_voicenote.notes.bundles import verify_git_bundle
from git_voicenote.notes.covers import COVER_PREFIX
from git_voicenote.notes.merging.refs import NOTES, REVIEW_REF, REVIEWS, Merge, tips_below
from git_voicenote.notes.refs import read_refs
from git_voicenote.notes.remotes import fetched_bundle
from git_voicenote.store.history import History
from git_voicenote.store.recordings import Recordings
from git_voicenote.workflows.exchange.container import GIT_BUNDLE, TRANSCRIPTS, read_container
from git_voicenote.workflows.exchange.transcripts import LIMITS, read_carried, remember

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from git_voicenote.git.repository import Repository
    from git_voicenote.notes.merging.refs import NoteRefs, Outcome
    from git_voicenote.workflows.exchange.transcripts import CarriedRecording

RECEIVED = "refs/voicenote/received/"
_WORK = "unbundle-"


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """The result of an import: the refs of `branches` by name, and the number of new recordings."""

    outcome: Outcome
    branches: dict[str, str]
    recordings: int
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sound:
    """A received recording: its unpacked file and its description."""

    path: Path
    carried: CarriedRecording


def unpack(
    repository: Repository, note_refs: NoteRefs, file: Path, name: str | None, state: Path
) -> ImportSummary:
    """Import a file: store commits below refs/voicenote/received/NAME/, and merge notes and covers.

    `state` is the folder of recordings and history. Raises StoreError or GitError; then nothing was
    imported. A second import changes nothing.
    """
    prefix = f"{RECEIVED}{_checked_name(repository, file, name)}/"
    try:
        files.private_folder(state)
        with files.work_folder(state, _WORK) as folder:
            return _unpack_in(folder, repository, note_refs, file, prefix, state)
    except OSError as exc:
        raise store_error(f"{state} cannot be written", exc) from exc


def _unpack_in(
    folder: Path,
    repository: Repository,
    note_refs: NoteRefs,
    file: Path,
    prefix: str,
    state: Path,
) -> ImportSummary:
    manifest = read_container(file, folder)
    refs = verify_git_bundle(repository, folder / GIT_BUNDLE)
    _check_heads(file, manifest, refs)
    sounds = _read_sounds(file, folder)
    refspecs, unknown = _refspecs(tuple(refs))
    with fetched_bundle(repository, folder / GIT_BUNDLE, refspecs) as incoming:
        taken = _Taken(History(state), Recordings(state))
        try:
            taken.take(sounds)
            outcome, branches = _merge(repository, note_refs, incoming, prefix, file.name)
        except BaseException:
            taken.undo()
            raise
    remarks = [f"{name} of the git bundle was not imported" for name in unknown] + taken.remarks
    return ImportSummary(outcome, branches, len(taken.placed), tuple(remarks))


def _checked_name(repository: Repository, file: Path, name: str | None) -> str:
    chosen = name if name is not None else re.sub(r"[^\w.+-]+", "-", file.stem).strip(".-")
    chosen = chosen or "bundle" if name is None else chosen
    done = try_git("check-ref-format", f"{RECEIVED}{chosen}/notes", cwd=repository.cwd)
    if done.returncode or chosen.startswith("-"):
        raise UsageError(f"{chosen!r} cannot be part of the name of a ref")
    return chosen


def _refspecs(names: tuple[str, ...]) -> tuple[dict[str, str], list[str]]:
    """Return the refs to fetch, by their new names, and the names of other refs."""
    refspecs, unknown = {}, []
    for name in names:
        if name.startswith("refs/heads/"):
            refspecs["refs/heads/*"] = "heads/*"
        elif name.startswith(COVER_PREFIX):
            refspecs[COVER_PREFIX + "*"] = "cover/*"
        elif name == REVIEW_REF:
            refspecs[REVIEW_REF] = REVIEWS
        elif name.startswith("refs/notes/") and NOTES not in refspecs.values():
            refspecs[name] = NOTES
        else:
            unknown.append(name)
    return refspecs, unknown


def _check_heads(file: Path, manifest: Mapping[str, Any], refs: Mapping[str, str]) -> None:
    """Raise StoreError if the manifest and the git bundle have different branches or covers."""
    for kind, start in (("heads", "refs/heads/"), ("covers", COVER_PREFIX)):
        told = manifest.get(kind, {})
        there = {
            name.removeprefix(start): tip for name, tip in refs.items() if name.startswith(start)
        }
        if told != there:
            raise _refused(file, f"its manifest and its git bundle do not have the same {kind}")


def _read_sounds(file: Path, folder: Path) -> tuple[_Sound, ...]:
    """Return the received recordings, each read to its end. Raises StoreError."""
    paths = {path.stem: path for path in sorted((folder / "recordings").glob("*"))}
    values: object = []
    try:
        lengths = {name: check_recording(path) for name, path in paths.items()}
        if (folder / TRANSCRIPTS).is_file():
            values = parse_json((folder / TRANSCRIPTS).read_bytes(), TRANSCRIPTS, LIMITS)
    except (AudioFileError, ContentError) as exc:
        raise _refused(file, exc.message) from exc
    return tuple(_Sound(paths[one.id], one) for one in read_carried(values, lengths))


@dataclass
class _Taken:
    """Imports recordings in a way that can be undone.

    Each is added to the history before its sound is in the archive: without an entry, it would be
    offered to the user as their own interrupted recording.
    """

    history: History
    recordings: Recordings
    placed: list[Path] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def take(self, sounds: Iterable[_Sound]) -> None:
        """Import recordings; existing ones are not changed. Raises StoreError."""
        for sound in sounds:
            there = self.recordings.path_of(sound.carried.id)
            if there is not None and sha256_of(there) != sha256_of(sound.path):
                self.remarks.append(
                    f"another recording has the id {sound.carried.id} here; it was not changed"
                )
                continue
            target = there or self.recordings.folder / sound.path.name
            try:
                if remember(self.history, sound.carried, target):
                    self.told.append(sound.carried.id)
            except StoreError as exc:
                self.remarks.append(f"the recordings were not imported: {exc.message}")
                return
            if there is None:
                self._place(sound.path, target)

    def undo(self) -> None:
        """Remove everything that was imported."""
        for path in self.placed:
            with suppress(OSError):  # a leftover is offered like any interrupted recording
                path.unlink()
        for recording_id in self.told:
            with suppress(StoreError):
                self.history.delete(recording_id)

    def _place(self, source: Path, target: Path) -> None:
        try:
            files.private_folder(target.parent)
            files.move(source, target)
        except OSError as exc:
            raise store_error(f"{target.parent} cannot be written to", exc) from exc
        self.placed.append(target)


def _merge(
    repository: Repository, note_refs: NoteRefs, incoming: str, prefix: str, source: str
) -> tuple[Outcome, dict[str, str]]:
    heads = {
        name.removeprefix(incoming + "heads/"): commit
        for name, commit in read_refs(repository, incoming).items()
        if name.startswith(incoming + "heads/")
    }
    before = read_refs(repository, prefix)
    refs = {branch: f"{prefix}heads/{branch}" for branch in heads}
    merge = Merge(
        repository, note_refs, tips_below(repository, incoming), prefix,
        source=source, is_whole=False,
    )  # fmt: skip
    try:
        outcome = merge.run(
            [(refs[name], tip, before.get(refs[name])) for name, tip in heads.items()]
        )
    except GitError as exc:
        raise GitError(exc.message, hint=exc.hint or "--name NAME keeps it apart") from exc
    return outcome, refs


def _refused(file: Path, what: str) -> StoreError:
    return StoreError(
        f"{file} is refused: {what}; nothing was imported",
        hint="copy it again, or ask the sender for a new copy",
    )
