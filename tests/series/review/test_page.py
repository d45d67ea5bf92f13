from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_voicenote.characters import revealed
from git_voicenote.mail.incoming.received import ReceivedPatch
from git_voicenote.resources import resource
from git_voicenote.series.review.page import review_page
from git_voicenote.series.review.series import Review, ReviewedPatch
from git_voicenote.text.diff.diffs import parse_diff

STYLE = resource("templates", "review.css").read_text("utf-8")
COLOURS = {"k": "keyword", "s": "string", "c": "comment", "m": "number", "f": "name"}
PALETTES = {
    "light": re.compile(r"^:root \{(.*?)\}", re.MULTILINE | re.DOTALL),
    "dark by choice": re.compile(r'^:root\[data-theme="dark"\] \{([^}]*--.*?)\}', re.M | re.S),
    "dark by system": re.compile(r'^  :root:not\(\[data-theme="light"\]\) \{(.*?)\}', re.M | re.S),
    "paper": re.compile(r"^  :root, [^{]*\{(.*?)\}", re.M | re.S),
}


class Diffs(HTMLParser):
    """The text of all diffs of a page, and the elements in them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.elements: set[tuple[str, tuple[tuple[str, str | None], ...]]] = set()
        self._depth = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if self._depth:
            self._depth += 1
            self.elements.add((tag, tuple(attributes)))
        elif tag == "pre" and ("tabindex", "0") in attributes:
            self._depth = 1

    def handle_endtag(self, tag: str) -> None:
        self._depth -= bool(self._depth)

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.text += data


def page_of(diff: str) -> str:
    patch = ReceivedPatch(
        1, 1, 1, "feat: x", "Ada", "ada@example.org", "today", "", None, diff, None, None, "x"
    )
    return review_page(
        Review("x", None, (ReviewedPatch(patch, (), parse_diff(diff), ()),), ()), audio=False
    )


HOSTILE = (
    "</script><script>alert(1)</script>", '"<img src=x onerror=alert(1)>"', "</span>", "class=k",
    "/* \u202e } \u2066if */", "\'\'\'", "&lt;&amp;", "\r", "\x1b[31m", "x\u200b", "# \u200d", "\t",
    "\u0646\u200c\u0627", "\u2028", "\x0b", "int x = 1;", "def f():", "]]>", "<!--", "-->",
)  # fmt: skip
LINES = st.lists(st.sampled_from(HOSTILE) | st.characters(codec="utf-8"), max_size=6).map(
    lambda parts: "".join(parts).replace("\n", "").replace("\x00", "")
)


@given(
    st.sampled_from(["x.c", "x.py", "x.html", "x.js", "x.md", "x.txt"]),
    st.lists(st.tuples(st.sampled_from("+- "), LINES), min_size=1),
)
def test_colours_change_no_character(path: str, lines: list[tuple[str, str]]) -> None:
    old, new = (sum(sign in signs for sign, _ in lines) for signs in ("- ", "+ "))
    hunk = [f"@@ -1,{old} +1,{new} @@ <b>", *(sign + line for sign, line in lines)]
    diff = "\n".join((f"diff --git a/{path} b/{path}", f"--- a/{path}", f"+++ b/{path}", *hunk))

    shown = Diffs(page_of(diff + "\n"))

    assert shown.text == "".join(revealed(line) + "\n" for line in hunk)
    assert shown.elements <= {
        *((tag, ()) for tag in ("ins", "del", "span", "b", "i")),
        *(("span", (("class", name),)) for name in COLOURS),
    }


def palette(name: str) -> dict[str, tuple[int, ...]]:
    """Return the colours of a palette; the paper's are the light ones, save what it changes."""
    base = palette("light") if name == "paper" else {}
    found = PALETTES[name].search(STYLE)
    assert found
    for variable, value in re.findall(r"--([\w-]+): #([0-9a-f]{3,6});", found[1]):
        digits = value if len(value) == 6 else "".join(digit * 2 for digit in value)
        base[variable] = tuple(bytes.fromhex(digits))
    return base


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Return the contrast of two colours (WCAG 2.2)."""

    def luminance(colour: tuple[int, ...]) -> float:
        parts = [value / 255 for value in colour]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("name", PALETTES)
def test_all_text_can_be_read(name: str) -> None:
    """With the contrast that WCAG asks of text (level AA)."""
    colours = palette(name)
    pairs = [
        *product(("text", "dim", "hunk", *COLOURS.values()), ("ground", "add", "del")),
        *product(("text", "dim", "accent"), ("ground", "raised", "said")),
        ("lit-text", "lit"),
    ]

    poor = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs}

    assert {pair: ratio for pair, ratio in poor.items() if ratio < 4.5} == {}


def test_every_class_has_its_colour() -> None:
    for name, colour in COLOURS.items():
        assert f".{name} {{ color: var(--{colour})" in STYLE


def test_both_ways_to_the_dark_are_the_same() -> None:
    assert palette("dark by choice") == palette("dark by system")
    assert palette("dark by choice").keys() == palette("light").keys()
