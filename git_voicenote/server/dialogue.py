"""The dialogue of a request: reports are collected, and questions are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from git_voicenote.workflows.dialogue import DiffWalk, Draft
    from git_voicenote.workflows.hearing.live_dictation import LiveDictation


class RequestDialogue:
    """Collects the reports of a workflow for the response."""

    is_interactive = False

    def __init__(self) -> None:
        self.said: list[str] = []
        self.warnings: list[str] = []

    def say(self, text: str) -> None:
        """Collect a report."""
        self.said.append(text)

    def warn(self, text: str) -> None:
        """Collect a warning."""
        self.warnings.append(text)

    def ask(
        self, question: str, answers: Mapping[str, str] | None = None, default: str = ""
    ) -> str:
        """Raise UsageError: a request cannot answer questions."""
        raise UsageError(f"the request must answer this: {question}")

    def edit(self, draft: Draft) -> str | None:
        """Raise UsageError: there is no editor."""
        raise UsageError("a request has its text already")

    def attend(self, live: LiveDictation, silence: float, walk: DiffWalk | None) -> float:
        """Raise UsageError: dictations have a connection of their own."""
        raise UsageError("a request cannot listen")
