"""Recordings on disk: one file each, readable only by the user."""

from __future__ import annotations

import os
import re
import secrets
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.bounded import open_regular
from git_voicenote.errors import RecordingInUseError, StoreError
from git_voicenote.files.failures import store_error
from git_voicenote.recording_formats import BY_SUFFIX, WAV
from git_voicenote.resources import data_home

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator
    from pathlib import Path
    from typing import BinaryIO

_YEARS = range(1970, 3000)
_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{4,64}")


def state_dir(of_repository: Path | None) -> Path:
    """Return the folder for recordings and history: that of the repository, or that of the user.

    `of_repository` is Repository.state_dir, or None outside a repository, where the folder is
    $XDG_DATA_HOME/git-voicenote.
    """
    return data_home() if of_repository is None else of_repository


def recording_time(recording_id: str) -> datetime | None:
    """Return the time in an id, or None if it is not a valid id."""
    if not _ID.fullmatch(recording_id):
        return None
    try:
        found = datetime.strptime(recording_id[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return found if found.year in _YEARS else None


def new_recording_id(created_at: datetime) -> str:
    """Return a unique id that sorts by time, such as 20261122-101400-3f2a."""
    return f"{created_at:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


class Recordings:
    """The recordings below one folder (see `state_dir`), by id."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "recordings"
        self._in_use = root / "in-use"

    def new_path(self, recording_id: str) -> Path:
        """Return the path for a new recording, in an existing folder.

        Raises StoreError if the folder is not writable.
        """
        self._check(recording_id)
        try:
            files.private_folder(self.folder)
            path = self.folder / f"{recording_id}{WAV.suffix}"
            # reported now, before the person speaks
            os.close(files.open_new(path))
            path.unlink()
        except OSError as exc:
            raise store_error(f"cannot write recordings to {self.folder}", exc) from exc
        return path

    @contextmanager
    def held(self, recording_id: str) -> Iterator[None]:
        """Lock a recording against other processes while the context lasts.

        The lock ends with this process, however it ends. Raises RecordingInUseError if another
        process holds it, or if a recorder that outlived its parent still writes the sound.
        """
        self._check(recording_id)
        claim = self._in_use / recording_id
        with ExitStack() as stack:
            try:
                files.private_folder(self._in_use)
                stack.enter_context(files.claim(claim))
            except BlockingIOError as exc:
                raise _in_use(recording_id, files.claimed_by(claim)) from exc
            except OSError:  # no locks, or a read-only file system; continue without a lock
                pass
            path = self.path_of(recording_id)
            if path is not None and files.is_locked(path):
                raise _in_use(recording_id, None)
            yield

    def path_of(self, recording_id: str) -> Path | None:
        """Return the path of a recording in any format, or None.

        The id may come from a note by somebody else; an invalid id has no path. Raises StoreError
        if the folder belongs to another user, who shares the repository.
        """
        if recording_time(recording_id) is None:
            return None
        paths = (self.folder / f"{recording_id}{suffix}" for suffix in BY_SUFFIX)
        try:
            return next((path for path in paths if path.is_file()), None)
        except OSError as exc:
            raise store_error(f"cannot read {self.folder}", exc) from exc

    def open(self, recording_id: str) -> BinaryIO | None:
        """Open the sound of a recording for reading; None if it is not on this machine.

        A file found a moment ago is gone if another thread or process compressed it meanwhile;
        the copy is opened then. Raises StoreError.
        """
        while (path := self.path_of(recording_id)) is not None:
            try:
                return open_regular(path)
            except FileNotFoundError:
                continue
            except OSError as exc:
                raise store_error(f"cannot read {path}", exc) from exc
        return None

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all recordings on disk, the oldest first."""
        try:
            names = [path for path in self.folder.iterdir() if path.suffix in BY_SUFFIX]
        except FileNotFoundError:
            return ()
        except OSError as exc:
            raise store_error(f"cannot read {self.folder}", exc) from exc
        return tuple(sorted({path.stem for path in names if recording_time(path.stem)}))

    def unfinished(
        self, finished: Container[str], is_being_written: Callable[[Path], bool]
    ) -> tuple[str, ...]:
        """Return the ids of interrupted recordings, the oldest first.

        They are still WAV files, are not among the `finished` ones of the history, and are not
        being written by a running process.
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
        """Delete the sound of a recording in all formats; return whether there was any."""
        deleted = False
        while (path := self.path_of(recording_id)) is not None:
            try:
                path.unlink(missing_ok=True)
            except OSError as exc:
                raise store_error(f"cannot delete {path}", exc) from exc
            deleted = True
        return deleted

    def _check(self, recording_id: str) -> None:
        if recording_time(recording_id) is None:
            raise StoreError(f"{recording_id!r} is not the id of a recording")


def _in_use(recording_id: str, process: int | None) -> RecordingInUseError:
    who = f"process {process}" if process else "a recorder"
    return RecordingInUseError(
        f"the recording {recording_id} is in use: {who} of git voicenote works on it",
        hint="wait until that process has finished, or end it",
    )
