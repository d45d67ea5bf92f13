"""A transcript becomes a Conventional Commits message; no words are lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_voicenote.columns import columns
from git_voicenote.datatypes import CommitMessage
from git_voicenote.text.commit_message.composer import render
from git_voicenote.text.commit_message.header import TYPES, parse_message, parse_type
from tests.support.conventional import complaints
from tests.support.messages import compose

PUNCTUATED = (
    "Fix, scope parser. Empty input no longer crashes. The tokenizer returned None for an empty "
    "string and the caller never checked. Closes issue forty two."
)
PAUSES = [
    "fix scope parser",
    "empty input no longer crashes",
    "the tokenizer returned None for an empty string and the caller never checked",
    "closes issue forty two",
]
MESSAGE = """\
fix(parser): empty input no longer crashes

The tokenizer returned None for an empty string and the caller never
checked.

Closes: #42
"""


@pytest.mark.parametrize("spoken", [PUNCTUATED, PAUSES], ids=["punctuated", "pauses"])
def test_a_dictated_commit_is_a_conventional_one(spoken: str | list[str]) -> None:
    message = compose(spoken)
    assert message == CommitMessage(
        "fix",
        "parser",
        False,
        "empty input no longer crashes",
        "The tokenizer returned None for an empty string and the caller never checked.",
        (("Closes", "#42"),),
    )
    assert render(message) == MESSAGE


@pytest.mark.parametrize(
    ("spoken", "header"),
    [
        ("fix scope parser empty input crashes", "fix(parser): empty input crashes"),
        ("Fix: empty input no longer crashes.", "fix: empty input no longer crashes"),
        ("feature, scope web site. Serve pages.", "feat(web-site): serve pages"),
        ("fix, scope http client: retry once", "fix(http-client): retry once"),
        ("documentation scope readme say how to start", "docs(readme): say how to start"),
        ("see eye scope matrix add a runner", "ci(matrix): add a runner"),
        ("C.I. scope matrix add a runner", "ci(matrix): add a runner"),
        ("type performance. Parse lazily.", "perf: parse lazily"),
        ("tests. Cover the parser.", "test: cover the parser"),
        ("refactor breaking scope api drop the old token", "refactor(api)!: drop the old token"),
        ("feat, scope api, breaking change. Drop the token.", "feat(api)!: drop the token"),
        ("build(deps)!: Raise the floor.", "build(deps)!: raise the floor"),
        # words that only look like a type are part of the description
        ("fix the parser", "fix(lexer): fix the parser"),
        ("feature flags come from a file", "feat(lexer): feature flags come from a file"),
        ("build breaks on main", "build(lexer): build breaks on main"),
        ("breaking news about parsers", "fix(lexer): breaking news about parsers"),
        ("fix scope", "fix(lexer): fix scope"),
        ("fix scope parser", "fix(lexer): fix scope parser"),
    ],
)  # fmt: skip
def test_type_and_scope_are_spoken_or_guessed(spoken: str, header: str) -> None:
    assert render(compose(spoken, staged_paths=["src/lexer.py"])) == header + "\n"


@pytest.mark.parametrize(
    ("spoken", "message"),
    [
        (
            "Fix scope parser, empty input no longer crashes, closes issue #42.",
            "fix(parser): empty input no longer crashes|Closes: #42",
        ),
        (
            "Feature, scope command line, add a dry run, refs #7 and #8.",
            "feat(command-line): add a dry run|Refs: #7\nRefs: #8",
        ),
        (
            "Refactor, scope api, breaking change, drop the reader, breaking change, it is gone.",
            "refactor(api)!: drop the reader|BREAKING-CHANGE: it is gone.",
        ),
        (
            "Build, raise the floor, co-authored by Jane Doe, and reviewed by John Smith.",
            "build: raise the floor|Co-authored by Jane Doe. Reviewed by John Smith.",
        ),
        (["Fix scope cover letter", "It was empty", "Closes issue 42."],
         "fix(cover-letter): it was empty|Closes: #42"),
        (
            "Fix: it stops. References issues 12, 13, and 14. Fixes No. 7. Closes PR 1,200.",
            "fix: it stops|Refs: #12\nRefs: #13\nRefs: #14\nFixes: #7\nCloses: #1200",
        ),
        (
            "Fix: it stops. Closes issues one hundred and five and one thousand, two hundred.",
            "fix: it stops|Closes: #105\nCloses: #1200",
        ),
        ("Fix: the parser, the lexer, and so on.", "fix: the parser, the lexer, and so on"),
        ("Fix: the parser was read, tested by hand.", "fix: the parser was read, tested by hand"),
        ("Fix: it stops, fixed in version 2.", "fix: it stops, fixed in version 2"),
        ("Fix: it stops,", "fix: it stops"),
        # a header with a spoken colon, and misheard forms
        ("docs colon say how to start", "docs: say how to start"),
        ("Docs, colon, say how to start.", "docs: say how to start"),
        ("Fix scope net colon close the socket.", "fix(net): close the socket"),
        ("fix colon empty input crashes", "fix: empty input crashes"),
        ("Fix colon handling in the lexer.", "fix(lexer): fix colon handling in the lexer"),
        ("Feat scope HTTP breaking, drop the token.", "feat(http)!: drop the token"),
        ("Feet, scope, HTTP, breaking. Drop the token.", "feat(http)!: drop the token"),
        ("Feet are cold.", "fix(lexer): feet are cold"),
        ("Docks, say how to start.", "docs: say how to start"),
        ("Sure, scope deps, update them.", "chore(deps): update them"),
        ("Sure, update them.", "fix(lexer): sure, update them"),
        ("Typefix, the reader stops.", "fix: the reader stops"),
        ("Fix breaking, scop api, drop it.", "fix(api)!: drop it"),
    ],
)  # fmt: skip
def test_a_message_may_be_said_in_one_breath(spoken: str | list[str], message: str) -> None:
    rendered = render(compose(spoken, staged_paths=["src/lexer.py"]))
    assert rendered == message.replace("|", "\n\n") + "\n"
    assert complaints(rendered) == []


@pytest.mark.parametrize(
    ("description", "accepted"),
    [
        ("API cache", "api cache"),
        ("Empty input crashes.", "empty input crashes"),
        ("TokenStore leaks", "`TokenStore` leaks"),
        ("HTTP_PROXY is read", "`HTTP_PROXY` is read"),
        ("the API caches", "the API caches"),
        ("I removed it", "i removed it"),
        ("URLs are kept", "urls are kept"),
        ("UTF-8 is kept", "utf-8 is kept"),
        ("Node.js is found", "`Node.js` is found"),
        ("'Quoted' Words", "'Quoted' Words"),
        ("4 workers", "4 workers"),
        ("Überlauf wird erkannt", "überlauf wird erkannt"),
        ("修复解析器", "修复解析器"),
        ("wait...", "wait"),
        ("why does it fail?", "why does it fail?"),
    ],
)
def test_the_description_passes_the_linters(description: str, accepted: str) -> None:
    text = render(compose(f"fix: {description}"))
    assert text == f"fix: {accepted}\n"
    assert complaints(text) == []


def test_a_long_description_continues_in_the_body() -> None:
    spoken = (
        "fix scope parser empty input no longer crashes the whole program because the tokenizer "
        "returned none"
    )
    assert render(compose(spoken)) == (
        "fix(parser): empty input no longer crashes the whole program\n"
        "\n"
        "Empty input no longer crashes the whole program because the tokenizer\n"
        "returned none.\n"
    )


def test_a_body_without_spaces_fits_the_terminal_too() -> None:
    message = CommitMessage("fix", None, False, "retry", "当网络中断时重试请求，" * 9)
    *_, body = render(message).split("\n\n")
    lines = body.splitlines()
    assert len(lines) == 3
    assert max(map(columns, lines)) <= 72
    assert "".join(lines) == message.body


def test_a_word_longer_than_a_line_is_whole_in_the_body() -> None:
    address = "https://example.org/" + "x" * 90
    text = render(compose(f"docs: {address}"))
    assert address in text.split("\n\n")[1]
    assert complaints(text) == []


@pytest.mark.parametrize(
    ("paths", "new", "guessed"),
    [
        (["src/http/transport.py"], [], "fix(transport)"),
        (["src/http/transport.py", "tests/test_http.py"], ["tests/test_http.py"], "fix(transport)"),
        (["src/http/a.py", "src/http/b.py", "README.md"], ["src/http/b.py"], "feat(http)"),
        (["src/http/__init__.py"], [], "fix(http)"),
        (["src/a.py", "lib/b.py"], [], "fix"),
        (["tests/test_parser.py"], ["tests/test_parser.py"], "test(parser)"),
        (["docs/guide.md", "README.md"], [], "docs"),
        ([".github/workflows/test.yml"], [], "ci"),
        ([".ci/run", "docs/ci.md"], [], "ci"),
        (["pyproject.toml", "requirements.lock"], [], "build"),
        (["package.json", "package-lock.json"], [], "build"),
        ([], [], "chore"),
    ],
)
def test_type_and_scope_are_guessed_from_the_paths(
    paths: list[str], new: list[str], guessed: str
) -> None:
    text = render(compose("do it", staged_paths=paths, new_paths=new))
    assert text == f"{guessed}: do it\n"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("feat", "feat"),
        ("feature", "feat"),
        ("rev", "revert"),
        ("re", None),
        ("C I", "ci"),
        ("x", None),
        ("", None),
    ],
)
def test_an_answer_may_name_a_type(answer: str, kind: str | None) -> None:
    assert parse_type(answer) == kind


def test_types_may_be_restricted() -> None:
    assert parse_message("perf. Parse lazily.", types=("fix", "feat")).type is None


TRICKY = """
fix feature scope breaking change parser API TokenStore the a of and because which Note: --- diff
# #12 From: I None e.g. HTTP_PROXY don't utf-8 ünïcode 解析器 e, it; (b) x!
"""
WORDS = st.one_of(
    st.sampled_from(TRICKY.split()),
    st.text("abcdefghijklmnopqrstuvwxyzABCDE", min_size=1, max_size=12),
)
SENTENCES = st.lists(WORDS, min_size=1, max_size=30).map(" ".join)


def letters(text: str) -> list[str]:
    # a line may end between two Chinese characters, so each is a word of its own
    return sorted(re.findall(r"[一-鿿]|[^\W_一-鿿]+", text.lower()))


@settings(deadline=None, max_examples=200)
@given(
    segments=st.lists(SENTENCES, min_size=1, max_size=6),
    stop=st.sampled_from(["", ".", ". ", "!"]),
    paths=st.lists(st.sampled_from(["src/a.py", "README.md", "tests/test_b.py"]), max_size=2),
)
def test_no_word_is_lost_and_linters_pass(segments: list[str], stop: str, paths: list[str]) -> None:
    spoken = [segment + stop for segment in segments]
    message = compose(spoken, staged_paths=paths)
    text = render(message)
    assert message.type in TYPES
    assert complaints(text) == []
    header, _, below = text.partition("\n")
    kept = letters(header.partition(": ")[2] + " " + below.replace("BREAKING-CHANGE: ", ""))
    # words that are missing are the type, the scope, "breaking", or the words of a trailer
    named = {"type", "scope", "breaking", "change", "bug", "new", "feature", "issue", "is", "that"}
    named |= {message.type, *letters(message.scope or "")}
    missing = [word for word in letters(" ".join(spoken)) if word not in kept]
    assert set(missing) <= named
    assert len(letters(" ".join(spoken))) - len(kept) <= 8 + 3 * len(message.trailers)
    # after saving, nothing is removed as a comment
    assert not any(line.startswith("#") for line in text.splitlines())


MARK = "[0:03-0:09 not understood]"


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        (
            [MARK, "fix, scope parser. Empty input crashes.", "Nobody checked. Closes issue two."],
            f"fix(parser): empty input crashes\n\n{MARK} Nobody checked.\n\nCloses: #2\n",
        ),
        (
            ["Fix, scope parser.", MARK, "Empty input crashes.", "Nobody checked."],
            f"fix(parser): empty input crashes\n\n{MARK} Nobody checked.\n",
        ),
        (
            [
                "fix scope parser",
                "empty input crashes",
                "nobody " + MARK,
                "it was so",
                MARK,
            ],
            f"fix(parser): empty input crashes\n\nNobody. {MARK} It was so. {MARK}\n",
        ),
        ([MARK, "fix: empty input crashes"], f"fix: empty input crashes\n\n{MARK}\n"),
        ([MARK, "fix the parser"], f"fix: fix the parser\n\n{MARK}\n"),
        (["fix, scope parser. " + MARK], f"fix: fix, scope parser\n\n{MARK}\n"),
    ],
)
def test_failed_segments_are_marked_in_the_body(spoken: list[str], written: str) -> None:
    text = render(compose(spoken))
    assert " ".join(text.split()) == " ".join(written.split())
    assert text.splitlines()[0] == written.splitlines()[0]
    assert not text.splitlines()[1]
