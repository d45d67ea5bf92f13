"""Files of a repository are read within limits, and only inside the repository."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from git_voicenote import files
from git_voicenote.errors import StoreError, UnsafePathError

if TYPE_CHECKING:
    from pathlib import Path


def _read(path: Path) -> bytes:
    return files.read_provided(path, within=path.parent, limit=1000)


def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(b"x" * 1000)
    assert _read(tmp_path / "list") == b"x" * 1000


def test_a_link_to_a_file_of_the_repository_is_read(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "words").write_text("strbuf")
    (tmp_path / "list").symlink_to("docs/words")
    assert _read(tmp_path / "list") == b"strbuf"


@pytest.mark.parametrize(
    "target", ["/dev/stdin", "/dev/zero", "/etc/passwd", "../secret", ".git/config", ".GIT/config"]
)
def test_a_link_out_of_the_repository_is_not_read(tmp_path: Path, target: str) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tmp_path / "secret").write_text("secret")
    for name in (".git", ".GIT"):
        (tree / name).mkdir()
        (tree / name / "config").write_text("url = https://me:password@host/")
    (tree / "list").symlink_to(target)
    with pytest.raises(UnsafePathError, match="symbolic link"):
        _read(tree / "list")


def test_a_folder_that_is_a_link_is_not_read(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tmp_path / "vocabulary").write_text("secret")
    (tree / ".voicenote").symlink_to("..")
    with pytest.raises(UnsafePathError, match="symbolic link"):
        files.read_provided(tree / ".voicenote" / "vocabulary", within=tree, limit=1000)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "list")
    with pytest.raises(UnsafePathError, match="not a regular file"):
        _read(tmp_path / "list")


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(b"x" * 1001)
    with pytest.raises(StoreError, match="larger than 1 kB"):
        _read(tmp_path / "list")


def test_a_missing_file_is_distinguished_from_an_unsafe_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        _read(tmp_path / "list")
    (tmp_path / "list").mkdir()
    with pytest.raises(IsADirectoryError):
        _read(tmp_path / "list")
