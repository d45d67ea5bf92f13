"""Write the mail that answers a patch: threaded below it, and ready for `git send-email`.

Headers are built from addresses and ids that were checked one by one. They are encoded here, not by
email.policy: that of Python 3.11 encodes a message id of more than 78 octets as text, which breaks
the thread. The body is plain text, because RFC 3676's format=flowed would rewrap quotes.
"""

from __future__ import annotations

import quopri
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.header import Header
from email.utils import format_datetime, formataddr, make_msgid
from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.datatypes import Person
from git_voicenote.errors import GitError
from git_voicenote.git.running.process import try_git
from git_voicenote.mail.incoming.envelopes import ids_in, is_address, people_in, subject_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from git_voicenote.mail.incoming.envelopes import Envelope

_IDENT = re.compile(
    r"(?P<name>.*) <(?P<email>[^<>]*)> (?P<seconds>[0-9]{1,11}) (?P<zone>[+-][0-9]{4})"
)
_REPLIES = re.compile(r"\A(?:(?:re|aw|sv|vs) ?: ?)+", re.IGNORECASE)
_DOMAIN = re.compile(r"[A-Za-z0-9.-]{1,200}")
_MAX_LINE_LENGTH = 998
"""The most octets of a line that RFC 5322 allows."""
_MAX_SUBJECT_LENGTH = 500
_MAX_NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Reviewer:
    """The sender of an answer, and the time: the author identity that git reports."""

    person: Person
    now: datetime


@dataclass(frozen=True, slots=True)
class ReplyHeaders:
    """The recipients of an answer, and the mails that it refers to; "" for an unknown id."""

    sender: Person
    to: tuple[Person, ...]
    cc: tuple[Person, ...]
    subject: str
    date: datetime
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]


def reviewer(cwd: Path) -> Reviewer:
    """Return git's author identity. Raises GitError if git has none."""
    done = try_git("var", "GIT_AUTHOR_IDENT", cwd=cwd)
    found = _IDENT.fullmatch(done.stdout.decode("utf-8", "replace").strip())
    if found and found["email"] and not is_address(found["email"]):
        raise GitError(
            f"your address, {visible(found['email'])!r}, is not valid for mail servers",
            hint="`git config user.email ADDRESS` sets another one",
        )
    if done.returncode or found is None or not found["email"]:
        raise GitError(
            "git does not know who you are, and an answer needs a sender",
            hint="set user.name and user.email: `git config --global user.email ADDRESS`",
        )
    minutes = int(found["zone"][:3]) * 60 + int(found["zone"][0] + found["zone"][3:])
    zone = timezone(timedelta(minutes=minutes))
    now = datetime.fromtimestamp(int(found["seconds"]), UTC).astimezone(zone)
    return Reviewer(Person(_line(found["name"]), found["email"]), now)


def reply_headers(envelope: Envelope, author: Person, by: Reviewer) -> ReplyHeaders:
    """Return the headers of an answer to a mail.

    It is sent to the mail's Reply-To or else its sender, with a copy to all other recipients, and
    to the `author` of the patch if somebody else sent it.
    """
    me = by.person
    senders = people_in(envelope.sender) or _valid(author)
    to = _others(people_in(envelope.reply_to) or senders, me)
    had_it = _others([*people_in(envelope.to), *people_in(envelope.cc)], me)
    if not to:  # an answer to oneself goes where the mail went
        to = _others(people_in(envelope.to), me) or (*senders,)
    cc = _others([*had_it, *_others(_valid(author), me)], *to)
    ids = ids_in(envelope.message_id)[:1]
    above = ids_in(envelope.references) or ids_in(envelope.in_reply_to)[:1]
    subject = subject_of(envelope.subject)[:_MAX_SUBJECT_LENGTH]
    subject = _REPLIES.sub("", subject)
    domain = me.email.rpartition("@")[2]
    return ReplyHeaders(
        sender=me, to=tuple(to), cc=cc, subject=f"Re: {subject}", date=by.now,
        message_id=make_msgid(domain=domain if _DOMAIN.fullmatch(domain) else "localhost"),
        in_reply_to=ids[0] if ids else "",
        references=(*(one for one in above if one not in ids), *ids) if ids else (),
    )  # fmt: skip


def render_reply(headers: ReplyHeaders, body: str) -> bytes:
    """Return a mail as stored in a file, with line feeds only.

    No header can inject a line: line breaks in names and subjects are removed, and non-ASCII text
    is encoded.
    """
    content = body.encode("utf-8", "replace")
    encoding = "7bit" if body.isascii() else "8bit"
    if max(map(len, content.split(b"\n"))) > _MAX_LINE_LENGTH:
        encoding, content = "quoted-printable", quopri.encodestring(content)
    fields = [
        ("From", _address(headers.sender)),
        ("To", _addresses(headers.to)),
        ("Cc", _addresses(headers.cc)),
        ("Subject", _words(headers.subject, "Subject")),
        ("Date", format_datetime(headers.date)),
        ("Message-Id", headers.message_id),
        ("In-Reply-To", headers.in_reply_to),
        ("References", "\n ".join(headers.references)),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=UTF-8"),
        ("Content-Transfer-Encoding", encoding),
    ]
    head = "".join(f"{name}: {value}\n" for name, value in fields if value)
    return head.encode("ascii") + b"\n" + content


def _others(people: Iterable[Person], *without: Person) -> tuple[Person, ...]:
    """Return people, each once, without some of them; addresses are compared without case."""
    seen = {person.email.casefold() for person in without}
    kept = []
    for person in people:
        if person.email.casefold() not in seen:
            seen.add(person.email.casefold())
            kept.append(person)
    return tuple(kept)


def _valid(author: Person) -> tuple[Person, ...]:
    return (author,) if is_address(author.email) else ()


def _addresses(people: Sequence[Person]) -> str:
    return ",\n ".join(_address(person) for person in people)


def _address(person: Person) -> str:
    name = _line(person.name)[:_MAX_NAME_LENGTH]
    if name.isascii() and "=?" not in name:
        return formataddr((name, person.email))
    return f"{_words(name, 'Reply-To')} <{person.email}>"


def _words(text: str, header: str) -> str:
    """Encode text for a header, folded, without line breaks of its own."""
    line = _line(text)
    is_plain = line.isascii() and "=?" not in line and all(len(word) < 70 for word in line.split())
    encoded = Header(line, "us-ascii" if is_plain else "utf-8", header_name=header, maxlinelen=76)
    return encoded.encode(splitchars=" ")


def _line(text: str) -> str:
    return " ".join(visible(text).split())
