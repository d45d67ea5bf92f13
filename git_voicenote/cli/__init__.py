"""The command line: a shell around the core. It parses, calls and prints.

Each command lives in a module of its own, imported when it is called: `git voicenote -h` and the
hook's fast paths pay for none of the others.
"""

from __future__ import annotations

import importlib
import os
import sys

import click

from git_voicenote import __version__
from git_voicenote.cli.console import print_error
from git_voicenote.errors import VoicenoteError

# name: (module:attribute, what `-h` says of it)
_COMMANDS = {
    "record": ("record:record", "Explain a commit, or a series, by speaking."),
    "format-patch": ("format_patch:format_patch", "Make patches that carry the notes."),
    "show": ("show:show", "Show a commit's note, or the cover of a series."),
    "edit": ("edit:edit", "Edit a note in git's editor."),
    "play": ("play:play", "Play the recording behind a note."),
    "transcribe": ("transcribe:transcribe", "Print the text of a sound file."),
    "history": ("history:history", "List, search, show, export and delete recordings."),
    "hook": ("hook:hook", "Install the hook that lets you dictate commit messages."),
    "devices": ("devices:devices", "List the microphones."),
}

_USAGE_ERROR = 129
_INTERRUPTED = 130


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order in which a person meets them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command's module and return the command."""
        if cmd_name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[cmd_name][0].partition(":")
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


def main() -> None:
    """Run the command line and exit as git does: 0, 1, 128, 129 or 130."""
    sys.exit(_run(sys.argv[1:]))


def _run(arguments: list[str]) -> int:
    try:
        # outside of its standalone mode, click returns the status that a command exits with
        status = root.main(arguments, prog_name="git voicenote", standalone_mode=False)
    except click.UsageError as exc:
        exc.show()
        return _USAGE_ERROR
    except (click.Abort, KeyboardInterrupt):
        click.echo(err=True)
        return _INTERRUPTED
    except VoicenoteError as exc:
        print_error(exc)
        return exc.exit_code
    except BrokenPipeError:
        # the reader of our stdout went away (`| head`): keep Python from complaining at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status if isinstance(status, int) else 0
