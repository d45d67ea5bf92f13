"""`git voicenote transcribe`: the text of a sound file."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from git_voicenote.audio.voice_activity import VoiceActivity
from git_voicenote.cli.console import print_json, settings, warn
from git_voicenote.cli.engines import chosen_engine
from git_voicenote.cli.recording_display import clock
from git_voicenote.engines.base import Context
from git_voicenote.errors import NothingHeardError
from git_voicenote.text.spoken_prose import spoken_prose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_voicenote.config import Settings
    from git_voicenote.datatypes import Segment
    from git_voicenote.engines.base import Engine


@click.command()
@click.argument("file", metavar="FILE|-")
@click.option("--engine", help="The speech engine.")
@click.option("--language", help="The language that is spoken: en, zh, ...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with segments.")
def transcribe(file: str, *, engine: str | None, language: str | None, as_json: bool) -> None:
    """Print the text of a sound FILE, or of standard input (-); keep nothing of it.

    A line for each stretch between two pauses, as soon as it is understood.
    """
    chosen = settings(engine=engine, language=language)
    used = chosen_engine(chosen)
    activity = VoiceActivity()
    segments = []
    for segment in _segments(file, used, chosen, activity):
        segments.append(segment)
        if not as_json:
            click.echo(spoken_prose([segment]))
    if as_json:
        print_json(
            {
                "file": file,
                "engine": used.info.name,
                "language": chosen.language,
                "duration": round(activity.heard, 3),
                "text": spoken_prose(segments),
                "segments": [asdict(segment) for segment in segments],
            }
        )
    if not segments:
        raise NothingHeardError(
            f"nothing was heard in {file}",
            hint="play it: does somebody speak, and in the language that was asked for?",
        )


def _segments(
    file: str, engine: Engine, settings: Settings, activity: VoiceActivity
) -> Iterator[Segment]:
    """Yield what is heard, and say on a terminal how far it is; that line is gone at the end."""
    # numpy and soundfile cost 0.2 s: not before the options are known to be right
    from git_voicenote.audio.files import read_blocks
    from git_voicenote.transcription import transcribe as hear

    source = sys.stdin.buffer if file == "-" else Path(file)
    blocks = read_blocks(source, warn=warn)
    tell = sys.stderr.isatty() and not sys.stdout.isatty()
    try:
        for segment in hear(blocks, engine, Context(language=settings.language), activity):
            if tell:
                click.echo(f"\r{clock(activity.heard)} heard", nl=False, err=True)
            yield segment
    finally:
        if tell:
            click.echo("\r\x1b[K", nl=False, err=True)
