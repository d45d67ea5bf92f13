"""The commands: one table, which help, the group and the way around click all read.

click is not imported here: `format-patch` and `am` are run in loops, and do without it.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Command:
    """One command: where its function is (`module:attribute` in cli), and what help says of it.

    One that `takes_all` parses its arguments itself, as they are git's own; its function takes
    them as a tuple and returns the exit status. The others are commands of click.
    """

    name: str
    location: str
    summary: str
    takes_all: bool = False

    def load(self) -> Any:  # noqa: ANN401 - a function or a click.Command
        """Import the command's module and return what it names."""
        module, _, attribute = self.location.partition(":")
        return getattr(importlib.import_module(f"git_voicenote.cli.{module}"), attribute)


_ROWS = (
    Command("record", "record:record", "Explain a commit, or a series, by speaking."),
    Command(
        "format-patch", "format_patch:format_patch", "Make patches that carry the notes.",
        takes_all=True,
    ),
    Command("am", "am:am", "Apply mailed patches and keep their notes.", takes_all=True),
    Command("show", "show:show", "Show a commit's note, or the cover of a series."),
    Command("edit", "edit:edit", "Edit a note in git's editor."),
    Command(
        "review", "review:review", "Read a series, with what was said of it, or make a page of it."
    ),
    Command("play", "play:play", "Play the recording behind a note."),
    Command("transcribe", "transcribe:transcribe", "Print the text of sound files."),
    Command("history", "history:history", "List, search, show, export and delete recordings."),
    Command("sync", "sync:sync", "Exchange notes and covers, over a network or on a stick."),
    Command("hook", "hook:hook", "Install the hook that lets you dictate commit messages."),
    Command(
        "vocabulary", "vocabulary:vocabulary",
        "List, add and explain the terms that are listened for.",
    ),
    Command("text", "text:text", "Write spoken text as it belongs on the page: a filter."),
    Command("devices", "devices:devices", "List the microphones."),
    Command("models", "models:models", "Fetch, import and check models of the nano engine."),
)  # fmt: skip
COMMANDS = {command.name: command for command in _ROWS}
"""The commands by name, in the order in which a person meets them."""
