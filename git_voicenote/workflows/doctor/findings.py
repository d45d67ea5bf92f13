"""The input and the findings of checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from git_voicenote.config import Settings
    from git_voicenote.git.repository import Repository
    from git_voicenote.workflows.dialogue import Dialogue

Verdict = Literal["ok", "note", "problem"]
"""With a note, nothing is broken; a problem prevents something from working."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding; `hint` is the solution."""

    verdict: Verdict
    text: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class CheckedSetup:
    """The setup to check: the repository, if any, and the effective settings.

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
    """A check with its name; it may have any number of findings."""

    name: str
    run: Callable[[CheckedSetup], Iterable[Finding]]


def ok(text: str, hint: str | None = None) -> Finding:
    """Return the finding that something works."""
    return Finding("ok", text, hint)


def note(text: str, hint: str | None = None) -> Finding:
    """Return a finding that is not a problem."""
    return Finding("note", text, hint)


def problem(text: str, hint: str | None = None) -> Finding:
    """Return the finding that something does not work."""
    return Finding("problem", text, hint)
