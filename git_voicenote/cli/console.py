"""How commands talk: stdout is the product, stderr is for people.

click is imported where it is needed: format-patch, which does without, is used in loops.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.config import Settings, load_settings
from git_voicenote.repo.repository import read_config

if TYPE_CHECKING:
    from git_voicenote.errors import VoicenoteError


def say(text: str) -> None:
    """Tell the person something, on stderr."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - the one place that prints


def warn(text: str) -> None:
    """Tell the person of something that did not stop the work, on stderr."""
    say(f"warning: {text}")


def print_error(error: VoicenoteError) -> None:
    """Print an error and its way out, on stderr, as git prints its own."""
    say(f"error: {error.message}")
    if error.hint:
        say(f"hint: {error.hint}")


def print_json(value: object) -> None:
    """Print one JSON object on stdout."""
    import json

    print(json.dumps(value, ensure_ascii=False, indent=2))  # noqa: T201 - likewise


def settings(**overrides: object) -> Settings:
    """Return the settings for the folder we stand in; an override of None was not given."""
    return load_settings(read_config(Path.cwd()), os.environ, **overrides)


def is_interactive() -> bool:
    """Return whether a person can see what we say and answer it."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str, answers: dict[str, str], default: str) -> str:
    """Ask on the terminal until one of the answers (key: what it says) is given; return its key."""
    from git_voicenote.cli.terminal import ask_line

    choices = ", ".join(
        f"[{key}]{word.removeprefix(key)}" if word.startswith(key) else f"[{key}] {word}"
        for key, word in answers.items()
    )
    while True:
        key = (ask_line(f"{question} {choices}?") or default).lower()[:1]
        if key in answers:
            return key
