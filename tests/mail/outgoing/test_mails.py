from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from git_voicenote.errors import PatchError
from git_voicenote.mail.outgoing.format_patch import split_stream
from git_voicenote.mail.outgoing.mails import (
    MailedCommit,
    commit_id_of,
    find_note,
    note_heading,
    split_mail,
)
from git_voicenote.mail.outgoing.read_back import is_plain, patch_in
from git_voicenote.object_ids import ObjectId
from git_voicenote.text.mail_safety import indent_hazards

if TYPE_CHECKING:
    from pathlib import Path

ID = ObjectId("0123456789abcdef0123456789abcdef01234567")
START = f"From {ID} Mon Sep 17 00:00:00 2001\n"
DIFF = (
    "\n file | 1 +\n\ndiff --git a/file b/file\n--- a/file\n+++ b/file\n@@ -0,0 +1 @@\n+a\n-- \n2\n"
)

PIECES = st.sampled_from(
    [
        "[", "]", "[x] ", "Re: ", "re:", ":", " ", "\t", "  ", "(", ")", '"', "\\", "@", "<", ">",
        "=?utf-8?q?=41?=", "a", "B", "é", "重", "=", "?", "_", ".", ",", "'", "-", "x" * 30,
    ]
)  # fmt: skip
PLAIN_PIECES = st.sampled_from(["a", "B", " ", "é", "重", "x" * 30, "fix(x)", "Ö", ".", "- "])
WORDS = (
    st.one_of(*(st.lists(of, min_size=1, max_size=6) for of in (PIECES, PLAIN_PIECES)))
    .map("".join)
    .map(str.strip)
    .filter(bool)
)
BODIES = st.lists(
    st.sampled_from(
        [
            "---\n", "--- a\n", "diff -\n", "Index: x\n", "From: x\n", "Subject: y\n", "[PATCH] z",
            "From alice Mon Sep 17 00:00:00 2001\n", "-- >8 --\n", "words\n", "\n", "é\n", " x\n",
            "Content-Type: text/html\n", "-- \n", "@@ -1 +1 @@\n", ">From a\n", "=?utf-8?q?b?=\n",
        ]
    ),
    max_size=5,
).map("".join)  # fmt: skip


@pytest.fixture(scope="module")
def mail_repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mail")
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    return folder


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example(title="a", name="A", body="")
@example(title="[x] a", name="A", body="From: x\n")
@example(title="é", name="Ä Ö", body="é\n")
@given(title=WORDS, name=WORDS, body=BODIES)
def test_what_the_screen_calls_plain_survives(
    mail_repo: Path, title: str, name: str, body: str
) -> None:
    """The oracle is git: a commit is made, formatted, and read back with the real mailinfo."""
    raw, commit = format_one(mail_repo, title, name, f"{indent_hazards(body)}")
    mail = split_mail(raw, commit)
    if not is_plain(mail, commit):
        return
    (mail_repo / "mail").write_bytes(raw)
    (mail_repo / "0001").unlink(missing_ok=True)
    count = run(mail_repo, "git", "mailsplit", "-o.", "mail")
    info = run(mail_repo, "git", "mailinfo", "--scissors", "message", "patch", stdin=raw)

    assert count == b"1\n"
    fields = dict(line.split(b": ", 1) for line in info.splitlines() if line)
    assert fields[b"Subject"].split() == commit.title.split()
    assert fields[b"Author"] == commit.author
    assert fields[b"Email"] == commit.email
    assert (mail_repo / "message").read_bytes().strip() == commit.body.strip()
    assert (mail_repo / "patch").read_bytes() == patch_in(mail)


def format_one(folder: Path, title: str, name: str, body: str) -> tuple[bytes, MailedCommit]:
    """Let git make a commit and format it; return the mail and the commit as git log shows it."""
    message = f"{title}\n\n{body}".encode()
    person = f"{name.translate({ord(c): None for c in '<>'})} <a@example.org> 1767323045 +0000\n"
    stream = (
        b"commit refs/heads/main\nauthor %s" % person.encode()
        + b"committer C <c@example.org> 1767323045 +0000\ndata %d\n%s\n" % (len(message), message)
        + b"deleteall\nM 100644 inline file\ndata 2\na\n\n"
    )
    run(folder, "git", "fast-import", "--quiet", "--force", stdin=stream)
    raw = run(folder, "git", "format-patch", "--root", "--stdout", "main")
    shown = run(folder, "git", "log", "-1", "--format=%H%n%an%n%ae%n%B", "main")
    commit_id, author, email, text = shown.split(b"\n", 3)
    lines = b"\n".join(line.rstrip() for line in text.split(b"\n")).strip(b"\n")
    head, _, rest = lines.partition(b"\n\n")
    rest = rest.strip(b"\n") + b"\n" if rest.strip() else b""
    commit = MailedCommit(
        ObjectId(commit_id.decode()), (), author, email, head.replace(b"\n", b" "), rest
    )
    return raw, commit


def run(folder: Path, *command: str, stdin: bytes = b"") -> bytes:
    return subprocess.run(command, cwd=folder, input=stdin, check=True, capture_output=True).stdout


def commit(title: str, body: str) -> MailedCommit:
    return MailedCommit(ID, (), b"Ada", b"a@example.org", title.encode(), body.encode())


def test_a_mail_is_cut_where_its_parts_meet() -> None:
    head = START + "From: Ada <a@example.org>\nSubject: [PATCH] t\n\n"
    body = "one\n---\n\nNotes (voicenote):\n    theirs\n\ntwo\n"
    rest = "---\n\nNotes (voicenote):\n    ours\n" + DIFF

    mail = split_mail((head + body + rest).encode(), commit("t", body))

    assert (mail.head, mail.body, mail.rest) == (head.encode(), body.encode(), rest.encode())
    assert mail.is_exact
    where = find_note(mail.rest, note_heading("refs/notes/voicenote"))
    assert where is not None
    assert mail.rest[slice(*where)] == b"    ours\n"
    assert find_note(mail.rest, note_heading("refs/notes/commits")) is None


def test_a_mail_of_another_message_is_not_taken_for_ours() -> None:
    mail = split_mail(f"{START}Subject: t\n\nother\n---\n{DIFF}".encode(), commit("t", "words\n"))

    assert not mail.is_exact
    assert mail.raw == f"{START}Subject: t\n\nother\n---\n{DIFF}".encode()


def test_a_stream_is_split_at_the_mails_that_carry_the_mark() -> None:
    mark = b"X-Mark: 1\n"
    quoted = f"{START}From: Eve\n\nwords\n".encode()
    one = START.encode() + b"Subject: a\n" + mark + b"\n" + quoted + b"---\n"
    two = START.encode() + b"Subject: b\n" + mark + b"\nwords\n"

    stream, mails = one + two, [one.replace(mark, b""), two.replace(mark, b"")]
    for size in (1, 7, 64, len(stream)):
        chunks = [stream[at : at + size] for at in range(0, len(stream), size)]
        assert list(split_stream(chunks, mark)) == mails
    assert list(split_stream([], mark)) == []
    with pytest.raises(PatchError, match="not a mail"):
        list(split_stream([quoted], mark))


def test_a_mail_starts_with_its_commit() -> None:
    assert commit_id_of(START.encode() + b"x") == ID
    with pytest.raises(PatchError):
        commit_id_of(b"From alice\n")
