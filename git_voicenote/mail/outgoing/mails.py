"""Split and join the mails of git format-patch byte for byte.

They are never parsed and regenerated, which is how patches get corrupted.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.errors import PatchError
from git_voicenote.git.running.plumbing import environment_of_git
from git_voicenote.git.running.traced import GitProcess
from git_voicenote.object_ids import ObjectId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.git.repository import Repository

_START = re.compile(rb"From ([0-9a-f]{40,64}) Mon Sep 17 00:00:00 2001\n")
_BOUNDARY = re.compile(rb'^Content-Type: multipart/mixed; boundary="([^"\n]+)"$', re.MULTILINE)
_SIGN_OFF = re.compile(rb"\n*+(?:[A-Za-z-]+-by: [^\n]*+\n)+(?=---\n)")
_NOTE = re.compile(rb"\nNotes(?: \(([^\n]*)\))?:\n((?:    [^\n]*\n)*)")
_SUBJECT_LINE = re.compile(rb"^Subject:[^\n]*\n", re.MULTILINE)
HEADER = re.compile(rb"^([!-9;-~]++):[ \t]*+((?:[^\n]++|\n[ \t])*)\n", re.MULTILINE)
_PLACEHOLDER = re.compile(rb"\*\*\*\s+SUBJECT\s+HERE\s+\*\*\*\n")
_BLURB = b"\n*** BLURB HERE ***\n"

_WHITESPACE = b" \t\n\v\f\r"
PREFIX = re.compile(rb"\[[^\]]*+\]\s+")


@dataclass(frozen=True, slots=True)
class MailedCommit:
    """A commit in the encoding of the mails.

    `title` is the first paragraph on one line, as in the subject; `body` is the rest as git writes
    it, without trailing blanks.
    """

    id: ObjectId
    parents: tuple[ObjectId, ...]
    author: bytes
    email: bytes
    title: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail in parts, which concatenate to the whole.

    `head` ends where the commit's message begins; `body` is the message; `rest` starts at the
    `---`. If the message is not found literally (a cover, another encoding), `body` is empty,
    `rest` is everything after the headers, and `is_exact` is false.
    """

    head: bytes
    body: bytes
    rest: bytes
    is_exact: bool
    boundary: bytes | None = None

    @property
    def raw(self) -> bytes:
        """The whole mail."""
        return self.head + self.body + self.rest

    @property
    def commit_id(self) -> str:
        """The commit id in the first line."""
        return commit_id_of(self.head)

    @property
    def headers(self) -> bytes:
        """The headers, without the first line and without those of a MIME part."""
        start = self.head.index(b"\n") + 1
        return self.head[start : self.head.index(b"\n\n", start) + 1]


def start_reading_commits(
    repository: Repository, revisions: Sequence[str], options: Sequence[str] = ()
) -> subprocess.Popen[bytes]:
    """Start reading the commits of a walk while git format-patch runs.

    git log recodes messages as format-patch does (i18n.logOutputEncoding).
    """
    return GitProcess(
        [
            "git", "-c", "log.follow=false", "log", "-z", "--no-merges", "--no-show-signature",
            "--no-notes", "--no-color", "--no-patch", "--format=tformat:%H%n%P%n%an%n%ae%n%B",
            *options, *revisions,
        ],
        cwd=repository.cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, env=environment_of_git(),
    )  # fmt: skip


def finish_reading_commits(process: subprocess.Popen[bytes]) -> dict[str, MailedCommit]:
    """Return the commits by id; empty if git did not understand the walk."""
    printed = process.communicate()[0]
    # an encoding with NUL in it (UTF-16) leaves no usable entries
    entries = [entry.split(b"\n", 4) for entry in printed.split(b"\0")[:-1]]
    commits = [_read_commit(*fields) for fields in entries if len(fields) == 5]
    return {} if process.returncode else {commit.id: commit for commit in commits}


def commit_id_of(raw: bytes) -> ObjectId:
    """Return the commit id in the first line of a mail."""
    found = _START.match(raw)
    if not found:
        raise PatchError("git format-patch wrote something that is not a mail")
    return ObjectId(found[1].decode("ascii"))


def split_mail(raw: bytes, commit: MailedCommit | None) -> Mail:
    """Split a mail into its parts; without a commit, after its headers."""
    end = raw.index(b"\n\n") + 2
    found = _BOUNDARY.search(raw, 0, end)
    boundary = found[1] if found else None
    if boundary:
        part = raw.index(b"\n--" + boundary + b"\n", end - 1)
        end = raw.index(b"\n\n", part + 1) + 2
        while raw[end : end + 1] == b"\n":
            end += 1
    starts = [end]
    if raw.startswith(b"From: ", end):  # git's own, for a mail from somebody else (--from)
        starts.append(raw.find(b"\n\n", end) + 2)
    for start in starts if commit else ():
        stop = start + len(commit.body) if commit else start
        if commit and raw.startswith(commit.body, start):
            signed = _SIGN_OFF.match(raw, stop)
            stop = signed.end() if signed else stop
            if raw.startswith(b"---\n", stop):
                return Mail(raw[:start], raw[start:stop], raw[stop:], True, boundary)
    return Mail(raw[:end], b"", raw[end:], False, boundary)


def note_heading(ref: str) -> bytes:
    """Return the line that git puts above a note of this ref in a mail."""
    short = ref.removeprefix("refs/").removeprefix("notes/")
    return b"\nNotes:\n" if ref == "refs/notes/commits" else f"\nNotes ({short}):\n".encode()


def find_note(rest: bytes, heading: bytes) -> tuple[int, int] | None:
    """Return the position of a note's lines after the `---`, or None; they are indented by four."""
    position = len(b"---\n")
    while found := _NOTE.match(rest, position):
        if rest.startswith(heading, found.start()):
            return found.start(2), found.end(2)
        position = found.end()
    return None


def without_notes(rest: bytes) -> bytes:
    """Return the part after a message without the notes that git put below its `---`."""
    start = position = len(b"---\n")
    while found := _NOTE.match(rest, position):
        position = found.end()
    return rest[:start] + rest[position:]


@dataclass(frozen=True, slots=True)
class Placeholders:
    """The placeholders that git left in a cover letter; it fills in others from a description."""

    subject: bool
    body: bool


def placeholders(mail: Mail) -> Placeholders:
    """Return which placeholders a cover has."""
    return Placeholders(bool(_PLACEHOLDER.search(mail.headers)), mail.rest.startswith(_BLURB[1:]))


def has_placeholder(mail: Mail) -> bool:
    """Return whether a cover has a placeholder in its subject or body."""
    found = placeholders(mail)
    return found.subject or found.body


def fill_cover(mail: Mail, subject: str, body: bytes) -> Mail | None:
    """Replace git's placeholders in a cover; return None if that is not possible.

    A description stays: the text goes above it, and an existing subject is kept. The new subject is
    encoded as RFC 2047 requires, and folded; nothing else in the mail is changed.
    """
    head = mail.head
    if placeholders(mail).subject:
        found = _PLACEHOLDER.search(head)
        line = head.rfind(b"\nSubject:", 0, found.start()) + 1 if found else 0
        if not found or not line:
            return None
        # a long prefix makes git fold the placeholder, and the line before it
        prefix = b" ".join(head[line : found.start()].split()) + b" "
        encoded = prefix + _encode(subject, len(prefix)) + b"\n"
        head = head[:line] + encoded + head[found.end() :]
    rest = mail.rest.removeprefix(_BLURB[1:])
    gap = b"" if not body or rest.startswith(b"\n") else b"\n"
    return Mail(head, b"", body + gap + rest, False, None)


def declare_charset(mail: Mail, charset: bytes) -> Mail:
    """Return a mail that declares the charset of its text; git declares it for messages only."""
    if _is_ascii(mail.raw, charset) or re.search(rb"^MIME-Version:", mail.headers, re.I | re.M):
        return mail
    try:
        mail.raw.decode("utf-8")
    except UnicodeDecodeError:
        if charset.upper() == b"UTF-8":
            return mail  # the diff has bytes of another encoding, so UTF-8 would be wrong
    found = _SUBJECT_LINE.search(mail.head)
    at = found.end() if found else mail.head.index(b"\n") + 1
    while mail.head[at : at + 1] in (b" ", b"\t"):
        at = mail.head.index(b"\n", at) + 1
    added = (
        b"MIME-Version: 1.0\nContent-Type: text/plain; charset=%s\n"
        b"Content-Transfer-Encoding: 8bit\n" % charset
    )
    return Mail(mail.head[:at] + added + mail.head[at:], mail.body, mail.rest, mail.is_exact)


def _is_ascii(raw: bytes, charset: bytes) -> bool:
    """Return whether a mail means the same in ASCII: ISO-2022-JP writes all text in 7 bits."""
    if not raw.isascii():
        return False
    try:
        return raw.decode(charset.decode("ascii"), "replace") == raw.decode("ascii")
    except (LookupError, UnicodeError):
        return True


def _read_commit(
    name: bytes, parents: bytes, author: bytes, email: bytes, message: bytes
) -> MailedCommit:
    lines = [line.rstrip(_WHITESPACE) for line in message.split(b"\n")]
    title, _, body = b"\n".join(lines).strip(b"\n").partition(b"\n\n")
    return MailedCommit(
        id=ObjectId(name.decode("ascii")),
        parents=tuple(map(ObjectId, parents.decode("ascii").split())),
        author=author,
        email=email,
        title=title.replace(b"\n", b" "),
        body=body.strip(b"\n") + b"\n" if body else b"",
    )


def _encode(subject: str, indent: int) -> bytes:
    """Encode a subject for a header, folded, after `indent` octets on its first line."""
    from email.header import Header

    plain = subject.isascii() and "=?" not in subject
    header = Header(
        subject, "us-ascii" if plain else "utf-8", maxlinelen=76,
        header_name=" " * max(0, min(indent, 60) - 2),
    )  # fmt: skip
    return header.encode(splitchars=" ").encode("ascii")
