"""The files that travel with the program, and where those of the person are kept."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).parent
_NO_HOME = Path("/dev/null/HOME-is-not-set")
"""So that nothing is found there, and errors say why."""


def resource(kind: str, name: str) -> Path:
    """Return the path of a shipped file: `resource("hooks", "prepare-commit-msg")`.

    A wheel carries these folders inside the package; a checkout (and so an editable install)
    has them beside it.
    """
    for root in (_PACKAGE, _PACKAGE.parent):
        path = root / kind / name
        if path.is_file():
            return path
    raise FileNotFoundError(f"{kind}/{name} is not part of this installation")


def data_home() -> Path:
    """Return $XDG_DATA_HOME/git-voicenote: models, and what belongs to no repository."""
    root = Path(os.environ.get("XDG_DATA_HOME", ""))
    if not root.is_absolute():  # as the XDG specification wants it, "" too
        root = _home() / ".local" / "share"
    return root / "git-voicenote"


def _home() -> Path:
    """Return the person's home folder, or a path that can neither be read nor made."""
    try:
        return Path.home()
    except RuntimeError:  # no HOME, and no entry among the users, as in containers
        return _NO_HOME


def cache_home() -> Path:
    """Return $XDG_CACHE_HOME/git-voicenote: what can be made again."""
    root = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if not root.is_absolute():
        root = _home() / ".cache"
    return root / "git-voicenote"


def config_home() -> Path:
    """Return $XDG_CONFIG_HOME/git-voicenote: what a person keeps for all repositories."""
    root = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    if not root.is_absolute():
        root = _home() / ".config"
    return root / "git-voicenote"
