"""`git voicenote review --reply`: from speech to a mail that is sent, or a reviewer's note."""

from __future__ import annotations

import email.policy
import json
import mailbox
import os
import re
import shutil
import signal
import subprocess
import sys
from email.utils import getaddresses
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from git_voicenote.repo.note_format import parse_notes
from tests.support.engines import FAILING, SCRIPTED
from tests.support.series import make_branch, write_cover
from tests.support.speech import SPEECH
from tests.support.terminal import CTRL_C, ENTER, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import EmailMessage

    from tests.support.disk import SmallDisk
    from tests.support.sandbox import Sandbox

SPOKEN = SPEECH / "rename.flac"
B4 = shutil.which("b4", path=Path(sys.executable).parent)
WORDS = "We now wait too long."
GRACE = {"GIT_AUTHOR_NAME": "Grace Hopper", "GIT_AUTHOR_EMAIL": "grace@example.org"}
MAILED = (
    "format-patch", "--stdout", "--thread", "--to=list@example.org",
    "--cc=Carl <carl@example.org>", "main..topic",
)  # fmt: skip


@pytest.fixture
def reviewing(repo: Sandbox) -> Sandbox:
    """A mailed series of two patches in `series.mbox`, and an engine whose words are known."""
    make_branch(repo, ["feat: retry\n\nOnce more.\n", "feat: j\u00efter\n"], ["Moved.\n", None])
    write_cover(repo, "Move retries. The old loop lived in the client.")
    mails = repo.voicenote(*MAILED).stdout
    repo.write("series.mbox", mails)
    lines = repo.home / "lines"
    lines.write_text("we now wait too long\n")
    repo.extra |= {"GIT_VOICENOTE_ENGINE": SCRIPTED, "SCRIPTED_SPEECH": str(lines), **GRACE}
    return repo


def reply(repo: Sandbox, *arguments: str | Path, source: str = "series.mbox", stdin: bytes = b"",
          status: int = 0) -> tuple[str, str]:  # fmt: skip
    """Run review --reply; return what it printed, and said."""
    done = repo.voicenote("review", source, "--reply", *arguments, stdin=stdin)
    assert done.returncode == status, done.stderr
    return done.stdout.decode(), done.stderr.decode()


def mail(repo: Sandbox, name: str) -> EmailMessage:
    raw = (repo.folder / name).read_bytes()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert not message.defects
    return message


def mails_of(repo: Sandbox) -> list[EmailMessage]:
    box = mailbox.mbox(repo.folder / "series.mbox")
    return [email.message_from_bytes(bytes(m), policy=email.policy.default) for m in box]


def recordings(repo: Sandbox) -> list[Path]:
    return sorted((repo.folder / ".git/voicenote/recordings").glob("*"))


def review_notes(repo: Sandbox, revision: str) -> str:
    done = repo.run("git", "notes", "--ref=voicenote-review", "show", revision, check=False)
    return done.stdout.decode()


# mails


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

    assert "warning: patch 1 has no Message-Id: the answer will stand below no mail\n" in said
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
         "error: patch 2 shows no line 7 of shared\nhint: its hunks are lines 1-2; "
         "--at shared means all of it\n"),
        (("--patch", "0", "--at", "shared", "--from", "x"), 129,
         "hint: it has no diff: leave out --at\n"),
        (("--patch", "2", "--from", "missing"), 128, "no file and no recording 'missing'"),
        (("--at", "shared"), 129, "--at needs --patch N"),
        (("--from", "x"), 129, "--from needs --patch N"),
        ((), 129, "there is no terminal to step through the series"),
        (("--html", "x"), 129, "--reply answers"),
        (("--json",), 129, "--reply answers"),
        (("--note", "-o", "x", "--patch", "1"), 129, "-o is for mails"),
        (("-o", "series.mbox/x", "--patch", "1", "--from", "x"), 128, "cannot take the mail"),
        (("--note", "--patch", "0", "--from", "x"), 128, "the cover is of none"),
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
    assert f"`{again}` tries again" in said
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
    assert "cannot take the mail: No space left on device" in said
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


# notes


def test_an_answer_to_a_commit_is_a_note_beside_the_authors_own(reviewing: Sandbox) -> None:
    before = reviewing.git("notes", "--ref=voicenote", "show", "topic~1")

    printed, said = reply(
        reviewing, "--patch", "1", "--at", "shared:1", "--from", SPOKEN, source="main..topic"
    )
    (recording,) = recordings(reviewing)
    reply(reviewing, "--patch", "1", "--from", SPOKEN, source="topic~1")

    assert printed == ""
    short = reviewing.git("rev-parse", "--short=7", "topic~1")
    assert f"answer to {short} saved \u00b7 git voicenote review {short}\n" in said
    first, second = parse_notes(review_notes(reviewing, "topic~1"))
    assert first.text == f"shared:1:\n\n{WORDS}"
    assert (first.reviewer, first.engine) == (
        "Grace Hopper <grace@example.org>",
        "scripted",
    )
    assert first.recording_ids == (recording.stem,)
    assert second.text == WORDS
    assert reviewing.git("notes", "--ref=voicenote", "show", "topic~1") == before


def test_answers_are_shown_with_their_commit(reviewing: Sandbox) -> None:
    reply(reviewing, "--patch", "1", "--at", "shared:1", "--from", SPOKEN, source="main..topic")

    text = reviewing.voicenote("review", "main..topic").stdout.decode()

    duration = parse_notes(review_notes(reviewing, "topic~1"))[0].duration
    assert duration
    said = f"Grace Hopper answered (0:{round(duration):02})\n"
    assert f"{said}\u2502 shared:1:\n\u2502 \n\u2502 {WORDS}\n" in text
    assert f"Grace Hopper answered\n\u2502 {WORDS}\n@@ -0,0 +1 @@\n" in text
    value = json.loads(reviewing.voicenote("review", "main..topic", "--json").stdout)
    (answer,) = value["patches"][0]["replies"]
    assert (answer["author"], answer["date"]) == ("Grace Hopper", None)
    assert answer["recordings"][0]["id"] == recordings(reviewing)[0].stem
    assert value["patches"][1]["replies"] == []
    page = reviewing.voicenote("review", "main..topic", "--html", "-").stdout.decode()
    assert '<a id="note-1-answer-0-0" href="#said-1-answer-0-0">shared:1:</a>' in page
    beside = page.partition('id="said-1-answer-0-0"')[2].partition("</section>")[0]
    assert "<bdi>Grace Hopper</bdi> answered" in beside
    assert f'<div class="words">{WORDS}</div>' in beside


def test_a_mail_whose_commit_is_here_can_have_a_note(reviewing: Sandbox, tmp_path: Path) -> None:
    """The commit that it was made of, and the one that it became, but no other."""
    _, said = reply(reviewing, "--note", "--patch", "1", "--from", SPOKEN)
    assert review_notes(reviewing, "topic~1").startswith(WORDS)

    clone = tmp_path / "clone"
    reviewing.run("git", "clone", "--quiet", "--branch=main", reviewing.folder, clone)
    done = reviewing.voicenote(
        "review", reviewing.folder / "series.mbox", "--reply", "--note", "--patch", "1",
        "--from", SPOKEN, cwd=clone,
    )  # fmt: skip
    assert done.returncode == 0
    reviewing.run("git", "checkout", "--quiet", "--orphan", "bare", cwd=clone)
    reviewing.run("git", "commit", "--quiet", "-m", "other", cwd=clone)
    forged = (reviewing.folder / "series.mbox").read_bytes().replace(b"+content 1", b"+evil")
    (clone / "forged").write_bytes(forged)
    done = reviewing.voicenote(
        "review", "forged", "--reply", "--note", "--patch", "1", "--from", SPOKEN, cwd=clone
    )
    assert done.returncode == 128
    assert "the commit of patch 1 is not here" in done.stderr.decode()

    empty = {"GIT_COMMITTER_DATE": "2026-03-03T03:03:03+00:00"}
    reviewing.run("git", "checkout", "--quiet", "-f", "-B", "applied", "origin/main", cwd=clone)
    reviewing.run(
        "git", "am", "--quiet", "--empty=drop", reviewing.folder / "series.mbox", cwd=clone,
        environment=empty,
    )  # fmt: skip
    reviewing.run("git", "branch", "--quiet", "-D", "-r", "origin/topic", cwd=clone)
    reviewing.run("git", "update-ref", "-d", "refs/notes/voicenote-review", cwd=clone)
    reviewing.voicenote(
        "review", reviewing.folder / "series.mbox", "--reply", "--note", "--patch", "2",
        "--from", SPOKEN, cwd=clone,
    )  # fmt: skip
    shown = reviewing.voicenote("review", reviewing.folder / "series.mbox", cwd=clone)
    assert "Grace Hopper answered" in shown.stdout.decode()
    assert (
        "Grace Hopper answered"
        not in reviewing.voicenote("review", "forged", cwd=clone)
        .stdout.decode()
        .partition("[2/2]")[0]
    )
    assert said


def test_answers_never_go_where_the_authors_notes_are(reviewing: Sandbox) -> None:
    reviewing.git("config", "voicenote.reviewRef", "voicenote")

    _, said = reply(reviewing, "--patch", "1", "--from", SPOKEN, source="topic", status=128)

    assert "voicenote.reviewRef is refs/notes/voicenote" in said


def test_the_ref_can_be_another_one(reviewing: Sandbox) -> None:
    reviewing.git("config", "voicenote.reviewRef", "answers")

    reply(reviewing, "--patch", "1", "--from", SPOKEN, source="topic")

    assert WORDS in reviewing.git("notes", "--ref=answers", "show", "topic~1")
    assert "Grace Hopper answered" in reviewing.voicenote("review", "topic").stdout.decode()


# at the terminal


def at_terminal(
    repo: Sandbox, *arguments: str, source: str = "series.mbox", editor: str = "true"
) -> Terminal:
    command = [sys.executable, "-m", "git_voicenote", "review", source, "--reply", *arguments]
    environment = {
        **repo.environment, "GIT_PAGER": "cat", "GIT_EDITOR": editor,
        "GIT_VOICENOTE_MICROPHONE": f"file:{SPOKEN}",
    }  # fmt: skip
    return Terminal(command, environment, repo.folder)


def speak(person: Terminal, place: str, until: str = "kept in") -> None:
    """Answer what is on the screen."""
    person.expect("a answer")
    person.type("a")
    person.expect("or Enter for all of it:")
    person.type(place + ENTER)
    person.expect("speak now")
    person.expect("we now wait too long")
    person.type(ENTER)
    person.expect(until)


def test_a_person_steps_and_answers(reviewing: Sandbox) -> None:
    editor = reviewing.write("editor", '#!/bin/sh\ncp "$1" edited\nsed -i s/long/LONG/ "$1"\n')
    editor.chmod(0o755)
    with at_terminal(reviewing, editor=str(editor)) as person:
        person.expect("[0/2] Move retries")
        person.expect("a answer")
        person.type("2")
        person.expect("[2/2] feat: j\u00efter")
        person.expect("a answer")
        person.type("a")
        person.expect("   1  file-2:1")
        person.expect("   2  shared:1-2")
        person.expect("or Enter for all of it:")
        person.type("7" + ENTER)
        person.expect("the list goes from 1 to 2")
        person.expect("or Enter for all of it:")
        person.type("nothing" + ENTER)
        person.expect("patch 2 does not touch nothing")
        person.expect("or Enter for all of it:")
        person.type("2" + ENTER)
        person.expect("speak now \u00b7 Enter stops, Ctrl-C keeps the sound and quits")
        person.expect("we now wait too long")
        person.type(ENTER)
        person.expect("answer to patch 2 kept in re-0002-feat-j-ter.eml")
        speak(person, "", until="kept in re-0002-feat-j-ter.eml, 2 answers")
        person.expect("q quit")
        person.type("q")
        person.expect("re-0002-feat-j-ter.eml")
        assert person.wait() == 0, person.screen
    said = WORDS.replace("long", "LONG")
    content = mail(reviewing, "re-0002-feat-j-ter.eml").get_content()
    assert content.partition("wrote:\n")[2] == (
        f"> feat: j\u00efter\n\n{said}\n\n"
        "> diff --git a/shared b/shared\n> --- a/shared\n> +++ b/shared\n"
        f"> @@ -1 +1,2 @@\n>  line 1\n> +line 2\n\n{said}\n"
    )
    assert "# answer to patch 2 feat: j\u00efter" in (reviewing.folder / "edited").read_text()


def test_what_was_answered_stays_when_a_later_answer_fails(reviewing: Sandbox) -> None:
    editor = reviewing.write(
        "editor", "#!/bin/sh\ntest -e failing || { touch failing; exit 0; }\nexit 7\n"
    )
    editor.chmod(0o755)
    with at_terminal(reviewing, editor=str(editor)) as person:
        person.expect("a answer")
        person.type("1")
        speak(person, "")
        speak(person, "2", until="stopped with exit status 7")
        person.expect("q quit")
        person.type(CTRL_C)
        person.expect("re-0001-feat-retry.eml")
        assert person.wait() == 130, person.screen
    content = mail(reviewing, "re-0001-feat-retry.eml").get_content()
    assert content.count(WORDS) == 1
    shown = person.screen.replace("\n", "")
    assert "the text is kept in" in shown
    second = recordings(reviewing)[1].stem
    assert f"--patch 1 --at shared:1 --from {second}` takes it up again" in shown


def test_ctrl_c_while_speaking_keeps_the_sound_and_goes_on(reviewing: Sandbox) -> None:
    with at_terminal(reviewing) as person:
        person.expect("a answer")
        person.type("a")
        person.expect("speak now")
        person.expect("we now wait too long")
        person.type(CTRL_C)
        person.expect("is kept")
        person.expect("q quit")
        person.type("q")
        assert person.wait() == 0, person.screen
    (recording,) = recordings(reviewing)
    again = f"`git voicenote review series.mbox --reply --patch 0 --from {recording.stem}`"
    assert again in person.screen.replace("\n", "")
    assert not [*reviewing.folder.glob("*.eml")]


def test_after_a_crash_the_next_review_names_what_was_saved(reviewing: Sandbox) -> None:
    with at_terminal(reviewing) as person:
        person.expect("a answer")
        person.type("2")
        person.expect("a answer")
        person.type("a")
        person.expect("or Enter for all of it:")
        person.type(ENTER)
        person.expect("we now wait too long")
        recorder = subprocess.check_output(["pgrep", "-P", str(person.process.pid)], text=True)
        for pid in (person.process.pid, *map(int, recorder.split())):
            os.kill(pid, signal.SIGKILL)
        person.process.wait()
    (cut_off,) = recordings(reviewing)

    _, said = reply(reviewing, "--patch", "1", "--from", SPOKEN)

    assert (
        "for answer to feat: j\u00efter was not finished: `git voicenote review SERIES --reply "
        in said
    )
    printed, _ = reply(reviewing, "--patch", "2", "--from", cut_off.stem)
    assert WORDS in (reviewing.folder / printed.strip()).read_text()


def test_nothing_left_in_the_editor_is_no_answer(reviewing: Sandbox) -> None:
    editor = reviewing.write("editor", '#!/bin/sh\n: >"$1"\n')
    editor.chmod(0o755)
    with at_terminal(reviewing, source="topic", editor=str(editor)) as person:
        person.expect("a answer")
        person.type("1")
        speak(person, "", until="takes it up again")
        person.expect("the text is empty: no answer was kept")
        person.expect("q quit")
        person.type("0")
        person.expect("a answer")
        person.type("a")
        person.expect("a note is for a commit, and the cover is of none")
        person.expect("q quit")
        person.type("q")
        assert person.wait() == 0, person.screen
    assert review_notes(reviewing, "topic~1") == ""


def test_names_alone_are_printed_where_somebody_reads_them(reviewing: Sandbox) -> None:
    """As in `git send-email $(git voicenote review series.mbox --reply)`."""
    command = (
        f"{sys.executable} -m git_voicenote review series.mbox --reply >names; echo done; sleep 0.1"
    )
    environment = {
        **reviewing.environment, "GIT_PAGER": "cat", "GIT_VOICENOTE_EDIT": "false",
        "GIT_VOICENOTE_MICROPHONE": f"file:{SPOKEN}",
    }  # fmt: skip
    with Terminal(["sh", "-c", command], environment, reviewing.folder) as person:
        person.expect("[0/2] Move retries")
        person.expect("a answer")
        person.type("1")
        speak(person, "1")
        person.expect("q quit")
        person.type("q")
        person.expect("done")
        assert person.wait() == 0, person.screen
    assert (reviewing.folder / "names").read_text() == "re-0001-feat-retry.eml\n"


def test_a_disk_that_has_room_again_takes_the_answer_at_the_end(
    reviewing: Sandbox, small_disk: SmallDisk
) -> None:
    small_disk.fill()
    with at_terminal(reviewing, "-o", str(small_disk.folder)) as person:
        person.expect("a answer")
        person.type("1")
        speak(person, "", until="No space left on device")
        person.expect("q quit")
        (small_disk.folder / "ballast").unlink()
        person.type("q")
        assert person.wait() == 0, person.screen
    assert WORDS in (small_disk.folder / "re-0001-feat-retry.eml").read_text()


def test_a_folder_that_is_read_only(
    reviewing: Sandbox, read_only: Callable[[Path], tuple[str, ...]]
) -> None:
    folder = reviewing.folder / "out"
    folder.mkdir()
    command: list[str | Path] = [
        *read_only(folder), sys.executable, "-m", "git_voicenote", "review", "../series.mbox",
        "--reply", "--patch", "1", "--from", SPOKEN,
    ]  # fmt: skip

    done = reviewing.run(*command, check=False)

    assert done.returncode == 128
    assert b"Read-only file system" in done.stderr
    assert b"the text is kept in" in done.stderr
