from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from git_voicenote.text.mail_safety import indent_hazards, quote_diffs

if TYPE_CHECKING:
    from pathlib import Path

HEADER = b"From: Ada <ada@example.org>\nSubject: [PATCH] a title\n\n"


@pytest.mark.parametrize(
    "line",
    [
        "---", "--- ", "--- word", "---\t", "diff - x", "diff --git a/x b/x", "Index: x",
        "From alice Mon Sep 17 00:00:00 2001",
    ],
)  # fmt: skip
def test_a_line_that_breaks_mail_gets_a_space_anywhere(line: str) -> None:
    assert indent_hazards(f"words\n{line}\nwords") == f"words\n {line}\nwords"
    assert indent_hazards(line) == f" {line}"


@pytest.mark.parametrize(
    "line",
    [
        "From: bob@example.org", "from: bob", "Date: today", "Subject: other", "[PATCH] other",
        "[PATCH]", ">From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001",
    ],
)  # fmt: skip
def test_a_first_line_like_a_header_gets_a_space(line: str) -> None:
    assert indent_hazards(f"\n{line}\nwords") == f"\n {line}\nwords"
    assert indent_hazards(f"words\n{line}") == f"words\n{line}"


@pytest.mark.parametrize(
    ("line", "safe"),
    [
        ("-- >8 --", "-- > 8 --"),
        ("  ---- 8< ----", "  ---- 8 < ----"),
        ("->8<- cut here ->8<-", "-> 8 <- cut here -> 8 <-"),
        ("--- >8 ---", " --- > 8 ---"),
    ],
)
def test_scissors_get_a_space(line: str, safe: str) -> None:
    assert indent_hazards(line) == safe


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "words\n\nmore words\n", "----\n", "---x", "differs -", "diff", "Index:x",
        "From now on, all is well", "From: far away"[6:], "a word\n[PATCH] in a body",
        "if (n >8) return; -- or so they say, in a line that is long enough to be read",
        "-- ", "@@ -1 +1 @@",
    ],
)  # fmt: skip
def test_safe_text_is_unchanged(text: str) -> None:
    assert indent_hazards(text) == text


HAZARDS = st.sampled_from(
    [
        "---", "--- ", "--- a", "diff -", "Index: ", "From ", "From: ", "Subject:", "Date: ",
        "[PATCH]", ">From ", "-- >8 --", "->8-", "8<", ">%", "%<", "-", " ", "\t", "\n", "x",
        "00:00:00 2001", "Mon Sep 17", "é", "=?utf-8?q?x?=", "Content-Type: text/plain", "@@ -1 ",
        "[x] ", "Re: ", "0123456789abcdef0123456789abcdef01234567",
    ]
)  # fmt: skip
TEXTS = st.lists(HAZARDS, min_size=1, max_size=9).map("".join)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example("-- >8 --\nFrom: x\n---\ndiff -")
@given(text=TEXTS)
def test_git_reads_the_whole_safe_text_back(tmp_path: Path, text: str) -> None:
    safe = indent_hazards(text)

    assert indent_hazards(safe) == safe
    assert safe.replace(" ", "") == text.replace(" ", "")
    assert read_back(tmp_path, safe) == strip(safe)


def read_back(folder: Path, body: str) -> str:
    """Return the message that mailinfo finds in a mail with this body and a patch."""
    mail = HEADER + body.encode() + b"\n---\ndiff --git a/x b/x\n"
    subprocess.run(
        ["git", "mailinfo", "--scissors", "--encoding=UTF-8", "message", "patch"],
        cwd=folder, input=mail, check=True, capture_output=True,
    )  # fmt: skip
    assert (folder / "patch").read_bytes() == b"---\ndiff --git a/x b/x\n"
    return strip((folder / "message").read_text())


def strip(text: str) -> str:
    """Return the text as cleaned by `git am`: mailinfo drops blank lines at the start."""
    return subprocess.run(
        ["git", "stripspace"], input=text.encode(), check=True, capture_output=True
    ).stdout.decode()


def test_a_diff_is_quoted_to_hide_it_from_patch() -> None:
    text = "Before:\n\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n\nafter @@ -1"

    assert quote_diffs(text) == (
        "Before:\n\n> diff --git a/x b/x\n> --- a/x\n> +++ b/x\n> @@ -1 +1 @@\n> -a\n> +b\n"
        "\nafter @@ -1"
    )
    assert quote_diffs(quote_diffs(text)) == quote_diffs(text)
