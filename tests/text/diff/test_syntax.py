from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.lexers import get_all_lexers  # type: ignore[import-untyped] # it has no types

from git_voicenote.text.diff import syntax
from git_voicenote.text.diff.diffs import FileDiff, Hunk
from git_voicenote.text.diff.syntax import Syntax


def coloured(path: str, *lines: str) -> list[str]:
    """Return lines with each piece that has a class as {class:text}."""
    file = FileDiff(path, None, (), (Hunk("@@ -1 +1 @@", lines, 1),), ())
    (hunk,) = Syntax().hunks(file)
    return ["".join(f"{{{name}:{text}}}" if name else text for name, text in one) for one in hunk]


@pytest.mark.parametrize(
    ("path", "line", "shown"),
    [
        ("d/x.py", "+def f(a=1):  # why", "+{k:def} {f:f}(a={m:1}):  {c:# why}"),
        ("x.c", "-static const int x = 0x1f;", "-{k:static const int} x = {m:0x1f};"),
        ("x.h", " #include <stdio.h>", " {k:#include} {s:<stdio.h>}"),
        ("x.rs", '+let s = "a";', '+{k:let} s = {s:"a"};'),
        ("x.go", "+func main() {", "+{k:func} main() {"),
        ("x.php", "+return 1; // x", "+{k:return} {m:1}; {c:// x}"),
        ("Makefile", "+# all", "+{c:# all}"),
        ("Dockerfile", "+# all", "+{c:# all}"),
        ("CMakeLists.txt", "+# all", "+{c:# all}"),
        ("t.sh", "+if x; then", "+{k:if} x; {k:then}"),
        ("x.yml", "+a: 1", "+{f:a}: 1"),
        ("x.txt", "+if 1", "+if 1"),
        ("x", "+if 1", "+if 1"),
        ("x.c/y", "+if 1", "+if 1"),
    ],
)
def test_the_file_name_selects_the_language(path: str, line: str, shown: str) -> None:
    assert coloured(path, line) == [shown]


def test_each_side_is_highlighted_as_a_whole() -> None:
    assert coloured(
        "x.c",
        " int a;", "-/* one", "+/* two", "-   if */", "+   if", "+   else */", " if (a)", "-b /* c",
        " return;", "+d */", "\\ No newline at end of file",
    ) == [
        " {k:int} a;", "-{c:/* one}", "+{c:/* two}", "-{c:   if */}", "+{c:   if}",
        "+{c:   else */}", " {k:if} (a)", "-b {c:/* c}", " {k:return};", "+d */",
        "\\ No newline at end of file",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "lines", "shown"),
    [
        ("x.c", ("  * for", "  */", " int x;"), (" {c: * for}", " {c: */}", " {k:int} x;")),
        ("x.c", (' g("*/x");', " int y;"), (' g({s:"*/x"});', " {k:int} y;")),
        (
            "x.py",
            ("     for one.", '     """', "     return 1"),
            (" {s:    for one.}", ' {s:    """}', "     {k:return} {m:1}"),
        ),
        (
            "x.py",
            (" def f():", '     """', "     for one."),
            (" {k:def} {f:f}():", '     {s:"""}', " {s:    for one.}"),
        ),
        (
            "x.sh",
            (" \ttest_cmp a b", " '", " if x; then"),
            (" {s:\ttest_cmp a b}", " {s:'}", " {k:if} x; {k:then}"),
        ),
        (
            "x.py",
            (' TEXT = """', " for one."),
            (' TEXT = {s:"""}', " {s:for one.}"),
        ),
        (
            "x.py",
            (' for one."""', " return 1"),
            (' {s:for one."""}', " {k:return} {m:1}"),
        ),
    ],
)  # fmt: skip
def test_a_hunk_may_start_inside_a_comment_or_string(
    path: str, lines: tuple[str, ...], shown: tuple[str, ...]
) -> None:
    assert coloured(path, *lines) == list(shown)


def test_a_long_hunk_is_highlighted_in_parts() -> None:
    lines = ["+int x; /* y */", "+"] * 1_000

    assert coloured("x.c", *lines) == ["+{k:int} x; {c:/* y */}", "+"] * 1_000


def test_generated_lines_are_not_highlighted() -> None:
    long = "+" + "int x; " * 60

    assert coloured("x.c", "+int x;", long, "+int y;") == ["+{k:int} x;", long, "+{k:int} y;"]


@pytest.mark.parametrize(("path", "coloured"), [("x.c", 4), ("x.java", 1)])
def test_a_page_has_a_limit(path: str, coloured: int) -> None:
    lines = ("+int x;",) * 10
    file = FileDiff(path, None, (), (Hunk("@@", lines, 1),), ())
    one = FileDiff(path, None, (), (Hunk("@@", lines[:1], 1),), ())
    page = Syntax(most=310)

    seen = [len(hunk[0]) > 1 for _ in range(5) for hunk in page.hunks(file)]

    assert seen == [True] * coloured + [False] * (5 - coloured)
    assert page.hunks(one) == (((("", "+"), ("k", "int"), ("", " x;")),),)


LANGUAGES = (*syntax._BLOCK_COMMENTS, *syntax._OTHERS)
NAMES = {
    alias: globs[0].replace("*", "x")
    for _, names, globs, _ in get_all_lexers(plugins=False)
    for alias in names
    if globs
}
HARD = (
    "/*", "*/", '"', "'", "`", '"""', "'''", "\\", "#", "//", "<", ">", "</x>", "<?php ", "{{", "}",
    "(", ")", "[", "a", " ", "\t", "if ", "def f", "1", "0x", ":", "-", "```c", "<<E", "E", "é",
    "\u202e", "\u200d", "\u0646", "\r", "\x0c", "\x1b", "\u2028", "\U0001f600", "\udc80",
)  # fmt: skip
SOURCE = st.lists(st.sampled_from(HARD) | st.characters(), max_size=12).map(
    lambda parts: "".join(parts).replace("\n", "")
)


@given(
    st.sampled_from(LANGUAGES),
    st.lists(st.tuples(st.sampled_from(["+", "-", " ", "\\", ""]), SOURCE)),
)
def test_every_character_stays_in_its_place(language: str, lines: list[tuple[str, str]]) -> None:
    written = tuple(sign + line for sign, line in lines)
    file = FileDiff(NAMES[language], None, (), (Hunk("@@", written, 1),), ())

    (shown,) = Syntax().hunks(file)

    assert tuple("".join(text for _, text in line) for line in shown) == written
    assert {name for line in shown for name, _ in line} <= {"", "k", "s", "c", "m", "f"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_failing_lexer_does_not_break_the_page(language: str) -> None:
    texts = ("\ud800", "((((" * 90, "${" * 190, "<a " * 130, '\\"' * 190, "a\x00b")

    assert syntax._lexer_for(NAMES[language]), language
    assert len(coloured(NAMES[language], *(f"+{text}" for text in texts))) == len(texts)
