from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from git_voicenote.text.diff.diffs import parse_diff
from git_voicenote.text.quoting import CUT, diff_headers_of, hunk_lines, quote, trimmed

LONG = tuple(f"line {number}" for number in range(100))


def unquoted(text: str) -> list[str]:
    return [line[2:] for line in text.split("\n") if line.startswith(">")]


@given(st.text(st.characters(exclude_characters="\n"), max_size=300).map(lambda text: [text]))
@example([" "])
@example([">"])
@example(["From alice Mon Sep 17 00:00:00 2001", "", "---", "> > ", "\t", "diff --git a/x b/x"])
def test_a_quote_can_be_read_back(lines: list[str]) -> None:
    text = quote(lines)

    assert unquoted(text) == lines
    assert text.count("\n") == len(lines)
    assert all(line.startswith(">") for line in text.split("\n")[:-1])


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (None, [*LONG[:29], CUT]),
        (0, [*LONG[:5], CUT]),
        (50, [CUT, *LONG[38:55], CUT]),
        (98, [CUT, *LONG[86:]]),
        (99, [CUT, *LONG[87:]]),
    ],
)
def test_long_texts_are_trimmed_around_a_position(at: int | None, shown: list[str]) -> None:
    assert trimmed(LONG, at) == shown
    assert trimmed(LONG[:30], at and 29) == [*LONG[:30]]


def test_long_lines_are_shortened_and_invisible_characters_escaped() -> None:
    assert trimmed(["x" * 500, "a\x1b[31m\u202eb\r", "\tc"]) == [
        f"{'x' * 400} {CUT}",
        "a^[[31m<U+202E>b^M",
        "\tc",
    ]


DIFF = """\
diff --git a/old b/new
similarity index 90%
rename from old
rename to new
index 7898192..6178079 100644
--- a/old
+++ b/new
@@ -10,4 +10,5 @@ def send(request):
 ten
-eleven
+eleven now
+twelve
 thirteen
\\ No newline at end of file
"""


def test_a_hunk_has_its_file_above_it() -> None:
    (file,) = parse_diff(DIFF)

    assert diff_headers_of(file) == [line for line in DIFF.split("\n")[:7] if line[:5] != "index"]
    assert hunk_lines(file.hunks[0]) == DIFF.split("\n")[7:-1]


def test_a_long_hunk_is_trimmed_around_a_line_of_the_new_file() -> None:
    lines = "".join(f"-old {number}\n+new {number}\n" for number in range(1, 51))
    (file,) = parse_diff(f"--- a/f\n+++ b/f\n@@ -1,50 +1,50 @@\n{lines}")

    shown = hunk_lines(file.hunks[0], 30)

    assert shown[:2] == ["@@ -1,50 +1,50 @@", CUT]
    assert "+new 30" in shown
    assert len(shown) == 20


def test_the_number_of_headers_is_limited() -> None:
    (file,) = parse_diff("diff --git a/f b/f\n" + "words\n" * 1000 + "--- a/f\n+++ b/f\n")

    assert diff_headers_of(file) == ["diff --git a/f b/f", "--- a/f", "+++ b/f"]
