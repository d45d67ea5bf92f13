from __future__ import annotations

from pathlib import Path

import pytest

from git_voicenote.workflows.dictate.placing import Kind, kind_of, placed

WORDS = "Retries move. They were everywhere."
COMMENTS = "# Please enter the message.\n"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("COMMIT_EDITMSG", "", Kind.MESSAGE),
        ("TAG_EDITMSG", COMMENTS, Kind.MESSAGE),
        ("NOTES_EDITMSG", COMMENTS, Kind.PROSE),
        ("EDIT_DESCRIPTION", "", Kind.PROSE),
        ("123.md", "## What\n", Kind.PROSE),
        (".gitsendemail.msg.AbCdEf", "", Kind.MAIL),
        ("COMMIT_EDITMSG", "EDITME: cover title for topic\n", Kind.COVER),
        ("git-rebase-todo", "pick 1234567 fix\n", Kind.NOTHING),
        ("addp-hunk-edit.diff", "@@ -1 +1 @@\n", Kind.NOTHING),
        ("config", "[core]\n", Kind.NOTHING),
        ("0001-fix.patch", "From 1234\n", Kind.NOTHING),
        ("picture", None, Kind.NOTHING),
    ],
)
def test_what_a_file_is_filled_with(name: str, content: str | None, kind: Kind) -> None:
    assert kind_of(Path("/tmp/x", name), content) is kind


@pytest.mark.parametrize(
    ("kind", "content", "filled"),
    [
        (Kind.PROSE, "", f"{WORDS}\n"),
        (Kind.PROSE, f"\n\nOld.\n{COMMENTS}", f"{WORDS}\n\nOld.\n{COMMENTS}"),
        (Kind.MESSAGE, f"\n{COMMENTS}", f"Retries move\n\nThey were everywhere.\n\n{COMMENTS}"),
        (
            Kind.MAIL,
            "From A # ignored.\nGIT: x\nSubject: \nIn-Reply-To: \n\n",
            "From A # ignored.\nGIT: x\nSubject: Retries move\nIn-Reply-To: \n\n"
            "They were everywhere.\n",
        ),
        (Kind.MAIL, "Subject: Said\n\nBody.\n", f"Subject: Said\n\n{WORDS}\n\nBody.\n"),
        (
            Kind.COVER,
            f"EDITME: cover title for topic\n\n{COMMENTS}\nSigned-off-by: A <a@b>\n",
            f"Retries move\n\nThey were everywhere.\n\n{COMMENTS}\nSigned-off-by: A <a@b>\n",
        ),
        (Kind.NOTHING, "pick 1234567\n", "pick 1234567\n"),
    ],
)
def test_words_stand_in_their_place(kind: Kind, content: str, filled: str) -> None:
    assert placed(kind, WORDS, content) == filled


def test_no_line_of_the_words_is_a_comment() -> None:
    assert placed(Kind.PROSE, "See issue\n#12 and\n;x.", "; old\n", ";") == (
        "See issue\n #12 and\n ;x.\n\n; old\n"
    )
    assert placed(Kind.MAIL, "One", "Subject:\n\n") == "Subject: One\n\nOne\n"
