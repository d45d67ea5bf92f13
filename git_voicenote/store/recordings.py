"""Recordings on disk: one file each, that nobody else on the machine can read."""

from __future__ import annotations

import os
import re
import secrets
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.errors import RecordingInUseError, StoreError
from git_voicenote.files.failures import store_error
from git_voicenote.recording_formats import BY_SUFFIX, WAV
from git_voicenote.resources import data_home

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator
    from pathlib import Path

_YEARS = range(1970, 3000)
_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{4,64}")


def state_dir(of_repository: Path | None) -> Path:
    """Return the folder for recordings and history: the repository's own, or the person's.

    `of_repository` is Repository.state_dir, or None outside of repositories, where the folder is
    $XDG_DATA_HOME/git-voicenote.
    """
    return data_home() if of_repository is None else of_repository


def recording_time(recording_id: str) -> datetime | None:
    """Return the time that an id was made of; None for what is no id, or no time."""
    if not _ID.fullmatch(recording_id):
        return None
    try:
        found = datetime.strptime(recording_id[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return found if found.year in _YEARS else None


def new_recording_id(created_at: datetime) -> str:
    """Return an id that sorts by time and that no other recording has: 20261122-101400-3f2a."""
    return f"{created_at:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


class Recordings:
    """The recordings below one folder (see `state_dir`), by id."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "recordings"
        self._in_use = root / "in-use"

    def new_path(self, recording_id: str) -> Path:
        """Return where a new recording is to be written, in a folder that is there.

        Raises StoreError where nothing can be written.
        """
        self._check(recording_id)
        try:
            files.private_folder(self.folder)
            path = self.folder / f"{recording_id}{WAV.suffix}"
            # found out now, before anybody speaks
            os.close(files.open_new(path))
            path.unlink()
        except OSError as exc:
            raise store_error(f"{self.folder} cannot take a recording", exc) from exc
        return path

    @contextmanager
    def held(self, recording_id: str) -> Iterator[None]:
        """Keep all other processes from a recording for as long as the context lasts.

        The lock ends with this process, however it ends. Raises RecordingInUseError where another
        one holds it, or a recorder that outlived its parent still writes the sound.
        """
        self._check(recording_id)
        claim = self._in_use / recording_id
        with ExitStack() as stack:
            try:
                files.private_folder(self._in_use)
                stack.enter_context(files.claim(claim))
            except BlockingIOError as exc:
                raise _in_use(recording_id, files.claimed_by(claim)) from exc
            except OSError:  # a file system without locks, or read-only: the sound counts more
                pass
            path = self.path_of(recording_id)
            if path is not None and files.is_locked(path):
                raise _in_use(recording_id, None)
            yield

    def path_of(self, recording_id: str) -> Path | None:
        """Return the sound of a recording, in whatever form it is kept, or None.

        An id may come from a note that somebody else wrote: one that is no id has no path.
        """
        if recording_time(recording_id) is None:
            return None
        paths = (self.folder / f"{recording_id}{suffix}" for suffix in BY_SUFFIX)
        return next((path for path in paths if path.is_file()), None)

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all recordings whose sound is there, the oldest first."""
        try:
            names = [path for path in self.folder.iterdir() if path.suffix in BY_SUFFIX]
        except FileNotFoundError:
            return ()
        except OSError as exc:
            raise store_error(f"{self.folder} cannot be read", exc) from exc
        return tuple(sorted({path.stem for path in names if recording_time(path.stem)}))

    def unfinished(
        self, finished: Container[str], is_being_written: Callable[[Path], bool]
    ) -> tuple[str, ...]:
        """Return the ids of recordings that were cut off, the oldest first.

        Those still WAV, not among the `finished` ones of the history, and not being written by a
        process that is alive.
        """
        cut_off = []
        for recording_id in self.ids():
            path = self.path_of(recording_id)
            if path is None or path.suffix != WAV.suffix or recording_id in finished:
                continue
            if not is_being_written(path):
                cut_off.append(recording_id)
        return tuple(cut_off)

    def delete(self, recording_id: str) -> bool:
        """Delete the sound of a recording, in all its forms; return whether there was any."""
        deleted = False
        while (path := self.path_of(recording_id)) is not None:
            try:
                path.unlink()
            except OSError as exc:
                raise store_error(f"{path} cannot be deleted", exc) from exc
            deleted = True
        return deleted

    def _check(self, recording_id: str) -> None:
        if recording_time(recording_id) is None:
            raise StoreError(f"{recording_id!r} is not the id of a recording")


def _in_use(recording_id: str, process: int | None) -> RecordingInUseError:
    who = f"process {process}" if process else "a recorder"
    return RecordingInUseError(
        f"the recording {recording_id} is in use: {who} of git voicenote works on it",
        hint="wait until that one is done, or end it",
    )
