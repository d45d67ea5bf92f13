"""Commands are obeyed where a phrase starts; the same words in the middle of one are words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_voicenote.text.passes.base import Change
from git_voicenote.text.passes.line_breaks import LINE, PARAGRAPH, written_lines
from git_voicenote.text.passes.spoken_edits import spoken_edits


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("The loop moved. New line. It is faster.", "The loop moved.|It is faster."),
        ("the loop moved\nnew line\nit is faster", "the loop moved|it is faster"),
        ("the loop moved new line\nit is faster", "the loop moved|it is faster"),
        ("The loop moved, new line, it is faster.", "The loop moved.|It is faster."),
        ("The loop moved new line. It is faster.", "The loop moved.|It is faster."),
        ("The loop moved, New Line, Get it, New, Line.", "The loop moved.|Get it.|"),
        (
            "It moved, new paragraph, main.py is read, next line, i/o",
            "It moved.¶main.py is read.|i/o",
        ),
        ("It is slow. New paragraph, scratch that, it is fast.", "It is slow.¶It is fast."),
        (
            "We do it, bullet, read the file, bullet, check it, new paragraph, and so on.",
            "We do it:¶- Read the file.|- Check it.¶And so on.",
        ),
        (
            "There are two, bullet, it is new, bullet, it is old, new line, so.",
            "There are two:¶- It is new.|- It is old.|So.",
        ),
        ("Bullet add the option bullet document it.", "- Add the option.|- Document it."),
        ("New bullet, the parser, next bullet, the lexer.", "- The parser.|- The lexer."),
        ("First things. New paragraph. The loop.", "First things.¶The loop."),
        ("first things\nnew paragraph the loop", "first things¶the loop"),
        ("New paragraph the loop moved.", "¶The loop moved."),
        ("Bullet. One thing.", "- One thing."),
        (
            "it does this\nbullet one thing\nbullet another\nnew paragraph\nand so on",
            "it does this¶- one thing|- another¶and so on",
        ),
        ("It moves. New paragraph. Bullet point, one.", "It moves.¶- One."),
        ("it says quote no such file unquote and stops", 'it says "no such file" and stops'),
        ("It says, quote, no such file, unquote.", 'It says, "no such file".'),
        ("open quote why close quote", '"why"'),
        ("The error is open quote why close quote.", 'The error is "why".'),
        ("It is open, quote, why, close, quote.", 'It is "why".'),
        ("It is open, quote, why, unquote.", 'It is open, "why".'),
        ("It prints, quote, no file and quote and exits.", 'It prints, "no file" and exits.'),
        ("It says, quote. No such file. Unquote.", 'It says, "No such file".'),
    ],
)
def test_text_is_laid_out_by_voice(heard: str, written: str) -> None:
    assert spoken_edits()(heard).text.replace(LINE, "|").replace(PARAGRAPH, "¶") == written


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("The loop stays. Scratch that. The loop moved.", "The loop moved."),
        ("the loop stays\nscratch that\nthe loop moved", "the loop moved"),
        ("the loop stays no scratch that\nthe loop moved", "the loop moved"),
        ("One. Two. Scratch that. Scratch that. Three.", "Three."),
        ("One. Two. Strike that.", "One. "),
        ("It moved, scratch that, it stays.", "It stays."),
        ("The parser is slow, strike that the lexer is slow.", "The lexer is slow."),
        ("it stays\nscratch that it moved", "it moved"),
        ("It reads quote a unquote. Scratch that. Done.", "Done."),
        ("Into the client. Correction, into the transport.", "Into the transport."),
        ("it retries three times\ncorrection five times", "it retries five times"),
        ("in the client\ncorrection server", "in the server"),
        ("The client. Correction. The transport of all mails.", "The transport of all mails."),
    ],
)  # fmt: skip
def test_what_was_said_is_taken_back(heard: str, written: str) -> None:
    passed = spoken_edits()(heard)
    assert passed.text == written
    assert any(change.before for change in passed.changes)  # it can be put back


@pytest.mark.parametrize(
    "text",
    [
        "add a new line of code", "a new line", "new lines of code", "it starts on a new line\nso",
        "New line of code.", "the newline is kept", "strip the trailing newline",
        "a new paragraph starts here", "scratch the surface", "scratch that itch",
        "start from scratch", "bullet proof code", "It started from scratch, that was slow.",
        "It moved scratch that it stays.", "Scratch that the itch.",
        "We quote the path and quote the name.", "A new, line based format.",
        "An open quote needs a close quote.", "a bullet", "Bullet points are fine.",
        "correction of errors", "Correction of errors.", "a correction",
        "quote from the manual", "we quote the path and unquote it later", "quote and unquote",
        "`new line`", "a literal new line", "correction", "",
    ],
)  # fmt: skip
def test_words_that_command_nothing_stay(text: str) -> None:
    assert spoken_edits()(text).text == text


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("literal new line is what one says", "new line is what one says"),
        ("Say literal scratch that. Done.", "Say scratch that. Done."),
        ("literal words", "literal words"),
        ("Literal new line is what one says.", "New line is what one says."),
    ],
)
def test_literal_keeps_a_command_from_being_obeyed(heard: str, written: str) -> None:
    assert spoken_edits()(heard).text == written


@pytest.mark.parametrize(
    ("language", "heard", "written"),
    [
        ("zh", "循环移走了。换行。更快了。", "循环移走了。|更快了。"),
        ("zh", "循环移走了。另起一段，更快了。", "循环移走了。¶更快了。"),
        ("zh", "它说，引号开始没有文件引号结束。", "它说，「没有文件」。"),
        ("zh", "在客户端。删掉这句。在传输层。", "在传输层。"),
        ("de", "Die Schleife zieht um. Neuer Absatz. Sie ist schneller.",
         "Die Schleife zieht um.¶Sie ist schneller."),
        ("fr", "La boucle. Efface ça. Le transport.", "Le transport."),
        ("es", "El bucle. Nueva línea. Es más rápido.", "El bucle.|Es más rápido."),
        ("ja", "ループ。改行。速い。", "ループ。|速い。"),
        ("de", "Der Text. New line. Es bleibt.", "Der Text. New line. Es bleibt."),
        ("xx", "One. New line. Two.", "One. New line. Two."),
    ],
)  # fmt: skip
def test_commands_are_spoken_in_the_language(language: str, heard: str, written: str) -> None:
    edited = spoken_edits(language)(heard).text
    assert edited.replace(LINE, "|").replace(PARAGRAPH, "¶") == written


def test_a_change_tells_what_it_took() -> None:
    heard = "It stays. Scratch that. It moved."
    assert spoken_edits()(heard).changes == (
        Change(0, 24, "It stays. Scratch that. ", "", "edits:scratch"),
    )


def test_lines_that_were_asked_for_are_lines() -> None:
    assert written_lines(f"one{LINE}two{PARAGRAPH}three") == "one\ntwo\n\nthree"


WORDS = st.sampled_from(
    ["new line", "new paragraph", "bullet", "scratch that", "correction", "quote", "unquote",
     "literal", "The loop", "moved.", "it,", "\n", "Stops.", "a", "`new line`"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=12))
def test_every_change_tells_what_stood_there(words: list[str]) -> None:
    """So that a person can have back what was said."""
    heard = " ".join(words)
    passed = spoken_edits()(heard)
    text, at = "", 0
    for change in passed.changes:
        text += heard[at : change.start] + change.before
        at = change.end
    assert text + heard[at:] == heard


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    for language in ("en", "zh"):
        spoken_edits(language)(text)
