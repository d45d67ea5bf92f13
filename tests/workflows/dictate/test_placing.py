from __future__ import annotations

from pathlib import Path

import pytest

from git_voicenote.workflows.dictate.placing import TextFileKind, insert_dictation, text_kind_of

WORDS = "Retries move. They were everywhere."
COMMENTS = "# Please enter the message.\n"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("COMMIT_EDITMSG", "", TextFileKind.MESSAGE),
        ("TAG_EDITMSG", COMMENTS, TextFileKind.MESSAGE),
        ("NOTES_EDITMSG", COMMENTS, TextFileKind.PROSE),
        ("EDIT_DESCRIPTION", "", TextFileKind.PROSE),
        ("123.md", "## What\n", TextFileKind.PROSE),
        (".gitsendemail.msg.AbCdEf", "", TextFileKind.MAIL),
        ("COMMIT_EDITMSG", "EDITME: cover title for topic\n", TextFileKind.COVER),
        ("git-rebase-todo", "pick 1234567 fix\n", TextFileKind.NOTHING),
        ("addp-hunk-edit.diff", "@@ -1 +1 @@\n", TextFileKind.NOTHING),
        ("config", "[core]\n", TextFileKind.NOTHING),
        ("0001-fix.patch", "From 1234\n", TextFileKind.NOTHING),
        ("picture", None, TextFileKind.NOTHING),
    ],
)
def test_what_a_file_is_filled_with(name: str, content: str | None, kind: TextFileKind) -> None:
    assert text_kind_of(Path("/tmp/x", name), content) is kind


@pytest.mark.parametrize(
    ("kind", "content", "filled"),
    [
        (TextFileKind.PROSE, "", f"{WORDS}\n"),
        (TextFileKind.PROSE, f"\n\nOld.\n{COMMENTS}", f"{WORDS}\n\nOld.\n{COMMENTS}"),
        (
            TextFileKind.MESSAGE,
            f"\n{COMMENTS}",
            f"Retries move\n\nThey were everywhere.\n\n{COMMENTS}",
        ),
        (
            TextFileKind.MAIL,
            "From A # ignored.\nGIT: x\nSubject: \nIn-Reply-To: \n\n",
            "From A # ignored.\nGIT: x\nSubject: Retries move\nIn-Reply-To: \n\n"
            "They were everywhere.\n",
        ),
        (TextFileKind.MAIL, "Subject: Said\n\nBody.\n", f"Subject: Said\n\n{WORDS}\n\nBody.\n"),
        (
            TextFileKind.COVER,
            f"EDITME: cover title for topic\n\n{COMMENTS}\nSigned-off-by: A <a@b>\n",
            f"Retries move\n\nThey were everywhere.\n\n{COMMENTS}\nSigned-off-by: A <a@b>\n",
        ),
        (TextFileKind.NOTHING, "pick 1234567\n", "pick 1234567\n"),
    ],
)
def test_words_stand_in_their_place(kind: TextFileKind, content: str, filled: str) -> None:
    assert insert_dictation(kind, WORDS, content) == filled


def test_no_line_of_the_words_is_a_comment() -> None:
    assert insert_dictation(TextFileKind.PROSE, "See issue\n#12 and\n;x.", "; old\n", ";") == (
        "See issue\n #12 and\n ;x.\n\n; old\n"
    )
    assert insert_dictation(TextFileKind.MAIL, "One", "Subject:\n\n") == "Subject: One\n\nOne\n"
