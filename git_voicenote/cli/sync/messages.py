"""Messages of the commands that exchange notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.errors import SettingError
from git_voicenote.git.repository import Repository
from git_voicenote.notes.covers import Covers
from git_voicenote.notes.merging.refs import NoteRefs
from git_voicenote.phrases import counted
from git_voicenote.terminal.console import say, settings, warn
from git_voicenote.terminal.dialogue import TerminalDialogue
from git_voicenote.workflows.leftovers import finish_leftovers

if TYPE_CHECKING:
    from git_voicenote.config import Settings
    from git_voicenote.notes.merging.refs import Outcome


def tell_outcome(outcome: Outcome, source: str) -> None:
    """Report the local changes of a merge."""
    for remark in (*outcome.remarks, *outcome.left_out):
        warn(visible(remark))
    parts = []
    if outcome.notes:
        parts.append(counted(len(outcome.notes), "note"))
    if outcome.answers:
        parts.append(f"the answers to {counted(len(outcome.answers), 'commit')}")
    if outcome.covers:
        parts.append(counted(len(outcome.covers), "cover"))
    if outcome.files:
        parts.append(f"{counted(len(outcome.files), 'file')} beside the notes")
    listed = " and ".join([", ".join(parts[:-1]), parts[-1]]) if parts[1:] else "".join(parts)
    told = f"{listed} from {source}" if parts else ""
    if outcome.both:
        told += f", {outcome.both} of them changed on both sides: every paragraph is kept"
    if outcome.removed:
        told += f"{'; ' if told else ''}{outcome.removed} removed, as in {source}"
    say(told or f"nothing {'else is ' * bool(outcome.left_out)}new in {source}")


def prepare() -> tuple[Repository, Settings]:
    """Finish interrupted work, and let covers follow renamed branches."""
    repository = Repository.discover()
    chosen = settings(repository)
    finish_leftovers(repository, chosen, TerminalDialogue(repository))
    for before, now in Covers(repository).follow_renames():
        say(f"the cover of {visible(before)} follows its branch: {visible(now)}")
    return repository, chosen


def note_refs(chosen: Settings) -> NoteRefs:
    """Return the refs that are exchanged. Raises SettingError if two of them are the same."""
    if chosen.review_ref == chosen.notes_ref:
        raise SettingError(
            f"voicenote.reviewRef is {chosen.review_ref}, which has the authors' own notes"
        )
    return NoteRefs(chosen.notes_ref, chosen.review_ref)
