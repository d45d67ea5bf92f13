"""Recordings that a crash cut off: the next command offers what was saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.clock import length, local_time
from git_voicenote.errors import RecordingInUseError, UnknownRevisionError
from git_voicenote.targets import CommitTarget, CoverTarget, ReplyTarget, ReviewTarget
from git_voicenote.workflows.explain.explain import explain
from git_voicenote.workflows.explain.explainable import ExplainedCommit, ExplainedSeries
from git_voicenote.workflows.hearing.archive import open_archive
from git_voicenote.workflows.hearing.hear import hear
from git_voicenote.workflows.hearing.listening import Listening

if TYPE_CHECKING:
    from git_voicenote.config import Settings
    from git_voicenote.git.repository import Repository
    from git_voicenote.targets import Target
    from git_voicenote.workflows.dialogue import Dialogue
    from git_voicenote.workflows.explain.explain import Spoken
    from git_voicenote.workflows.explain.explainable import Explainable
    from git_voicenote.workflows.hearing.archive import Archive, CutOff, Subject


def offer_unfinished(
    repository: Repository, settings: Settings, dialogue: Dialogue, *, skip: str | None = None
) -> dict[Target, Spoken]:
    """Let the person decide on each recording that was cut off, except the one they named.

    If nobody can be asked, name it and go on. Returns what was resumed, by target.
    """
    resumed: dict[Target, Spoken] = {}
    archive = open_archive(repository, settings, dialogue.warn)
    for found in archive.cut_off():
        if found.recording.id == skip:
            continue
        if not dialogue.is_interactive:
            _mention(found, dialogue)
        elif _is_to_be_resumed(archive, found, dialogue):
            resumed |= _resume(repository, settings, dialogue, found)
    return resumed


def mention_unfinished(
    repository: Repository | None, settings: Settings, dialogue: Dialogue
) -> None:
    """Name the recordings that were cut off, for a command that has something else to do."""
    for found in open_archive(repository, settings, dialogue.warn).cut_off():
        _mention(found, dialogue)


def _is_to_be_resumed(archive: Archive, found: CutOff, dialogue: Dialogue) -> bool:
    """Let the person decide; what they keep or delete is done."""
    recording = found.recording
    try:
        with archive.held(recording):
            if not archive.is_cut_off(recording):
                return False  # decided on in another terminal, while this one asked about others
            answers = {"t": "transcribe", "k": "keep", "d": "delete"}
            answer = dialogue.ask(f"{_story(found)}.", answers, default="t")
            if answer == "k":
                archive.keep(recording)
            elif answer == "d":
                archive.forget(recording)
            return answer == "t"
    except RecordingInUseError:
        return False


def _mention(found: CutOff, dialogue: Dialogue) -> None:
    command = f"git voicenote {_command(found.subject)} --from {found.recording.id}"
    dialogue.say(f"{_story(found)}: `{command}` resumes it")


def _command(subject: Subject | None) -> str:
    """Return the command that makes of a recording what it was for."""
    match subject.target if subject else None:
        case CommitTarget() as target:
            return f"record {target.short}"
        case CoverTarget():
            return "record --cover"
        case ReviewTarget() | ReplyTarget():
            return "review SERIES --reply --patch N"
    return "record"


def _story(found: CutOff) -> str:
    about = f" for {_name(found.subject)}" if found.subject else ""
    when = local_time(found.recording.created_at)
    return f"a recording of {when} ({length(found.recording.duration)}){about} was not finished"


def _name(subject: Subject) -> str:
    target = subject.target
    short = f"{target.short} " if isinstance(target, CommitTarget) else ""
    return f"{short}{subject.title}"


def _resume(
    repository: Repository, settings: Settings, dialogue: Dialogue, found: CutOff
) -> dict[Target, Spoken]:
    explained = _explained(repository, settings, found)
    if explained is not None:
        spoken = explain(explained, repository, settings, dialogue, source=found.recording)
        return {explained.target: spoken}
    if found.subject is None:
        raise AssertionError("a recording without a subject explains HEAD")
    # a message that was being dictated, or a commit that is gone: the words are shown
    listening = Listening(repository, settings, found.subject.target, dialogue.warn)
    with hear(listening, dialogue, found.subject.title, found.recording):
        pass
    if isinstance(found.subject.target, (ReviewTarget, ReplyTarget)):
        _mention(found, dialogue)
    return {}


def _explained(repository: Repository, settings: Settings, found: CutOff) -> Explainable | None:
    """Return what a recording explains, HEAD if that is not known; None if it is no note."""
    match found.subject.target if found.subject else CommitTarget("HEAD"):
        case CoverTarget(key):
            return ExplainedSeries(repository, key)
        case CommitTarget(name):
            try:
                return ExplainedCommit(repository, settings, repository.commit(name))
            except UnknownRevisionError:
                return None
    return None
