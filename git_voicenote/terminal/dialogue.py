"""The dialogue with the user at the terminal."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from git_voicenote.terminal import console

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from git_voicenote.git.repository import Repository
    from git_voicenote.workflows.dialogue import DiffWalk, Draft
    from git_voicenote.workflows.hearing.live_dictation import LiveDictation


class TerminalDialogue:
    """Questions and reports on the terminal, texts in git's editor; see `workflows.dialogue`.

    `repository` is where the editor runs; its configuration selects the editor.
    """

    def __init__(self, repository: Repository | None = None) -> None:
        self._repository = repository
        self._held: list[str] | None = None

    @property
    def is_interactive(self) -> bool:
        """Whether a user can see messages and answer them."""
        return console.is_interactive()

    def say(self, text: str) -> None:
        """Print a line on stderr."""
        console.say(text)

    def warn(self, text: str) -> None:
        """Print a warning on stderr, below the current drawing."""
        if self._held is None:
            console.warn(text)
        else:
            self._held.append(text)

    def ask(
        self, question: str, answers: Mapping[str, str] | None = None, default: str = ""
    ) -> str:
        """Ask until one of the answers is given; without answers, return the line that is typed.

        The key of the default is shown as a capital, as git shows it.

        Raises Cancelled at the end of input.
        """
        from git_voicenote.terminal.questions import ask_line

        if answers is None:
            return ask_line(question) or default
        choices = ", ".join(
            f"[{key.upper() if key == default else key}]"
            + (word.removeprefix(key) if word.startswith(key) else f" {word}")
            for key, word in answers.items()
        )
        while True:
            key = (ask_line(f"{question} {choices}?") or default).lower()[:1]
            if key in answers:
                return key

    def edit(self, draft: Draft) -> str | None:
        """Open a text in git's editor; see `terminal.editor`."""
        from git_voicenote.terminal.programs.editor import edit_text

        return edit_text(self._repository, draft)

    def attend(self, live: LiveDictation, silence: float, walk: DiffWalk | None) -> float:
        """Record until a key or silence ends it; see `terminal.recording`."""
        from git_voicenote.terminal.recording.attendance import Attendance

        with self._warnings_held() as held:
            attendance = Attendance(
                live, silence, walk, is_interactive=self.is_interactive, held=held
            )
            return attendance.run()

    @contextmanager
    def _warnings_held(self) -> Iterator[Sequence[str]]:
        """Hold back warnings, which would disturb the drawing; yields the list of them."""
        held: list[str] = []
        self._held = held
        try:
            yield held
        finally:
            self._held = None
            for text in dict.fromkeys(held):
                console.warn(text)
