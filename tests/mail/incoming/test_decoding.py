"""What stands below the `---` is decoded as git decodes the message; git mailinfo is the oracle."""

from __future__ import annotations

import base64
import quopri
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from git_voicenote.mail.incoming.decoding import as_committed
from git_voicenote.mail.incoming.mailinfo import ReadingOptions
from git_voicenote.mail.incoming.reading import read_mail
from git_voicenote.mail.incoming.received import ReceivedPatch
from tests.support.mails import DIFF, HEADERS, NO_NOTE, read

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.sandbox import Sandbox

WORDS = {
    "UTF-8": "Straße, 漢字, naïve 🙂",
    "ISO-8859-1": "Straße, naïve",
    "ISO-8859-15": "10 €, Œuvre",
    "windows-1252": "“quoted” – naïve",
    "KOI8-R": "Привет",
    "ISO-2022-JP": "漢字とかな",
    "Shift_JIS": "漢字とかな",
    "EUC-JP": "漢字とかな",
    "GBK": "中文说明",
    "GB18030": "中文说明 🙂",
    "Big5": "中文說明",
    "EUC-KR": "한국어",
    "UTF-7": "naïve + 漢字",
}
CODECS = {"windows-1252": "cp1252"}


def in_7bit_or_8bit(body: bytes) -> tuple[str, bytes]:
    return "8bit", body


def in_quoted_printable(body: bytes) -> tuple[str, bytes]:
    return "quoted-printable", quopri.encodestring(body)


def in_base64(body: bytes) -> tuple[str, bytes]:
    return "base64", base64.encodebytes(body)


def alone(head: str, content_type: str, encoding: str, body: bytes) -> bytes:
    headers = f"{head}Content-Type: {content_type}\nContent-Transfer-Encoding: {encoding}\n\n"
    return headers.encode() + body


def in_parts(before: bytes, after: bytes) -> Callable[[str, str, str, bytes], bytes]:
    def wrap(head: str, content_type: str, encoding: str, body: bytes) -> bytes:
        return (
            head.encode() + b'Content-Type: multipart/mixed; boundary="=_ b"\n\nA preamble.\n'
            + before + b"--=_ b\n" + alone("", content_type, encoding, body) + b"\n" + after
            + b"--=_ b--\n"
        )  # fmt: skip

    return wrap


HELLO = "--=_ b\nContent-Type: text/plain; charset=UTF-8\n\nHéllo.\n--force, said he.\n".encode()
NESTED = (
    b"--=_ b\nContent-Type: multipart/alternative; boundary=inner\n\n--inner\n"
    b"Content-Type: text/plain; charset=us-ascii\n\nHello.\n--inner--\n"
)
SHAPES = {
    "alone": alone,
    "one part": in_parts(b"", b""),
    "the second part": in_parts(HELLO, b""),
    "below nested parts": in_parts(NESTED, b""),
    "ahead of others": in_parts(b"", HELLO),
    "in the midst": in_parts(HELLO + NESTED, HELLO),
}


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(
    charset=st.sampled_from(sorted(WORDS)),
    claimed=st.sampled_from(["its own", "its own", "none", "UTF-8"]),
    encode=st.sampled_from([in_7bit_or_8bit, in_quoted_printable, in_base64]),
    ends=st.sampled_from(["\n", "\r\n"]),
    shape=st.sampled_from(sorted(SHAPES)),
    extra=st.sampled_from(["", "; format=flowed", "; format=flowed; delsp=yes"]),
    options=st.sampled_from([ReadingOptions(), ReadingOptions(utf8=False)]),
)
def test_a_note_is_decoded_as_the_message_above_it(
    charset: str,
    claimed: str,
    encode: Callable[[bytes], tuple[str, bytes]],
    ends: str,
    shape: str,
    extra: str,
    options: ReadingOptions,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The same line stands in the message and in the note: git commits what we keep."""
    folder = tmp_path_factory.mktemp("mail")
    words = WORDS[charset]
    note = f"\nNotes (voicenote):\n    {words}\n\n    Said once.\n\n"
    text = f"{words}\n---\n{note}{NO_NOTE}\n{DIFF}"
    if "flowed" in extra:
        text = re.sub("^ ", "  ", text, flags=re.MULTILINE)  # RFC 3676, section 4.4
    text = text.replace("\n", ends)
    names = {"its own": f"; charset={charset}", "none": "", "UTF-8": '; charset="UTF-8"'}
    encoding, body = encode(text.encode(CODECS.get(charset, charset)))
    head = f"{HEADERS}Subject: [PATCH] title\n"
    path = folder / "0001"
    path.write_bytes(SHAPES[shape](head, f"text/plain{names[claimed]}{extra}", encoding, body))

    patch = read_mail(path, folder, options)

    assert isinstance(patch, ReceivedPatch)
    committed = patch.message.rstrip("\n").rpartition("\n")[2]
    assert patch.note == f"{committed}\n\nSaid once.\n"
    if claimed == "its own" and options.utf8:
        assert committed == words


@pytest.mark.parametrize("charset", ["UTF-8", "none"])
def test_octets_that_are_no_utf8_are_latin_1_as_in_commits(repo: Sandbox, charset: str) -> None:
    """What git commits is compared: it repairs a message (verify_utf8 in commit.c)."""
    broken = b"Stra\xdfe \xe2\x82 \xed\xa0\x80 \xf4\x90\x80\x80 \xef\xbf\xbe \xef\xb7\x90 \xc0\xaf"
    named = b"" if charset == "none" else b"Content-Type: text/plain; charset=UTF-8\n"
    mail = (
        HEADERS.encode() + b"Subject: title\n" + named + b"\n" + broken
        + b"\n---\n\nNotes (voicenote):\n    " + broken + b"\n\n"
        + b"diff --git a/n b/n\nnew file mode 100644\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+n\n"
    )  # fmt: skip

    done = repo.voicenote("am", stdin=mail)

    assert done.returncode == 0, done.stderr.decode()
    message = repo.git("log", "-1", "--format=%b")
    assert message.startswith("Straße ")
    assert repo.git("notes", "--ref=voicenote", "show") == message.rstrip("\n")


@given(st.binary(max_size=12))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_any_octets_are_text(content: bytes) -> None:
    text = as_committed(content)
    text.encode()
    assert as_committed(text.encode()) == text


def test_the_diff_is_read_as_its_mail_says() -> None:
    """A file may be in another encoding than the mail, so UTF-8 counts where it is valid."""
    head = f"{HEADERS}Subject: [PATCH] x\nContent-Type: text/plain; charset=%s\n\n---\n"
    diff = DIFF.replace("+b", "+漢字")
    for charset, codec in [("ISO-2022-JP", "iso-2022-jp"), ("EUC-JP", "euc-jp"),
                           ("ISO-8859-1", "utf-8")]:  # fmt: skip
        mail = (head % charset).encode() + diff.encode(codec)
        assert read(mail).patches[0].diff == diff


def test_a_note_of_very_many_lines_is_decoded() -> None:
    head = f"{HEADERS}Subject: [PATCH] x\nContent-Type: text/plain; charset=GBK\n\n---\n"
    note = "    中文\n" * 50_000
    mail = (head + f"\nNotes (voicenote):\n{note}\n{DIFF}").encode("gbk")
    assert read(mail).patches[0].note == "中文\n" * 50_000


def test_the_mail_is_read_in_its_place(tmp_path: Path) -> None:
    """A mail of git am's is left as it is, and nothing is left beside it."""
    folder = tmp_path / "mails"
    folder.mkdir()
    path = folder / "0001"
    path.write_text(f"{HEADERS}Subject: [PATCH] x\n\n---\n{DIFF}")
    assert read_mail(path, Path.cwd(), ReadingOptions()) is not None
    assert [path.name for path in folder.iterdir()] == ["0001"]
