"""`git voicenote sync bundle` and `unbundle`: one file for a machine without a network."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from git_voicenote.characters import visible
from git_voicenote.cli.sync.messages import note_refs, prepare, tell_outcome
from git_voicenote.errors import NegativeAnswer
from git_voicenote.git.repository import Repository
from git_voicenote.phrases import counted
from git_voicenote.terminal.console import put, put_product, say, settings, warn
from git_voicenote.workflows.hearing.archive import state_root


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, writable=True))
@click.argument("revisions", nargs=-1, metavar="[BRANCH | RANGE]...")
@click.option("--audio", is_flag=True, help="Also include the recordings of the notes.")
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
def bundle(file: Path, revisions: tuple[str, ...], *, audio: bool, force: bool) -> None:
    """Write one file with commits, notes and covers, for a machine without a network.

    Without a range, all of the current branch. The start of a range (main..topic) must exist on the
    other side. --audio adds recordings and transcripts; without it, no sound leaves this machine.
    """
    from git_voicenote.workflows.exchange.packing import pack

    repository, chosen = prepare()
    packed = pack(
        repository, note_refs(chosen), file, revisions,
        state=state_root(repository) if audio else None, replace=force,
    )  # fmt: skip
    for remark in packed.remarks:
        warn(remark)
    name = shlex.quote(file.name)
    say(f"{packed.summary}; on the other side: `git voicenote sync unbundle {name}`")
    put_product(file)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--name", help="Use this NAME instead of that of the file.")
def unbundle(file: Path, name: str | None) -> None:
    """Check a file from `sync bundle` and import it.

    No branch is changed: the commits are stored in refs/voicenote/received/NAME/heads/. Notes and
    covers are merged as with `sync fetch`. Exit 1 if something was not imported.
    """
    from git_voicenote.workflows.exchange.unpacking import unpack

    repository = Repository.discover()
    chosen = settings(repository)
    arrived = unpack(repository, note_refs(chosen), file, name, state_root(repository))
    for remark in arrived.remarks:
        warn(remark)
    tell_outcome(arrived.outcome, file.name)
    if arrived.recordings:
        say(f"{counted(arrived.recordings, 'recording')} imported")
    notes = chosen.notes_ref.removeprefix("refs/notes/")
    for branch, ref in arrived.branches.items():
        put(ref)
        # the name of a foreign branch may be anything, even `$(...)`
        short = shlex.quote(visible(ref.removeprefix("refs/")))
        say(f"{visible(branch)}: `git log --notes={notes} HEAD..{short}`, `git merge {short}`")
    if arrived.remarks or arrived.outcome.left_out:
        raise click.exceptions.Exit(NegativeAnswer.exit_code)
