from __future__ import annotations

import email.policy
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_voicenote.datatypes import Person
from git_voicenote.errors import GitError
from git_voicenote.mail.incoming.envelopes import Envelope
from git_voicenote.mail.outgoing.reply import Reviewer, render_reply, reply_headers, reviewer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from email.message import EmailMessage

    from git_voicenote.mail.outgoing.reply import ReplyHeaders
    from tests.support.sandbox import Sandbox

GRACE = Person("Grace Hopper", "grace@example.org")
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ADA = Person("Ada Lovelace", "ada@example.org")
ENVELOPE = Envelope(
    subject=b"[PATCH v2 2/3] feat(http): jitter", sender=b"Ada Lovelace <ada@example.org>",
    to=b"list@example.org, Grace <GRACE@example.org>", cc=b"Carl <carl@example.org>",
    references=b"<0@x> <1@x>", in_reply_to=b"<1@x>", message_id=b"<2@x>",
)  # fmt: skip


def headers(*, me: Person = GRACE, **changes: bytes) -> ReplyHeaders:
    return answering(changes, me)


def answering(changes: Mapping[str, bytes], me: Person = GRACE) -> ReplyHeaders:
    fields = {name: getattr(ENVELOPE, name) for name in Envelope.__slots__} | dict(changes)
    return reply_headers(Envelope(**fields), ADA, Reviewer(me, NOW))


def parsed(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert not message.defects
    return message


def addresses(people: tuple[Person, ...]) -> list[str]:
    return [person.email.partition("@")[0] for person in people]


def test_an_answer_stands_below_its_mail_and_goes_to_all_who_had_it() -> None:
    mail = render_reply(headers(), "On a day, Ada wrote:\n> a\n\nWhy?\n").decode()

    (message_id,) = re.findall(r"^Message-Id: (<\S+@example\.org>)$", mail, re.MULTILINE)
    assert mail.replace(message_id, "<ID>") == (
        "From: Grace Hopper <grace@example.org>\n"
        "To: Ada Lovelace <ada@example.org>\n"
        "Cc: list@example.org,\n"
        " Carl <carl@example.org>\n"
        "Subject: Re: [PATCH v2 2/3] feat(http): jitter\n"
        "Date: Fri, 02 Jan 2026 03:04:05 +0000\n"
        "Message-Id: <ID>\n"
        "In-Reply-To: <2@x>\n"
        "References: <0@x>\n <1@x>\n <2@x>\n"
        "MIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=UTF-8\n"
        "Content-Transfer-Encoding: 7bit\n"
        "\n"
        "On a day, Ada wrote:\n> a\n\nWhy?\n"
    )


@pytest.mark.parametrize(
    ("changes", "to", "cc"),
    [
        ({}, ["ada"], ["list", "carl"]),
        ({"reply_to": b"other@example.org"}, ["other"], ["list", "carl", "ada"]),
        ({"reply_to": b"list@example.org"}, ["list"], ["carl", "ada"]),
        ({"sender": b"Bob <bob@example.org>"}, ["bob"], ["list", "carl", "ada"]),
        ({"sender": b""}, ["ada"], ["list", "carl"]),
        ({"sender": b"nobody", "to": b"", "cc": b""}, ["ada"], []),
        ({"reply_to": b"grace@example.org"}, ["list"], ["carl", "ada"]),
    ],
    ids=str,
)
def test_whom_an_answer_goes_to(changes: dict[str, bytes], to: list[str], cc: list[str]) -> None:
    found = answering(changes)

    assert (addresses(found.to), addresses(found.cc)) == (to, cc)


def test_an_answer_to_oneself_goes_where_the_mail_went() -> None:
    found = headers(me=ADA)
    assert (addresses(found.to), addresses(found.cc)) == (["list", "GRACE"], ["carl"])
    alone = headers(me=ADA, to=b"", cc=b"")
    assert (addresses(alone.to), addresses(alone.cc)) == (["ada"], [])


@pytest.mark.parametrize(
    ("changes", "in_reply_to", "references"),
    [
        ({"references": b""}, "<2@x>", ("<1@x>", "<2@x>")),
        ({"references": b"", "in_reply_to": b""}, "<2@x>", ("<2@x>",)),
        ({"references": b"<2@x> <0@x>"}, "<2@x>", ("<0@x>", "<2@x>")),
        ({"message_id": b""}, "", ()),
        ({"message_id": b"no id"}, "", ()),
    ],
    ids=str,
)
def test_the_thread(
    changes: dict[str, bytes], in_reply_to: str, references: tuple[str, ...]
) -> None:
    found = answering(changes)

    assert (found.in_reply_to, found.references) == (in_reply_to, references)
    assert (b"In-Reply-To" in render_reply(found, "a\n")) is bool(in_reply_to)


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        (b"Re: [PATCH] a", "Re: [PATCH] a"),
        (b"RE : a", "Re: a"),
        (b"Re: AW:Re: a", "Re: a"),
        (b"[PATCH] core: a re: b", "Re: [PATCH] core: a re: b"),
        (b"core: a", "Re: core: a"),
        (b"re", "Re: re"),
        (b"=?utf-8?q?=5BPATCH=5D_na=C3=AFve?=", "Re: [PATCH] na\u00efve"),
        (b"", "Re:"),
        (b"=?utf-8?q?a=0D=0ABcc=3A_evil=40example.org?=", "Re: a Bcc: evil@example.org"),
        (b"a =?= b", "Re: a =?= b"),
        (b"w" * 2000, "Re: " + "w" * 500),
        ("重试 ".encode() * 60, "Re: " + " ".join(["重试"] * 60)),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_subjects(subject: bytes, answer: str) -> None:
    message = parsed(render_reply(headers(subject=subject), "a\n"))

    assert message["Subject"] == answer
    assert "Bcc" not in message


HOSTILE = st.text(
    st.sampled_from('a<>@,;:"\\()\r\n\t \x00\u2028\x85\x1b\u202eé重=?_.-')
    | st.characters(codec="utf-8"),
    max_size=60,
)


@given(name=HOSTILE, subject=HOSTILE, others=HOSTILE, ids=HOSTILE, body=HOSTILE)
def test_no_header_can_be_put_in_by_anybody(
    name: str, subject: str, others: str, ids: str, body: str
) -> None:
    """Whatever the mail and the reviewer's own name hold: the headers are ours, and the people."""
    hostile = Envelope(
        subject=subject.encode(), sender=others.encode(), reply_to=b"", to=others.encode(),
        cc=f'"{others}" <carl@example.org>'.encode(), references=ids.encode(),
        message_id=f"{ids}<2@x>".encode(),
    )  # fmt: skip
    found = reply_headers(hostile, Person(name, "ada@example.org"), Reviewer(
        Person(name, "grace@example.org"), NOW))  # fmt: skip

    raw = render_reply(found, body.replace("\0", "").replace("\r", "") + "\n")

    head, _, rest = raw.partition(b"\n\n")
    names = [line.partition(b":")[0] for line in head.split(b"\n") if line[:1] != b" "]
    assert set(names) <= {
        b"From", b"To", b"Cc", b"Subject", b"Date", b"Message-Id", b"In-Reply-To", b"References",
        b"MIME-Version", b"Content-Type", b"Content-Transfer-Encoding",
    }  # fmt: skip
    assert len(names) == len({*names})
    assert head.isascii()
    assert max(map(len, raw.split(b"\n"))) <= 998
    message = email.message_from_bytes(raw, policy=email.policy.default)
    (sender,) = message["From"].addresses
    assert sender.addr_spec == "grace@example.org"
    assert rest.endswith(b"\n")


@pytest.mark.parametrize(
    ("body", "encoding"),
    [("a\n", "7bit"), ("na\u00efve\n", "8bit"), ("\u91cd" * 400 + "\n> x \n", "quoted-printable")],
)
def test_bodies_arrive_as_they_are(body: str, encoding: str) -> None:
    raw = render_reply(headers(), body)

    assert max(map(len, raw.split(b"\n"))) <= 998
    message = parsed(raw)
    assert message["Content-Transfer-Encoding"] == encoding
    assert message.get_content() == body


def test_long_ids_are_not_encoded() -> None:
    ids = [f"<{name * 200}@example.org>" for name in "abc"]
    raw = render_reply(
        headers(references=" ".join(ids[:2]).encode(), message_id=ids[2].encode()), "a\n"
    )

    assert f"\nIn-Reply-To: {ids[2]}\nReferences: {ids[0]}\n {ids[1]}\n {ids[2]}\n" in raw.decode()


def test_people_with_any_name() -> None:
    names = ["Bob, Ed", 'Al "x" C', "Zo\u00eb " * 30, "\u91cd\u8bd5", "a =?utf-8?q?b?= c", ""]
    people = tuple(Person(name.strip(), f"p{n}@example.org") for n, name in enumerate(names))

    found = reply_headers(ENVELOPE, people[2], Reviewer(people[3], NOW))
    message = parsed(render_reply(found, "a\n"))

    assert message["Cc"].addresses[-1].addr_spec == "p2@example.org"
    for person in people:
        raw = render_reply(reply_headers(ENVELOPE, ADA, Reviewer(person, NOW)), "a\n")
        (sender,) = parsed(raw)["From"].addresses
        # of a space between two encoded words, which is none, Python's parser makes one
        name = " ".join(sender.display_name.split())
        assert (name, sender.addr_spec) == (person.name[:100].strip(), person.email)


def test_git_tells_who_answers_and_when(repo: Sandbox) -> None:
    assert reviewer(repo.folder) == Reviewer(ADA, NOW)


def test_nobody_answers_without_a_name(repo: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"):
        monkeypatch.delenv(name)
    repo.git("config", "user.useConfigOnly", "true")
    with pytest.raises(GitError, match="git does not know who you are") as caught:
        reviewer(repo.folder)
    assert "user.email" in str(caught.value.hint)


def test_an_address_that_no_mail_server_takes_is_named(
    repo: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "b\u00f3b@example.org")
    with pytest.raises(GitError, match="is not valid for mail servers") as caught:
        reviewer(repo.folder)
    assert "'b\u00f3b@example.org'" in caught.value.message
