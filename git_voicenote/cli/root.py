"""The group of commands, as click sees it."""

from __future__ import annotations

import importlib

import click

from git_voicenote import __version__
from git_voicenote.terminal.console import say

# name: (module:attribute, what `-h` says of it); no module: a command that click never calls
_COMMANDS = {
    "record": ("record:record", "Explain a commit, or a series, by speaking."),
    "format-patch": (None, "Make patches that carry the notes."),
    "am": (None, "Apply mailed patches and keep their notes."),
    "show": ("show:show", "Show a commit's note, or the cover of a series."),
    "edit": ("edit:edit", "Edit a note in git's editor."),
    "review": ("review:review", "Read a series, with what was said of it, or make a page of it."),
    "play": ("play:play", "Play the recording behind a note."),
    "transcribe": ("transcribe:transcribe", "Print the text of sound files."),
    "history": ("history:history", "List, search, show, export and delete recordings."),
    "sync": ("sync:sync", "Exchange notes and covers, over a network or on a stick."),
    "hook": ("hook:hook", "Install the hook that lets you dictate commit messages."),
    "vocabulary": (
        "vocabulary:vocabulary",
        "List, add and explain the terms that are listened for.",
    ),
    "text": ("text:text", "Write spoken text as it belongs on the page: a filter."),
    "devices": ("devices:devices", "List the microphones."),
    "models": ("models:models", "Fetch, import and check models of the nano engine."),
}

_USAGE_ERROR = 129


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order in which a person meets them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command's module and return the command."""
        where, _ = _COMMANDS.get(cmd_name, (None, None))
        if where is None:
            return None
        module, _, attribute = where.partition(":")
        command: click.Command = getattr(
            importlib.import_module(f"git_voicenote.cli.{module}"), attribute
        )
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the summaries from the table: click would import every command for its own."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in _COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    name="git voicenote",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="git voicenote", message="%(prog)s %(version)s")
def root() -> None:
    """Explain a patch by speaking.

    Speak, and the text stands where git people read: in cover letters, in notes under each
    patch, in commit messages. Speech is turned into text on this machine; nothing leaves it.
    """


def run(arguments: list[str]) -> int:
    """Parse the arguments, call the command that they name and return its exit status."""
    try:
        # outside of its standalone mode, click returns the status that a command exits with
        status = root.main(arguments, prog_name="git voicenote", standalone_mode=False)
    except click.ClickException as exc:
        if isinstance(exc, click.UsageError) and exc.ctx is not None:
            say(f"{exc.ctx.get_usage()}\nTry '{exc.ctx.command_path} --help' for help.\n")
        say(f"Error: {exc.format_message()}")
        return _USAGE_ERROR
    except click.Abort as exc:
        raise KeyboardInterrupt from exc
    return status if isinstance(status, int) else 0
