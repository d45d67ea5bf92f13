"""Mails of several postings, without mails: who answers what, and how often a number comes."""

from __future__ import annotations

import pytest

from git_voicenote.mail.incoming.postings import find_postings, newest_first
from git_voicenote.mail.incoming.received import ReceivedPatch, ReceivedSeries
from git_voicenote.mail.incoming.versions import assemble


def sent(
    number: int, name: str, answers: str | None = None, total: int = 2, version: int = 1
) -> ReceivedPatch:
    return ReceivedPatch(
        number=number, total=total, version=version, subject=f"title {number}", author="A",
        email="a@example.org", date="", message="", note=name, diff="", message_id=name,
        in_reply_to=answers, source=name,
    )  # fmt: skip


def series(*patches: ReceivedPatch) -> ReceivedSeries:
    return assemble(patches, [], "mails")


@pytest.mark.parametrize(
    ("patches", "chosen"),
    [
        ([sent(1, "a"), sent(2, "b", "a"), sent(1, "c", "a"), sent(2, "d", "c")], ["c", "d"]),
        # an archive may have the answer first
        ([sent(1, "c", "a"), sent(2, "d", "c"), sent(1, "a"), sent(2, "b", "a")], ["c", "d"]),
        ([sent(1, "a"), sent(2, "b"), sent(2, "c")], ["a", "c"]),
        ([sent(1, "a"), sent(2, "b"), sent(1, "c", "a", 1, 2)], ["c"]),
        ([sent(2, "d", "c", 2, 3), sent(1, "a"), sent(1, "c", "b", 2, 3), sent(2, "b")],
         ["c", "d"]),
    ],
)  # fmt: skip
def test_the_newest_posting_is_the_series(patches: list[ReceivedPatch], chosen: list[str]) -> None:
    assert [patch.note for patch in series(*patches).patches] == chosen


def test_answers_in_a_ring_come_to_an_end() -> None:
    ring = [sent(1, "a", "b"), sent(1, "b", "c"), sent(1, "c", "a")]
    assert len(series(*ring).patches) == 1
    itself = sent(1, "a", "a")
    assert find_postings([], [itself])[0].patches == (itself,)


def test_as_many_postings_as_mails_that_are_read() -> None:
    chain = [sent(1, str(number), str(number - 1)) for number in range(2_000)]
    postings = find_postings([], chain)
    assert newest_first(postings)[0].patches == (chain[-1],)
    assert postings[-1].above == 1_999
    assert [patch.note for patch in series(*chain).patches] == ["1999"]
