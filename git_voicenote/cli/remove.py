"""`git voicenote remove`: remove notes and covers."""

from __future__ import annotations

import click

from git_voicenote.git.repository import Repository
from git_voicenote.terminal.console import settings
from git_voicenote.terminal.dialogue import TerminalDialogue
from git_voicenote.workflows.explain.removing import Removing
from git_voicenote.workflows.leftovers import finish_leftovers


@click.command()
@click.argument("revisions", nargs=-1, metavar="[COMMIT | RANGE | BRANCH]...")
@click.option(
    "--cover", is_flag=True, help="Remove the cover of a branch's series (default: HEAD's)."
)
def remove(revisions: tuple[str, ...], *, cover: bool) -> None:
    """Remove the notes of commits (default: HEAD), or the cover of a series.

    Commits of a range without a note are skipped. A removed note stays removed: it is not found
    again by its patch, and `sync` removes it on the other side. The text stays in the history of
    the notes; recordings stay until `git voicenote history delete`.
    """
    if cover and len(revisions) > 1:
        raise click.UsageError("--cover takes one branch")
    repository = Repository.discover()
    chosen = settings(repository)
    dialogue = TerminalDialogue(repository)
    finish_leftovers(repository, chosen, dialogue)
    removing = Removing(repository, chosen, dialogue)
    if cover:
        removing.cover(next(iter(revisions), None))
    else:
        removing.notes(revisions or ("HEAD",))
