"""The group of commands, as click sees it."""

from __future__ import annotations

import click

from git_voicenote import __version__
from git_voicenote.cli.commands import COMMANDS
from git_voicenote.errors import UsageError
from git_voicenote.terminal.console import say_unwrapped


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order in which help lists them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command's module and return the command."""
        command = COMMANDS.get(cmd_name)
        if command is None or command.takes_all:
            return None
        loaded: click.Command = command.load()
        return loaded

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the summaries from the table; click would import every command for them."""
        with formatter.section("Commands"):
            formatter.write_dl([(one.name, one.summary) for one in COMMANDS.values()])


@click.group(
    cls=LazyGroup,
    name="git voicenote",
    context_settings={"help_option_names": ["-h"]},  # cli.main: --help
)
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    expose_value=False,
    help="Trace each step and the time it takes, as with GIT_VOICENOTE_TRACE=1.",
)  # cli.main removes it, because it may also precede commands that click does not call
@click.version_option(__version__, prog_name="git voicenote", message="%(prog)s %(version)s")
def root() -> None:
    """Explain a patch by speaking.

    What you say goes into cover letters, notes below patches, and commit messages. Speech is
    transcribed on this machine; nothing leaves it.
    """


def run(arguments: list[str]) -> int:
    """Parse the arguments, call the named command and return its exit status.

    Raises VoicenoteError, including UsageError for invalid arguments.
    """
    try:
        # without standalone mode, click returns the exit status of the command
        status = root.main(arguments, prog_name="git voicenote", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as exc:
        say_unwrapped(exc.format_message())
        return UsageError.exit_code
    except (click.ClickException, UsageError) as exc:
        from git_voicenote.cli.parsing import usage

        if isinstance(exc, UsageError):
            raise usage.with_hint(exc, root, arguments) from exc
        raise usage.usage_error(exc, root, arguments) from exc
    except click.Abort as exc:
        raise KeyboardInterrupt from exc
    return status if isinstance(status, int) else 0
