"""Take in what `pack` wrote: all of it is checked before anything is changed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.errors import GitError, StoreError, UsageError
from git_voicenote.exchange.container import GIT_BUNDLE, TRANSCRIPTS, read_container
from git_voicenote.exchange.transcripts import read_carried, remember
from git_voicenote.repo.bundles import verify_git_bundle
from git_voicenote.repo.covers import COVER_PREFIX
from git_voicenote.repo.merging import NOTES, REVIEW_REF, REVIEWS, Merge, read_refs, tips_below
from git_voicenote.repo.process import try_git
from git_voicenote.repo.remotes import fetched_refs
from git_voicenote.store.history import History
from git_voicenote.store.recordings import Recordings, store_error

if TYPE_CHECKING:
    from git_voicenote.exchange.transcripts import CarriedRecording
    from git_voicenote.repo.merging import NoteRefs, Outcome
    from git_voicenote.repo.repository import Repository

RECEIVED = "refs/voicenote/received/"


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came: the refs of `branches` by their name, and the number of new recordings."""

    outcome: Outcome
    branches: dict[str, str]
    recordings: int
    remarks: tuple[str, ...]


def unpack(
    repository: Repository, note_refs: NoteRefs, file: Path, name: str | None, state: Path
) -> Arrived:
    """Take in a file: commits below refs/voicenote/received/NAME/, notes and covers merged.

    `state` is where recordings and history lie. Raises StoreError or GitError, with nothing taken
    in. A second time changes nothing.
    """
    prefix = f"{RECEIVED}{_checked_name(repository, file, name)}/"
    with tempfile.TemporaryDirectory(prefix="git-voicenote-") as scratch:
        folder = Path(scratch)
        read_container(file, folder)
        refspecs = _refspecs(verify_git_bundle(repository, folder / GIT_BUNDLE))
        sounds = sorted((folder / "recordings").glob("*"))
        carried = _read_transcripts(folder / TRANSCRIPTS, sounds)
        with fetched_refs(repository, str(folder / GIT_BUNDLE), refspecs) as incoming:
            remarks: list[str] = []
            placed = _place(Recordings(state), sounds, remarks)
            try:
                outcome, branches = _merge(repository, note_refs, incoming, prefix, file.name)
            except BaseException:
                for path in placed:
                    path.unlink(missing_ok=True)
                raise
        _remember(History(state), Recordings(state), carried, remarks)
    return Arrived(outcome, branches, len(placed), tuple(remarks))


def _checked_name(repository: Repository, file: Path, name: str | None) -> str:
    chosen = name if name is not None else re.sub(r"[^\w.+-]+", "-", file.stem).strip(".-")
    chosen = chosen or "bundle" if name is None else chosen
    done = try_git("check-ref-format", f"{RECEIVED}{chosen}/notes", cwd=repository.cwd)
    if done.returncode or chosen.startswith("-"):
        raise UsageError(f"{chosen!r} cannot be part of the name of a ref")
    return chosen


def _refspecs(names: tuple[str, ...]) -> dict[str, str]:
    refspecs = {}
    if any(name.startswith("refs/heads/") for name in names):
        refspecs["refs/heads/*"] = "heads/*"
    if any(name.startswith(COVER_PREFIX) for name in names):
        refspecs[COVER_PREFIX + "*"] = "cover/*"
    notes = [name for name in names if name.startswith("refs/notes/") and name != REVIEW_REF]
    if notes:
        refspecs[notes[0]] = NOTES
    if REVIEW_REF in names:
        refspecs[REVIEW_REF] = REVIEWS
    return refspecs


def _read_transcripts(path: Path, sounds: list[Path]) -> tuple[CarriedRecording, ...]:
    if not path.is_file():
        return ()
    try:
        values = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        values = None
    return read_carried(values, [sound.stem for sound in sounds])


def _place(recordings: Recordings, sounds: list[Path], remarks: list[str]) -> list[Path]:
    """Put sounds into the archive; one that is there already is left alone."""
    placed = []
    try:
        for sound in sounds:
            there = recordings.path_of(sound.stem)
            if there is not None:
                if _digest(there) != _digest(sound):
                    remarks.append(
                        f"another recording is called {sound.stem} here; it is left as it is"
                    )
                continue
            recordings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            target = recordings.folder / sound.name
            partial = target.with_name(f".{sound.name}.{os.getpid()}")
            shutil.copyfile(sound, partial)
            partial.chmod(0o600)
            partial.replace(target)
            placed.append(target)
    except OSError as exc:
        for path in placed:
            with suppress(OSError):
                path.unlink()
        raise store_error(f"{recordings.folder} cannot take a recording", exc) from exc
    return placed


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


def _remember(
    history: History,
    recordings: Recordings,
    carried: tuple[CarriedRecording, ...],
    remarks: list[str],
) -> None:
    try:
        for one in carried:
            path = recordings.path_of(one.id)
            if path is not None:
                remember(history, one, path)
    except StoreError as exc:
        remarks.append(f"the recordings are here, but the history does not know of them: {exc}")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
