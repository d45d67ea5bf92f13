"""The log file of a sealed home."""

from __future__ import annotations

from git_voicenote.resources import log_home


def logged() -> str:
    """Return all that was logged, "" where nothing was."""
    log = log_home() / "git-voicenote.log"
    return log.read_text("utf-8") if log.exists() else ""
