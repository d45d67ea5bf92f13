"""Spoken lines, paragraphs and lists in notes and in commit messages."""

from __future__ import annotations

import pytest

from git_voicenote.text.commit_message.composer import render
from git_voicenote.text.passes.chain import build_chain, polish
from git_voicenote.text.passes.spoken_prose import sentences, writes_sentences
from tests.support.conventional import complaints
from tests.support.messages import compose

PAUSES = [
    "fix scope parser",
    "empty input no longer crashes in version two point six",
    "bullet the tokenizer returned none for an empty string and the caller never checked it",
    "bullet snake case parse header is checked",
    "new paragraph",
    "tested with dash dash strict",
    "closes issue forty two",
]
WRITTEN = [
    "Fix, scope parser. Empty input no longer crashes in version two point six. Bullet. The "
    "tokenizer returned none for an empty string and the caller never checked it. Bullet, snake "
    "case parse header is checked. New paragraph. Tested with dash dash strict. Closes issue "
    "forty two."
]
CHAIN = build_chain()


@pytest.mark.parametrize(
    ("heard", "first", "stop"),
    [(PAUSES, "the", ""), (WRITTEN, "The", ".")],
    ids=["pauses", "written"],
)
def test_a_message_with_a_list(heard: list[str], first: str, stop: str) -> None:
    text = render(compose(polish(heard, CHAIN).segments))
    assert text == (
        "fix(parser): empty input no longer crashes in version 2.6\n"
        "\n"
        f"- {first} tokenizer returned none for an empty string and the caller never\n"
        f"  checked it{stop}\n"
        f"- parse_header is checked{stop}\n"
        "\n"
        "Tested with --strict.\n"
        "\n"
        "Closes: #42\n"
    )
    assert complaints(text) == []


@pytest.mark.parametrize(
    ("heard", "prose"),
    [
        (
            ["the loop moved into main dot py", "new line", "main dot py is faster"],
            "The loop moved into main.py.\nmain.py is faster.",
        ),
        (["it does this", "bullet one", "bullet two"], "It does this.\n\n- one\n- two"),
        (["New paragraph. It moved."], "It moved."),
        (["It moved. New paragraph. New line. It is faster."], "It moved.\n\nIt is faster."),
        (["dash dash force is new", "i think"], "--force is new. I think."),
        (["it moved", "scratch that"], ""),
    ],
)
def test_a_note_with_lines(heard: list[str], prose: str) -> None:
    segments = polish(heard, CHAIN).segments
    assert sentences(segments, written=writes_sentences(heard)) == prose
