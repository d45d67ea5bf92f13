"""`git voicenote record`: explain a commit, or a series, by speaking."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from git_voicenote.audio.capture.devices import BROWSER
from git_voicenote.cli.parsing.usage import at_most_one
from git_voicenote.git.repository import Repository
from git_voicenote.notes.covers import Covers
from git_voicenote.terminal.console import print_json, settings
from git_voicenote.terminal.dialogue import TerminalDialogue
from git_voicenote.terminal.streams import sound_source
from git_voicenote.workflows.explain.explain import explain
from git_voicenote.workflows.explain.explainable import ExplainedCommit, ExplainedSeries
from git_voicenote.workflows.explain.orphaned_covers import offer_orphans
from git_voicenote.workflows.explain.unfinished import offer_unfinished
from git_voicenote.workflows.hearing.checking import (
    check_engine,
    check_microphone,
    check_source,
)
from git_voicenote.workflows.leftovers import finish_leftovers

if TYPE_CHECKING:
    from git_voicenote.targets import Target
    from git_voicenote.workflows.explain.explain import SpokenNote
    from git_voicenote.workflows.explain.explainable import Explainable
    from git_voicenote.workflows.explain.joining import Existing


@click.command()
@click.argument("commit", required=False)
@click.option("--cover", is_flag=True, help="Explain the branch's series as a whole.")
@click.option(
    "--walk",
    is_flag=True,
    help="Step through the diff; what you say is attached to the hunk on the screen.",
)
@click.option(
    "--from", "source", metavar="FILE|-|ID",
    help="Take a sound file, standard input or an earlier recording, not the microphone.",
)  # fmt: skip
@click.option("--device", help="The microphone: a name, a part of one, or a number.")
@click.option(
    "--browser", is_flag=True, help="Use the microphone of a browser, here or on another machine."
)
@click.option(
    "--silence",
    type=click.FloatRange(0),
    help="Stop after SECONDS without speech.",
    metavar="SECONDS",
)
@click.option(
    "--max-duration", type=click.FloatRange(0), help="Stop after SECONDS.", metavar="SECONDS"
)
@click.option("--engine", help="The speech engine.")
@click.option("--language", help="The language that is spoken: en, zh, ...")
@click.option("--edit/--no-edit", default=None, help="Open the text in the editor first.")
@click.option("--replace", is_flag=True, help="Replace the existing note.")
@click.option("--append", is_flag=True, help="Add to the existing note.")
@click.option("--keep-both", is_flag=True, help="Keep the existing note beside the new one.")
@click.option(
    "--explain", "explained", is_flag=True, help="Report which words were changed, and why."
)
@click.option("--json", "as_json", is_flag=True, help="Print the note as one JSON object.")
def record(
    commit: str | None,
    cover: bool,
    walk: bool,
    source: str | None,
    device: str | None,
    browser: bool,
    silence: float | None,
    max_duration: float | None,
    engine: str | None,
    language: str | None,
    edit: bool | None,
    replace: bool,
    append: bool,
    keep_both: bool,
    explained: bool,
    as_json: bool,
) -> None:
    """Explain COMMIT (default: HEAD), or the branch's series with --cover, by speaking.

    Enter stops; Ctrl-C keeps the sound and quits. The words open in your editor and become the
    commit's note, which `git voicenote format-patch` puts under the patch.

    With --walk the diff is on the screen: space turns to the next hunk, p to the one before.
    """
    if cover and commit:
        raise click.UsageError("--cover explains the series of the branch; it takes no commit")
    at_most_one(replace=replace, append=append, keep_both=keep_both)
    at_most_one(cover=cover, walk=walk)
    if walk and source:
        raise click.UsageError("--walk is for the microphone: a recording keeps its own places")
    at_most_one(**{"from": source, "browser": browser, "device": device})
    for name, value in (("device", device), ("silence", silence), ("max_duration", max_duration)):
        at_most_one(**{"from": source, name: value is not None})
    existing: Existing | None = (
        "replace" if replace else "append" if append else "both" if keep_both else None
    )
    repository = Repository.discover()
    chosen = settings(
        repository, microphone=BROWSER if browser else device, silence=silence,
        max_duration=max_duration, engine=engine, language=language, edit=edit,
    )  # fmt: skip
    dialogue = TerminalDialogue(repository)
    meant = repository.commit(commit or "HEAD")
    subject: Explainable = (
        ExplainedSeries(repository, Covers(repository).key_for_head())
        if cover
        else ExplainedCommit(repository, chosen, meant)
    )
    check_engine(repository, chosen, subject.target, dialogue.warn)
    if source:
        check_source(repository, source, subject.target, is_named=bool(commit or cover))
    elif device is not None:
        check_microphone(chosen)
    finish_leftovers(repository, chosen, dialogue)
    if cover:
        offer_orphans(repository, Covers(repository).key_for_head(), dialogue)
    resumed = offer_unfinished(repository, chosen, dialogue, skip=source)

    def show(spoken: SpokenNote) -> None:
        if as_json:
            print_json(_as_json(subject.target, spoken))

    if source is None and subject.target in resumed:
        show(
            resumed[subject.target]
        )  # the recording that was just finished may be all that the user wanted
        return
    explain(
        subject, repository, chosen, dialogue,
        source=sound_source(source), existing=existing, explain=explained, walk=walk, saved=show,
    )  # fmt: skip


def _as_json(target: Target, spoken: SpokenNote) -> dict[str, object]:
    note, dictation = spoken.note, spoken.dictation
    return {
        "target": str(target),
        "text": note.text,
        "engine": note.engine,
        "language": note.language,
        "recording": {
            "id": dictation.recording.id,
            "path": str(dictation.recording.path),
            "duration": round(dictation.recording.duration, 3),
        },
        "segments": [asdict(segment) for segment in dictation.transcript.segments],
    }
