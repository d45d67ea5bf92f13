"""Recognize `git voicenote dictate` in the place of an editor."""

from __future__ import annotations

import shlex


def is_dictation(editor: str) -> bool:
    """Return whether an editor's command is `git voicenote dictate`."""
    try:
        words = shlex.split(editor)
    except ValueError:
        words = editor.split()
    return "dictate" in words and any("voicenote" in word for word in words)
