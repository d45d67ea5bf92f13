"""Remember what a person was told or asked once in a repository."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from git_voicenote.files import create, private_folder

if TYPE_CHECKING:
    from pathlib import Path

_FOLDER = "told"
NO_MICROPHONE = "no-microphone"
REWRITE_REF_ANSWERED = "rewrite-ref"
REWRITE_REF_HINT = "rewrite-ref-hint"


def was_told(root: Path, remark: str) -> bool:
    """Return whether a remark was made before; true if that cannot be remembered here."""
    try:
        return (root / _FOLDER / remark).exists()
    except OSError:  # the state belongs to another user of the repository
        return True


def remember_told(root: Path, remark: str) -> None:
    """Remember a remark; if nothing can be written, it will be made again."""
    with suppress(OSError):
        private_folder(root / _FOLDER)
        create(root / _FOLDER / remark, b"")
