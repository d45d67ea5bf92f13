"""`git voicenote transcribe`: the text of sound files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from git_voicenote.cli.parsing.usage import at_most_one
from git_voicenote.errors import NothingHeardError, VoicenoteError
from git_voicenote.git.repository import repository_if_any
from git_voicenote.store.results import ResultFolder
from git_voicenote.targets import MessageTarget
from git_voicenote.terminal.batch_display import BatchDisplay
from git_voicenote.terminal.console import say, settings, warn
from git_voicenote.terminal.dialogue import TerminalDialogue
from git_voicenote.text.export.formats import FORMATS, JSON, TEXT, help_text
from git_voicenote.text.passes.chain import named_passes
from git_voicenote.workflows.hearing.listening import Listening, likely_target
from git_voicenote.workflows.transcribe.files import FileTranscription, find_sources
from git_voicenote.workflows.transcribe.results import (
    ListedResults,
    PrintedResult,
    Rendering,
    WrittenResults,
)

if TYPE_CHECKING:
    from git_voicenote.config import Settings
    from git_voicenote.workflows.transcribe.files import ResultCounts


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE|FOLDER|-...")
@click.option(
    "--format", "format_name", type=click.Choice(tuple(FORMATS)),
    help=f"{help_text()} (default: {TEXT.name}).",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FOLDER",
    help="Write a file for each result to FOLDER, and print their names.",
)  # fmt: skip
@click.option("--again", is_flag=True, help="Replace existing results in FOLDER.")
@click.option("--engine", help="The speech engine.")
@click.option("--language", help="The language that is spoken: en, zh, ...")
@click.option(
    "--vocabulary/--no-vocabulary", default=None,
    help="Pass the terms of the repository to the engine (default: voicenote.vocabulary).",
)  # fmt: skip
def transcribe(
    files: tuple[str, ...],
    *,
    format_name: str | None,
    as_json: bool,
    output: Path | None,
    again: bool,
    engine: str | None,
    language: str | None,
    vocabulary: bool | None,
) -> None:
    """Print the text of sound FILEs, or of standard input (-), without storing it.

    A line for each stretch between two pauses; of one file, as soon as it is understood. A FOLDER
    stands for the sound files in it and below. A file that fails is reported, and the others are
    transcribed.

    Inside a repository, the engine knows its terms, as with record.

    With --output, a file whose result is there already is skipped: the same command continues
    after an interruption. A result that you have edited is never replaced.

    Exits with 1 if there is a file in which nobody speaks, with 128 if one failed or could be read
    only in part: what could be read is printed all the same.
    """
    if as_json and format_name not in (None, JSON.name):
        at_most_one(json=True, format=True)
    form = JSON if as_json else FORMATS[format_name or TEXT.name]
    if "-" in files and (len(files) > 1 or output is not None):
        raise click.UsageError("standard input (-) cannot be combined with files or --output")
    sources = find_sources(files)
    is_list = len(files) > 1 or Path(files[0]).is_dir()
    if output is None and again:
        raise click.UsageError("--again requires --output")
    if output is None and form.in_turn is None and is_list:
        raise click.UsageError(
            f"{form.holds} are written for one recording: name a folder with --output"
        )
    chosen = settings(engine=engine, language=language, vocabulary=vocabulary)
    listening = _listening(chosen)
    info = listening.engine.info
    rendering = Rendering(
        form, info.name, info.model or chosen.model, chosen.language,
        vocabulary=listening.settings.vocabulary, itn="itn" in named_passes(chosen.text),
    )  # fmt: skip
    is_many = is_list or output is not None
    work = FileTranscription(sources, listening, TerminalDialogue(), BatchDisplay, is_many)
    if output is not None:
        with ResultFolder(output, rendering.suffix) as folder:
            tally = work.run(WrittenResults(folder, sources, rendering, again=again))
    elif is_list:
        tally = work.run(ListedResults(sources, rendering))
    else:
        tally = work.run(PrintedResult(sources[0], rendering))
    _conclude(tally, sources[0], is_many=is_many)


def _listening(chosen: Settings) -> Listening:
    """Return the engine and the vocabulary; outside of a repository, no vocabulary."""
    repository = repository_if_any() if chosen.vocabulary else None
    target = likely_target(repository) if repository else MessageTarget()
    return Listening(repository, replace(chosen, vocabulary=repository is not None), target, warn)


def _conclude(tally: ResultCounts, name: str, *, is_many: bool) -> None:
    """Report the outcome and exit with the matching status."""
    if not is_many:
        if tally.error is not None:
            raise tally.error
        if tally.silent:
            raise NothingHeardError(
                f"no speech was found in {name}",
                hint="play it to check that somebody speaks, in the selected language",
            )
        return
    say(str(tally))
    if not tally.is_complete:
        raise click.exceptions.Exit(VoicenoteError.exit_code)
    if tally.has_silent:
        raise click.exceptions.Exit(NothingHeardError.exit_code)
