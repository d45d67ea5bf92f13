"""`git voicenote help`: the manual, from the package itself."""

from __future__ import annotations

import click

from git_voicenote.cli.commands import COMMANDS
from git_voicenote.terminal.console import put_product
from git_voicenote.terminal.programs.manual import manual_page, show_manual


@click.command("help")
@click.argument("commands", nargs=-1, metavar="[COMMAND]...")
@click.option("--man-path", is_flag=True, help="Print the folder of the pages, for MANPATH.")
def help_(commands: tuple[str, ...], *, man_path: bool) -> None:
    """Show the manual, or the page of COMMAND.

    With man in a terminal, as plain text elsewhere. A subcommand is on the page of its command.
    """
    if man_path:
        put_product(manual_page(None).parents[1])
        return
    command = commands[0] if commands else None
    if command is not None and command not in COMMANDS:
        from git_voicenote.cli.parsing.usage import unknown_command

        raise unknown_command("git voicenote", command, COMMANDS)
    show_manual(manual_page(command))


def asks_for_page(arguments: list[str]) -> bool:
    """Return whether a command line asks for a page: COMMAND --help, or --help alone."""
    before = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--help" in before and (before[0] in COMMANDS or before[0] == "--help")


def show_asked(arguments: list[str]) -> int:
    """Show the page that a command line asks for, and return the exit status."""
    first = arguments[0]
    show_manual(manual_page(first if first in COMMANDS else None))
    return 0
