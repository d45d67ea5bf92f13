"""What a check finds, and what it is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from git_voicenote.config import Settings
    from git_voicenote.git.repository import Repository
    from git_voicenote.workflows.dialogue import Dialogue

Verdict = Literal["ok", "note", "problem"]
"""A note is worth knowing, and nothing is broken; a problem keeps something from working."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found; `hint` is the way out."""

    verdict: Verdict
    text: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Patient:
    """What is checked: a repository, if there is one, with the settings that hold in it.

    `hooks` are the names of the hooks that can be installed. Without `hears`, the microphone is
    not opened.
    """

    repository: Repository | None
    settings: Settings
    dialogue: Dialogue
    hooks: tuple[str, ...]
    hears: bool = True


@dataclass(frozen=True, slots=True)
class Check:
    """A check by its name; it may find several things, or nothing that is worth a line."""

    name: str
    run: Callable[[Patient], Iterable[Finding]]


def ok(text: str, hint: str | None = None) -> Finding:
    """Return that something works."""
    return Finding("ok", text, hint)


def note(text: str, hint: str | None = None) -> Finding:
    """Return that something is worth knowing, and that nothing is broken by it."""
    return Finding("note", text, hint)


def problem(text: str, hint: str | None = None) -> Finding:
    """Return that something does not work."""
    return Finding("problem", text, hint)
