"""Insert the notes of a series, each under its patch."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from git_voicenote.mail.outgoing.mails import find_note, note_heading, without_notes
from git_voicenote.notes.store import Notes
from git_voicenote.series.outgoing.reader_note import reader_note

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from git_voicenote.config import Settings
    from git_voicenote.datatypes import FoundNote
    from git_voicenote.git.repository import Repository
    from git_voicenote.mail.outgoing.mails import Mail, MailedCommit
    from git_voicenote.notes.store import Remembered
    from git_voicenote.object_ids import ObjectId
    from git_voicenote.series.outgoing.plan import PatchPlan

_DASHES = b"---\n"


class Explanation:
    """Inserts the notes; `remarks` lists the patches without one."""

    def __init__(self, repository: Repository, settings: Settings, plan: PatchPlan) -> None:
        self.remarks: list[str] = []
        self._notes = Notes(repository, settings.notes_ref)
        self._unsent: list[str] = []
        self._heading = note_heading(settings.notes_ref)
        self._repository = repository
        self._plan = plan

    def explain(self, mail: Mail) -> Mail | None:
        """Return a patch with its note formatted for readers, or None if it contains none.

        If git put the note elsewhere (with an exotic encoding), it is not changed. A patch without
        a diff cannot carry a note.
        """
        where = find_note(mail.rest, self._heading) if mail.is_exact else None
        if where is None:
            return None
        if not _has_diff(mail):
            self._unsent.append(mail.commit_id)
            return _without_notes(mail)
        start, end = where
        lines = mail.rest[start:end].split(b"\n")
        block = self._block(b"\n".join(line[4:] for line in lines))
        if block:
            mail = replace(mail, rest=mail.rest[:start] + block + mail.rest[end:])
        return mail

    def explain_bare(
        self,
        ids: Sequence[ObjectId],
        bare: Mapping[int, Mail],
        commits: Mapping[str, MailedCommit],
        remembered: Remembered | None,
    ) -> dict[int, Mail]:
        """Return the patches in `bare`, which contain no note, with notes of the same patches.

        `ids` are the commits of the whole series, in order. Patches without any note are reported.
        """
        patches = dict(bare)
        self._report_unsent(ids)
        if not bare or self._plan.arguments.has("--no-notes"):
            return patches
        annotated = set(self._notes.annotated())
        silent = [number for number in bare if ids[number] not in annotated]
        found = self._notes.find([ids[number] for number in silent], remembered)
        for number in [number for number in silent if ids[number] in found]:
            note = found[ids[number]]
            if with_note := self._inserted(patches[number], note):
                patches[number] = with_note
                short = self._repository.abbreviated((note.commit_id, ids[number]))
                self.remarks.append(
                    f"patch {number + 1} takes the note of {short[note.commit_id]}, the same "
                    f"patch (git voicenote show --adopt {short[ids[number]]} keeps it)"
                )
        silent = [number for number in silent if ids[number] not in found]
        if silent:
            commit = self._revision(ids, silent[-1], commits)
            which = (
                f"all {len(ids)} patches"
                if 1 < len(silent) == len(ids)
                else list_numbers([number + 1 for number in silent])
            )
            has = "has" if len(silent) == 1 else "have"
            self.remarks.append(
                f"{which} {has} no note (git voicenote record {commit}, or --record)"
            )
        return patches

    def _report_unsent(self, ids: Sequence[ObjectId]) -> None:
        for commit_id in self._unsent:
            self.remarks.append(
                f"the note of patch {ids.index(commit_id) + 1} is left out: without a diff, "
                "git am would make it part of the message"
            )

    def _inserted(self, mail: Mail, note: FoundNote) -> Mail | None:
        """Return a patch with a note in git's usual place, if possible."""
        block = self._block(note.text.encode())
        if not block or not mail.is_exact or not _has_diff(mail):
            return None
        rest = mail.rest.removeprefix(_DASHES)
        return replace(mail, rest=_DASHES + self._heading + block + b"\n" + rest)

    def _block(self, text: bytes) -> bytes:
        """Return the lines of a note, indented as git does; none if it cannot be encoded."""
        try:
            read = reader_note(text.decode(self._plan.charset)).split("\n")
            lines = [f"    {line}\n" if line else "\n" for line in read]
            return "".join(lines).encode(self._plan.charset) if any(read) else b""
        except (LookupError, UnicodeError):
            return b""

    def _revision(
        self, ids: Sequence[ObjectId], number: int, commits: Mapping[str, MailedCommit]
    ) -> str:
        """Return a short name of a commit: HEAD~2 if possible."""
        if self._plan.walk.is_head and all(
            commits[after].parents[:1] == (before,) for before, after in pairwise(ids[number:])
        ):
            back = len(ids) - 1 - number
            return f"HEAD~{back}" if back else "HEAD"
        return self._repository.short(ids[number])


def _without_notes(mail: Mail) -> Mail:
    """Return a mail without a diff (--always) as one that has no patch at all.

    git am reads whatever follows the `---` as a patch, and fails if it changes nothing; without the
    `---`, a note would become part of the message.
    """
    return replace(mail, rest=without_notes(mail.rest).removeprefix(_DASHES), is_exact=False)


def _has_diff(mail: Mail) -> bool:
    return b"\ndiff --git " in mail.rest


def list_numbers(numbers: Sequence[int]) -> str:
    """Return a list of patches: patch 2; patches 2, 5-7."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    listed = ", ".join(str(p[0]) if len(p) == 1 else f"{p[0]}-{p[-1]}" for p in parts)
    return f"patch {listed}" if len(numbers) == 1 else f"patches {listed}"
