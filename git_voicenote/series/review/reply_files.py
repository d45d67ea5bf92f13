"""The mails of a review: one file for each answered part."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.datatypes import Person
from git_voicenote.errors import PatchError
from git_voicenote.files.failures import store_error
from git_voicenote.mail.outgoing.reply import render_reply, reply_headers
from git_voicenote.series.review.replying import reply_body

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from git_voicenote.mail.outgoing.reply import ReplyHeaders, Reviewer
    from git_voicenote.series.review.replying import Answer, AnsweredPart

_SUFFIX = ".eml"
_MAX_TITLE_LENGTH = 52  # as of git format-patch


class ReplyFiles:
    """Writes the answers to each part as a mail, and rewrites it when there are more.

    A file that is not ours, or has been changed, is never overwritten; the mail gets another name.
    """

    def __init__(self, folder: Path, by: Reviewer) -> None:
        self._folder = folder
        self._by = by
        self._headers: dict[int, ReplyHeaders] = {}
        self._written: dict[int, tuple[Path, bytes]] = {}

    def prepare(self, part: AnsweredPart) -> str | None:
        """Check that an answer can be written; return a warning to show before recording, or None.

        Raises StoreError, or PatchError for a part without a mail.
        """
        headers = self._headers_of(part)
        try:
            files.folder(self._folder)
        except OSError as exc:
            raise store_error(f"{self._folder.absolute()} cannot be written to", exc) from exc
        if not headers.to:
            return f"{part.what} has no address to answer to: add a To: to the mail"
        if not headers.in_reply_to:
            return f"{part.what} has no Message-Id: the answer will not be in a thread"
        return None

    def write(self, part: AnsweredPart, answers: Sequence[Answer]) -> Path:
        """Write the mail with all answers to a part. Raises StoreError."""
        body = reply_body(part.author, part.date, part.words, part.files, answers)
        content = render_reply(self._headers_of(part), body)
        before = self._written.get(part.number)
        try:
            path = self._put(part, content, before)
        except OSError as exc:
            raise store_error(f"{self._folder.absolute()} cannot be written to", exc) from exc
        self._written[part.number] = path, content
        return path

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that were written, in the order of the series."""
        return tuple(path for _, (path, _) in sorted(self._written.items()))

    def _headers_of(self, part: AnsweredPart) -> ReplyHeaders:
        if part.number not in self._headers:
            if part.envelope is None:
                raise PatchError(
                    f"{part.what} has no mail to answer",
                    hint="an answer to a commit is saved as a note",
                )
            author = Person(part.author, part.email)
            self._headers[part.number] = reply_headers(part.envelope, author, self._by)
        return self._headers[part.number]

    def _put(self, part: AnsweredPart, content: bytes, before: tuple[Path, bytes] | None) -> Path:
        if before is not None and _content_of(before[0]) == before[1]:
            files.replace(before[0], content, mode=files.PUBLISHED, keep=True)
            return before[0]
        for path in _names(self._folder, part):
            try:
                files.create(path, content, mode=files.PUBLISHED)
            except FileExistsError:
                continue
            return path
        raise AssertionError("no free file name was found")


def file_name(part: AnsweredPart) -> str:
    """Return the name of the answer to a part: re-0002-feat-http-jitter."""
    title = re.sub(r"[^A-Za-z0-9._]+", "-", part.subject)
    title = re.sub(r"\.{2,}", ".", title)[:_MAX_TITLE_LENGTH].strip("-.") or "patch"
    version = f"v{part.version}-" if part.version > 1 else ""
    return f"re-{version}{part.number:04}-{title}"


def _names(folder: Path, part: AnsweredPart) -> Iterator[Path]:
    name = file_name(part)
    yield folder / f"{name}{_SUFFIX}"
    yield from (folder / f"{name}-{number}{_SUFFIX}" for number in count(2))


def _content_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
