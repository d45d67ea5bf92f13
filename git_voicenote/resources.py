"""Find the files that are part of the installation, and the folders for the user's data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from platformdirs.api import PlatformDirsABC

FolderKind: TypeAlias = Literal["data", "cache", "config", "log"]
"""The purpose of a folder."""

_PACKAGE = Path(__file__).parent
_NO_HOME = Path("/dev/null/HOME-is-not-set")
"""A path that does not exist, and that explains itself in error messages."""
_BEFORE: dict[FolderKind, str] = {
    "data": ".local/share/git-voicenote",
    "config": ".config/git-voicenote",
}
"""Where 0.1 stored data, below the home folder: the XDG folders, on macOS too."""


def resource(kind: str, name: str) -> Path:
    """Return the path of an installed file: `resource("hooks", "prepare-commit-msg")`.

    In a wheel, these folders are inside the package; in a checkout (and so in an editable install)
    they are next to it.
    """
    for root in (_PACKAGE, _PACKAGE.parent):
        path = root / kind / name
        if path.is_file():
            return path
    raise FileNotFoundError(f"{kind}/{name} is not part of this installation")


def data_home() -> Path:
    """Return the platform's folder for data: models, and recordings made outside a repository."""
    return _folder_for("data")


def cache_home() -> Path:
    """Return the platform's folder for data that can be regenerated."""
    return _folder_for("cache")


def config_home() -> Path:
    """Return the platform's folder for the user's configuration."""
    return _folder_for("config")


def log_home() -> Path:
    """Return the platform's folder for logs."""
    return _folder_for("log")


def _folder_for(kind: FolderKind) -> Path:
    """Return $XDG_DATA_HOME/git-voicenote or its equivalent.

    Without a home folder, as in containers, it is a path that cannot be read or created.
    """
    from platformdirs import PlatformDirs  # here, because the hook and format-patch need no folder

    try:
        return folder_of(PlatformDirs("git-voicenote", appauthor=False), kind)
    except RuntimeError:  # no HOME, and no entry in the user database
        return _NO_HOME / kind


def folder_of(platform: PlatformDirsABC, kind: FolderKind) -> Path:
    """Return the platform's folder for this program.

    On macOS, it is in ~/Library, unless only the folder that 0.1 used exists: models and
    vocabularies stay where they are.
    """
    found: Path = getattr(platform, f"user_{kind}_path")
    home = Path.home()
    before = home / _BEFORE.get(kind, "")
    moved = kind in _BEFORE and found.is_relative_to(home / "Library")
    return before if moved and before.is_dir() and not found.exists() else found
