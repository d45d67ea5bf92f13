"""`git voicenote dictate`: speech to text, for any program that opens an editor."""

from __future__ import annotations

import os
from pathlib import Path

import click

from git_voicenote.errors import GitError, UsageError
from git_voicenote.git.repository import repository_if_any
from git_voicenote.terminal.console import put, settings
from git_voicenote.terminal.dialogue import TerminalDialogue
from git_voicenote.terminal.programs.editors import is_already_editing, open_editor, real_editor
from git_voicenote.terminal.streams import sound_source
from git_voicenote.workflows.dictate.dictating import Dictating


@click.command()
@click.argument("paths", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@click.option(
    "--from", "source", metavar="SOUND|-|ID",
    help="Take a sound file, standard input or an earlier recording, not the microphone.",
)  # fmt: skip
@click.option("--device", help="The microphone: a name, a part of one, or a number.")
@click.option(
    "--silence", type=click.FloatRange(0), metavar="SECONDS",
    help="Stop after SECONDS without speech.",
)  # fmt: skip
@click.option(
    "--max-duration", type=click.FloatRange(0), metavar="SECONDS", help="Stop after SECONDS."
)
@click.option("--engine", help="The speech engine.")
@click.option("--language", help="The language that is spoken: en, zh, ...")
@click.option("--editor", help="The editor to open (default: the setting `editor`, then git's).")
@click.option(
    "--message/--prose", "as_message", default=None,
    help="Compose a commit message by the repository's rules, or write plain prose.",
)  # fmt: skip
def dictate(
    paths: tuple[Path, ...],
    *,
    source: str | None,
    device: str | None,
    silence: float | None,
    max_duration: float | None,
    engine: str | None,
    language: str | None,
    editor: str | None,
    as_message: bool | None,
) -> None:
    """Print what you say, or put it at the top of FILE and open your editor on that.

    This adds dictation to any program that opens an editor: GIT_EDITOR="git voicenote dictate" git
    commit --amend, git tag -a, git rebase -i, git notes edit, git send-email --compose, gh pr
    create.

    Files without prose, such as the list of `git rebase -i`, are opened without dictation. If
    nothing is said, or dictation fails, the editor opens on the unchanged file.
    """
    repository = repository_if_any()
    chosen = settings(
        repository, microphone=device, silence=silence, max_duration=max_duration, engine=engine,
        language=language, editor=editor,
    )  # fmt: skip
    dictating = Dictating(repository, chosen, TerminalDialogue(repository), as_message=as_message)
    sound = sound_source(source)
    if not paths:
        if as_message is not None or editor:
            raise UsageError("--message, --prose and --editor are for a FILE")
        with dictating.text(sound) as text:
            put(text)
        return
    if is_already_editing(paths, os.environ):
        raise GitError(
            "the editor leads back to `git voicenote dictate`",
            hint="set the editor to open: `git voicenote settings set editor COMMAND`",
        )
    program = real_editor(repository, chosen.editor)  # before recording anything
    dictating.into_first(paths, sound)
    status = open_editor(program, paths)
    if status:
        dictating.keep(paths)
    raise click.exceptions.Exit(status)
