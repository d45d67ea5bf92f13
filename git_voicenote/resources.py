"""Find the files that are part of the installation, and the folders for the user's data."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).parent
_NO_HOME = Path("/dev/null/HOME-is-not-set")
"""A path that does not exist, and that explains itself in error messages."""


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
    """Return $XDG_DATA_HOME/git-voicenote: models, and data that belongs to no repository."""
    root = Path(os.environ.get("XDG_DATA_HOME", ""))
    if not root.is_absolute():  # to be ignored, as "" is, by the XDG specification
        root = _home() / ".local" / "share"
    return root / "git-voicenote"


def _home() -> Path:
    """Return the user's home folder, or a path that can be neither read nor created."""
    try:
        return Path.home()
    except RuntimeError:  # neither HOME nor an entry in the user database, as in containers
        return _NO_HOME


def cache_home() -> Path:
    """Return $XDG_CACHE_HOME/git-voicenote: data that can be recreated."""
    root = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if not root.is_absolute():
        root = _home() / ".cache"
    return root / "git-voicenote"


def config_home() -> Path:
    """Return $XDG_CONFIG_HOME/git-voicenote: the user's files for all repositories."""
    root = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    if not root.is_absolute():
        root = _home() / ".config"
    return root / "git-voicenote"
