"""The protocol through which workflows talk to the user in any front end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from git_voicenote.store.kept_texts import Purpose

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from git_voicenote.datatypes import Turn
    from git_voicenote.errors import VoicenoteError
    from git_voicenote.workflows.explain.walk_pages import Page
    from git_voicenote.workflows.hearing.live_dictation import LiveDictation


@dataclass(frozen=True, slots=True)
class Draft:
    """A text for a person to edit.

    `comments` are shown with it, but are not part of it. `purpose` is recorded in case the text is
    left behind; `name` is the name of the file in the editor.
    """

    text: str
    comments: str = ""
    purpose: Purpose = field(default_factory=Purpose)
    name: str = "NOTES_EDITMSG"


@dataclass(frozen=True, slots=True)
class DiffWalk:
    """Pages of a diff to turn while speaking; `turned` is called with each turn."""

    pages: Sequence[Page]
    turned: Callable[[Turn], None]


class Dialogue(Protocol):
    """Messages, questions and displays of a workflow. The terminal, the service and tests implement
    it.
    """

    @property
    def is_interactive(self) -> bool:
        """Whether somebody can answer a question."""
        ...

    def say(self, text: str) -> None:
        """Report something."""
        ...

    def warn(self, text: str) -> None:
        """Report a problem that does not stop the work."""
        ...

    def ask(
        self, question: str, answers: Mapping[str, str] | None = None, default: str = ""
    ) -> str:
        """Return the answer to a question.

        With `answers` (key: meaning), return one of the keys; an empty answer is the `default`.
        Raises Cancelled.
        """
        ...

    def edit(self, draft: Draft) -> str | None:
        """Let the user edit a text; return it with one newline at its end, or None if empty.

        Raises GitError if the editor fails and Cancelled if it is interrupted; the text is then
        kept in a file whose name is reported.
        """
        ...

    def attend(self, live: LiveDictation, silence: float, walk: DiffWalk | None) -> float:
        """Start a dictation, show it, and stop it at a key or after silence.

        `silence` is in seconds, 0 for none. Returns the seconds from the stop to the text.
        Raises AudioDeviceError if it cannot start; KeyboardInterrupt and Terminated.
        """
        ...


def report_error(dialogue: Dialogue, error: VoicenoteError) -> None:
    """Report an error and its hint, when the work continues."""
    dialogue.say(f"error: {error.message}")
    if error.hint:
        dialogue.say(f"hint: {error.hint}")
