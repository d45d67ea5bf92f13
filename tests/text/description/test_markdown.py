"""What was said stays text, whatever a forge makes of Markdown."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from git_voicenote.text.description.described import Described, DescribedCommit
from git_voicenote.text.description.markdown import escaped, markdown
from git_voicenote.text.description.page import html_page

ZERO_WIDTH = "\u200b"
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def text_of(source: str) -> str:
    """The text that a reader of Markdown sees, without what only breaks references."""
    rendered = READER.render(source)
    assert (
        re.sub(r"</?(?:p|br /|a|code)(?: href=\"https?://[^\"]*\")?>", "", rendered).count("<") == 0
    )
    words = re.sub(r"<[^>]*>", "", rendered)
    return html.unescape(words).replace(ZERO_WIDTH, "").strip()


HAZARDS = [
    "# not a heading", "a *b* _c_ ~~d~~ **e**", "1. not a list", "12) neither", "- x", "+ y",
    "--- ---", "===", "> no quote", "[a](http://b) ![c](d)", "<script>alert(1)</script>",
    "&copy; & &amp;", "a | b", "``` fence", "~~~ fence", "[^1]: note", "[ ] task", r"back\slash \*",
    "$x$ and $$y$$", "`` `", "foo_bar_baz and __init__", "see https://a.example/b_c_d#e, too",
    "<https://a.example>", "a`b", "`",
]  # fmt: skip


@pytest.mark.parametrize("words", HAZARDS)
def test_no_sign_becomes_markup(words: str) -> None:
    assert text_of(escaped(words)) == words


@given(st.text(alphabet="ab1 \\`*_{}[]()<>#+-=.!|~&@$:^%\"'/", min_size=1, max_size=24))
def test_no_signs_together_become_markup(words: str) -> None:
    words = " ".join(words.split())
    if "`" not in words:
        assert text_of(escaped(words)) == words


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("by @ada, not ada@example.org", "by @&#8203;ada, not ada@example.org"),
        ("closes #12 and owner/repo#3", "closes #&#8203;12 and owner/repo#&#8203;3"),
        ("GH-7, !8, %9", "GH-&#8203;7, !&#8203;8, %&#8203;9"),
        ("a & b, R&D", "a &amp; b, R&amp;&#8203;D"),
        ("well :tada: std::vec", "well :&#8203;tada: std::vec"),
        ("`@ada #12` is code", "`@ada #12` is code"),
        ("# 12", r"\# 12"),
        ("/merge now", r"\/merge now"),
    ],
)
def test_nothing_pings(words: str, written: str) -> None:
    assert escaped(words) == written


COVER = (
    "Retries move to the transport, where they can see the\nconnection. They were everywhere"
    " before this, and each of\nthem waited for another time.\n\n- one\n- two, which is so long"
    " that it needs\n  a second line\n\n1. first\n2. second\n\n    code *here*\n"
)
SERIES = Described(
    [
        DescribedCommit("3f2a91c", "feat: <b> #1", "Why `it_is` so.\n", "", {}),
        DescribedCommit("4f2a91c", "fix: x", "", "", {}),
    ],
    COVER,
)


def test_a_description_has_the_cover_and_a_section_for_each_note() -> None:
    assert markdown(SERIES) == (
        "Retries move to the transport, where they can see the connection. They were everywhere"
        " before this, and each of them waited for another time.\n\n"
        "- one\n- two, which is so long that it needs a second line\n\n"
        "1. first\n2. second\n\n"
        "```\ncode *here*\n```\n\n"
        "### feat: &lt;b&gt; #&#8203;1 (`3f2a91c`)\n\n"
        "Why `it_is` so.\n"
    )


def test_a_page_has_the_same_and_no_script() -> None:
    written = html_page(SERIES)
    assert "<script" not in written
    assert "http://" not in written.replace("http-equiv", "")
    assert "<h2>feat: &lt;b&gt; #1 <code>3f2a91c</code></h2>" in written
    assert "<p>Why <code>it_is</code> so.</p>" in written
    assert (
        "<ul><li>one</li><li>two, which is so long that it needs a second line</li></ul>" in written
    )
    assert "<pre>code *here*</pre>" in written
    assert '<p class="none">no note</p>' in written


def test_a_title_stays_one_line() -> None:
    """A commit may have any characters in its title."""
    commit = DescribedCommit("3f2a91c", "fix\r# head\u2028/close \x1b\u202ex", "Why.", "", {})
    assert "### fix # head /close x (`3f2a91c`)" in markdown(Described([commit]))
    assert "<h2>fix # head /close x <code>" in html_page(Described([commit]))
