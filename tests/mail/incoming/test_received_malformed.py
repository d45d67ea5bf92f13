"""Mails that are huge, broken, or no mails at all; git mailinfo is the oracle."""

from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from git_voicenote.errors import PatchError, VoicenoteError
from git_voicenote.git.running.process import run_git
from git_voicenote.mail.incoming.decoding import as_committed
from git_voicenote.mail.incoming.mailbox import MAX_MAIL_BYTES
from git_voicenote.mail.incoming.mailinfo import read_mailinfo
from git_voicenote.mail.incoming.reading import read_series
from tests.support.mails import DIFF, HEADERS, MAIL, NO_NOTE, numbered, read

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox


@pytest.mark.parametrize(
    ("content", "error", "hint"),
    [
        (b"", "standard input is empty", ""),
        (b"\n \n", "standard input is empty", ""),
        (b"<!doctype html>\n<html>x</html>", "standard input is a web page", "raw"),
        (b"\x7fELF\0\0\1", "standard input is a binary file", ""),
        (b"\x1f\x8b\x08\0", "standard input is compressed", "gunzip"),
        (DIFF.encode(), "standard input is a bare diff", "format-patch"),
        (b"just words\n", "there is no mail in standard input", "format-patch"),
        (
            HEADERS.encode() + b"Subject: lunch\n\nHi.\n",
            "there is no patch in standard input",
            "format-patch",
        ),
    ],
)
def test_what_is_no_mail_is_named(content: bytes, error: str, hint: str) -> None:
    with pytest.raises(PatchError, match=error) as caught:
        read(content)
    assert hint in (caught.value.hint or "")


HUGE_HEADERS = {
    "brackets": "Subject: " + "[" * 60_000,
    "folded": "X: " + "\n " * 60_000,
    "many": "X: y\n" * 30_000 + "X:",
    "encoded words": "Subject: " + "=?utf-8?q?x?= " * 3000,
    "ids": "Message-ID: " + "<" * 60_000,
}


@pytest.mark.parametrize("wrong", HUGE_HEADERS.values(), ids=HUGE_HEADERS)
def test_huge_headers_are_read_like_others(wrong: str) -> None:
    mails = HEADERS + f"{wrong} x\n" + MAIL.removeprefix(HEADERS)

    assert [patch.diff for patch in read(mails).patches] == [DIFF]


def test_what_git_gives_up_on_costs_one_mail() -> None:
    """A title of nothing but starts of encoded words ends git mailinfo itself."""
    wrong = numbered("[PATCH 2/2]", "=?" * 60_000)

    found = read(numbered("[PATCH 1/2]") + wrong)

    assert found.patches[0].number == 1
    assert len(found.patches) == 2 or "mail 2 cannot be read: git mailinfo" in found.remarks[0]


def test_a_huge_note_comes_whole() -> None:
    note = "    words and words\n" * 200_000

    patch = read(MAIL.replace("---\n f", f"---\n\nNotes (voicenote):\n{note}\n f")).patches[0]

    assert patch.note == "words and words\n" * 200_000


def test_a_mail_larger_than_any_patch_is_told_of(tmp_path: Path) -> None:
    large = tmp_path / "large.eml"
    with large.open("w") as file:
        file.write(MAIL)
        file.truncate(MAX_MAIL_BYTES + 1)

    with pytest.raises(PatchError, match=r"large.eml has 64 MiB: skipped"):
        read_series(large, tmp_path)


def test_folders_and_files_without_mails_are_named(sandbox: Sandbox) -> None:
    (sandbox.folder / "none").mkdir()
    sandbox.write("others/x.txt", "words\n")
    for name, error in [
        ("none", "there is no file in"),
        ("others", "none of the 1 files in"),
        ("missing", "missing cannot be read: No such file"),
    ]:
        with pytest.raises(PatchError, match=error):
            read_series(sandbox.folder / name, sandbox.folder)


def test_an_unknown_encoding_costs_one_mail() -> None:
    strange = numbered("[PATCH 2/2]", "é", "Content-Type: text/plain; charset=x-klingon\n")

    found = read(numbered("[PATCH 1/2]") + strange)

    assert [patch.number for patch in found.patches] == [1]
    assert "standard input, mail 2 cannot be read" in found.remarks[0]


def test_a_mail_of_python_is_read() -> None:
    """With its own folding, boundaries and encodings."""
    mail = EmailMessage()
    mail["From"] = "Zoë <zoe@example.org>"
    mail["Subject"] = "[PATCH v2 1/1] " + "très " * 30 + "long"
    mail["Message-ID"] = "<a@b>"
    mail.set_content(f"Body.\n---\nSaid.\n\n{DIFF}", cte="base64")

    patch = read(mail.as_bytes()).patches[0]

    assert patch.subject == "très " * 30 + "long"
    assert (patch.author, patch.version, patch.note) == ("Zoë", 2, "Said.\n")


PIECES = st.one_of(
    st.sampled_from(
        [
            HEADERS, MAIL, DIFF, NO_NOTE, "\n", "---\n", "-- \n2.39\n", "Notes (voicenote):\n",
            "Notes (voicenote):\n    x\n\n", "Subject: [PATCH v2 1/2] =?UTF-8?q?=C3=A9?=\n",
            "Subject: =?x?b?!!?=\n", "Subject: [PATCH 0/9] c\n", "In-Reply-To: <<>\n",
            "Content-Type: multipart/mixed; boundary=b\n\n--b\n", "--b--\n", "-- >8 --\n",
            "Content-Transfer-Encoding: base64\n", "Content-Transfer-Encoding: quoted-printable\n",
            "Content-Type: text/plain; charset=idna\n", "From x Thu Jan  1 00:00:00 2026\n",
            ">From x\n", "\r\n", "\0", "Message-ID: <a@b>\n", "From: e\n", "@@ -1 +1 @@\n",
        ]
    ),
    st.text(max_size=30),
)  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(pieces=st.lists(PIECES, max_size=14), start=st.sampled_from(["", MAIL, HEADERS]))
def test_any_mail_is_read_as_git_reads_it(
    pieces: list[str], start: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """git mailinfo is the oracle; an error is one of ours, and says what is wrong."""
    folder = tmp_path_factory.mktemp("mail")
    content = (start + "".join(pieces)).encode("utf-8", "surrogatepass")
    try:
        found = read(content)
    except VoicenoteError:
        return
    source = folder / "source"
    source.write_bytes(content)
    run_git("mailsplit", "-b", f"-o{folder}", str(source), cwd=folder)
    for patch in found.patches:
        info = read_mailinfo(folder / f"{patch.position:04}", folder, in_utf8=True)
        for ours, theirs in [
            (patch.subject, info.subject), (patch.author, info.author), (patch.email, info.email),
            (patch.date, info.date),
        ]:  # fmt: skip
            assert ours == theirs.decode("utf-8", "replace").strip()
        assert patch.message == as_committed(info.message)
        assert patch.diff in info.patch.decode("utf-8", "replace")
        if patch.diff:
            after = info.patch.decode("utf-8", "replace").partition(patch.diff)[2]
            assert not after or after.startswith("-- \n")
