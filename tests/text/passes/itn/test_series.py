"""Numbers that are said together: all of them are written in digits, or none is."""

from __future__ import annotations

import pytest

from git_voicenote.text.passes.itn.english.numbers import cardinal, counts_up, digits
from git_voicenote.text.passes.itn.normaliser import normaliser

normalise = normaliser("en")


@pytest.mark.parametrize(
    "text",
    [
        "takes twenty thirty seconds", "it takes ten twenty seconds", "twenty thirty megabytes",
        "issue one hundred two hundred", "errno one hundred two hundred", "fifty fifty",
        "one hundred thousand two hundred thousand", "forty two forty three", "ten eleven twelve",
        "seventy eighty percent", "two hundred three hundred lines", "twenty four seven support",
        "issue forty two forty three", "issue 42 43", "port 80 443", "issues 42 43 and 44",
        "issues forty two forty three and forty four", "issues twelve thirty four",
        "lines three five and twelve", "lines forty two forty three", "two point twenty thirty",
        "version two point six point one hundred two hundred", "two point five hundred rows",
        "two point six one hundred files", "port eighty eighty eighty eighty one",
        "rfc twenty eight twenty two fifty three twenty two", "twenty twenty vision",
        "june twenty first twenty second", "python three eleven", "v two three",
        "one point five two point five megabytes", "Issue 42 forty three.",
        "between twenty thirty and forty", "from twenty thirty to forty",
        "one or two hundred files", "two to three hundred lines", "ten or twenty thousand rows",
        "forty two or three", "two, three or four hundred files", "between one and two hundred",
        "a hundred and five thousand", "A hundred and twenty eight megabytes.",
        "a thousand and one", "between a hundred and two hundred", "twenty to a hundred files",
        "a hundred or two hundred",
        "from two hundred to a thousand lines", "from a thousand to ten thousand",
        "a hundred to a hundred and fifty", "a million two hundred thousand rows",
    ],
)  # fmt: skip
def test_numbers_of_which_one_is_not_understood_stay(text: str) -> None:
    assert normalise(text).text == text


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("lines ten to twenty", "lines 10 to 20"),
        ("Lines ten to twenty are new.", "Lines 10 to 20 are new."),
        ("lines five to seven", "lines 5 to 7"),
        ("ten to twenty files", "10 to 20 files"),
        ("from one to twenty", "from 1 to 20"),
        ("between five and fifteen files", "between 5 and 15 files"),
        ("five to ten percent", "5 to 10%"),
        ("two or three milliseconds", "2 or 3 ms"),
        ("one in twenty requests", "1 in 20 requests"),
        ("nine out of twelve", "9 out of 12"),
        ("between one and one point five", "between 1 and 1.5"),
        ("gave this one to twenty people", "gave this one to 20 people"),
        ("ports eighty and four four three", "ports 80 and 443"),
        ("port eighty eighty or ninety ninety", "port 8080 or 9090"),
        ("versions two and three point one", "versions 2 and 3.1"),
        ("Files nine, ten and eleven.", "Files 9, 10 and 11."),
        ("On twenty, five and six.", "On 20, 5 and 6."),
        ("Wait ten, twenty or thirty seconds.", "Wait 10, 20 or 30 seconds."),
        ("issues one hundred and two hundred", "issues #100 and #200"),
        ("issues twelve thirty four and fifty six seventy eight", "issues #1234 and #5678"),
        ("closes issues forty two and three", "closes issues #42 and #3"),
        ("issue forty two or forty three", "issue #42 or #43"),
        ("issue twenty twenty one", "issue #2021"),
        ("five minutes and thirty seconds", "5 minutes and 30 seconds"),
        ("ten dollars and fifty cents", "10 dollars and 50 cents"),
        ("ten thirty to eleven thirty a m", "10:30 to 11:30 am"),
        ("the first and twenty first commit", "the 1st and 21st commit"),
        ("The forty-second patch.", "The 42nd patch."),
        ("the thirty second timeout", "the 30-second timeout"),
        ("june third and fourth", "June 3 and 4"),
        ("from june third to the fifth", "from June 3 to the 5th"),
        ("Between 5 and ten files.", "Between 5 and 10 files."),
        ("Ports eighty, four forty three and eighty eighty.", "Ports 80, 443 and 8080."),
        ("Lines twelve, five and six.", "Lines 12, 5 and 6."),
        ("Issues forty two, five and seven.", "Issues 42, 5 and 7."),
        ("between twenty ten and twenty twenty", "between 2010 and 2020"),
        ("from nineteen ninety to twenty ten", "from 1990 to 2010"),
        ("nineteen eighties", "1980s"),
        ("zero to one hundred", "0 to 100"),
        ("zero point five to one", "0.5 to 1"),
        ("two point six point one or two point seven", "2.6.1 or 2.7"),
        ("three times twelve", "3 times 12"),
        ("zero x f f zero x one f", "0xff 0x1f"),
        ("commit three f two a nine one c and a nine f three c one", "commit 3f2a91c and a9f3c1"),
        ("x eighty six sixty four", "x86_64"),
        ("x eighty six dash sixty four", "x86-64"),
        ("twenty five hundred rows", "2500 rows"),
        ("two point five thousand rows", "2.5 thousand rows"),
        ("ten dot one hundred dot one dot one hundred", "10.100.1.100"),
        ("the twenty twenty six release", "the 2026 release"),
    ],
)
def test_numbers_of_one_kind_are_written_alike(heard: str, written: str) -> None:
    assert normalise(heard).text == written
    assert normalise(written).text == written


@pytest.mark.parametrize(
    "text",
    [
        "ten to one", "three to five files", "two, three or four files", "ten past twelve",
        "half past eleven", "eleven twelfths", "twelve and a half percent", "the other one in 2011",
        "Version one, two and three.",
    ],
)  # fmt: skip
def test_small_numbers_and_what_has_its_own_words_stay(text: str) -> None:
    assert normalise(text).text == text


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("point five percent", "0.5%"),
        ("a point five percent drop", "a 0.5% drop"),
        ("dropped by point five percent", "dropped by 0.5%"),
        ("point five milliseconds", "0.5 ms"),
        ("at this point five percent fail", "at this point 5% fail"),
        ("point twenty five percent", "point twenty five percent"),
        ("we point five percent there", "we point five percent there"),
    ],
)
def test_a_share_below_one_is_read_with_its_point(heard: str, written: str) -> None:
    assert normalise(heard).text == written


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("foo at bar dot com", "foo@bar.com"),
        ("mail jane dot doe at example dot com", "mail jane.doe@example.com"),
        ("Mail Jane dot Doe at example dot com.", "Mail Jane.Doe@example.com."),
        ("write to bob at example dot org", "write to bob@example.org"),
        ("send it to git at vger dot kernel dot org", "send it to git@vger.kernel.org"),
        ("junio at pobox dot com", "junio@pobox.com"),
        ("look at example dot com", "look at example.com"),
        ("it is hosted at example dot com", "it is hosted at example.com"),
        ("the docs at example dot com", "the docs at example.com"),
        ("it stops at main dot py", "it stops at main.py"),
        # a person or a place: nobody knows
        ("bob at example dot com", "bob at example dot com"),
    ],
)
def test_an_address_is_written_whole_or_not_at_all(heard: str, written: str) -> None:
    assert normalise(heard).text == written


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("dash dash no dash edit", "--no-edit"),
        ("minus minus no minus verify", "--no-verify"),
        ("dash dash in dash reply dash to", "--in-reply-to"),
        ("dash dash on dash error", "--on-error"),
        ("dash dash no edit", "--no-edit"),
        ("one millisecond dot py", "one millisecond.py"),
        ("fixes slash etc dot py", "fixes slash etc dot py"),
    ],
)
def test_names_in_pieces_are_written_whole(heard: str, written: str) -> None:
    assert normalise(heard).text == written


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("one hundred two hundred", None), ("42 43", None), ("4 0 4", ("404", 3)),
        ("two thousand oh six", None), ("hundred", None), ("two thousand twenty six", ("2026", 4)),
        ("twelve thirty four", ("1234", 3)), ("one twenty seven", ("127", 3)),
        ("one oh five", ("105", 3)), ("eighty oh it", ("80", 1)),
        ("sixty five five thirty five", ("65535", 5)), ("four 43", None),
    ],
)  # fmt: skip
def test_one_number_is_read_off(said: str, read: tuple[str, int] | None) -> None:
    assert digits(said.split()) == read


def test_a_number_ends_where_the_next_begins() -> None:
    assert cardinal(["one", "hundred", "two", "hundred"]) == (100, 2)
    assert cardinal(["one", "thousand", "two", "thousand"]) == (1000, 2)
    assert cardinal(["one", "hundred", "two"]) == (102, 3)


def test_who_counts_says_several_numbers() -> None:
    assert counts_up(["forty", "two", "forty", "three"], 0, 4)
    assert counts_up(["ten", "twenty", "thirty"], 0, 3)
    assert not counts_up(["eighty", "eighty"], 0, 2)
