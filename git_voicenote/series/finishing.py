"""What becomes of the mails that git format-patch wrote."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from git_voicenote.errors import PatchError
from git_voicenote.repo import mail as mails_of
from git_voicenote.series.explanation import Explanation, list_numbers
from git_voicenote.series.verification import verify
from git_voicenote.text.mail_safety import indent_hazards, quote_diffs
from git_voicenote.text.prose import cover_letter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.config import Settings
    from git_voicenote.repo.mail import Mail, MailedCommit
    from git_voicenote.repo.notes import Remembered
    from git_voicenote.repo.repository import Repository
    from git_voicenote.series.plan import Plan


class Finishing:
    """Turns the mails of one series into what is sent; `remarks` is for the person."""

    def __init__(
        self,
        repository: Repository,
        settings: Settings,
        plan: Plan,
        commits: dict[str, MailedCommit],
        remembered: Remembered | None,
    ) -> None:
        self.repository = repository
        self.plan = plan
        self.commits = commits
        self.remarks: list[str] = []
        self._explanation = Explanation(repository, settings, plan, commits, remembered)
        self._suspects: set[int] = set()
        self._set_in: list[int] = []

    def finish(self, raw: Sequence[bytes]) -> list[bytes]:
        """Return the mails as they are to be sent.

        Raises PatchError where they cannot be.
        """
        if not raw:
            return []
        ids = [mails_of.commit_id_of(one) for one in raw]
        self._fetch(ids)
        # git names the newest commit in a cover, which is also that of the last mail
        covers = int(len(ids) > 1 and ids[0] == ids[-1])
        self._report_unused_cover(covers, len(ids))
        finished = [self._cover(mails_of.take_apart(one, None)) for one in raw[:covers]]
        patches = [
            self._patch(mails_of.take_apart(one, self.commits.get(commit_id)), covers + number)
            for number, (one, commit_id) in enumerate(zip(raw[covers:], ids[covers:], strict=True))
        ]
        finished += self._explanation.explain(patches)
        finished = [mails_of.declare_charset(mail, self.plan.charset.encode()) for mail in finished]
        self._report_set_in(covers)
        self.remarks += self._explanation.remarks
        self.remarks += verify(
            self.repository, self.plan, finished, covers, self._suspects, self.commits
        )
        return self._zeroed([mail.raw for mail in finished])

    def _fetch(self, ids: Sequence[str]) -> None:
        """Read commits that the walk was not expected to meet."""
        missing = [commit_id for commit_id in dict.fromkeys(ids) if commit_id not in self.commits]
        if missing:
            reading = mails_of.start_reading_commits(self.repository, ("--no-walk", *missing))
            self.commits.update(mails_of.finish_reading_commits(reading))

    def _report_unused_cover(self, covers: int, count: int) -> None:
        if self.plan.is_covered and not covers and not self.plan.arguments.has("--no-cover-letter"):
            what = (
                "a single patch has no cover letter" if count == 1 else "no cover letter was made"
            )
            self.remarks.append(
                f"{what}: the cover of {self.plan.cover_key} is left out (--cover-letter sends it)"
            )

    def _cover(self, mail: Mail) -> Mail:
        self._suspects.add(0)
        if not mails_of.has_placeholder(mail):
            return self._without_patch(mail)
        filled = None
        if self.plan.is_covered and self.plan.cover is not None:
            letter = cover_letter(self.plan.cover)
            body = indent_hazards(quote_diffs(letter.body)).encode()
            filled = mails_of.fill_cover(mail, letter.subject, body + b"\n" if body else b"")
        if filled is None:
            raise PatchError(
                "the cover letter has no words yet",
                hint="speak them with `git voicenote record --cover`, or now with --record; "
                "plain `git format-patch` leaves a letter to fill in by hand",
            )
        return self._without_patch(filled)

    def _without_patch(self, mail: Mail) -> Mail:
        """Return a cover in which git am finds no patch: an interdiff is one, where git puts it."""
        text = mail.rest.decode("utf-8", "surrogateescape")
        return replace(mail, rest=indent_hazards(text).encode("utf-8", "surrogateescape"))

    def _patch(self, mail: Mail, number: int) -> Mail:
        """Return a patch whose message git am takes for nothing but a message."""
        commit = self.commits.get(mail.commit_id)
        if commit is None or not mails_of.is_plain(mail, commit):
            self._suspects.add(number)
        text = mail.body.decode("utf-8", "surrogateescape")
        if mail.boundary:
            border = "--" + mail.boundary.decode("utf-8", "surrogateescape")
            text = re.sub(f"^(?={re.escape(border)})", " ", text, flags=re.MULTILINE)
        safe = indent_hazards(text).encode("utf-8", "surrogateescape")
        if safe == mail.body:
            return mail
        self._suspects.add(number)
        self._set_in.append(number)
        return replace(mail, body=safe)

    def _report_set_in(self, covers: int) -> None:
        if self._set_in:
            which = list_numbers([number + 1 - covers for number in self._set_in])
            self.remarks.append(
                f"{which}: lines of the message are set in by a space, "
                "or git am would take them for something else"
            )

    def _zeroed(self, mails: Sequence[bytes]) -> list[bytes]:
        """Return the mails without the object names, where --zero-commit asks for that."""
        if "--zero-commit" not in self.plan.arguments.flags:
            return list(mails)
        return [re.sub(rb"\AFrom [0-9a-f]+", _zeros, one) for one in mails]


def _zeros(found: re.Match[bytes]) -> bytes:
    return b"From " + b"0" * (len(found[0]) - len(b"From "))
