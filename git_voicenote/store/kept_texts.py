"""Keep texts on disk while they are in an editor, until they are saved.

Each is in its own folder, `edit-*` in the state folder, together with its purpose. The folder is
locked by this process and by the editor, so a text in an unlocked folder was left by a crash or a
failed editor.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.bounded import Limits, parse_json, read_file, text
from git_voicenote.clock import local_time
from git_voicenote.errors import ContentError, StoreError
from git_voicenote.files import create, is_locked, private_folder, release_lock, take_lock
from git_voicenote.targets import parse_target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_voicenote.targets import Target

_PREFIX = "edit-"
_ABOUT = "about.json"
_LIMITS = Limits(size=1 << 26)
_TEXTS = ("title", "marker", "saved")


@dataclass(frozen=True, slots=True)
class Purpose:
    """The purpose of a text.

    `target` is None for a text that belongs to nothing in git; `title` is a name for the user. The
    text ends at the line `marker`; `saved` is the text that is stored in git already.
    """

    target: Target | None = None
    title: str = "something that was edited"
    marker: str = ""
    saved: str = ""


@dataclass(frozen=True, slots=True)
class KeptText:
    """A text that was edited, but not saved."""

    path: Path
    purpose: Purpose

    @property
    def text(self) -> str:
        """The text, without the help below it in the editor."""
        content = read_file(self.path, _LIMITS.size).decode("utf-8", "replace")
        return above(content, self.purpose.marker)

    @property
    def edited_at(self) -> datetime:
        """When the text was last written."""
        return datetime.fromtimestamp(self.path.stat().st_mtime, UTC)

    def remove(self) -> None:
        """Remove the text, because it was saved or is not wanted."""
        shutil.rmtree(self.path.parent, ignore_errors=True)


@contextmanager
def held_text(root: Path, name: str, text: str, purpose: Purpose) -> Iterator[tuple[Path, int]]:
    """Write a text for editing, and lock it during the context; yields its path and a handle.

    The editor should inherit the handle: the text is locked as long as either process runs. Raises
    OSError, and leaves nothing behind then.
    """
    folder = _new_folder(root)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        take_lock(handle, wait=True)  # before there is a text that might seem left behind
        yield _write(folder, name, text, purpose), handle
        release_lock(handle)  # an editor's own children may outlive it
    finally:
        os.close(handle)


def keep_text(root: Path, text: str, purpose: Purpose, *, name: str = "NOTES_EDITMSG") -> Path:
    """Write a text that could not be saved to a file below a state folder, or otherwise in /tmp.

    Raises StoreError, with the text in the message, if neither is writable.
    """
    for place in (root, Path(tempfile.gettempdir())):
        with suppress(OSError):
            return _write(_new_folder(place), name, text, purpose)
    raise StoreError(f"cannot write any file; the text is:\n{text}")


def _new_folder(root: Path) -> Path:
    """Make a folder for one text, so that earlier texts are never overwritten."""
    folder = root / f"{_PREFIX}{secrets.token_hex(4)}"
    private_folder(folder)
    return folder


def _write(folder: Path, name: str, text: str, purpose: Purpose) -> Path:
    try:
        create(folder / _ABOUT, json.dumps(_about(purpose)))
        create(folder / name, text.encode("utf-8", "replace"))
    except OSError:  # on a full disk, the file is created but stays empty
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder / name


def _about(purpose: Purpose) -> dict[str, str]:
    target = "" if purpose.target is None else str(purpose.target)
    return {"target": target} | {field: getattr(purpose, field) for field in _TEXTS}


def kept_texts(root: Path, target: Target | None = None) -> tuple[KeptText, ...]:
    """Return the texts that are not being edited, all or those for a target, the oldest first."""
    found = []
    for folder in root.glob(f"{_PREFIX}*/"):
        with suppress(OSError, ContentError):  # it is being made or removed, or is not ours
            names = [path for path in folder.iterdir() if path.name != _ABOUT]
            if len(names) != 1 or is_locked(folder):
                continue
            purpose = _purpose_in(folder)
            kept = KeptText(names[0], purpose)
            if kept.text.strip() in ("", purpose.saved.strip()):
                kept.remove()  # it was not changed
            elif target in (None, purpose.target):
                found.append(kept)
    return tuple(sorted(found, key=lambda kept: kept.edited_at))


def _purpose_in(folder: Path) -> Purpose:
    about = folder / _ABOUT
    if not about.exists():  # left by an earlier version
        return Purpose()
    value = parse_json(read_file(about, _LIMITS.size), _ABOUT, _LIMITS)
    if not isinstance(value, dict):
        raise ContentError(f"{about} is not an object")
    target = text(value.get("target", ""), "target")
    texts = {field: text(value.get(field, ""), field) for field in _TEXTS}
    return Purpose(parse_target(target) if target else None, **texts)


def story(kept: KeptText) -> str:
    """Describe an unsaved text in a sentence."""
    when = local_time(kept.edited_at)
    return f"{kept.purpose.title}, edited at {when}, was not saved"


def above(content: str, marker: str) -> str:
    """Return the text above the last marker; the text itself may contain the marker, too."""
    lines = content.split("\n")
    places = [number for number, line in enumerate(lines) if marker and line.rstrip() == marker]
    return "\n".join(lines[: places[-1]]) if places else content
