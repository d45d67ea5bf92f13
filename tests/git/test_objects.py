"""Objects, read through one process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from git_voicenote.errors import GitError
from git_voicenote.git.objects import Objects

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox


def test_an_object_is_found_and_read_by_any_name(repo: Sandbox) -> None:
    objects = Objects(repo.folder)
    head = repo.commit_id()

    found = objects.find("HEAD^{commit}")
    read = objects.read(head)

    assert found
    assert (found.id, found.kind) == (head, "commit")
    assert read
    assert read[0] == found
    assert read[1] == repo.run("git", "cat-file", "commit", head).stdout


@pytest.mark.parametrize("name", ["", "nosuch", "a b", "HEAD\nHEAD", "HEAD\0", "-h", "HEAD^{blob}"])
def test_what_is_not_there_is_none(repo: Sandbox, name: str) -> None:
    objects = Objects(repo.folder)
    assert objects.find(name) is None
    assert objects.read(name) is None
    assert objects.find("HEAD") is not None


def test_what_was_made_meanwhile_is_found(repo: Sandbox) -> None:
    objects = Objects(repo.folder)
    before = objects.find("HEAD")
    repo.git("commit", "--quiet", "--allow-empty", "-m", "again")
    repo.git("gc", "--quiet")
    after = objects.find("HEAD")
    assert before
    assert after
    assert before != after
    assert objects.read(before.id)


def test_an_empty_and_a_large_blob_are_read_whole(repo: Sandbox) -> None:
    objects = Objects(repo.folder)
    for content in (b"", b"a\n\0b" * 400_000):
        name = (
            repo.run("git", "hash-object", "-w", "--stdin", stdin=content).stdout.decode().strip()
        )
        read = objects.read(name)
        assert read
        assert read[1] == content


def test_a_folder_that_is_no_repository_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="not a git repository"):
        Objects(tmp_path).find("HEAD")


def test_a_git_without_batch_commands_is_asked_in_two_processes(
    repo: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "bin/git"
    old.parent.mkdir()
    git = repo.run("sh", "-c", "command -v git").stdout.decode().strip()
    old.write_text(f'#!/bin/sh\ncase "$*" in *--batch-command*) exit 129;; esac\nexec {git} "$@"\n')
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(old.parent), prepend=":")
    objects = Objects(repo.folder)
    found, read = objects.find("HEAD"), objects.read("HEAD")
    assert found
    assert read
    assert read[0] == found
    assert objects.find("nosuch") is None
