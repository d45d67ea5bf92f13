"""`git voicenote edit`: change or write a note by hand."""

from __future__ import annotations

import click

from git_voicenote.git.repository import Repository
from git_voicenote.terminal.console import settings
from git_voicenote.terminal.dialogue import TerminalDialogue
from git_voicenote.workflows.explain.edit import Editing
from git_voicenote.workflows.leftovers import finish_leftovers, mention_unfinished_recordings


@click.command()
@click.argument("revision", required=False, metavar="[COMMIT | BRANCH]")
@click.option(
    "--cover", is_flag=True, help="Edit the cover of a branch's series (default: HEAD's)."
)
def edit(revision: str | None, *, cover: bool) -> None:
    """Edit a note in git's editor, or write one if there is none.

    The commit is shown below a scissors line and removed when you save. Lines that begin with # are
    kept. If the editor fails, or the text is empty, the note does not change.
    """
    repository = Repository.discover()
    chosen = settings(repository)
    dialogue = TerminalDialogue(repository)
    finish_leftovers(repository, chosen, dialogue)
    mention_unfinished_recordings(repository, chosen, dialogue)
    editing = Editing(repository, chosen, dialogue)
    if cover:
        editing.cover(revision)
    else:
        editing.note(revision or "HEAD")
