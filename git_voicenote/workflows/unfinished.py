"""Recordings that a crash cut off: the next command offers what was saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.clock import clock
from git_voicenote.errors import RecordingInUseError, UnknownRevisionError
from git_voicenote.terminal.console import ask, is_interactive, say
from git_voicenote.workflows.dictation import open_archive, transcribe_source
from git_voicenote.workflows.explaining import record_note
from git_voicenote.workflows.note_targets import CommitTarget, CoverTarget, Target

if TYPE_CHECKING:
    from git_voicenote.config import Settings
    from git_voicenote.git.repository import Repository
    from git_voicenote.workflows.archive import Archive, CutOff, Subject
    from git_voicenote.workflows.explaining import Spoken


def offer_unfinished(
    repository: Repository, settings: Settings, *, skip: str | None = None
) -> dict[str, Spoken]:
    """Let the person decide on each recording that was cut off, but for the one they named.

    Where nobody can be asked, name it and go on. Returns what was taken up, by the keys of its
    targets.
    """
    taken: dict[str, Spoken] = {}
    archive = open_archive(repository, settings)
    for found in archive.cut_off():
        if found.recording.id == skip:
            continue
        if not is_interactive():
            _mention(found)
        elif _is_to_be_taken_up(archive, found):
            taken |= _take_up(repository, settings, archive, found)
    return taken


def _is_to_be_taken_up(archive: Archive, found: CutOff) -> bool:
    """Let the person decide; what they keep or delete is done."""
    recording = found.recording
    try:
        with archive.held(recording):
            if not archive.is_cut_off(recording):
                return False  # decided on in another terminal, while this one asked about others
            answers = {"t": "transcribe", "k": "keep", "d": "delete"}
            answer = ask(f"{_story(found)}.", answers, default="t")
            if answer == "k":
                archive.keep(recording)
            elif answer == "d":
                archive.forget(recording)
            return answer == "t"
    except RecordingInUseError:
        return False


def mention_unfinished(repository: Repository | None, settings: Settings) -> None:
    """Name the recordings that were cut off, for a command that has something else to do."""
    for found in open_archive(repository, settings).cut_off():
        _mention(found)


def _mention(found: CutOff) -> None:
    kind, _, name = found.subject.target.partition(":") if found.subject else ("", "", "")
    command = {
        "commit": f"record {name[:7]}", "cover": "record --cover",
        "review": "review SERIES --reply --patch N", "reply": "review SERIES --reply --patch N",
    }.get(kind, "record")  # fmt: skip
    say(f"{_story(found)}: `git voicenote {command} --from {found.recording.id}` takes it up")


def _is_answer(found: CutOff) -> bool:
    return bool(found.subject and found.subject.target.startswith(("review:", "reply:")))


def _story(found: CutOff) -> str:
    about = f" for {_name(found.subject)}" if found.subject else ""
    when = found.recording.created_at.astimezone().strftime("%Y-%m-%d %H:%M")
    return f"a recording of {when} ({clock(found.recording.duration)}){about} was not finished"


def _name(subject: Subject) -> str:
    kind, _, name = subject.target.partition(":")
    return f"{name[:7]} {subject.title}" if kind == "commit" else subject.title


def _take_up(
    repository: Repository, settings: Settings, archive: Archive, found: CutOff
) -> dict[str, Spoken]:
    target = _target_of(repository, settings, found)
    if target is not None:
        spoken = record_note(repository, settings, target, source=found.recording.id)
        return {target.key: spoken}
    if found.subject is None:
        raise AssertionError("a recording without a subject has a target")
    # a message that was being dictated, or a commit that is gone: the words are shown
    with transcribe_source(repository, archive, settings, found.recording, found.subject):
        pass
    if _is_answer(found):
        _mention(found)
    return {}


def _target_of(repository: Repository, settings: Settings, found: CutOff) -> Target | None:
    """Return what a recording explains: what it was begun for, else HEAD; None for a message."""
    kind, _, name = (
        found.subject.target.partition(":") if found.subject else ("commit", ":", "HEAD")
    )
    if kind == "cover":
        return CoverTarget(repository, name)
    if kind == "commit":
        try:
            return CommitTarget(repository, repository.commit(name), settings.notes_ref)
        except UnknownRevisionError:
            return None
    return None
