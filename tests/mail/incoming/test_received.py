from __future__ import annotations

import base64
import io
import quopri
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from git_voicenote.datatypes import Note
from git_voicenote.mail.incoming.cover_letter import split_cover
from git_voicenote.mail.incoming.reading import read_series
from git_voicenote.notes.format import render_note
from git_voicenote.series.outgoing.reader_note import reader_note
from tests.support.hazards import TEXTS
from tests.support.mails import DIFF, HEADERS, MAIL, NO_NOTE, numbered, read
from tests.support.series import NOTE_TRAILERS, make_branch, write_cover

if TYPE_CHECKING:
    from git_voicenote.mail.incoming.received import ReceivedSeries
    from tests.support.sandbox import Sandbox

MESSAGES = ("feat: retry\n\nOnce.\n", "feat: jitter\n", "test: naïve 重试\n\nWords.\n")
NOTES = ("Retry moved." + "\n" + NOTE_TRAILERS, None, "Tests: 重试.\n\nMore.\n" + NOTE_TRAILERS)


@pytest.fixture
def series(repo: Sandbox) -> Sandbox:
    """A branch of three commits with two notes and a cover."""
    make_branch(repo, MESSAGES, NOTES)
    write_cover(repo, "Move retries. The old loop lived in the client.")
    return repo


def mailed_notes() -> list[str | None]:
    """The notes as format-patch puts them before readers."""
    return [note and reader_note(note) + "\n" for note in NOTES]


def mailed(repo: Sandbox, *options: str) -> bytes:
    done = repo.voicenote("format-patch", "--stdout", *options, "main..topic")
    assert done.returncode == 0, done.stderr
    return done.stdout


def subjects(series: ReceivedSeries) -> list[str]:
    return [patch.subject for patch in series.patches]


@pytest.mark.parametrize(
    "options",
    [(), ("--attach",), ("--inline",), ("-v4",), ("--thread",), ("--subject-prefix=RFC PATCH x",)],
    ids=str,
)
def test_what_format_patch_writes_is_read(series: Sandbox, options: tuple[str, ...]) -> None:
    found = read(mailed(series, *options))

    assert found.remarks == ()
    assert found.cover is not None
    assert found.cover.subject == "Move retries"
    assert found.cover.text == "The old loop lived in the client.\n"
    assert found.cover.summary.startswith("Ada Lovelace (3):\n  feat: retry\n")
    assert "4 files changed" in found.cover.summary
    assert subjects(found) == ["feat: retry", "feat: jitter", "test: naïve 重试"]
    assert [patch.note for patch in found.patches] == mailed_notes()
    assert [(patch.number, patch.total) for patch in found.patches] == [(1, 3), (2, 3), (3, 3)]
    assert [patch.message for patch in found.patches] == ["Once.\n", "", "Words.\n"]
    assert {(p.author, p.email, p.comment) for p in found.patches} == {
        ("Ada Lovelace", "ada@example.org", "")
    }
    for number, patch in enumerate(found.patches, 1):
        assert patch.diff.startswith(f"diff --git a/file-{number} b/file-{number}\n")
        assert patch.diff.rstrip().endswith(f"+line {number}")
    assert {patch.version for patch in found.patches} == {4 if "-v4" in options else 1}
    if "--thread" in options:
        assert {patch.in_reply_to for patch in found.patches} == {found.cover.message_id}


@pytest.mark.parametrize("form", ["folder", "files with other files", "mbox", "maildir", "stream"])
def test_the_same_series_in_any_wrapping(series: Sandbox, form: str) -> None:
    whole = mailed(series)
    mails = re.split(rb"^(?=From [0-9a-f]{40} )", whole, flags=re.MULTILINE)[1:]
    source: Path | io.BytesIO = series.folder / "mails"
    if isinstance(source, Path) and form != "mbox":
        for number, mail in enumerate(mails):
            inner = "cur/" if form == "maildir" else ""
            name = f"{inner}{number:04}.x" if inner else f"{number:04}-x.patch"
            series.write(f"mails/{name}", mail.partition(b"\n")[2] if inner else mail)
    if form == "maildir":
        for name in ("new", "tmp"):
            (series.folder / "mails" / name).mkdir()
    if form == "files with other files":
        series.write("mails/README", "not a mail\n")
        series.write("mails/a.bin", b"\0\1\2")
    if form == "mbox":
        source = series.write("series.mbox", whole)
    if form == "stream":
        source = io.BytesIO(whole)

    found = read_series(source, series.folder)

    assert subjects(found) == ["feat: retry", "feat: jitter", "test: naïve 重试"]
    assert [patch.note for patch in found.patches] == mailed_notes()
    assert found.cover is not None
    others = (f"2 files in {source} are not mails",)
    assert found.remarks == (others if form == "files with other files" else ())
    if form == "folder":
        assert found.patches[0].source == str(series.folder / "mails/0001-x.patch")
    assert [patch.position for patch in found.patches] == [2, 3, 4]


def test_mboxrd_gives_lines_their_from_back(repo: Sandbox) -> None:
    make_branch(repo, ["feat: x\n\nFrom here on.\n>From there.\n"])
    rd = repo.run("git", "log", "-1", "-p", "--stat", "--pretty=mboxrd", "topic").stdout

    assert read(rd, mboxrd=True).patches[0].message == "From here on.\n>From there.\n"


def test_notes_that_hold_anything_come_back(repo: Sandbox) -> None:
    """Read where our own format-patch put them, whatever they look like."""
    notes = [
        render_note(Note(text, ("20260102-030405-beef",), "moonshine", "en", 14.0))
        for text in TEXTS.values()
    ]
    make_branch(repo, [f"feat: x{number}\n" for number in range(len(notes))], notes)

    found = read(mailed(repo, "--no-cover-letter"))

    assert found.remarks == ()
    for name, note, patch in zip(TEXTS, notes, found.patches, strict=True):
        assert (name, patch.note) == (name, reader_note(note) + "\n")
        assert patch.diff.startswith(f"diff --git a/file-{patch.number} ")


def quoted(text: str) -> str:
    return (
        HEADERS + "Subject: [PATCH 1/1] =?UTF-8?q?na=C3=AFve?=\nMIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: quoted-printable\n\n"
        + quopri.encodestring(text.encode()).decode()
    )


def in_base64(text: str) -> str:
    return (
        HEADERS + "Subject: =?UTF-8?B?" + base64.b64encode("[PATCH 1/1] naïve".encode()).decode()
        + "?=\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
        "Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(text.encode()).decode()
    )  # fmt: skip


def in_crlf(text: str) -> str:
    return (
        HEADERS + "Subject: [PATCH 1/1]\n naïve\nContent-Type: text/plain; charset=UTF-8\n"
        "Content-Transfer-Encoding: 8bit\n\n" + text
    ).replace("\n", "\r\n")


def with_sender(text: str) -> str:
    return (
        "From: a list <list@example.org>\nSubject: [PATCH 1/1] naïve\nContent-Type: text/plain;\n"
        " charset=UTF-8\n\nFrom: Bob <bob@example.org>\n\n" + text
    )


@pytest.mark.parametrize("wrap", [quoted, in_base64, in_crlf, with_sender])
def test_mails_of_other_senders(wrap: object) -> None:
    assert callable(wrap)
    note = "Notes (voicenote):\n    Café – said.\n\n    More.\n\n"
    text = f"Résumé.\n---\n\n{note}{NO_NOTE}\n{DIFF}"

    patch = read(wrap(text)).patches[0]

    assert (patch.subject, patch.message) == ("naïve", "Résumé.\n")
    assert (patch.author, patch.email) == ("Bob", "bob@example.org")
    assert patch.note == "Café – said.\n\nMore.\n"
    assert patch.diff == DIFF


def test_latin_1_is_read_where_the_mail_says_so() -> None:
    text = HEADERS + "Subject: [PATCH] x\nContent-Type: text/plain; charset=ISO-8859-1\n\n"
    mail = text.encode() + f"Café.\n---\nThé.\n\n{DIFF}".encode("latin-1")

    patch = read(mail).patches[0]

    assert (patch.message, patch.note) == ("Café.\n", "Thé.\n")


@pytest.mark.parametrize(
    ("below", "note", "name", "comment"),
    [
        ("", None, None, ""),
        ("Changes in v2: none.\n", "Changes in v2: none.\n", None, ""),
        ("\nNotes:\n    Plain.\n\n", "Plain.\n", "", ""),
        ("\nNotes (other):\n    a\n\nNotes (voicenote):\n    b\n\n", "b\n", "voicenote",
         "Notes (other):\na"),
        ("v2: rebased\n\nNotes (voicenote):\n    b\n    \n      c\n\n", "b\n\n  c\n",
         "voicenote", "v2: rebased"),
        ("\nNotes (voicenote):\n", "Notes (voicenote):\n", None, ""),
    ],
)  # fmt: skip
def test_what_stands_below_the_dashes(
    below: str, note: str | None, name: str | None, comment: str
) -> None:
    patch = read(MAIL.replace("---\n f", f"---\n{below} f")).patches[0]

    assert (patch.note, patch.note_name, patch.comment) == (note, name, comment)
    assert patch.diff == DIFF


def test_scissors_cut_when_asked() -> None:
    mail = MAIL.replace("Body.", "Hi all.\n\n-- >8 --\nSubject: [PATCH] feat: cut\n\nBody.")

    assert read(mail, scissors=True).patches[0].message == "Body.\n"
    assert read(mail, scissors=True).patches[0].subject == "feat: cut"
    assert read(mail).patches[0].message.startswith("Hi all.")


def test_a_removed_line_that_looks_like_a_signature_stays() -> None:
    diff = DIFF.replace("@@ -1 +1 @@\n-a\n+b", "@@ -1,2 +0,0 @@\n-a\n-- ")
    signed = MAIL.replace(DIFF, diff)
    unsigned = signed.removesuffix("-- \n2.39.5\n\n")

    assert [read(mail).patches[0].diff for mail in (signed, unsigned)] == [diff, diff]


@pytest.mark.parametrize(
    ("mails", "numbers", "remarks"),
    [
        (["[PATCH 2/2]", "[PATCH 1/2]"], [(1, 1), (2, 1)], ()),
        (["[RFC PATCH net-next v3 03/03]", "[PATCHv3 1/3]", "[bpf] [PATCH v3 2/3]"],
         [(1, 3), (2, 3), (3, 3)], ()),
        (["[PATCH]", "[PATCH v2]", ""], [(1, 1), (2, 2), (3, 1)], ()),
        (["[PATCH 1/2]", "[PATCH 2/2]", "[PATCH v2 1/2]", "[PATCH v2 2/2]"], [(1, 2), (2, 2)],
         ("2 patches of versions before v2 left out",)),
        (["[PATCH 1/2]", "[PATCH 2/2]", "[PATCH v2 2/2]"], [(1, 1), (2, 2)],
         ("1 patch of versions before v2 left out",)),
        (["[PATCH 1/3]", "[PATCH 3/3]"], [(1, 1), (3, 1)],
         ("1 of 3 patches missing: 2",)),
        (["[PATCH 1/1]", "Re: [PATCH 1/1]"], [(1, 1), (2, 1)],
         ("standard input, mail 2 looks like a reply, but git am applies its diff",
          "the patches are not of one series: they are in the order of the mails")),
        (["[PATCH 1/2]", "[PATCH 2/2]", "[PATCH 1/2]"], [(1, 1), (2, 1)],
         ("1 patch of an earlier version left out",)),
        (["[PATCH 1/2]", "[PATCH 2/2]", "[PATCH 1/2] another"], [(1, 1), (2, 1), (3, 1)],
         ("the patches are not of one series: they are in the order of the mails",)),
        (["[PATCH2/2]", "[PATCH1/2]"], [(1, 1), (2, 1)], ()),
        (["[PATCH 2 of 2 V3]", "[PATCH 1 of 2 V3]"], [(1, 3), (2, 3)], ()),
        (["[PATCH 1/99999999]", "[PATCH v99999999999 a/b]"], [(1, 1), (2, 1)], ()),
    ],
    ids=str,
)  # fmt: skip
def test_patches_are_in_the_order_of_their_series(
    mails: list[str], numbers: list[tuple[int, int]], remarks: tuple[str, ...]
) -> None:
    found = read("".join(numbered(tag) for tag in mails))

    assert [(patch.number, patch.version) for patch in found.patches] == numbers
    assert found.remarks == remarks


def test_mails_that_came_twice_count_once() -> None:
    mails = [numbered(f"[PATCH {n}/2]", extra=f"Message-ID: <{n}@x>\n") for n in (1, 2, 2)]

    found = read("".join(mails))

    assert [patch.message_id for patch in found.patches] == ["<1@x>", "<2@x>"]
    assert found.remarks == ("1 duplicate mail left out",)


def test_an_empty_commit_and_a_talk_are_told_apart() -> None:
    talk = f"From list@example.org Thu Jan  1 00:00:00 2026\n{HEADERS}Subject: lunch\n\nHi.\n"

    found = read(numbered("[PATCH 1/1]", body="") + talk)

    assert [patch.diff for patch in found.patches] == [""]
    assert found.remarks == ("1 mail without a patch left out",)


def test_replies_stand_with_the_series_that_they_answer() -> None:
    patches = "".join(
        numbered(f"[PATCH {n}/2]", extra=f"Message-ID: <{n}@x>\nCc: carl@example.org\n")
        for n in (1, 2)
    )
    answer = "From z Thu Jan  1 00:00:00 2026\n" + HEADERS.replace("Bob", "Carl")
    answer += "Subject: Re: [PATCH 2/2] fix\n%s\n\n> +b\n\nWhy?\n-- \nCarl\n\n"

    found = read(
        patches
        + answer % "Message-ID: <3@x>\nIn-Reply-To: <2@x>\nReferences: <0@x> <2@x>"
        + answer % "Message-ID: <4@x>\nIn-Reply-To: <3@x>\nReferences: <0@x> <2@x> <3@x>"
        + answer % "Message-ID: <5@x>\nIn-Reply-To: <9@x>"
    )

    assert len(found.patches) == 2
    assert [(reply.author, reply.text, reply.answers) for reply in found.replies] == [
        ("Carl", "> +b\n\nWhy?\n", ("<0@x>", "<2@x>")),
        ("Carl", "> +b\n\nWhy?\n", ("<0@x>", "<2@x>", "<3@x>")),
    ]
    assert found.remarks == ("1 reply left out",)
    assert found.patches[0].envelope is not None
    assert found.patches[0].envelope.cc == b"carl@example.org"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Words.\n\nAda (1):\n  x\n\n f | 1 +\n 1 file changed, 1 insertion(+)\n\n-- \n2\n",
         "Words.\n"),
        ("Words.\n\n---\nAda (1):\n      x\n\n f | 1 +\n 1 file changed\n---\nbase-commit: 1\n",
         "Words.\n"),
        ("Two things (2):\n  one\n  two\n\nWords.\n\nAda (1):\n  x\n\n f | 1 +\n 1 file changed\n",
         "Two things (2):\n  one\n  two\n\nWords.\n"),
        ("Words only.\n", "Words only.\n"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_cover_is_cut_from_what_git_wrote_below(body: str, words: str) -> None:
    assert split_cover(body)[0] == words
