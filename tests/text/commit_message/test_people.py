from __future__ import annotations

import pytest

from git_voicenote.datatypes import Person
from git_voicenote.text.commit_message.composer import render
from git_voicenote.text.commit_message.people import NamedPeople, candidates, named_people
from tests.support.messages import compose

JANE = Person("Jane Doe", "jane@example.org")
JOHN = Person("John Roe", "jroe@example.org")
OTHER_JOHN = Person("John Smith", "smith@example.org")
ZOE = Person("Zoë Müller-Lüdenscheid", "zoe@example.org")
EVERYBODY = (JANE, JOHN, OTHER_JOHN, ZOE)


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        ("co authored by jane doe", NamedPeople("Co-authored-by", "co authored by", ("jane doe",))),
        ("Reviewed by Jane Doe.", NamedPeople("Reviewed-by", "Reviewed by", ("Jane Doe",))),
        ("Co-authored-by: Jane", NamedPeople("Co-authored-by", "Co-authored-by", ("Jane",))),
        (
            "tested by jane and john roe",
            NamedPeople("Tested-by", "tested by", ("jane", "john roe")),
        ),
        (
            "Acked by Jane, John and Zoë",
            NamedPeople("Acked-by", "Acked by", ("Jane", "John", "Zoë")),
        ),
        ("reviewed by the whole team of the company last week", None),
        ("it was reviewed by jane", None),
        ("tested by 3 of us", None),
        ("reviewed by", None),
    ],
)
def test_sentences_name_people(sentence: str, named: NamedPeople | None) -> None:
    assert named_people(sentence) == named


@pytest.mark.parametrize(
    ("name", "found", "is_sure"),
    [
        ("jane doe", (JANE,), True),
        ("Jane", (JANE,), True),
        ("zoe muller ludenscheid", (ZOE,), True),
        ("j roe", (JOHN,), True),
        ("john", (JOHN, OTHER_JOHN), True),
        ("jane dough", (JANE,), False),
        ("jon smyth", (OTHER_JOHN,), False),
        ("nobody here", (), False),
    ],
)
def test_names_are_found_among_the_authors(
    name: str, found: tuple[Person, ...], is_sure: bool
) -> None:
    assert candidates(name, EVERYBODY) == (found, is_sure)


def test_known_people_are_trailers_and_others_stay_in_the_body() -> None:
    spoken = "Fix. Empty input. Reviewed by Jane and Max. Tested by Eve. Closes issue #4."
    text = render(compose(spoken, people={"Jane": JANE}))
    assert text == (
        "fix: empty input\n\nReviewed by Max. Tested by Eve.\n\n"
        "Closes: #4\nReviewed-by: Jane Doe <jane@example.org>\n"
    )
