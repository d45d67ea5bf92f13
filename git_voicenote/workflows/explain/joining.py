"""Join a dictation with an existing note."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from git_voicenote.notes.changing import reconciled
from git_voicenote.notes.format import join_notes, parse_notes, render_notes
from git_voicenote.text.diff.anchors import anchor, is_open, passages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.datatypes import Note
    from git_voicenote.text.diff.diffs import FileDiff
    from git_voicenote.workflows.dialogue import Dialogue
    from git_voicenote.workflows.explain.explainable import Explainable

Existing = Literal["replace", "append", "both"]
"""What to do with an existing note."""
_ANSWERS: dict[str, Existing] = {"r": "replace", "a": "append", "k": "both"}


def ask_about_existing(name: str, dialogue: Dialogue) -> Existing:
    """Ask what to do with the existing note; append if there is no one to ask."""
    if not dialogue.is_interactive:
        dialogue.say(f"there is a {name} already: adding to it (or use --replace, --keep-both)")
        return "append"
    choice = dialogue.ask(
        f"there is a {name} already:",
        {"r": "replace", "a": "append", "k": "keep both"},
        default="a",
    )
    return _ANSWERS[choice]


class Joining:
    """Joins spoken words with the note that exists when they are saved.

    `before` is the note as it was at the start. The user decided about that one, not about what
    somebody else has written since.
    """

    def __init__(
        self,
        subject: Explainable,
        before: tuple[Note, ...],
        existing: Existing | None,
        spoken: Note,
    ) -> None:
        self._subject = subject
        self._before = before
        self._existing = existing
        self._spoken = spoken
        self.is_changed = False

    def __call__(self, now: str | None) -> str:
        """Return the new text, and set `is_changed` if somebody else wrote in the meantime."""
        there = parse_notes(now or "")
        self.is_changed = there not in ((), self._before)
        if not there:
            return render_notes((self._spoken,))
        if self._existing == "replace":
            return self._replaced(there)
        if self._existing == "both":
            return render_notes((*there, self._spoken))
        last = there[-1]
        return render_notes(
            (*there[:-1], join_notes(last, _apart(self._subject.files(), last, self._spoken)))
        )

    def _replaced(self, there: tuple[Note, ...]) -> str:
        mine = render_notes((self._spoken,))
        if not self.is_changed:
            return mine
        return reconciled(self._subject.name, render_notes(self._before), mine, render_notes(there))


def _apart(files: Sequence[FileDiff], before: Note, spoken: Note) -> Note:
    """Keep added words from belonging to the last anchor of the note."""
    if not is_open(before.text, files) or passages(spoken.text, files)[0].anchor:
        return spoken
    return replace(spoken, text=f"{anchor(None)}\n\n{spoken.text}")
