"""Every text that can break a patch, in every place it can be said, through `git am`."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from git_voicenote.text.mail_safety import indent_hazards
from tests.support.hazards import BOUNDARY, TEXTS
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
