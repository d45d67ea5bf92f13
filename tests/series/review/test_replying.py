"""What an answer is about, and how it reads."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from git_voicenote.characters import visible
from git_voicenote.datatypes import Note, Person, Place
from git_voicenote.errors import UsageError
from git_voicenote.mail.incoming.envelopes import Envelope
from git_voicenote.mail.incoming.received import ReceivedPatch
from git_voicenote.mail.outgoing.reply import Reviewer, render_reply, reply_headers
from git_voicenote.series.review.replying import (
    Answer,
    find_place,
    in_order,
    name_of,
    part_of,
    places_of,
    reply_body,
)
from git_voicenote.series.review.series import Review, ReviewedPatch
from git_voicenote.text.diff.diffs import parse_diff
from tests.mail.outgoing.test_reply import GRACE, NOW
from tests.support.hazards import TEXTS

if TYPE_CHECKING:
    from pathlib import Path

DIFF = """\
diff --git a/http/transport.py b/http/transport.py
index 7898192..6178079 100644
--- a/http/transport.py
+++ b/http/transport.py
@@ -10,3 +10,4 @@ def send(request):
 ten
-eleven
+eleven now
+twelve
 thirteen
@@ -40,2 +41,1 @@
 forty
-forty one
diff --git a/gone b/gone
deleted file mode 100644
index 7898192..0000000
--- a/gone
+++ /dev/null
@@ -1,1 +0,0 @@
-all
diff --git a/logo.png b/logo.png
index 7898192..6178079 100644
Binary files a/logo.png and b/logo.png differ
diff --git a/tests/send.py b/tests/send_test.py
similarity index 100%
rename from tests/send.py
rename to tests/send_test.py
"""
FILES = parse_diff(DIFF)


@pytest.mark.parametrize(
    ("message", "quoted"),
    [
        (
            "Three tries.\n\nSigned-off-by: A <a@b.c>\n",
            "Three tries.\n\nSigned-off-by: A <a@b.c>\n",
        ),
        ("Signed-off-by: A <a@b.c>\n", "feat: retry"),
        ("", "feat: retry"),
    ],
    ids=["words", "trailers", "nothing"],
)
def test_a_patch_is_quoted_by_what_it_says(message: str, quoted: str) -> None:
    patch = ReceivedPatch(
        1, 1, 1, "feat: retry", "A", "a@b.c", "", message, None, DIFF, None, None, "a mail"
    )
    series = Review("", None, (ReviewedPatch(patch, (), FILES, ()),), ())
    assert part_of(series, 1).words == quoted


SEND = Place("http/transport.py", 10, 13, "def send(request):")
FORTY = Place("http/transport.py", 41, 41)


def answer(text: str, place: Place | None = None) -> Answer:
    return Answer(Note(text), place)


def test_what_an_answer_may_be_about() -> None:
    assert places_of(FILES) == (
        SEND, FORTY, Place("gone"), Place("logo.png"), Place("tests/send_test.py"),
    )  # fmt: skip
    assert [name_of(place) for place in places_of(FILES)] == [
        "http/transport.py:10-13", "http/transport.py:41", "gone", "logo.png",
        "tests/send_test.py",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("named", "place"),
    [
        ("http/transport.py", Place("http/transport.py")),
        ("http/transport.py:12", Place("http/transport.py", 12, 12, "def send(request):")),
        ("transport.py:10", Place("http/transport.py", 10, 10, "def send(request):")),
        ("http/transport.py:41", FORTY),
        ("gone", Place("gone")),
        ("logo.png", Place("logo.png")),
        ("tests/send.py", Place("tests/send_test.py")),
    ],
)
def test_a_place_is_found_by_its_name(named: str, place: Place) -> None:
    assert find_place(FILES, named, what="patch 2") == place


@pytest.mark.parametrize(
    ("named", "message", "hint"),
    [
        ("http/other.py", "patch 2 does not touch http/other.py",
         "it touches http/transport.py, gone, logo.png, tests/send_test.py"),
        ("http/other.py:3", "patch 2 does not touch http/other.py", "it touches http/"),
        ("port.py", "patch 2 does not touch port.py", "it touches"),
        ("http/transport.py:20", "patch 2 has no line 20 of http/transport.py",
         "its hunks are lines 10-13, 41-41; --at http/transport.py means all of it"),
        ("gone:1", "patch 2 has no line 1 of gone", "it has no lines left"),
        ("logo.png:1", "patch 2 has no line 1 of logo.png", "--at logo.png means"),
        ("", "patch 2 does not touch ", "it touches"),
        ("\x1b[31m", "patch 2 does not touch [31m", ""),
    ],
)  # fmt: skip
def test_a_place_that_is_not_there_is_told_with_what_is(
    named: str, message: str, hint: str
) -> None:
    with pytest.raises(UsageError) as caught:
        find_place(FILES, named, what="patch 2")

    assert caught.value.message == message
    assert (caught.value.hint or "").startswith(hint) or hint in (caught.value.hint or "")


def test_a_name_that_several_files_have_is_asked_about() -> None:
    files = parse_diff(DIFF.replace("gone", "other/transport.py"))
    with pytest.raises(UsageError, match=r"touches 2 files transport.py"):
        find_place(files, "transport.py", what="patch 2")
    with pytest.raises(UsageError) as caught:
        find_place((), "a", what="patch 0")
    assert caught.value.hint == "it has no diff: leave out --at"


def test_answers_stand_in_the_order_of_the_diff() -> None:
    answers = [answer("c", FORTY), answer("d", Place("gone")), answer("b", SEND), answer("a"),
               answer("b2", SEND)]  # fmt: skip

    assert [one.note.text for one in in_order(answers, FILES)] == ["a", "b", "b2", "c", "d"]


def test_a_mail_quotes_each_place_and_answers_below_it() -> None:
    body = reply_body(
        "Ada Lovelace", "Fri, 2 Jan 2026 03:04:05 +0000", "Without jitter all come back.\n", FILES,
        [answer("And why forty?", FORTY), answer("Good idea. " * 12), answer("Why twelve?", SEND),
         answer("Once more.", SEND), answer("Was it used?", Place("gone"))],
    )  # fmt: skip

    assert (
        body
        == """\
On Fri, 2 Jan 2026 03:04:05 +0000, Ada Lovelace wrote:
> Without jitter all come back.

Good idea. Good idea. Good idea. Good idea. Good idea. Good idea. Good
idea. Good idea. Good idea. Good idea. Good idea. Good idea.

> diff --git a/http/transport.py b/http/transport.py
> --- a/http/transport.py
> +++ b/http/transport.py
> @@ -10,3 +10,4 @@ def send(request):
>  ten
> -eleven
> +eleven now
> +twelve
>  thirteen

Why twelve?

Once more.

> @@ -40,2 +41,1 @@
>  forty
> -forty one

And why forty?

> diff --git a/gone b/gone
> deleted file mode 100644
> --- a/gone
> +++ /dev/null
> @@ -1,1 +0,0 @@
> -all

Was it used?
"""
    )


def test_an_attribution_is_one_line_whoever_wrote() -> None:
    body = reply_body("Eve\nFrom: x\x1b[31m", "", "a", (), [answer("b")])

    assert body == "Eve From: x[31m wrote:\n> a\n\nb\n"
    assert reply_body("", "", "a", (), [answer("b")]).startswith("Somebody wrote:\n")
    assert len(reply_body("x" * 9999, "y" * 9999, "a", (), [answer("b")])) < 500


PIECES = st.sampled_from(
    [
        *TEXTS.values(), "---", "diff --git a/x b/x", "@@ -1 +1 @@", "+a", "-a", " ", "", "\t",
        "From alice Mon Sep 17 00:00:00 2001", "-- >8 --", "> quoted", ">From x", "From: Eve",
        "x" * 1200, "\u91cd\u8bd5" * 700, "Cc: eve@example.org", "\\ No newline at end of file",
    ]
)  # fmt: skip


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(PIECES, max_size=6), st.lists(PIECES, min_size=1, max_size=4), st.booleans())
@example([" a\n+b"], [TEXTS["a whole diff"]], True)
def test_git_finds_no_patch_in_an_answer(
    tmp_path: Path, lines: list[str], said: list[str], is_placed: bool
) -> None:
    """Whatever is quoted, and whatever was said: one mail, no patch, every line in its place."""
    diff = "diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1,9 +1,9 @@\n" + "".join(
        f"+{line}\n" for text in lines for line in text.split("\n")
    )
    files = parse_diff(diff)
    place = find_place(files, "f", what="it") if is_placed else None
    words = "\n".join(lines)
    text = "\n".join(said)
    body = reply_body("Ada", "today", words, files, [answer(text, place)])
    headers = reply_headers(
        Envelope(sender=b"ada@example.org", subject=b"[PATCH] a", message_id=b"<1@x>"),
        Person("Ada", "ada@example.org"), Reviewer(GRACE, NOW),
    )  # fmt: skip
    mail = render_reply(headers, body)

    (tmp_path / "mail").write_bytes(mail)
    assert max(map(len, mail.split(b"\n"))) <= 998
    (tmp_path / "0001").unlink(missing_ok=True)
    assert git(tmp_path, "mailsplit", "-b", f"-o{tmp_path}", "--", "mail").strip() == b"1"
    git(tmp_path, "mailinfo", "--scissors", "message", "patch", stdin=mail)
    assert (tmp_path / "patch").read_bytes() == b""
    assert (tmp_path / "message").read_bytes().strip() == body.strip().encode()
    quoted = [line[2:] for line in body.split("\n") if line.startswith(">")]
    quoted = [line for line in quoted if not line.startswith(("diff", "---", "+++", "@@"))]
    assert len(quoted) <= 70
    assert letters(visible(text)) in letters(body)


def letters(text: str) -> str:
    return "".join(text.replace(">", "").split())


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    return subprocess.run(
        ["git", *arguments], cwd=folder, input=stdin, check=True, capture_output=True
    ).stdout
