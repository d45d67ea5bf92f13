"""The notes of a series, each under its patch."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from git_voicenote.repo.mail import find_note, note_heading
from git_voicenote.repo.notes import Notes
from git_voicenote.series.reader_note import reader_note

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from git_voicenote.config import Settings
    from git_voicenote.datatypes import FoundNote
    from git_voicenote.repo.mail import Mail, MailedCommit
    from git_voicenote.repo.notes import Remembered
    from git_voicenote.repo.repository import Repository
    from git_voicenote.series.plan import Plan

_DASHES = b"---\n"


class Explanation:
    """Sets the notes in their places; `remarks` tells which patches have none."""

    def __init__(
        self,
        repository: Repository,
        settings: Settings,
        plan: Plan,
        commits: Mapping[str, MailedCommit],
        remembered: Remembered | None,
    ) -> None:
        self.remarks: list[str] = []
        self._notes = Notes(repository, settings.notes_ref)
        self._heading = note_heading(settings.notes_ref)
        self._plan = plan
        self._commits = commits
        self._remembered = remembered

    def explain(self, patches: Sequence[Mail]) -> list[Mail]:
        """Return the patches with their notes as readers want them.

        A note that is not where git sets it (--no-notes, an exotic encoding) stays as git left it.
        """
        explained, bare = [], []
        for number, mail in enumerate(patches):
            where = find_note(mail.rest, self._heading) if mail.is_exact else None
            if where is None:
                bare.append(number)
                explained.append(mail)
                continue
            start, end = where
            lines = mail.rest[start:end].split(b"\n")
            block = self._block(b"\n".join(line[4:] for line in lines))
            new = mail.rest[:start] + block + mail.rest[end:] if block else mail.rest
            explained.append(_without_dashes(replace(mail, rest=new)))
        if bare and not self._plan.arguments.has("--no-notes"):
            self._find_lost(explained, bare)
        return explained

    def _find_lost(self, patches: list[Mail], bare: Sequence[int]) -> None:
        """Give patches back the notes that they lost; tell which never had one."""
        annotated = set(self._notes.annotated())
        silent = [number for number in bare if patches[number].commit_id not in annotated]
        found = self._notes.find_all(
            [patches[number].commit_id for number in silent], self._remembered
        )
        for number in silent:
            commit_id = patches[number].commit_id
            if commit_id in found and self._insert(patches, number, found[commit_id]):
                self.remarks.append(
                    f"patch {number + 1} takes the note of {found[commit_id].commit_id[:7]}, the "
                    f"same patch (git voicenote show --adopt {commit_id[:7]} keeps it)"
                )
        silent = [number for number in silent if patches[number].commit_id not in found]
        if silent:
            self.remarks.append(self._name_silent(patches, silent))

    def _insert(self, patches: list[Mail], number: int, note: FoundNote) -> bool:
        mail = patches[number]
        block = self._block(note.text.encode())
        if not block or not mail.is_exact:
            return False
        rest = mail.rest.removeprefix(_DASHES)
        patches[number] = replace(mail, rest=_DASHES + self._heading + block + b"\n" + rest)
        return True

    def _block(self, text: bytes) -> bytes:
        """Return the lines of a note, set in as git does; none where it cannot be encoded."""
        try:
            read = reader_note(text.decode(self._plan.charset)).split("\n")
            lines = [f"    {line}\n" if line else "\n" for line in read]
            return "".join(lines).encode(self._plan.charset) if any(read) else b""
        except (LookupError, UnicodeError):
            return b""

    def _name_silent(self, patches: Sequence[Mail], silent: Sequence[int]) -> str:
        if 1 < len(silent) == len(patches):
            which = f"all {len(patches)} patches"
        else:
            which = list_numbers([number + 1 for number in silent])
        has = "has" if len(silent) == 1 else "have"
        commit = self._revision(patches, silent[-1])
        return f"{which} {has} no note (git voicenote record {commit}, or --record)"

    def _revision(self, patches: Sequence[Mail], number: int) -> str:
        """Name a commit as the person would: HEAD~2 where that is what it is."""
        commit_id = patches[number].commit_id
        if self._plan.walk.is_head:
            at = len(patches) - 1
            while at > number:
                commit = self._commits.get(patches[at].commit_id)
                if commit is None or commit.parents[:1] != (patches[at - 1].commit_id,):
                    return commit_id[:7]
                at -= 1
            back = len(patches) - 1 - number
            return f"HEAD~{back}" if back else "HEAD"
        return commit_id[:7]


def _without_dashes(mail: Mail) -> Mail:
    """Return a mail without a diff (--always) as one that has no patch at all.

    git am takes whatever follows the `---` for a patch and would stop at one that changes nothing;
    without one it does as --empty says.
    """
    if b"\ndiff --git " in mail.rest:
        return mail
    return replace(mail, rest=mail.rest.removeprefix(_DASHES), is_exact=False)


def list_numbers(numbers: Sequence[int]) -> str:
    """Name patches as people do: patch 2; patches 2, 5-7."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    listed = ", ".join(str(p[0]) if len(p) == 1 else f"{p[0]}-{p[-1]}" for p in parts)
    return f"patch {listed}" if len(numbers) == 1 else f"patches {listed}"
