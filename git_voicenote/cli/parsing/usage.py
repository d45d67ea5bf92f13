"""Usage errors, from click or from a command, in the style of all other errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from git_voicenote.errors import UsageError, VoicenoteError
from git_voicenote.phrases import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PROGRAM = "git voicenote"


def at_most_one(**given: object) -> None:
    """Raise UsageError, in git's words, if more than one of some options was given.

    An option is a keyword with underscores: `at_most_one(keep_both=True)` is about --keep-both.
    """
    names = [f"'--{name.replace('_', '-')}'" for name, value in given.items() if value]
    if len(names) > 1:
        *others, last = names
        raise UsageError(f"options {', '.join(others)} and {last} cannot be used together")


def usage_error(
    error: click.ClickException, root: click.Group, arguments: Sequence[str]
) -> UsageError:
    """Convert an error of click to one of ours, with a hint that names the help of the command.

    `arguments` are the arguments of `root`.
    """
    path, command = _called(root, arguments)
    if isinstance(error, click.exceptions.NoSuchCommand) and isinstance(command, click.Group):
        known = command.list_commands(click.Context(command))
        return unknown_command(path, error.command_name, known)
    if isinstance(error, click.NoSuchOption):
        options = [name for one in command.params for name in (*one.opts, *one.secondary_opts)]
        near = did_you_mean(error.option_name, options)
        return UsageError(
            f"{path} has no option {error.option_name}", hint=f"{near}`{path} -h` lists the options"
        )
    # an argument has no name that the user typed
    is_argument = isinstance(error, click.BadParameter) and isinstance(error.param, click.Argument)
    is_missing = isinstance(error, click.MissingParameter)
    message = error.message if is_argument and not is_missing else error.format_message()
    return UsageError(_in_our_style(message), hint=_help_hint(path))


def unknown_command(path: str, name: str, known: Iterable[str]) -> UsageError:
    """Return the error for an unknown command below `path`."""
    return UsageError(
        f"{path} has no command {name!r}",
        hint=f"{did_you_mean(name, known)}`{path} -h` lists the commands",
    )


def with_hint(error: UsageError, root: click.Group, arguments: Sequence[str]) -> VoicenoteError:
    """Return the error with a hint: its own, or one that names the help of the command."""
    if error.hint is None:
        error.hint = _help_hint(_called(root, arguments)[0])
    return error


def _called(root: click.Group, arguments: Sequence[str]) -> tuple[str, click.Command]:
    """Return the command that the arguments name, and its full name."""
    path = [PROGRAM]
    command: click.Command = root
    for argument in arguments:
        found = None
        if isinstance(command, click.Group):
            found = command.get_command(click.Context(command), argument)
        if found is None:
            break
        path.append(argument)
        command = found
    return " ".join(path), command


def _help_hint(path: str) -> str:
    return f"`{path} -h` shows its usage"


def _in_our_style(message: str) -> str:
    """Convert a message to our style: one line, lower case at the start, no full stop.

    The list after "Choose from:" is dropped, because the argument's name has it.
    """
    line = " ".join(message.partition(". Choose from:")[0].split())
    return line[:1].lower() + line[1:].removesuffix(".")
