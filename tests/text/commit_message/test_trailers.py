"""Trailers of a message, and words that git could take for trailers, comments or patches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from git_voicenote.text.commit_message.composer import render
from tests.support.messages import compose

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox


@pytest.mark.parametrize(
    ("sentence", "trailers"),
    [
        ("closes issue forty two", ["Closes: #42"]),
        ("Fixes #12", ["Fixes: #12"]),
        ("resolves the bugs twelve and one hundred and five", ["Resolves: #12", "Resolves: #105"]),
        ("closes issue twelve thirty four", ["Closes: #1234"]),
        ("closes issue one oh five", ["Closes: #105"]),
        ("closes issue two thousand one hundred twenty six", ["Closes: #2126"]),
        ("closes issue number four two", ["Closes: #42"]),
        ("refs ticket forty-two", ["Refs: #42"]),
        ("closes the gap", []),
        ("closes issue forty two for good reasons", []),
        ("fixes forty two things", []),
    ],
)
def test_issues_become_trailers(sentence: str, trailers: list[str]) -> None:
    text = render(compose(["fix.", "Do the work.", sentence + "."]))
    _, _, last = text.rstrip("\n").partition("\n\n")
    if trailers:
        assert last.split("\n") == trailers
    else:
        assert last.rstrip(".") == sentence


def test_a_breaking_change_is_a_trailer_for_git_and_for_linters(repo: Sandbox) -> None:
    spoken = (
        "feat, scope api. Tokens expire. Breaking change: a token older than a day is refused and "
        "the caller has to ask for another one. Closes issue seven."
    )
    text = render(compose(spoken))
    assert text == (
        "feat(api)!: tokens expire\n"
        "\n"
        "BREAKING-CHANGE: a token older than a day is refused and the caller has\n"
        "  to ask for another one.\n"
        "Closes: #7\n"
    )
    seen = repo.git("interpret-trailers", "--no-divider", "--parse", stdin=text.encode())
    assert seen.splitlines() == [
        "BREAKING-CHANGE: a token older than a day is refused and the caller has to ask for "
        "another one.",
        "Closes: #7",
    ]


def test_prose_that_looks_like_a_trailer_is_not_a_trailer(repo: Sandbox) -> None:
    text = render(compose("docs. Say more. Note: this is slow."))
    assert text == "docs: say more\n\n Note: this is slow.\n"
    parsed = repo.git("interpret-trailers", "--no-divider", "--parse", stdin=text.encode())
    assert parsed == ""


def test_a_reference_starts_a_paragraph() -> None:
    text = render(compose("fix. Do it. It was slow. Fixes #12 because the loop ended. And more."))
    assert text == ("fix: do it\n\nIt was slow.\n\nFixes #12 because the loop ended. And more.\n")


@pytest.mark.parametrize("comment", ["#", ";", "//"])
def test_no_line_starts_like_a_comment(comment: str) -> None:
    text = render(compose(f"fix. Do it. {comment} is how a comment starts."), comment)
    assert text == f"fix: do it\n\n {comment} is how a comment starts.\n"


HAZARDS = [
    "---",
    "--- and more",
    "diff -u a b",
    "diff --git a/README b/README",
    "Index: README",
    "@@ -1,2 +3,4 @@",
    "From: Eve <eve@example.org>",
    "Date: yesterday",
    "Subject: another",
    "[PATCH] another",
    "From alice Mon Sep 17 00:00:00 2001",
    "-- >8 --",
    "Note: this",
    "Signed-off-by: Eve <eve@example.org>",
    "# a comment",
    "nul \0 and zero\u200bwidth and \u202eturned",
]


def test_a_dictated_commit_survives_the_mail(repo: Sandbox) -> None:
    messages = []
    for number, hazard in enumerate(HAZARDS):
        repo.write("file", f"{number}\n")
        repo.git("add", "file")
        spoken = ["fix scope parser", "do it", hazard, f"more on {hazard}", hazard]
        # as after editing: git strips comments and blank lines
        text = render(compose(spoken))
        repo.git("commit", "--quiet", "--cleanup=strip", "--file=-", stdin=text.encode())
        assert repo.git("log", "-1", "--format=%B") == text
        messages.append(text)
    base = f"HEAD~{len(HAZARDS)}"
    for flags in (["--no-scissors"], ["--scissors"]):
        patches = repo.run("git", "format-patch", "--stdout", base).stdout
        repo.git("checkout", "--quiet", "-B", "mailed", base)
        repo.git("am", "--quiet", *flags, stdin=patches)
        repo.git("checkout", "--quiet", "main")
        assert repo.git("log", "--format=%B%T", "mailed") == repo.git(
            "log", "--format=%B%T", "main"
        )
