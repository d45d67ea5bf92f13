"""What git am applies is what review shows, and what keeps its note: one reader for one mail."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.support.applying import COVER, am, cover, mail, notes
from tests.support.series import make_branch, write_cover

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.sandbox import Sandbox

B4_COVER = """\
To: list@example.org

Move retries into the transport.

The old loop lived in the client.

---
Ada Lovelace (1):
      title

 file-1 | 1 +
 shared | 1 +
 2 files changed, 2 insertions(+)
---
base-commit: 0000000000000000000000000000000000000000
"""


def reviewed(clone: Sandbox, source: Path) -> tuple[list[str], list[str], list[str]]:
    """Return the titles and the notes that review finds in mails, and its remarks."""
    done = clone.voicenote("review", "--json", source)
    assert done.returncode == 0, done.stderr.decode()
    found = json.loads(done.stdout)
    return (
        [patch["subject"] for patch in found["patches"]],
        [patch["note"] or "" for patch in found["patches"]],
        found["remarks"],
    )


def applied(clone: Sandbox) -> list[str]:
    return clone.git("log", "--reverse", "--format=%s", "main..HEAD").split("\n")


def subject(mail: bytes, change: Callable[[bytes], bytes]) -> bytes:
    return re.sub(rb"^Subject: ([^\n]*)", lambda m: b"Subject: " + change(m[1]), mail, flags=re.M)


def encoded(text: bytes) -> bytes:
    return b"=?UTF-8?B?" + base64.b64encode(text) + b"?="


TITLES = [
    "fw: a",
    "Fwd: b",
    "re: c",
    "sv: d",
    "AW: e",
    "tr: f",
    "[x] g",
    "0/3 h",
    "\u8f6c\u53d1: i",
]


@pytest.mark.parametrize("tag", ["[PATCH] ", ""])
def test_titles_that_look_like_answers(
    repo: Sandbox, bob: Sandbox, tmp_path: Path, tag: str
) -> None:
    said_here = [f"Why {title}.\n" for title in TITLES]
    make_branch(repo, [f"{title}\n" for title in TITLES], said_here)
    paths = mail(repo, tmp_path / "out", "--no-numbered")
    for path in paths:
        content = path.read_bytes().replace(b"[PATCH] ", tag.encode(), 1)
        path.write_bytes(content.replace(b"=?UTF-8?q?=5BPATCH=5D=20", b"=?UTF-8?q?", 1))

    titles, said, _ = reviewed(bob, tmp_path / "out")
    am(bob, *paths)

    assert titles == applied(bob)
    assert said == notes(bob) == said_here


@pytest.mark.parametrize(
    ("tags", "hidden"),
    [
        (["[PATCH0/2]", "[PATCH1/2]", "[PATCH2/2]"], False),
        (["[PATCH 0 of 2]", "[PATCH 1 of 2]", "[PATCH 2 of 2]"], True),
        (["[list 9/9] [RFC v3 00/02]", "[list] [RFC v3 01/02]", "[list] [RFC v3 02/02]"], False),
    ],
    ids=lambda tags: str(tags[0]) if isinstance(tags, list) else "",
)
def test_tags_that_others_write(
    repo: Sandbox, bob: Sandbox, tmp_path: Path, tags: list[str], *, hidden: bool
) -> None:
    make_branch(repo, ["title 1\n", "title 2\n"], ["Why.\n", "Why not.\n"])
    write_cover(repo, COVER)
    paths = mail(repo, tmp_path / "out")
    for tag, path in zip(tags, paths, strict=True):
        new = re.sub(rb"\[PATCH [^]]*\]", tag.encode(), path.read_bytes(), count=1)
        path.write_bytes(subject(new, encoded) if hidden else new)

    titles, said, remarks = reviewed(bob, tmp_path / "out")
    am(bob, *paths)

    assert remarks == []
    assert titles == applied(bob) == ["title 1", "title 2"]
    assert said == notes(bob) == ["Why.\n", "Why not.\n"]
    assert (cover(bob) or "").startswith("Move retries into the transport\n")


def test_a_patch_below_scissors_in_an_answer(repo: Sandbox, bob: Sandbox, tmp_path: Path) -> None:
    make_branch(repo, ["title\n\nBody.\n"], ["Why.\n"])
    (path,) = mail(repo, tmp_path / "out")
    head, _, body = path.read_bytes().partition(b"\n\n")
    head = head.replace(b"Subject: [PATCH] title", b"Subject: Re: [PATCH 3/7] something else")
    inner = b"Why not so?\n\n-- >8 --\nSubject: [PATCH] title\n\n"
    path.write_bytes(head + b"\n\n" + inner + body)
    bob.git("config", "mailinfo.scissors", "true")

    titles, said, remarks = reviewed(bob, path)
    am(bob, path)

    assert (titles, remarks) == (["title"], [])
    assert applied(bob) == ["title"]
    assert said == notes(bob) == ["Why.\n"]


def test_an_answer_that_holds_a_patch_is_said(repo: Sandbox, bob: Sandbox, tmp_path: Path) -> None:
    make_branch(repo, ["title\n"], ["Why.\n"])
    (path,) = mail(repo, tmp_path / "out")
    path.write_bytes(subject(path.read_bytes(), lambda old: b"Re: " + old))

    titles, said, remarks = reviewed(bob, path)
    am(bob, path)

    assert titles == applied(bob) == ["title"]
    assert said == notes(bob) == ["Why.\n"]
    assert remarks == [f"{path} looks like a reply, but git am applies its diff"]


@pytest.fixture
def b4_series(repo: Sandbox, tmp_path: Path) -> list[Path]:
    """A cover letter as b4 writes it, and a patch."""
    make_branch(repo, ["title\n"], ["Why.\n"])
    (path,) = mail(repo, tmp_path / "out", "--subject-prefix=PATCH v2 1/1")
    head = b"From: Ada <ada@example.org>\nSubject: [PATCH v2 0/1] Retry once\n\n"
    letter = path.with_name("0000-cover.patch")
    letter.write_bytes(head + B4_COVER.encode())
    return [letter, path]


@pytest.mark.parametrize("options", [(), ("--empty=drop", "-3")], ids=str)
def test_a_cover_with_a_diffstat_below_dashes_is_passed_over(
    b4_series: list[Path], bob: Sandbox, tmp_path: Path, options: tuple[str, ...]
) -> None:
    bob.git("checkout", "--quiet", "-B", "review")
    tracked = bob.git("ls-files").split("\n")[0]
    bob.write(tracked, "unfinished work\n")

    titles, said, _ = reviewed(bob, tmp_path / "out")
    told = am(bob, *options, *b4_series)

    assert "skipped 0/1, 'Retry once': a cover letter, by its number" in told
    assert "kept 1 note and the cover of review" in told
    assert titles == applied(bob) == ["title"]
    assert said == notes(bob) == ["Why.\n"]
    assert "The old loop lived in the client." in (cover(bob) or "")
    assert "files changed" not in (cover(bob) or "")
    assert (bob.folder / tracked).read_text() == "unfinished work\n"
    assert not (bob.folder / ".git/rebase-apply").exists()


def test_a_cover_in_the_midst_is_passed_over(
    b4_series: list[Path], bob: Sandbox, tmp_path: Path
) -> None:
    letter, path = b4_series
    bob.commit("in the way", {"file-1": "x\n"})
    am(bob, path, letter, status=128)
    bob.write("file-1", "content 1\n")
    bob.write("shared", "line 1\n")
    bob.git("add", "--all")

    told = am(bob, "--continue")

    assert "skipped 0/1" in told
    assert notes(bob)[-1] == "Why.\n"
    assert cover(bob) is not None


@pytest.mark.parametrize("empty", ["stop", "keep"])
def test_who_asks_to_stop_is_stopped(b4_series: list[Path], bob: Sandbox, empty: str) -> None:
    told = am(bob, f"--empty={empty}", *b4_series, status=128)
    assert "No valid patches in input" in told


def test_a_reply_with_a_line_of_dashes_is_passed_over(
    b4_series: list[Path], bob: Sandbox, tmp_path: Path
) -> None:
    letter, path = b4_series
    reply = letter.with_name("reply.patch")
    content = subject(letter.read_bytes(), lambda _: b"Re: [PATCH v2 1/1] title")
    reply.write_bytes(content.replace(b"From: Ada", b"From: Carl"))

    told = am(bob, letter, path, reply)

    assert "skipped a mail of Carl: a reply without a diff, by its subject" in told
    assert applied(bob) == ["title"]
    assert notes(bob) == ["Why.\n"]
    assert cover(bob) is not None


def test_talk_below_dashes_is_for_git_to_judge(
    b4_series: list[Path], bob: Sandbox, tmp_path: Path
) -> None:
    letter, path = b4_series
    talk = letter.with_name("talk.patch")
    talk.write_bytes(subject(letter.read_bytes(), lambda _: b"lunch"))

    told = am(bob, path, talk, status=128)

    assert "No valid patches in input" in told
    assert "hint: git finds no diff in this mail; `git voicenote am --skip` continues" in told
    assert notes(bob) == ["Why.\n"]
    am(bob, "--skip")
    assert applied(bob) == ["title"]


OPTIONS = {
    "quoted-cr": ("--quoted-cr=strip",),
    "scissors": ("--scissors",),
    "keep": ("--keep",),
    "no-utf8": ("--no-utf8",),
}


@pytest.mark.parametrize(
    ("option", "resolved_by"),
    [*((option, "git am") for option in OPTIONS), ("quoted-cr", "git voicenote am")],
)
def test_options_are_remembered_after_a_conflict(
    repo: Sandbox, bob: Sandbox, tmp_path: Path, option: str, resolved_by: str
) -> None:
    make_branch(repo, ["title\n\nBody.\n"], ["Why.\n"])
    (path,) = mail(repo, tmp_path / "out")
    head, _, body = path.read_bytes().partition(b"\n\n")
    if option == "quoted-cr":
        head += b"\nContent-Transfer-Encoding: base64"
        body = base64.encodebytes(body.replace(b"\n", b"\r\n"))
    if option == "scissors":
        head = head.replace(b"Subject: [PATCH] title", b"Subject: Re: something else")
        body = b"Talk.\n-- >8 --\nSubject: [PATCH] title\n\n" + body
    if option == "no-utf8":
        head += b"\nMIME-Version: 1.0\nContent-Type: text/plain; charset=ISO-8859-1"
    path.write_bytes(head + b"\n\n" + body)
    bob.commit("in the way", {"file-1": "x\n"})
    am(bob, *OPTIONS[option], path, status=128)
    bob.write("file-1", "content 1\n")
    bob.write("shared", "line 1\n")
    bob.git("add", "--all")

    if resolved_by == "git am":
        bob.git("am", "--continue")
        assert b"kept 1 note" in bob.voicenote("show").stderr
    else:
        assert "kept 1 note" in am(bob, "--continue")

    assert notes(bob)[-1] == "Why.\n"
    title = "[PATCH] title" if option == "keep" else "title"
    assert applied(bob)[-1] == title


def posted(repo: Sandbox, folder: Path, name: str, *options: str) -> bytes:
    """Return main..topic with its cover as a person posts it, in a thread."""
    (path,) = mail(repo, folder / name, "--stdout", "--thread", *options)
    return path.read_bytes()


@pytest.mark.parametrize(("mark", "answers"), [((), True), ((), False), (("-v2",), True)], ids=str)
def test_a_second_version_is_a_series_of_its_own(
    repo: Sandbox, bob: Sandbox, tmp_path: Path, mark: tuple[str, ...], *, answers: bool
) -> None:
    make_branch(repo, ["one\n", "two\n"], ["Why 1.\n", "Why 2.\n"])
    write_cover(repo, "First try. Words of the first.\n")
    # within one second, git names both covers alike
    first = posted(repo, tmp_path, "v1").replace(b"<cover.", b"<first.")
    thread = re.search(rb"^Message-ID: (<[^>]+>)", first, re.MULTILINE | re.IGNORECASE)
    assert thread
    repo.git("checkout", "--quiet", "main")
    repo.git("branch", "--quiet", "-D", "topic")
    messages = ["one\n\nAnew.\n", "two\n", *(["three\n"] if mark else [])]
    said_now = [f"New {number}.\n" for number in range(1, len(messages) + 1)]
    make_branch(repo, messages, said_now)
    write_cover(repo, "Second try. Words of the second.\n")
    reply = (f"--in-reply-to={thread[1].decode()}",) if answers else ()
    second = posted(repo, tmp_path, "v2", *mark, *reply)
    both = bob.write("both.mbox", first + second)

    titles, said, remarks = reviewed(bob, both)
    shown = bob.voicenote("review", "both.mbox").stdout.decode()

    assert titles == [message.partition("\n")[0] for message in messages]
    assert said == said_now
    which = "versions before v2" if mark else "an earlier version"
    assert f"2 patches of {which} left out" in remarks
    assert re.search(r"\[(v2 )?0/\d\] Second try", shown)
    assert shown.index("Words of the second") < shown.index("Words of the first")


def test_both_covers_of_an_mbox_are_kept(repo: Sandbox, bob: Sandbox, tmp_path: Path) -> None:
    make_branch(repo, ["one\n", "two\n"], ["Why 1.\n", "Why 2.\n"])
    write_cover(repo, "First try. Words of the first.\n")
    first = posted(repo, tmp_path, "v1")
    write_cover(repo, "Second try. Words of the second.\n")
    second = posted(repo, tmp_path, "v2", "-v2")
    letter = re.split(rb"^(?=From [0-9a-f]{40} )", first, flags=re.M)[1]

    am(bob, stdin=letter + second)

    kept = cover(bob) or ""
    assert kept.index("Words of the second") < kept.index("Words of the first")


@pytest.mark.parametrize("charset", ["ISO-2022-JP", "GB18030"])
def test_a_note_goes_in_the_encoding_that_git_is_told(
    repo: Sandbox, bob: Sandbox, tmp_path: Path, charset: str
) -> None:
    """The messages are ASCII, so git names no encoding; it writes the cover in UTF-8."""
    said_here = ["直しました\n", "漢字\n"]
    make_branch(repo, ["one\n", "two\n"], said_here)
    write_cover(repo, "全体の説明。 直しました。\n")
    repo.git("config", "i18n.logOutputEncoding", charset)
    paths = mail(repo, tmp_path / "out")

    titles, said, remarks = reviewed(bob, tmp_path / "out")
    am(bob, *paths)

    assert remarks == []
    assert titles == applied(bob) == ["one", "two"]
    assert said == notes(bob) == said_here
    assert "直しました" in (cover(bob) or "")
