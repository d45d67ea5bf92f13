"""Finish or report what earlier commands left: recordings, unsaved texts, notes from git am."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from git_voicenote.clock import length, local_time
from git_voicenote.errors import StoreError, VoicenoteError
from git_voicenote.notes.covers import cover_argument
from git_voicenote.phrases import counted
from git_voicenote.store.kept_texts import kept_texts, story
from git_voicenote.targets import (
    CommitTarget,
    CoverTarget,
    MessageTarget,
    ReplyTarget,
    ReviewTarget,
    TextTarget,
)

if TYPE_CHECKING:
    from git_voicenote.config import Settings
    from git_voicenote.git.repository import Repository
    from git_voicenote.object_ids import ObjectId
    from git_voicenote.store.kept_texts import KeptText
    from git_voicenote.workflows.dialogue import Dialogue
    from git_voicenote.workflows.hearing.archive import InterruptedRecording, Subject


NEXT_RECORD = "the next `git voicenote record` offers it"
NEXT_COMMIT = "the next `git commit` offers it for the message"
"""A recording for a message never becomes the note of another commit."""


def finish_leftovers(repository: Repository, settings: Settings, dialogue: Dialogue) -> None:
    """Keep the notes of patches that plain git am applied, and report it.

    Edited texts that were not saved are listed, too. A failure is only a warning, because it does
    not concern the current command.
    """
    mention_unsaved_texts(repository, dialogue)
    keep_applied(repository, settings, dialogue)


def keep_applied(repository: Repository, settings: Settings, dialogue: Dialogue) -> None:
    """Keep the notes of the patches that plain git am applied, and report it."""
    folder = repository.git_dir / "voicenote" / "am"
    try:
        if not folder.is_dir():
            return  # the usual case, which avoids importing the modules that read mails
    except OSError as exc:  # the state belongs to another user of the repository
        dialogue.warn(f"cannot read {folder}: {exc.strerror}")
        return
    from git_voicenote.series.incoming.unfinished import UnfinishedAm

    try:
        kept = UnfinishedAm(repository).keep(settings.notes_ref)
    except (VoicenoteError, OSError) as exc:
        dialogue.warn(f"the notes of the patches that git am applied could not be kept: {exc}")
        return
    if kept.running is not None and not _is_alive(kept.running):
        dialogue.warn("git am is still running, but the git voicenote that started it was killed;")
        dialogue.say("when it has ended, the next git voicenote command keeps the notes")
    report_kept(dialogue, kept.notes, kept.cover, "of what git am had applied")
    for title in kept.unclear:
        dialogue.warn(f"the note of {title!r} was not kept: it may belong to several commits")


def mention_unsaved_texts(repository: Repository, dialogue: Dialogue) -> None:
    """List the unsaved texts of a repository, and what to do with them."""
    for kept in kept_texts(repository.state_dir):
        _mention(repository, kept, dialogue)


def mention_unfinished_recordings(
    repository: Repository | None, settings: Settings, dialogue: Dialogue
) -> None:
    """List the unfinished recordings, for a command that does something else.

    A failure is only a warning, for the same reason.
    """
    from git_voicenote.workflows.hearing.archive import (
        open_archive,
    )  # not imported for format-patch

    try:
        unfinished = open_archive(repository, settings, dialogue.warn).cut_off()
    except StoreError as exc:
        dialogue.warn(exc.message)
        return
    for found in unfinished:
        mention_recording(repository, found, dialogue)


def mention_recording(
    repository: Repository | None, found: InterruptedRecording, dialogue: Dialogue
) -> None:
    """Name an unfinished recording, and the command that resumes it."""
    way = f"`{command_to_resume(repository, found)}` resumes it"
    about = describe_recording(repository, found)
    dialogue.say(f"{about}: {NEXT_COMMIT if is_for_message(found) else way}")


def command_to_resume(repository: Repository | None, found: InterruptedRecording) -> str:
    """Return the command that resumes an unfinished recording."""
    if is_for_message(found):
        return "git commit"
    return f"git voicenote {_command(repository, found.subject)} --from {found.recording.id}"


def is_for_message(found: InterruptedRecording) -> bool:
    """Return whether a recording is for a commit message."""
    return found.subject is not None and isinstance(found.subject.target, MessageTarget)


def describe_recording(repository: Repository | None, found: InterruptedRecording) -> str:
    """Return a description of an unfinished recording."""
    about = f" for {_subject_name(repository, found.subject)}" if found.subject else ""
    when = local_time(found.recording.created_at)
    return f"a recording of {when} ({length(found.recording.duration)}){about} was not finished"


def report_kept(dialogue: Dialogue, notes: int, cover: str | None, of_what: str = "") -> None:
    """Report how many notes were kept, and the cover, if any."""
    parts = [counted(notes, "note")] if notes else []
    parts += [f"the cover of {cover}"] if cover else []
    if parts:
        words = ["kept", " and ".join(parts), *filter(None, [of_what]), "(git voicenote show)"]
        dialogue.say(" ".join(words))


def _command(repository: Repository | None, subject: Subject | None) -> str:
    """Return the command that uses a recording for its purpose."""
    match subject.target if subject else None:
        case CommitTarget(commit_id):
            return f"record {_short(repository, commit_id)}"
        case CoverTarget():
            return "record --cover"
        case ReviewTarget() | ReplyTarget():
            return "review SERIES --reply --patch N"
        case TextTarget():
            return "dictate"
    return "record"


def _subject_name(repository: Repository | None, subject: Subject) -> str:
    target = subject.target
    if isinstance(target, CommitTarget):
        return f"{_short(repository, target.commit_id)} {subject.title}"
    return subject.title


def _short(repository: Repository | None, commit_id: ObjectId) -> str:
    # a recording outside of a repository is not for a commit, unless its folder was moved there
    return repository.short(commit_id) if repository else commit_id


def next_step_for(repository: Repository, kept: KeptText) -> str:
    """Return what to do with an unsaved text."""
    match kept.purpose.target:
        case CommitTarget(commit_id):
            return f"`git voicenote edit {repository.short(commit_id)}` resumes it"
        case CoverTarget(key):
            return f"`git voicenote edit --cover {cover_argument(repository, key)}` resumes it"
    return f"remove {kept.path.parent} if you do not need it"


def _mention(repository: Repository, kept: KeptText, dialogue: Dialogue) -> None:
    dialogue.say(f"{story(kept)}: {kept.path}")
    dialogue.say(f"hint: {next_step_for(repository, kept)}")


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's
        return True
    return True
