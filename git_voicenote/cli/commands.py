"""The table of commands: for help, for click's group, and for the commands that do not use click.

click is not imported here: `format-patch` and `am` are run in loops.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Command:
    """One command: the location of its function in cli (`module:attribute`), and its line of help.

    If it `takes_all`, its arguments are those of git: the function takes them as a tuple and
    returns the exit status. The others are click commands.
    """

    name: str
    location: str
    summary: str
    takes_all: bool = False

    def load(self) -> Any:  # noqa: ANN401 - a function or a click.Command
        """Import the command's module and return the command."""
        module, _, attribute = self.location.partition(":")
        return getattr(importlib.import_module(f"git_voicenote.cli.{module}"), attribute)


_ROWS = (
    Command("record", "record:record", "Explain a commit, or a series, by speaking."),
    Command(
        "format-patch", "format_patch:format_patch", "Make patches that include the notes.",
        takes_all=True,
    ),
    Command("am", "am:am", "Apply mailed patches and keep their notes.", takes_all=True),
    Command("show", "show:show", "Show a commit's note, or the cover of a series."),
    Command("edit", "edit:edit", "Edit a note in git's editor."),
    Command("remove", "remove:remove", "Remove notes, or the cover of a series."),
    Command(
        "review", "review.command:review", "Read a series with its notes, or write it as a page."
    ),
    Command("play", "play:play", "Play the recording behind a note."),
    Command(
        "dictate", "dictate:dictate", "Print what you say, or put it into a file."
    ),
    Command("transcribe", "transcribe:transcribe", "Print the text of sound files."),
    Command("serve", "serve:serve", "Serve OpenAI's speech API on this machine."),
    Command(
        "history", "history.command:history", "List, search, show, export and delete recordings."
    ),
    Command("sync", "sync.command:sync", "Exchange notes and covers, over a network or in a file."),
    Command("hook", "hook:hook", "Install the hook that lets you dictate commit messages."),
    Command(
        "vocabulary", "vocabulary:vocabulary",
        "List, add and explain the terms to listen for.",
    ),
    Command("text", "text:text", "Convert spoken text to written text, as a filter."),
    Command("devices", "devices:devices", "List the microphones."),
    Command("models", "models:models", "List, fetch, import and verify models."),
    Command("status", "status:status", "Show missing notes, unfinished work, and unsent notes."),
    Command("doctor", "doctor:doctor", "Check the installation."),
    Command("settings", "settings:settings", "List, get, set and unset the settings."),
    Command("kit", "kit:kit", "Write an installer for machines without a network."),
    Command("completion", "completion:completion", "Print a completion script for a shell."),
    Command("help", "help:help_", "Show the manual, or the page of a command."),
    Command("uninstall", "uninstall:uninstall", "Remove the data of git-voicenote."),
)  # fmt: skip
COMMANDS = {command.name: command for command in _ROWS}
"""The commands by name, in the order in which a user meets them."""
