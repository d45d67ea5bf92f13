"""Edit a note or a cover by hand, or write one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from git_voicenote.errors import NegativeAnswer, UnknownRevisionError
from git_voicenote.git.commits import commit_summary, series_summary
from git_voicenote.notes.changing import reconciled
from git_voicenote.notes.covers import DETACHED, Covers, cover_argument, series_name
from git_voicenote.notes.format import parse_notes, render_notes
from git_voicenote.notes.store import Notes
from git_voicenote.store.kept_texts import Purpose, kept_texts, story
from git_voicenote.targets import CommitTarget, CoverTarget
from git_voicenote.workflows.dialogue import Draft
from git_voicenote.workflows.explain.orphaned_covers import mention_orphans
from git_voicenote.workflows.explain.saving import Saving, notes_by_patch
from git_voicenote.workflows.hearing.doubts import known_transcripts, with_doubts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.config import Settings
    from git_voicenote.datatypes import Note
    from git_voicenote.git.repository import Commit, Repository
    from git_voicenote.store.kept_texts import KeptText
    from git_voicenote.targets import Target
    from git_voicenote.workflows.dialogue import Dialogue
    from git_voicenote.workflows.explain.saving import TextChange


class Editing:
    """Lets the user edit notes and covers, and saves them."""

    def __init__(self, repository: Repository, settings: Settings, dialogue: Dialogue) -> None:
        self._repository = repository
        self._settings = settings
        self._dialogue = dialogue
        self._saving = Saving(repository, settings, dialogue)

    def note(self, revision: str) -> None:
        """Edit the note of a commit.

        Raises NegativeAnswer if nothing is left; the note then stays as it was.
        """
        repository = self._repository
        commit = repository.commit(revision)
        notes = Notes(repository, self._settings.notes_ref)
        before = notes.text(commit.id)
        text = before or ""
        found = None
        if before is None:
            found = notes_by_patch(repository, notes, [commit.id], self._dialogue).get(commit.id)
        if found:
            twin = self._repository.short(found.commit_id)
            self._dialogue.say(f"starting from the note of {twin}, which has the same patch")
            text = found.text
        target, name = CommitTarget(commit.id), f"note for {commit.short}"
        edited = self._edited(
            text,
            f"note for {commit_summary(repository, commit.id)}",
            Purpose(target, f"the {name}", saved=text),
        )
        remove = f"git voicenote remove {commit.short}"
        if self._is_new(edited, before, name, remove):
            mine = parse_notes(edited or "")
            self._say_saved(
                name, mine, self._saving.note(target, mine, _change(name, before, mine))
            )
            self._mention_rewrite(revision, commit)

    def cover(self, branch: str | None) -> None:
        """Edit the cover of a branch's series (default: HEAD's); see `note`."""
        repository = self._repository
        covers = Covers(repository)
        key = covers.key_named(branch) if branch else covers.key_for_head()
        before = covers.text(key)
        tip = key.removeprefix(DETACHED) if key.startswith(DETACHED) else f"refs/heads/{key}"
        if before is None and branch is not None:
            self._check_branch(branch)
        if before is None:
            mention_orphans(repository, key, self._dialogue)
        target, name = CoverTarget(key), f"cover of {series_name(repository, key)}"
        edited = self._edited(
            before or "",
            f"{name}\n\n{series_summary(repository, tip)}",
            Purpose(target, f"the {name}", saved=before or ""),
        )
        remove = f"git voicenote remove --cover {cover_argument(repository, key)}"
        if self._is_new(edited, before, name, remove):
            mine = parse_notes(edited or "")
            saved = self._saving.cover(target, mine, _change(name, before, mine))
            self._say_saved(name, mine, saved)

    def _edited(self, text: str, about: str, purpose: Purpose) -> str | None:
        """Let the user edit notes, with the doubtful words in view.

        They may start from an earlier text that was not saved.
        """
        kept = self._resumed(purpose.target)
        text = kept.text if kept else text
        transcripts = known_transcripts(self._repository, parse_notes(text), self._dialogue)
        edited = self._dialogue.edit(Draft(text, with_doubts(about, text, transcripts), purpose))
        if kept:
            kept.remove()  # it is part of the new text
        return edited

    def _resumed(self, target: Target | None) -> KeptText | None:
        """Return the unsaved text of an earlier edit, if the user wants to start from it."""
        for kept in reversed(kept_texts(self._repository.state_dir, target)):
            if not self._dialogue.is_interactive:
                return None  # it was named
            answers = {"r": "resume it", "k": "keep it for later", "d": "delete"}
            match self._dialogue.ask(f"{story(kept)}.", answers, default="r"):
                case "r":
                    return kept
                case "d":
                    kept.remove()
        return None

    def _is_new(self, edited: str | None, before: str | None, name: str, remove: str) -> bool:
        """Return whether there is something to save, and report if not."""
        if edited is None:
            if before is None:
                raise NegativeAnswer(f"the text is empty: no {name} was saved")
            raise NegativeAnswer(
                f"the text is empty: the {name} was not changed", hint=f"to remove it: `{remove}`"
            )
        if edited == before:
            self._dialogue.say(f"the {name} was not changed")
        return edited != before

    def _say_saved(self, name: str, mine: Sequence[Note], saved: str) -> None:
        if saved != render_notes(mine):
            self._dialogue.say(
                f"somebody else changed the {name} while you edited it: both were merged, check "
                "the result"
            )
        self._dialogue.say(f"{name} saved")

    def _mention_rewrite(self, revision: str, edited: Commit) -> None:
        """Warn if the commit was amended or rebased while the editor was open."""
        try:
            now = self._repository.commit(revision)
        except UnknownRevisionError:
            return
        if now.id != edited.id:
            copy = f"git notes --ref={self._settings.notes_ref} copy -f {edited.short} {now.short}"
            self._dialogue.warn(
                f"{revision} is now {now.short}; the note was saved for {edited.short}: "
                f"`{copy}` copies it"
            )

    def _check_branch(self, name: str) -> None:
        if not self._repository.has_branch(name):
            raise UnknownRevisionError(
                f"no branch is named {name!r}", hint="`git branch` lists the branches"
            )


def _change(name: str, before: str | None, mine: Sequence[Note]) -> TextChange:
    return partial(reconciled, name, before, render_notes(mine))
