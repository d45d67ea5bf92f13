"""`git voicenote sync bundle` and `unbundle`: one file for a machine without a network."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from git_voicenote.characters import visible
from git_voicenote.cli.sync_words import note_refs, prepare, tell_outcome
from git_voicenote.errors import NegativeAnswer
from git_voicenote.git.repository import Repository
from git_voicenote.phrases import counted
from git_voicenote.terminal.console import hand_over, put, say, settings, warn
from git_voicenote.workflows.hearing.archive import state_root


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, writable=True))
@click.argument("revisions", nargs=-1, metavar="[BRANCH | RANGE]...")
@click.option("--audio", is_flag=True, help="Put the recordings of the notes in, as well.")
@click.option("--force", is_flag=True, help="Replace FILE, if it is there.")
def bundle(file: Path, revisions: tuple[str, ...], *, audio: bool, force: bool) -> None:
    """Write one file with commits, notes and covers, for a machine without a network.

    Without a range, all of the current branch. A range (main..topic) needs its start on the
    other side. --audio adds recordings and transcripts; else no sound leaves this machine.
    """
    from git_voicenote.workflows.exchange.packing import pack

    repository, chosen = prepare()
    packed = pack(
        repository, note_refs(chosen), file, revisions,
        state=state_root(repository) if audio else None, replace=force,
    )  # fmt: skip
    for remark in packed.remarks:
        warn(remark)
    say(f"{packed.summary}; on the other side: `git voicenote sync unbundle {file.name}`")
    hand_over(file)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--name", help="Call what came by this name, not by that of the file.")
def unbundle(file: Path, name: str | None) -> None:
    """Take in what `sync bundle` wrote, once all of it has been checked.

    No branch is touched: commits come to refs/voicenote/received/NAME/heads/. Notes and covers
    are merged as `sync fetch` does. Exit 1 if something was not taken.
    """
    from git_voicenote.workflows.exchange.unpacking import unpack

    repository = Repository.discover()
    chosen = settings(repository)
    arrived = unpack(repository, note_refs(chosen), file, name, state_root(repository))
    for remark in arrived.remarks:
        warn(remark)
    tell_outcome(arrived.outcome, file.name)
    if arrived.recordings:
        say(f"{counted(arrived.recordings, 'recording')} taken in")
    notes = chosen.notes_ref.removeprefix("refs/notes/")
    for branch, ref in arrived.branches.items():
        put(ref)
        # a branch of a stranger may be called anything, `$(...)` too
        short = shlex.quote(visible(ref.removeprefix("refs/")))
        say(f"{visible(branch)}: `git log --notes={notes} HEAD..{short}`, `git merge {short}`")
    if arrived.remarks or arrived.outcome.left_out:
        raise click.exceptions.Exit(NegativeAnswer.exit_code)
