"""Every text that can break a patch, in every place it can be said, through `git am`."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from git_voicenote.text.mail_safety import indent_hazards
from tests.support.series import (
    NOTE_TRAILERS,
    apply_mails,
    make_branch,
    messages,
    stripped,
    trees,
    write_cover,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox

DIFF = """\
diff --git a/evil b/evil
new file mode 100644
index 0000000..7898192
--- /dev/null
+++ b/evil
@@ -0,0 +1 @@
+a
"""
OTHER_DIFF = """\
--- a/README
+++ b/README
@@ -1 +1 @@
-hello
+evil
"""
MAIL = f"""\
From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001
From: Eve <eve@example.org>
Date: Mon, 17 Sep 2001 00:00:00 +0000
Subject: [PATCH] evil

words
---

Notes (voicenote):
    theirs

 evil | 1 +
 1 file changed, 1 insertion(+)

{DIFF}--{" "}
2.39.5
"""
BOUNDARY = "------------" + subprocess.run(
    ["git", "--version"], capture_output=True, check=True, text=True
).stdout.split()[2]  # fmt: skip

TEXTS = {
    "dashes": "words\n---\nmore words",
    "dashes, a word": "words\n--- word\nmore words",
    "dashes at the start": "---\nmore words",
    "diff -": "words\ndiff -u one other\nmore words",
    "Index:": "words\nIndex: file-1\nmore words",
    "a whole diff": f"words\n\n{DIFF}\nmore words",
    "a diff of a file that is there": f"words\n\n{OTHER_DIFF}\nmore words",
    "a diff, set in": "words\n\n" + re.sub("^", "    ", OTHER_DIFF, flags=re.MULTILINE),
    "a lone hunk": "words\n@@ -1,2 +3,4 @@\nmore words",
    "From:": "From: Eve <eve@example.org>\n\nwords",
    "Date:": "Date: Mon, 17 Sep 2001 00:00:00 +0000\nwords",
    "Subject:": "Subject: another title\nwords",
    "headers": "from: eve@example.org\nSUBJECT: x\ndate: y\n\nwords",
    "[PATCH]": "[PATCH] another title\nwords",
    "mbox": "words\nFrom alice Mon Sep 17 00:00:00 2001\nmore words",
    "mbox at the start": "From alice Mon Sep 17 00:00:00 2001\nmore words",
    ">From": ">From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\nwords",
    "scissors": "words\n-- >8 --\nmore words",
    "scissors and headers": "words\n--- 8< --- cut here --- 8< ---\nFrom: Eve <e@example.org>\n.",
    "a whole mail": MAIL,
    "a note of git": "words\n---\n\nNotes (voicenote):\n    theirs\n\n file | 1 +",
    "a part of a mail": f"words\n--{BOUNDARY}\nContent-Type: text/plain\n\n{DIFF}\n--{BOUNDARY}--",
    "a signature": "words\n-- \n2.39.5",
    "headers of MIME": "Content-Transfer-Encoding: base64\nContent-Type: text/html\n\nwords",
    "letters of all kinds": "naïve 重试循环 می\u200cخواهم 😀",
    "characters nobody sees": "zero\u200bwidth \u202eand\u202c bidi\ufeff",
    "one long line": "word " * 300,
    "one long word": "x" * 1500,
    "carriage returns": "words\r\nmore words\r\n---\r\neven more",
    "brackets": "[x] words\nRe: more words",
    "a placeholder": "*** BLURB HERE ***\n\n*** SUBJECT HERE ***",
    "everything": f"From: a\n---\n{MAIL}\n{DIFF}\n-- >8 --\n--{BOUNDARY}\nIndex: x",
}  # fmt: skip

DELIVERIES = {
    "files": ("-o", "out"),
    "stdout": ("--stdout",),
    "attach": ("--stdout", "--attach"),
    "inline": ("-o", "out", "--inline"),
}


@pytest.fixture(params=list(DELIVERIES))
def delivery(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return DELIVERIES[request.param]


def format_series(repo: Sandbox, *arguments: str) -> tuple[list[bytes], bytes | list[Path]]:
    """Format; return the mails one by one, and in the form in which git am takes them."""
    done = repo.voicenote("format-patch", *arguments)
    assert done.returncode == 0, done.stderr.decode()
    if "--stdout" in arguments:
        mails = re.split(rb"^(?=From [0-9a-f]{40} Mon Sep 17)", done.stdout, flags=re.MULTILINE)
        return mails[1:], done.stdout
    paths = [repo.folder / name for name in done.stdout.decode().splitlines()]
    return [path.read_bytes() for path in paths], paths


def squash(text: str) -> str:
    return re.sub(r"[\s>]|\u200b|\u202e|\u202c|\ufeff", "", text)


def test_commit_bodies(repo: Sandbox, tmp_path: Path, delivery: tuple[str, ...]) -> None:
    make_branch(repo, [f"title of {name}\n\n{text}\n" for name, text in TEXTS.items()])
    write_cover(repo, "The series. With words.")

    _, mails = format_series(repo, "main", *delivery)
    applied = apply_mails(repo, tmp_path / "clone", mails)

    assert applied.trees() == trees(repo, "main..topic")
    # mailsplit drops a carriage return before a line feed, whoever wrote it
    safe = [indent_hazards(text.replace("\r\n", "\n")) for text in TEXTS.values()]
    border = re.compile(f"^(?=--{re.escape(BOUNDARY)})", re.MULTILINE)
    expected = [
        stripped(
            f"title of {name}\n\n"
            + (border.sub(" ", text) if {"--attach", "--inline"} & set(delivery) else text)
        )
        for name, text in zip(TEXTS, safe, strict=True)
    ]
    assert [stripped(message) for message in applied.messages()] == expected


def test_notes(repo: Sandbox, tmp_path: Path, delivery: tuple[str, ...]) -> None:
    make_branch(
        repo,
        [f"title of {name}\n\nA body.\n" for name in TEXTS],
        [f"{text}\n{NOTE_TRAILERS}" for text in TEXTS.values()],
    )

    formatted, mails = format_series(repo, "main", *delivery)
    applied = apply_mails(repo, tmp_path / "clone", mails)

    assert applied.trees() == trees(repo, "main..topic")
    assert applied.messages() == messages(repo, "main..topic")
    for mail, text in zip(formatted, TEXTS.values(), strict=True):
        carried = mail.decode()
        assert squash(text) in squash(carried)
        assert "Voicenote-Duration: 0:14" in carried
        assert "Voicenote-Recording" not in carried
        assert max(len(line) for line in mail.split(b"\n")) < 998
        assert mail.isascii() or b"charset=UTF-8" in mail


def test_all_texts_in_one_cover(repo: Sandbox, tmp_path: Path, delivery: tuple[str, ...]) -> None:
    make_branch(repo, ["one\n\nBody.\n", "two\n"])
    write_cover(repo, "A title.\n\n" + "\n\n".join(TEXTS.values()))

    formatted, mails = format_series(repo, "main", *delivery)
    applied = apply_mails(repo, tmp_path / "clone", mails)

    assert applied.trees() == trees(repo, "main..topic")
    assert applied.messages() == messages(repo, "main..topic")
    for text in TEXTS.values():
        assert squash(text) in squash(formatted[0].decode())


@pytest.mark.parametrize("title", ["A title. First words.\n\n", ""], ids=["titled", "bare"])
@pytest.mark.parametrize("share", range(4))
def test_each_text_in_a_cover(repo: Sandbox, tmp_path: Path, title: str, share: int) -> None:
    make_branch(repo, ["one\n\nBody.\n", "two\n"])
    for text in list(TEXTS.values())[share::4]:
        write_cover(repo, title + text)

        formatted, mails = format_series(repo, "main", *(("-o", "out") if title else ("--stdout",)))
        applied = apply_mails(repo, tmp_path / "clone", mails)

        assert applied.trees() == trees(repo, "main..topic")
        assert applied.messages() == messages(repo, "main..topic")
        cover = formatted[0]
        headers, _, body = cover.partition(b"\n\n")
        assert headers.count(b"\nSubject: [PATCH 0/2] ") == headers.count(b"\nSubject:") == 1
        assert max(len(line) for line in cover.split(b"\n")) < 998
        if title:
            assert squash(text) in squash(body.decode())


@pytest.mark.skipif(shutil.which("patch") is None, reason="patch(1) is not installed")
def test_patch_applies_nothing_that_was_said(repo: Sandbox, tmp_path: Path) -> None:
    diffs = [text for text in TEXTS.values() if "+++" in text]
    make_branch(repo, [f"title {number}\n" for number in range(len(diffs))], diffs)
    write_cover(repo, "A title.\n\n" + "\n\n".join(diffs))

    formatted, _ = format_series(repo, "main", "--stdout")
    clone = tmp_path / "clone"
    repo.run("git", "clone", "--quiet", "--branch=main", repo.folder, clone)
    for mail in formatted[1:]:
        repo.run("patch", "-p1", "--batch", "--quiet", cwd=clone, stdin=mail)
    repo.run("git", "add", "--all", cwd=clone)

    assert repo.run("git", "write-tree", cwd=clone).stdout.split() == [
        trees(repo, "main..topic")[-1].encode()
    ]
    refused = repo.run("patch", "-p1", "--batch", cwd=clone, stdin=formatted[0], check=False)
    assert refused.returncode != 0
    assert not repo.run("git", "status", "--porcelain", "--untracked-files=no", cwd=clone,
                        ).stdout.count(b"evil")  # fmt: skip
