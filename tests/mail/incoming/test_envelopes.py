from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from git_voicenote.datatypes import Person
from git_voicenote.mail.incoming.envelopes import ids_in, people_in, read_envelope, subject_of


@pytest.mark.parametrize(
    ("header", "people"),
    [
        (b"", ()),
        (b"bob@example.org", (Person("", "bob@example.org"),)),
        (b"Bob <bob@example.org>, list@example.org",
         (Person("Bob", "bob@example.org"), Person("", "list@example.org"))),
        (b'"Bob, Ed" <bob@example.org>', (Person("Bob, Ed", "bob@example.org"),)),
        (b"=?utf-8?q?Bob=2C_Z=C3=BC?= <bob@example.org>",
         (Person("Bob, Z\u00fc", "bob@example.org"),)),
        ("Zoë <zoe@example.org>".encode(), (Person("Zo\u00eb", "zoe@example.org"),)),
        (b"\xff\xfe <bob@example.org>", (Person("\ufffd\ufffd", "bob@example.org"),)),
        (b"Bob <bob@example.org>, again <BOB@example.org>", (Person("Bob", "bob@example.org"),)),
        (b"undisclosed-recipients:;", ()),
        (b"nobody, <>, @, a@, @b, a b@c <d>", ()),
        (b"-oQ/tmp/x@example.org, <-X@example.org>", ()),
        ("bób@example.org".encode(), ()),
        (b"=?utf-8?q?a=0Ab=0D=0ABcc=3A_x=40y?= <bob@example.org>",
         (Person("a b Bcc: x@y", "bob@example.org"),)),
        (b"=?utf-8?q?=E2=80=AEgnp?= <bob@example.org>", (Person("gnp", "bob@example.org"),)),
        (b"=?no-such?q?a?= <bob@example.org>", (Person("=?no-such?q?a?=", "bob@example.org"),)),
        (b"(" * 40_000, ()),
    ],
    ids=lambda value: repr(value)[:40],
)  # fmt: skip
def test_people_are_told_from_what_is_none(header: bytes, people: tuple[Person, ...]) -> None:
    assert people_in(header) == people


def test_a_header_that_nobody_meant_is_cut_between_two_addresses() -> None:
    header = b", ".join(b"bob%d@example.org" % number for number in range(5000))

    envelope = read_envelope({b"to": header})

    people = people_in(envelope.to)
    assert 1000 < len(people) < 5000
    assert people[-1].email == f"bob{len(people) - 1}@example.org"


@pytest.mark.parametrize(
    ("header", "ids"),
    [
        (b"<a@x> <b@x>", ("<a@x>", "<b@x>")),
        (b"<a@x><a@x> text <b@x>", ("<a@x>", "<b@x>")),
        (b"<a b@x> <> <<c@x>> <\xff@x>", ("<c@x>",)),
        (b"<%s@x> <d@x>" % (b"a" * 500), ("<d@x>",)),
        (b"none", ()),
    ],
)
def test_ids_are_read_in_their_order(header: bytes, ids: tuple[str, ...]) -> None:
    assert ids_in(header) == ids


def test_of_very_many_ids_the_newest_count() -> None:
    ids = ids_in(b" ".join(b"<%d@x>" % number for number in range(1000)))
    assert (len(ids), ids[-1]) == (60, "<999@x>")


@given(st.binary(max_size=300))
@example(b"<" * 300)
@example(b'"' * 299)
def test_whatever_a_header_holds_it_is_one_line_of_safe_characters(header: bytes) -> None:
    lines = [subject_of(header), *(person.name for person in people_in(header))]
    assert all(line == " ".join(line.split()) for line in lines)
    assert all(re.fullmatch(r"[!-~]+@[!-~]+", person.email) for person in people_in(header))
    assert all(re.fullmatch(r"<[!-~]+>", one) for one in ids_in(header))


@pytest.mark.parametrize("piece", [b"(", b"<", b'"', b"a:", b"(a", b"a@b@", b" ,", b"=?", b"\\("])
def test_hostile_headers_name_nobody(piece: bytes) -> None:
    envelope = read_envelope({b"to": piece * 50_000, b"references": piece * 50_000})

    assert len(envelope.to) < 50_000
    assert people_in(envelope.to) == ()
    assert ids_in(envelope.references) == ()
    assert "\n" not in subject_of(envelope.to)
