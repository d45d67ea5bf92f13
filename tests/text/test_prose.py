from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_voicenote.columns import columns
from git_voicenote.datatypes import CoverLetter
from git_voicenote.text.prose import cover_letter, first_sentence, shortened, unwrap, wrap

LONG = "The old retry loop lived in the client, so every caller got its own back-off and jitter."


def test_prose_is_wrapped() -> None:
    assert wrap(LONG) == (
        "The old retry loop lived in the client, so every caller got its own\nback-off and jitter."
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "short\nlines stay\nas they are\n",
        "a list:\n\n- one\n- two\n  goes on\n\n1. first\n",
        "    " + "code " * 30,
        "> " + "quoted " * 20,
        "| a | b |\n|---|---|",
        "Link: https://example.org/" + "x" * 90,
        "see\nhttps://example.org/" + "x" * 90 + "\nfor more",
    ],
)
def test_formatted_text_is_unchanged(text: str) -> None:
    assert wrap(text) == text


def test_a_long_list_item_has_a_hanging_indent() -> None:
    assert (
        wrap("- one two three four five six seven", 20) == "- one two three four\n  five six seven"
    )


def test_no_line_starts_with_a_special_word() -> None:
    text = "it fixes the bug of issue #42 and then - as said - runs diff -u on it"

    for width in range(12, 60):
        for line in wrap(text, width).split("\n"):
            assert not line.startswith(("#", "- ", "diff -"))
        assert wrap(text, width).replace("\n", " ") == text


def test_wide_text_is_wrapped_without_spaces() -> None:
    text = "重试循环原来在客户端里，所以每个调用者都有自己的退避。这个改动把它移到传输层。"

    lines = wrap(text, 20).split("\n")

    assert "".join(lines) == text
    assert (
        max(map(columns, lines)) <= 22
    )  # a full stop may exceed the width, but never starts a line
    assert not any(line[0] in "，。" for line in lines)


def test_no_line_is_too_long_for_mail() -> None:
    for text in ("x" * 5000, "é" * 5000, "𝄞" * 5000, "    " + "word " * 1000):
        assert max(len(line.encode()) for line in wrap(text).split("\n")) < 990
        assert "".join(wrap(text).split()) == "".join(text.split())


@given(st.text(alphabet=st.sampled_from("ab中文。 \n-#.1>"), max_size=200))
def test_wrapping_loses_nothing_and_is_idempotent(text: str) -> None:
    wrapped = wrap(text, 20)

    assert "".join(wrapped.split()) == "".join(text.split())
    assert wrap(wrapped, 20) == wrapped


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("One. Two.", "One."),
        ("Needs git 2.6.1 or later. Two.", "Needs git 2.6.1 or later."),
        ("Faster, e.g. on ARM. Two.", "Faster, e.g. on ARM."),
        ("Drop Foo, Bar etc. from it. Two.", "Drop Foo, Bar etc. from it."),
        ("Drop Foo, Bar etc. Then more.", "Drop Foo, Bar etc."),
        ("After J. Doe's work. Two.", "After J. Doe's work."),
        ('He said "stop." Then it did.', 'He said "stop."'),
        ("Why? Because.", "Why?"),
        ("no full stop", "no full stop"),
        ("改动传输层。然后测试。", "改动传输层。"),
        ("call foo.bar() in x.py. done", "call foo.bar() in x.py."),
    ],
)
def test_the_first_sentence(text: str, sentence: str) -> None:
    assert first_sentence(text) == sentence


def test_octets_that_were_no_utf_8_are_wrapped_too() -> None:
    assert wrap("    upper: \udc80" + "x" * 1000).replace("\n", "").count("\udc80") == 1


@pytest.mark.parametrize(
    ("text", "cover"),
    [
        ("", CoverLetter("", "")),
        ("Move retries.", CoverLetter("Move retries", "")),
        ("Move retries. " + LONG, CoverLetter("Move retries", wrap(LONG))),
        ("A title\n\nThe body.", CoverLetter("A title", "The body.")),
        (
            "Move retries\ninto the transport. Two.\n\n- a\n- b\n",
            CoverLetter("Move retries into the transport", "Two.\n\n- a\n- b"),
        ),
        ("Wait for it... It comes.", CoverLetter("Wait for it...", "It comes.")),
        (LONG, CoverLetter("The old retry loop lived in the client", wrap(LONG))),
        ("- a list\n- alone", CoverLetter("a list", "- a list\n- alone")),
        ("zero\u200bwidth. Two", CoverLetter("zerowidth", "Two")),
    ],
)
def test_a_cover_letter(text: str, cover: CoverLetter) -> None:
    assert cover_letter(text) == cover


MARK = "[0:03-0:09 not understood]"


@pytest.mark.parametrize(
    ("text", "subject", "body"),
    [
        (f"{MARK} Retry once. Or not.", "Retry once", f"{MARK} Retry once. Or not."),
        (f"Retry {MARK} once. Or not.", "Retry", f"{MARK} once. Or not."),
        (f"Retry once. {MARK} Or not.", "Retry once", f"{MARK} Or not."),
        (MARK, MARK, ""),
    ],
)
def test_the_mark_of_a_failed_segment_is_not_in_the_subject(
    text: str, subject: str, body: str
) -> None:
    assert cover_letter(text) == CoverLetter(subject, body)


@given(st.text(alphabet=st.sampled_from("ab,中文。. \n-#"), max_size=300))
def test_a_cover_letter_keeps_every_word_and_its_subject_fits(text: str) -> None:
    cover = cover_letter(text)

    said, written = "".join(text.split()), "".join((cover.subject + cover.body).split())
    assert (
        said in (written, cover.subject)
        or "".join(cover.body.split()) == said
        or (said.replace(".", "").replace("。", "") == written.replace(".", "").replace("。", ""))
    )
    assert "\n" not in cover.subject
    assert columns(cover.subject) <= 72
    assert cover.subject or not said


FILLED = "A line that was filled for mail, as far as its seventy-two columns go, and"


@pytest.mark.parametrize(
    ("text", "unwrapped"),
    [
        (f"{FILLED}\n{FILLED}\nends.\n\nNext.\n", f"{FILLED} {FILLED} ends.\n\nNext.\n"),
        (f"Short.\n{FILLED}\n", f"Short.\n{FILLED}\n"),
        (f"- {FILLED}\n  {FILLED}\n", f"- {FILLED}\n  {FILLED}\n"),
        ("", ""),
    ],
)
def test_paragraphs_wrapped_for_mail_are_joined(text: str, unwrapped: str) -> None:
    assert unwrap(text) == unwrapped


@pytest.mark.parametrize(
    ("sentence", "subject"),
    [
        (f"Retry requests when the network fails and wait longer {9 * 'each time '}",
         "Retry requests when the network fails"),
        (f"Retry requests that failed in the transport of the client {9 * 'each time '}",
         "Retry requests that failed in the transport of the client each time each"),
        ("把旧的重试循环从客户端移到传输层，这样每个调用者都使用同样的退避时间，而且服务器不会再被同时询问。",
         "把旧的重试循环从客户端移到传输层，这样每个调用者都使用同样的退避时间"),
        (36 * "循环" + "。", 18 * "循环"),
        (f"https://example.org/{90 * 'x'} moved", f"https://example.org/{51 * 'x'}…"),
    ],
)  # fmt: skip
def test_a_long_sentence_is_shortened_at_a_clause(sentence: str, subject: str) -> None:
    assert shortened(sentence) == subject
    assert columns(subject) <= 72
    assert "".join(sentence.split()) in "".join(cover_letter(sentence).body.split())
