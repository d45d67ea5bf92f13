"""Recordings that did not become a note: the next command offers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.errors import RecordingInUseError, UnknownRevisionError
from git_voicenote.targets import CommitTarget, CoverTarget, ReplyTarget, ReviewTarget
from git_voicenote.workflows.explain.explain import explain
from git_voicenote.workflows.explain.explainable import ExplainedCommit, ExplainedSeries
from git_voicenote.workflows.hearing.archive import open_archive
from git_voicenote.workflows.hearing.hear import hear
from git_voicenote.workflows.hearing.listening import Listening
from git_voicenote.workflows.leftovers import describe_recording, is_for_message, mention_recording

if TYPE_CHECKING:
    from git_voicenote.config import Settings
    from git_voicenote.git.repository import Repository
    from git_voicenote.targets import Target
    from git_voicenote.workflows.dialogue import Dialogue
    from git_voicenote.workflows.explain.explain import SpokenNote
    from git_voicenote.workflows.explain.explainable import Explainable
    from git_voicenote.workflows.hearing.archive import Archive, InterruptedRecording


def offer_unfinished(
    repository: Repository, settings: Settings, dialogue: Dialogue, *, skip: str | None = None
) -> dict[Target, SpokenNote]:
    """Let the user decide on each interrupted recording, except `skip`.

    If nobody can be asked, they are only named. Returns the resumed explanations by target.
    """
    resumed: dict[Target, SpokenNote] = {}
    archive = open_archive(repository, settings, dialogue.warn)
    for found in archive.cut_off():
        if found.recording.id == skip:
            continue
        if not dialogue.is_interactive or is_for_message(found):
            mention_recording(repository, found, dialogue)
        elif _is_to_be_resumed(repository, archive, found, dialogue):
            resumed |= _resume(repository, settings, dialogue, found)
    return resumed


def _is_to_be_resumed(
    repository: Repository, archive: Archive, found: InterruptedRecording, dialogue: Dialogue
) -> bool:
    """Ask what to do with a recording, and keep or delete it if requested."""
    recording = found.recording
    try:
        with archive.held(recording):
            if not archive.is_cut_off(recording):
                return False  # it was handled in another terminal in the meantime
            answers = {"t": "transcribe", "k": "keep", "d": "delete"}
            question = f"{describe_recording(repository, found)}."
            answer = dialogue.ask(question, answers, default="t")
            if answer == "k":
                archive.keep(recording)
            elif answer == "d":
                archive.forget(recording)
            return answer == "t"
    except RecordingInUseError:
        return False


def _resume(
    repository: Repository, settings: Settings, dialogue: Dialogue, found: InterruptedRecording
) -> dict[Target, SpokenNote]:
    explained = _explained(repository, settings, found)
    if explained is not None:
        spoken = explain(explained, repository, settings, dialogue, source=found.recording)
        return {explained.target: spoken}
    if found.subject is None:
        raise AssertionError("a recording without a subject explains HEAD")
    # an answer, or a commit that no longer exists: show the words
    listening = Listening(repository, settings, found.subject.target, dialogue.warn)
    with hear(listening, dialogue, found.subject.title, found.recording):
        pass
    if isinstance(found.subject.target, (ReviewTarget, ReplyTarget)):
        mention_recording(repository, found, dialogue)
    return {}


def _explained(
    repository: Repository, settings: Settings, found: InterruptedRecording
) -> Explainable | None:
    """Return the subject of a recording, HEAD if it has none; None if it is not for a note."""
    target = found.subject.target if found.subject else None
    match target:
        case CoverTarget(key):
            return ExplainedSeries(repository, key)
        case CommitTarget() | None:
            revision = target.commit_id if target else "HEAD"
            try:
                return ExplainedCommit(repository, settings, repository.commit(revision))
            except UnknownRevisionError:
                return None
    return None
