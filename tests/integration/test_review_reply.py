"""`git voicenote review --reply`: from speech to a mail that is sent."""

from __future__ import annotations

import email.policy
import json
import mailbox
import re
import shutil
import sys
from email.utils import getaddresses
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.engines import FAILING, SCRIPTED
from tests.support.recording import recordings
from tests.support.replying import SPOKEN, WORDS, mail, mails_of, reply

if TYPE_CHECKING:
    from tests.support.disk import SmallDisk
    from tests.support.sandbox import Sandbox

B4 = shutil.which("b4", path=Path(sys.executable).parent)


def test_an_answer_becomes_a_mail_that_quotes_its_hunk(reviewing: Sandbox) -> None:
    printed, said = reply(reviewing, "--patch", "2", "--at", "shared:2", "--from", SPOKEN)

    assert printed == "re-0002-feat-j-ter.eml\n"
    assert "answering patch 2 feat: j\u00efter\n" in said
    assert "`git send-email re-0002-feat-j-ter.eml` sends it\n" in said
    message, answered = mail(reviewing, printed.strip()), mails_of(reviewing)[2]
    assert message["From"] == "Grace Hopper <grace@example.org>"
    assert message["To"] == "Ada Lovelace <ada@example.org>"
    assert message["Cc"] == "list@example.org, Carl <carl@example.org>"
    assert message["Subject"] == "Re: [PATCH 2/2] feat: j\u00efter"
    assert message["In-Reply-To"] == answered["Message-ID"].strip()
    assert message["References"].split() == [
        mails_of(reviewing)[0]["Message-ID"].strip(), answered["Message-ID"].strip(),
    ]  # fmt: skip
    assert message.get_content() == (
        "On Fri, 2 Jan 2026 03:04:05 +0000, Ada Lovelace wrote:\n"
        "> diff --git a/shared b/shared\n"
        "> --- a/shared\n"
        "> +++ b/shared\n"
        "> @@ -1 +1,2 @@\n"
        ">  line 1\n"
        "> +line 2\n"
        f"\n{WORDS}\n"
    )


def test_a_patch_or_the_cover_is_answered_as_a_whole(reviewing: Sandbox) -> None:
    first, _ = reply(reviewing, "--patch", "1", "--from", SPOKEN, "-o", "out/of")
    cover, _ = reply(reviewing, "--patch", "0", "--from", SPOKEN, "-o", "out/of")

    assert (first, cover) == (
        "out/of/re-0001-feat-retry.eml\n", "out/of/re-0000-Move-retries.eml\n",
    )  # fmt: skip
    assert "\n> Once more.\n\nWe" in mail(reviewing, first.strip()).get_content()
    assert (
        "\n> The old loop lived in the client.\n\nWe"
        in mail(reviewing, cover.strip()).get_content()
    )


def test_no_file_is_overwritten(reviewing: Sandbox) -> None:
    arguments = ("--patch", "1", "--from", SPOKEN)
    reviewing.write("re-0001-feat-retry.eml", "mine\n")

    names = [reply(reviewing, *arguments)[0].strip() for _ in range(2)]

    assert names == ["re-0001-feat-retry-2.eml", "re-0001-feat-retry-3.eml"]
    assert (reviewing.folder / "re-0001-feat-retry.eml").read_text() == "mine\n"


def test_names_of_files_are_tame(reviewing: Sandbox) -> None:
    mails = (reviewing.folder / "series.mbox").read_bytes()
    reviewing.write(
        "evil.mbox",
        mails.replace(b"[PATCH 1/2] feat: retry", b"[PATCH v3 1/2] ../../.x/$(y)..\x1b"),
    )

    printed, said = reply(reviewing, "--patch", "1", "--from", SPOKEN, source="evil.mbox")

    assert printed == "re-v3-0001-.-.-.x-y.eml\n" or printed.startswith("re-v3-0001-")
    assert (reviewing.folder / printed.strip()).is_file()
    assert not {"/", "$", "\x1b", "("} & set(printed)
    assert "\x1b" not in said


def test_mails_may_come_from_standard_input_and_anywhere(
    reviewing: Sandbox, tmp_path: Path
) -> None:
    mails = (reviewing.folder / "series.mbox").read_bytes()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    done = reviewing.voicenote(
        "review", "-", "--reply", "--patch", "2", "--from", SPOKEN, stdin=mails, cwd=elsewhere
    )

    assert (done.returncode, done.stdout) == (0, b"re-0002-feat-j-ter.eml\n"), done.stderr
    assert WORDS in (elsewhere / "re-0002-feat-j-ter.eml").read_text()


def test_a_mail_without_an_id_is_answered_alone(reviewing: Sandbox) -> None:
    one = reviewing.git("format-patch", "--stdout", "-1", "topic")
    reviewing.write("one.patch", one)

    printed, said = reply(reviewing, "--patch", "1", "--from", SPOKEN, source="one.patch")

    assert "warning: patch 1 has no Message-Id: the answer will not be in a thread\n" in said
    message = mail(reviewing, printed.strip())
    assert (message["In-Reply-To"], message["References"]) == (None, None)
    assert message["To"] == "Ada Lovelace <ada@example.org>"


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--patch", "9", "--from", "x"), 129,
         "error: there is no patch 9\nhint: the patches are 1-2; 0 is the cover\n"),
        (("--patch", "2", "--at", "other", "--from", "x"), 129,
         "error: patch 2 does not touch other\nhint: it touches file-2, shared\n"),
        (("--patch", "2", "--at", "shared:7", "--from", "x"), 129,
         "error: patch 2 has no line 7 of shared\nhint: its hunks are lines 1-2; "
         "--at shared means all of it\n"),
        (("--patch", "0", "--at", "shared", "--from", "x"), 129,
         "hint: it has no diff: leave out --at\n"),
        (("--patch", "2", "--from", "missing"), 128, "no file and no recording 'missing'"),
        (("--at", "shared"), 129, "--at requires --patch N"),
        (("--from", "x"), 129, "--from requires --patch N"),
        ((), 129, "there is no terminal to step through the series"),
        (("--html", "x"), 129, "--reply answers"),
        (("--json",), 129, "--reply answers"),
        (("--note", "-o", "x", "--patch", "1"), 129, "-o is for mails"),
        (("-o", "series.mbox/x", "--patch", "1", "--from", "x"), 128, "cannot be written to"),
        (("--note", "--patch", "0", "--from", "x"), 128, "the cover is not about one"),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_answered_is_told_before_anybody_speaks(
    reviewing: Sandbox, arguments: tuple[str, ...], status: int, said: str
) -> None:
    printed, told = reply(reviewing, *arguments, status=status)

    assert said in told
    assert printed == ""
    assert recordings(reviewing) == []


def test_options_of_reply_need_it(reviewing: Sandbox) -> None:
    for option in (("--patch", "1"), ("--at", "x"), ("--from", "x"), ("-o", "x"), ("--note",)):
        done = reviewing.voicenote("review", "series.mbox", *option)
        assert done.returncode == 129
        assert f"{option[0]} is for --reply" in done.stderr.decode()


def test_nobody_speaks_whom_git_does_not_know(reviewing: Sandbox) -> None:
    reviewing.git("config", "user.useConfigOnly", "true")
    environment = {"GIT_AUTHOR_EMAIL": "", "EMAIL": ""}

    done = reviewing.voicenote(
        "review", "series.mbox", "--reply", "--patch", "1", "--from", SPOKEN,
        environment=environment,
    )  # fmt: skip

    assert done.returncode == 128
    assert "git does not know who you are" in done.stderr.decode()
    assert "user.email" in done.stderr.decode()
    assert recordings(reviewing) == []


def test_an_engine_that_fails_costs_no_sound(reviewing: Sandbox) -> None:
    reviewing.extra["GIT_VOICENOTE_ENGINE"] = FAILING
    arguments = ("--patch", "2", "--at", "shared:2", "-o", "a folder")

    printed, said = reply(reviewing, *arguments, "--from", SPOKEN, status=128)

    (recording,) = recordings(reviewing)
    assert printed == ""
    again = (
        "git voicenote review series.mbox --reply -o 'a folder' --patch 2 --at shared:2 --from "
        f"{recording.stem}"
    )
    assert f"`{again}` tries it again" in said
    reviewing.extra["GIT_VOICENOTE_ENGINE"] = SCRIPTED
    done = reviewing.run(
        "sh", "-c", again.replace("git voicenote", f"{sys.executable} -m git_voicenote")
    )
    assert done.stdout == b"a folder/re-0002-feat-j-ter.eml\n"
    assert [path.stem for path in recordings(reviewing)] == [recording.stem]


def test_a_full_disk_loses_no_word(reviewing: Sandbox, small_disk: SmallDisk) -> None:
    small_disk.fill()

    printed, said = reply(
        reviewing, "--patch", "2", "--from", SPOKEN, "-o", small_disk.folder, status=128
    )

    assert printed == ""
    assert "cannot be written to: No space left on device" in said
    kept = said.partition("the text is kept in ")[2].partition("\n")[0]
    assert Path(kept).read_text() == WORDS + "\n"
    assert [path.name for path in small_disk.folder.iterdir()] == ["ballast"]


# sent, and read again


@pytest.fixture
def sendmail(reviewing: Sandbox, tmp_path: Path) -> tuple[Path, Path]:
    """A mail server's program that keeps what it gets, and its folder; git send-email works."""
    sent = tmp_path / "sent"
    sent.mkdir()
    program = tmp_path / "sendmail"
    program.write_text(
        f"#!/bin/sh\nn=$(ls {sent} | wc -l | xargs printf %04d)\n"
        f'echo "$@" >"{sent}/$n.to"\nexec cat >"{sent}/$n.mail"\n'
    )
    program.chmod(0o755)
    probe = reviewing.write("probe", "From: Ada <ada@example.org>\nSubject: a\n\nb\n")
    done = reviewing.run(
        "git", "send-email", "--to=list@example.org", "--suppress-cc=all", "--confirm=never",
        "--dry-run", probe, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.skip("git send-email does not work here (Debian: git-email, libmailtools-perl)")
    return program, sent


def test_git_send_email_sends_it_as_it_is(reviewing: Sandbox, sendmail: tuple[Path, Path]) -> None:
    program, sent = sendmail
    names = [
        reply(reviewing, "--patch", number, *at, "--from", SPOKEN)[0].strip()
        for number, *at in (("1",), ("2", "--at", "shared"))
    ]

    reviewing.run("git", "send-email", f"--smtp-server={program}", "--confirm=never", *names)

    for name, path in zip(names, sorted(sent.glob("*.mail")), strict=True):
        ours = mail(reviewing, name)
        theirs = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for header in ("From", "To", "Subject", "Message-Id", "In-Reply-To"):
            assert theirs[header] == ours[header], header
        assert theirs["References"].split() == ours["References"].split()
        copies = getaddresses([theirs["Cc"]])  # one to oneself is among them, as send-email does
        assert [one for one in copies if one[0] != "Grace Hopper"] == [
            ("", "list@example.org"), ("Carl", "carl@example.org"),
        ]  # fmt: skip
        assert theirs.get_content() == ours.get_content()
        given = set(path.with_suffix(".to").read_text().split())
        assert {"ada@example.org", "list@example.org", "carl@example.org"} <= given


def test_an_answer_is_no_patch_and_is_shown_with_what_it_answers(reviewing: Sandbox) -> None:
    name = reply(reviewing, "--patch", "2", "--at", "shared:2", "--from", SPOKEN)[0].strip()
    box = mailbox.mbox(reviewing.folder / "series.mbox")
    box.add(mailbox.mboxMessage((reviewing.folder / name).read_bytes()))
    box.flush()

    shown = reviewing.voicenote("review", "series.mbox")
    value = json.loads(reviewing.voicenote("review", "series.mbox", "--json").stdout)

    assert shown.stderr == b""
    text = shown.stdout.decode()
    assert "   2 feat: j\u00efter \u00b7 answered\n" in text
    assert "Grace Hopper answered (Fri, 02 Jan 2026 03:04:05 +0000)\n" in text
    assert f"\u2502 > +line 2\n\u2502 \n\u2502 {WORDS}\n" in text
    assert [len(patch["replies"]) for patch in value["patches"]] == [0, 1]
    assert value["patches"][1]["replies"][0]["email"] == "grace@example.org"
    page = reviewing.voicenote("review", "series.mbox", "--html", "-").stdout.decode()
    assert "<bdi>Grace Hopper</bdi> answered" in page
    info = reviewing.run(
        "git", "mailinfo", "message", "patch", stdin=(reviewing.folder / name).read_bytes()
    )
    assert b"Subject: Re: " in info.stdout or b"Subject: " in info.stdout
    assert (reviewing.folder / "patch").read_bytes() == b""


@pytest.mark.skipif(B4 is None, reason="b4 is not installed beside this Python")
def test_b4_sees_the_thread(reviewing: Sandbox, tmp_path: Path) -> None:
    """It takes the trailer of an answer for the patch that the answer stands below."""
    assert B4 is not None
    name = reply(reviewing, "--patch", "2", "--from", SPOKEN)[0].strip()
    trailer = "Reviewed-by: Grace Hopper <grace@example.org>"
    answer = (reviewing.folder / name).read_text().replace(WORDS, f"{WORDS}\n\n{trailer}")
    box = mailbox.mbox(reviewing.folder / "series.mbox")
    box.add(mailbox.mboxMessage(answer.encode()))
    box.flush()

    reviewing.run(
        B4, "--no-interactive", "--offline-mode", "--no-stdin", "am", "--no-cache",
        "-m", reviewing.folder / "series.mbox", "-o", tmp_path, "-n", "series",
    )  # fmt: skip

    first, second = (tmp_path / "series.mbx").read_text().split("Subject: [PATCH ")[1:]
    assert (trailer in first, trailer in second) == (False, True)
    assert "> feat" not in second


@pytest.mark.parametrize("as_page", [False, True])
def test_answers_of_strangers_do_nothing_to_who_reads_them(
    reviewing: Sandbox, as_page: bool
) -> None:
    mails = (reviewing.folder / "series.mbox").read_bytes()
    found = re.search(rb"^Message-ID?: *(<.*>)$", mails.partition(b"[PATCH 1/2]")[2], re.M | re.I)
    assert found
    evil = (
        b"From evil Thu Jan  1 00:00:00 2026\nFrom: =?utf-8?q?E=1B=5B31mve=E2=80=AE?= <eve@x.org>\n"
        b"Subject: Re: [PATCH 1/2] x\nIn-Reply-To: %s\n"
        b"Date: Thu,\x1b[31m 1 Jan 2026 00:00:00 +0000\n"
        b"Content-Type: text/plain; charset=utf-8\n\n"
        b"<script>alert(1)</script>\x1b]0;title\x07 \xe2\x80\xaegnp.exe\n\n" % found[1]
    )
    reviewing.write("evil.mbox", mails + evil)

    options = ("--html", "-") if as_page else ()
    done = reviewing.voicenote("review", "evil.mbox", *options)

    text = done.stdout.decode()
    assert "alert(1)" in text
    assert not {*"\x1b\x07\u202e"} & {*text}
    assert ("<script>alert" in text) is not as_page
