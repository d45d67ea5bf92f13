"""Open sound files, and recognize files of other kinds."""

from __future__ import annotations

import os
import shlex
import stat
from typing import TYPE_CHECKING

from git_voicenote.errors import AudioFileError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

_FORMATS = "wav, flac, ogg, opus, mp3 or m4a will do"
_MISTAKEN = (
    # the start of the file, what it is, and a hint
    (b"<!doctype html", "a web page", "a proxy or a login page answered: fetch the sound again"),
    (b"<html", "a web page", "a proxy or a login page answered: fetch the sound again"),
    (b"<?xml", "an XML page", "a server answered with an error: fetch the sound again"),
    (b"version https://git-lfs", "a git-lfs pointer", "`git lfs pull` fetches the sound itself"),
)


def open_sound(path: Path, name: str) -> BinaryIO:
    """Open a file for reading. Raises AudioFileError, which calls it `name`."""
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise AudioFileError(f"{name} is a folder", hint="name a sound file in it")
        if not stat.S_ISREG(kind):
            raise AudioFileError(f"{name} is not a file", hint=f"name a sound file: {_FORMATS}")
        return path.open("rb", buffering=0)
    except FileNotFoundError as exc:
        raise AudioFileError(f"there is no file {name}", hint="check its name") from exc
    except PermissionError as exc:
        raise AudioFileError(
            f"you may not read {name}", hint=f"`chmod u+r {shlex.quote(str(path))}`"
        ) from exc
    except OSError as exc:
        raise AudioFileError(f"{name} could not be opened: {exc.strerror}") from exc


def refuse_mistaken(file: BinaryIO, name: str) -> int:
    """Return a file's size. Raises AudioFileError if it is empty or clearly not sound."""
    head = file.read(1024).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not head:
        raise AudioFileError(
            f"{name} is empty", hint="nothing was recorded into it, or the copy went wrong"
        )
    for start, what, way_out in _MISTAKEN:
        if head.startswith(start):
            raise AudioFileError(f"{name} is {what}, not sound", hint=way_out)
    return os.fstat(file.fileno()).st_size
