"""Turn the mails of git format-patch into the final ones."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from git_voicenote.errors import PatchError
from git_voicenote.mail.outgoing import mails as mails_of
from git_voicenote.mail.outgoing.read_back import is_plain
from git_voicenote.notes.covers import series_name
from git_voicenote.series.outgoing.explanation import Explanation, list_numbers
from git_voicenote.text.mail_safety import indent_hazards, quote_diffs
from git_voicenote.text.prose import cover_letter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from git_voicenote.config import Settings
    from git_voicenote.git.repository import Repository
    from git_voicenote.mail.outgoing.mails import Mail, MailedCommit, Placeholders
    from git_voicenote.notes.store import Remembered
    from git_voicenote.object_ids import ObjectId
    from git_voicenote.series.outgoing.plan import PatchPlan
    from git_voicenote.series.outgoing.verification import Verification


class Finishing:
    """Finishes the mails of one series, each as soon as possible.

    `send(position, mail)` is called with each finished mail; `remarks` are for the user.
    """

    def __init__(
        self,
        repository: Repository,
        settings: Settings,
        plan: PatchPlan,
        commits: dict[str, MailedCommit],
        verification: Verification,
        send: Callable[[int, bytes], None],
    ) -> None:
        self.remarks: list[str] = []
        self._repository = repository
        self._plan = plan
        self._commits = commits
        self._explanation = Explanation(repository, settings, plan)
        self._verification = verification
        self._send = send
        self._ids: list[ObjectId] = []
        self._waiting: dict[int, bytes] = {}
        self._bare: dict[int, Mail] = {}
        self._changed: list[int] = []
        self._charset = plan.charset.encode()
        self._has_zero_ids = "--zero-commit" in plan.arguments.flags

    def take(self, raw: bytes) -> None:
        """Finish a mail now, if everything it depends on is known."""
        position = len(self._ids)
        self._ids.append(mails_of.commit_id_of(raw))
        # only the last mail shows whether the first is a cover
        if position == 0 or self._ids[-1] not in self._commits:
            self._waiting[position] = raw
        else:
            self._patch(position, raw)

    def replace_first(self, raw: bytes) -> None:
        """Replace the first mail: git keeps a cover letter open until it exits."""
        self._waiting[0] = raw

    def finish(self, remembered: Remembered | None) -> None:
        """Finish the mails that had to wait, and let git read all of them.

        Raises PatchError if one cannot be sent.
        """
        if not self._ids:
            return
        self._fetch([self._ids[position] for position in self._waiting])
        # in a cover, git names the newest commit, which is also that of the last mail
        covers = int(len(self._ids) > 1 and self._ids[0] == self._ids[-1])
        self._report_unused_cover(covers)
        for position, raw in self._waiting.items():
            if position < covers:
                self._cover(raw)
            else:
                self._patch(position, raw)
        ids = self._ids[covers:]
        bare = {position - covers: mail for position, mail in sorted(self._bare.items())}
        found = self._explanation.explain_bare(ids, bare, self._commits, remembered)
        for number, mail in found.items():
            self._done(number + covers, mail)
        if self._changed:
            which = list_numbers([position + 1 - covers for position in sorted(self._changed)])
            self.remarks.append(
                f"{which}: lines of the message are indented by a space, because git am would "
                "misread them"
            )
        self.remarks += self._explanation.remarks
        self.remarks += self._verification.finish(covers)

    def _fetch(self, ids: Sequence[str]) -> None:
        """Read commits that were not expected in the walk."""
        missing = [commit_id for commit_id in dict.fromkeys(ids) if commit_id not in self._commits]
        if missing:
            reading = mails_of.start_reading_commits(self._repository, ("--no-walk", *missing))
            self._commits.update(mails_of.finish_reading_commits(reading))

    def _report_unused_cover(self, covers: int) -> None:
        plan = self._plan
        if plan.is_covered and not covers and not plan.arguments.has("--no-cover-letter"):
            single = len(self._ids) == 1
            what = "a single patch has no cover letter" if single else "there is no cover letter"
            self.remarks.append(
                f"{what}: {self._name_of_cover()} is left out (--cover-letter sends it)"
            )

    def _name_of_cover(self) -> str:
        key = self._plan.cover_key
        return f"the cover of {series_name(self._repository, key)}" if key else "the cover"

    def _cover(self, raw: bytes) -> None:
        mail = mails_of.split_mail(raw, None)
        if self._plan.cover is not None:
            mail = self._filled(mail, self._plan.cover)
        elif mails_of.has_placeholder(mail):
            raise self._incomplete(mail)
        # indent an interdiff, and anything else that git am would read as a patch
        text = indent_hazards(mail.rest.decode("utf-8", "surrogateescape"))
        mail = replace(mail, rest=text.encode("utf-8", "surrogateescape"))
        # git writes a cover in UTF-8, whatever the encoding of the patches (make_cover_letter)
        mail, sent = self._sendable(mail, b"UTF-8")
        self._verification.add_suspect(0, mail, None, sent)
        self._send(0, sent)

    def _filled(self, mail: Mail, cover: str) -> Mail:
        """Return the cover letter with the spoken cover, above the description from git."""
        placeholders = mails_of.placeholders(mail)
        letter = cover_letter(cover)
        # if the subject comes from the description, the first spoken sentence is ordinary text
        words = letter.body if placeholders.subject else cover
        body = indent_hazards(quote_diffs(words)).encode()
        filled = mails_of.fill_cover(mail, letter.subject, body + b"\n" if body else b"")
        if filled is None:
            raise self._incomplete(mail)
        self._report_order(placeholders)
        return filled

    def _report_order(self, placeholders: Placeholders) -> None:
        """Report the order of the spoken cover and the description in the letter."""
        plan = self._plan
        if placeholders.body and plan.has_description:
            why = "" if plan.description_mode is None else " (--cover-from-description=none)"
            self.remarks.append(f"the description of {self._described()} is left out{why}")
        elif not placeholders.body:
            spoken = self._name_of_cover()
            self.remarks.append(
                f"the cover letter has {spoken}, then the description"
                if placeholders.subject
                else f"the cover letter has the title of the description, then {spoken}"
            )

    def _described(self) -> str:
        return self._plan.walk.branch or "the branch"

    def _incomplete(self, mail: Mail) -> PatchError:
        """Return the error for a letter that still contains a placeholder."""
        if not mails_of.placeholders(mail).body:
            return PatchError(
                "the cover letter has no subject yet, only a description",
                hint="--cover-from-description=subject takes its first paragraph;\n"
                "`git voicenote record --cover` takes what you say",
            )
        return PatchError(
            "the cover letter has no text yet",
            hint="record it with `git voicenote record --cover`, or now with --record;\n"
            "plain `git format-patch` leaves a letter to fill in by hand",
        )

    def _patch(self, position: int, raw: bytes) -> None:
        mail = mails_of.split_mail(raw, self._commits.get(self._ids[position]))
        safe = self._safe_body(mail)
        if safe != mail.body:
            self._changed.append(position)
            mail = replace(mail, body=safe)
        explained = self._explanation.explain(mail)
        if explained is None:
            self._bare[position] = mail
        else:
            self._done(position, explained)

    def _safe_body(self, mail: Mail) -> bytes:
        """Return a message that git am reads only as a message."""
        text = mail.body.decode("utf-8", "surrogateescape")
        if mail.boundary:
            border = "--" + mail.boundary.decode("utf-8", "surrogateescape")
            text = re.sub(f"^(?={re.escape(border)})", " ", text, flags=re.MULTILINE)
        return indent_hazards(text).encode("utf-8", "surrogateescape")

    def _done(self, position: int, mail: Mail) -> None:
        commit = self._commits.get(self._ids[position])
        mail, sent = self._sendable(mail, self._charset)
        if commit is None:
            raise PatchError(f"a patch is of the commit {self._ids[position]}, unknown to git log")
        if position in self._changed or not is_plain(mail, commit):
            self._verification.add_suspect(position, mail, commit, sent)
        else:
            self._verification.add(sent)
        self._send(position, sent)

    def _sendable(self, mail: Mail, charset: bytes) -> tuple[Mail, bytes]:
        mail = mails_of.declare_charset(mail, charset)
        sent = mail.raw
        if self._has_zero_ids:
            sent = re.sub(rb"\AFrom [0-9a-f]+", _zeros, sent)
        return mail, sent


def _zeros(found: re.Match[bytes]) -> bytes:
    return b"From " + b"0" * (len(found[0]) - len(b"From "))
