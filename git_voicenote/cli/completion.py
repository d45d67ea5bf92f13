"""`git voicenote completion`: print a completion script for a shell."""

from __future__ import annotations

import click

from git_voicenote.resources import resource
from git_voicenote.terminal.console import put_product

_FILES = {
    "bash": "git-voicenote.bash",
    "zsh": "_git-voicenote",
    "fish": "git-voicenote.fish",
}


@click.command()
@click.argument("shell", type=click.Choice(tuple(_FILES)))
def completion(shell: str) -> None:
    """Print a completion script for a shell; `completion --help` says where to put it."""
    put_product(resource("completions", _FILES[shell]).read_bytes())
