"""`git voicenote review`: read a series with its notes."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from git_voicenote import files
from git_voicenote.cli.parsing.usage import at_most_one
from git_voicenote.cli.review.json_value import review_value
from git_voicenote.cli.review.options import ReplyOptions
from git_voicenote.errors import NotARepositoryError, UnknownRevisionError, UsageError
from git_voicenote.files.failures import store_error
from git_voicenote.git.repository import repository_if_any
from git_voicenote.mail.incoming.reading import read_series
from git_voicenote.series.review.committed import series_of_commits
from git_voicenote.series.review.series import RecordingFinder
from git_voicenote.series.review.series import review as put_together
from git_voicenote.store.history import History
from git_voicenote.store.recordings import Recordings
from git_voicenote.terminal.console import is_interactive, print_json, put_product, say, settings
from git_voicenote.terminal.dialogue import TerminalDialogue
from git_voicenote.terminal.programs.pager import page, wants_colour
from git_voicenote.terminal.series.steps import step
from git_voicenote.terminal.series.text import Layout
from git_voicenote.workflows.hearing.archive import state_root
from git_voicenote.workflows.leftovers import finish_leftovers

if TYPE_CHECKING:
    from git_voicenote.git.repository import Repository
    from git_voicenote.mail.incoming.received import ReceivedSeries
    from git_voicenote.series.review.series import Review


@click.command()
@click.argument("source", required=False, metavar="[RANGE | MBOX | FOLDER | -]")
@click.option(
    "--html", "page_file", type=click.Path(dir_okay=False), metavar="FILE",
    help="Write a page for a browser (- prints it).",
)  # fmt: skip
@click.option("--audio", is_flag=True, help="Embed the recordings on this machine in the page.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--all", "at_once", is_flag=True, help="Show all at once, without stopping at each patch."
)
@click.option(
    "--color", "colour", type=click.Choice(("auto", "always", "never")), default="auto",
    help="Colour the diffs; auto asks git's color.diff.",
)  # fmt: skip
@click.option("--mboxrd", is_flag=True, help="Lines `>From ` in the mbox were written `From `.")
@click.option(
    "--scissors/--no-scissors", default=None,
    help="Ignore everything above a line `-- >8 --` (default: mailinfo.scissors).",
)  # fmt: skip
@click.option(
    "--reply", is_flag=True,
    help="Answer by voice: mails with mails, commits with separate notes.",
)  # fmt: skip
@click.option(
    "--patch", type=click.IntRange(0), metavar="N", help="Answer patch N, 0 for the cover."
)
@click.option("--at", metavar="PATH[:LINE]", help="Answer this part of the patch.")
@click.option(
    "--from", "sound", metavar="FILE|-|ID", help="Use this sound instead of the microphone."
)
@click.option(
    "-o", "--output-directory", "folder", type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR", help="The folder for the mails.",
)  # fmt: skip
@click.option("--note", is_flag=True, help="Save answers to mails as notes on their commits.")
def review(
    source: str | None, *, page_file: str | None, audio: bool, as_json: bool, at_once: bool,
    colour: str, mboxrd: bool, scissors: bool | None, reply: bool, patch: int | None,
    at: str | None, sound: str | None, folder: Path | None, note: bool,
) -> None:  # fmt: skip
    """Read a series: the cover, then each patch with its notes and its diff.

    From commits (a range, a branch, one commit; HEAD's branch by default) or from mails: a file, an
    mbox, a folder of patches, a maildir, or - for standard input.

    In a terminal, n and p step, a number jumps, l plays the recording if it is on this machine, /
    searches and q quits. With --reply, a answers the patch on the screen: choose a part of the
    diff, speak, edit. Without a terminal, --patch selects the patch to answer.
    """
    replies = ReplyOptions(patch, at, sound, folder, note=note)
    replies.check(source, is_asked=reply, others=bool(page_file or as_json or at_once))
    at_most_one(html=page_file, json=as_json, all=at_once)
    if audio and not page_file:
        raise click.UsageError("--audio requires --html; in a terminal, l plays a recording")
    repository = repository_if_any()
    chosen, dialogue = settings(repository), TerminalDialogue(repository)
    if repository is not None:
        finish_leftovers(repository, chosen, dialogue)
    notes_ref = chosen.notes_ref
    series = _read(source, repository, notes_ref, mboxrd=mboxrd, scissors=scissors)
    root = state_root(repository)
    sounds = RecordingFinder(Recordings(root), History(root))
    found = put_together(series, sounds, repository, notes_ref, chosen.review_ref)
    for remark in found.remarks:
        say(remark)
    if as_json:
        print_json(review_value(found))
        return
    if page_file:
        _write_page(found, page_file, audio=audio)
        return
    if reply:
        # takes 0.05 s
        from git_voicenote.cli.review.answer import answer

        reading = ["--mboxrd"] if mboxrd else []
        reading += [] if scissors is None else ["--scissors" if scissors else "--no-scissors"]
        answer(found, replies, chosen, repository, dialogue, source, reading=reading, colour=colour)
        return
    layout = Layout(found, colour=wants_colour(colour))
    count = len(found.patches) + bool(found.cover)
    if count > 1 and not at_once and is_interactive() and sys.stdout.isatty():
        step(found, layout, tuple(Layout(found, colour=False).parts()))
    else:
        page("".join(layout.parts()))


def _write_page(found: Review, name: str, *, audio: bool) -> None:
    """Write the page, completely or not at all, and print its name."""
    from git_voicenote.series.review.page import review_page

    content = review_page(found, audio=audio)
    if name == "-":
        put_product(content + "\n")
        return
    path = Path(name)
    try:
        files.replace(path, content + "\n", mode=files.PUBLISHED, follow=True)
    except OSError as exc:
        raise store_error(f"{path} cannot be written", exc) from exc
    put_product(path)


def _read(
    source: str | None,
    repository: Repository | None,
    notes_ref: str,
    *,
    mboxrd: bool,
    scissors: bool | None,
) -> ReceivedSeries:
    name = notes_ref.removeprefix("refs/").removeprefix("notes/")
    if source == "-":
        if sys.stdin.isatty():
            say("reading mails from the terminal; Ctrl-D ends")
        return read_series(
            sys.stdin.buffer, Path.cwd(), notes=name, mboxrd=mboxrd, scissors=scissors
        )
    path = Path(source) if source else None
    if path is not None and _exists(path):
        if repository and os.sep not in str(source) and _names_commit(repository, str(source)):
            raise UsageError(
                f"{source!r} is the name of a file and of a commit",
                hint=f"write ./{source} for the file, refs/heads/{source} for the branch",
            )
        return read_series(path, Path.cwd(), notes=name, mboxrd=mboxrd, scissors=scissors)
    if repository is None:
        what = f"there is no file {source}, and" if source else "no mails were named, and"
        raise NotARepositoryError(
            f"{what} this is no git repository",
            hint="`git voicenote review FILE` reads mails anywhere",
        )
    try:
        return series_of_commits(repository, source, notes_ref)
    except UnknownRevisionError as exc:
        if path is None or ".." in str(source):
            raise
        raise UnknownRevisionError(
            f"no file and no commit is named {source!r}", hint=exc.hint
        ) from exc


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name too long for a file
        return False


def _names_commit(repository: Repository, name: str) -> bool:
    found = repository.run(
        "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}",
        accept=(0, 1, 128),
    )  # fmt: skip
    return bool(found)
