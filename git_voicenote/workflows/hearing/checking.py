"""Check the options of a dictation before the user speaks or is asked anything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.errors import AudioFileError, StoreError, UsageError
from git_voicenote.notes.covers import series_name
from git_voicenote.store.history import History
from git_voicenote.store.recordings import Recordings
from git_voicenote.targets import CommitTarget, CoverTarget, FileTarget, MessageTarget
from git_voicenote.workflows.hearing.archive import state_root
from git_voicenote.workflows.hearing.listening import Listening, context_without_terms

if TYPE_CHECKING:
    from collections.abc import Callable

    from git_voicenote.config import Settings
    from git_voicenote.git.repository import Repository
    from git_voicenote.targets import Target


def check_engine(
    repository: Repository, settings: Settings, target: Target, warn: Callable[[str], None]
) -> None:
    """Raise EngineError if the engine is missing, or does not support the language."""
    engine = Listening(repository, settings, target, warn).engine
    base = settings.language.lower().replace("_", "-").partition("-")[0]
    if engine.info.server is None and base not in engine.info.languages:
        # the engine knows which languages it supports: without sound, it only raises its error
        for _ in engine.transcribe((), context_without_terms(settings)):
            pass


def check_microphone(settings: Settings) -> None:
    """Raise AudioDeviceError if the chosen microphone cannot be used."""
    from git_voicenote.audio.capture.devices import (
        BROWSER,
        FILE_PREFIX,
        choose_microphone,
        input_devices,
    )

    wanted = settings.microphone
    if wanted == BROWSER:
        return
    if wanted is None or not wanted.startswith(FILE_PREFIX):
        choose_microphone(wanted, input_devices())


def check_source(repository: Repository, name: str, target: Target, *, is_named: bool) -> None:
    """Check what `--from` names. Raises AudioFileError if it is neither a file nor a recording.

    Raises UsageError if it was recorded for another target, unless the user named the `target`
    (`is_named`): words about one commit do not become the note of another by default.
    """
    if name == "-" or Path(name).exists():
        return
    root = state_root(repository)
    if Recordings(root).path_of(name) is None:
        raise AudioFileError(
            f"there is no file and no recording {name!r}",
            hint="`git voicenote history list` shows the recordings",
        )
    try:
        entry = History(root).entry(name)
    except StoreError:
        return  # a broken history is reported where it is used
    if entry is None or is_named or entry.target == target or isinstance(entry.target, FileTarget):
        return
    raise UsageError(
        f"the recording {name} was recorded for {_told(repository, entry.target)}",
        hint=_way(entry.target, name),
    )


def _told(repository: Repository, target: Target) -> str:
    match target:
        case CommitTarget(commit_id):
            return f"another commit, {repository.short(commit_id)}"
        case CoverTarget(key):
            return f"the cover of {series_name(repository, key)}"
        case MessageTarget():
            return "a commit message"
    return "an answer to a patch"


def _way(target: Target, name: str) -> str:
    match target:
        case CommitTarget():
            return f"name the commit: `git voicenote record COMMIT --from {name}`"
        case CoverTarget():
            return f"`git voicenote record --cover --from {name}`"
        case MessageTarget():
            return (
                "the next `git commit` offers it;\n"
                f"`git voicenote record COMMIT --from {name}` makes it a note anyway"
            )
    return f"`git voicenote review SERIES --reply --patch N --from {name}`"
