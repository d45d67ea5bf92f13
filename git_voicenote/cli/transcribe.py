"""`git voicenote transcribe`: the text of sound files."""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from git_voicenote.cli.transcript_forms import Listed, Printed, Rendering, Written
from git_voicenote.datatypes import Segment
from git_voicenote.errors import NothingHeardError, VoicenoteError
from git_voicenote.git.repository import repository_if_any
from git_voicenote.phrases import counted
from git_voicenote.store.results import ResultFolder
from git_voicenote.targets import MessageTarget
from git_voicenote.terminal.batch_display import BatchDisplay
from git_voicenote.terminal.console import print_error, say, settings, warn
from git_voicenote.text.export.formats import FORMATS, JSON, TEXT, help_text
from git_voicenote.text.passes.chain import named_passes
from git_voicenote.workflows.hearing.hear import warn_of_failures
from git_voicenote.workflows.hearing.listening import Listening, likely_target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from git_voicenote.cli.transcript_forms import Results
    from git_voicenote.config import Settings
    from git_voicenote.workflows.hearing.batch import Finished


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
@click.option("--again", is_flag=True, help="Replace results that are in FOLDER already.")
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
    """Print the text of sound FILEs, or of standard input (-); keep nothing of it.

    A line for each stretch between two pauses; of one file, as soon as it is understood. A FOLDER
    stands for the sound files in it and below. A file that fails is named, and the others go on.

    Inside of a repository, the engine is told its words, as with record.

    With --output, a file whose result is there already is passed over: the same command goes on
    after an interruption. A result that you have edited is never replaced.

    Exits with 1 if there is a file in which nobody speaks, with 128 if one failed or could be read
    only in part: what could be read is printed all the same.
    """
    if as_json and format_name not in (None, JSON.name):
        raise click.UsageError("--json and --format do not agree")
    form = JSON if as_json else FORMATS[format_name or TEXT.name]
    sources = _sources(files, has_output=output is not None)
    is_list = len(files) > 1 or Path(files[0]).is_dir()
    if output is None and again:
        raise click.UsageError("--again belongs to --output")
    if output is None and form.in_turn is None and is_list:
        raise click.UsageError(f"{form.holds} belong to one recording: name a folder by --output")
    chosen = settings(engine=engine, language=language, vocabulary=vocabulary)
    listening = _listening(chosen)
    info = listening.engine.info
    rendering = Rendering(
        form, info.name, info.model or chosen.model, chosen.language,
        vocabulary=listening.settings.vocabulary, itn="itn" in named_passes(chosen.text),
    )  # fmt: skip
    work = _Work(sources, listening, is_many=is_list or output is not None)
    if output is not None:
        with ResultFolder(output, rendering.suffix) as folder:
            work.do(Written(folder, sources, rendering, again=again))
    elif is_list:
        work.do(Listed(sources, rendering))
    else:
        work.do(Printed(sources[0], rendering))
    work.conclude()


def _listening(chosen: Settings) -> Listening:
    """Return what is known before the files are heard; outside of a repository, no vocabulary."""
    repository = repository_if_any() if chosen.vocabulary else None
    target = likely_target(repository) if repository else MessageTarget()
    return Listening(repository, replace(chosen, vocabulary=repository is not None), target, warn)


def _sources(files: Sequence[str], *, has_output: bool) -> tuple[str, ...]:
    """Return the files that are meant, each once, in the order in which they are named."""
    from git_voicenote.audio.files.finding import sound_files

    if "-" in files and (len(files) > 1 or has_output):
        raise click.UsageError("standard input (-) stands alone, and goes to standard output")
    named: dict[str, str] = {}
    for file in files:
        for found in sound_files(Path(file)) if Path(file).is_dir() else (file,):
            named.setdefault(os.path.realpath(found), str(found))
    return tuple(named.values())


class _Work:
    """Files on their way to results; it counts what becomes of them."""

    def __init__(
        self,
        sources: Sequence[str],
        listening: Listening,
        *,
        is_many: bool,
    ) -> None:
        self._sources = sources
        self._listening = listening
        self._is_many = is_many
        self._counts: Counter[str] = Counter()
        self._error: VoicenoteError | None = None

    def do(self, results: Results) -> None:
        """Transcribe what has no result yet, and print the results in the order of the files."""
        ready = dict(results.there)
        todo = [number for number in range(len(self._sources)) if number not in ready]
        self._counts.update(
            {
                "there": len(ready),
                "silent before": results.silent,
                "incomplete before": results.incomplete,
            }
        )
        info = self._listening.engine.info
        if todo and info.server:
            say(f"engine {info.title}")
        turn = 0
        display = BatchDisplay([self._path(number) for number in todo])
        try:
            with display:
                for number, event in self._heard(todo, display):
                    if isinstance(event, Segment):
                        display.show(results.segment(event))
                        continue
                    ready[number] = results.finished(number, event)
                    self._count(number, event)
                    display.finished()
                    while turn in ready:
                        display.show(ready.pop(turn))
                        turn += 1
        except KeyboardInterrupt:
            if isinstance(results, Written):
                done = sum(self._counts[what] for what in ("there", "heard", "silent"))
                say(f"\n{done} of {len(self._sources)} are done; the same command does the others")
            raise
        finally:
            for number in sorted(ready):
                display.show(ready[number])

    def conclude(self) -> None:
        """Say what became of the files; exit with what it comes to."""
        name = self._sources[0]
        if not self._is_many:
            if self._error is not None:
                raise self._error
            if self._counts["silent"]:
                raise NothingHeardError(
                    f"nothing was heard in {name}",
                    hint="play it: does somebody speak, and in the language that was asked for?",
                )
            return
        counts, count = self._counts, len(self._sources)
        told = (
            (counts["heard"], "transcribed"),
            (counts["there"], "there already (--again makes them anew)"),
            (counts["silent"], "without speech"),
            (counts["incomplete"] + counts["incomplete before"], "read only in part"),
            (counts["failed"], "failed"),
        )
        parts = ", ".join(f"{number} {what}" for number, what in told if number)
        say(f"{counted(count, 'file')}: {parts}")
        if counts["failed"] or counts["incomplete"] or counts["incomplete before"]:
            raise click.exceptions.Exit(VoicenoteError.exit_code)
        if counts["silent"] or counts["silent before"]:
            raise click.exceptions.Exit(NothingHeardError.exit_code)

    def _heard(
        self, todo: Sequence[int], display: BatchDisplay
    ) -> Iterator[tuple[int, Segment | Finished]]:
        if not todo:
            return
        # numpy and soundfile cost 0.2 s: not before the options are known to be right
        from git_voicenote.workflows.hearing.batch import transcribe_files

        sources = [self._path(number) or sys.stdin.buffer for number in todo]
        for index, event in transcribe_files(
            sources, self._listening.engine, self._listening.context,
            warn=warn, listened=display.listened,
        ):  # fmt: skip
            yield todo[index], event

    def _path(self, number: int) -> Path | None:
        name = self._sources[number]
        return None if name == "-" else Path(name)

    def _count(self, number: int, finished: Finished) -> None:
        name = self._sources[number]
        if finished.error is not None:
            self._error = finished.error
            if self._is_many:
                print_error(self._naming(name, finished.error))
        if finished.has_failed:
            self._counts["failed"] += 1
            return
        self._counts["incomplete"] += finished.error is not None
        if not finished.has_words:
            self._counts["silent"] += 1
            if self._is_many:
                warn(f"nothing was heard in {name}")
        else:
            self._counts["heard"] += 1
            warn_of_failures(finished.segments, warn, name if self._is_many else "")

    @staticmethod
    def _naming(name: str, error: VoicenoteError) -> VoicenoteError:
        """Return an error that names the file: those of engines do not."""
        if name in error.message:
            return error
        return VoicenoteError(f"{name}: {error.message}", hint=error.hint)
