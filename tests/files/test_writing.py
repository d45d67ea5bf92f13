"""A file is written completely or not at all, and never through a link in a work tree."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from git_voicenote import files
from git_voicenote.errors import UnsafePathError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """An untrusted work tree; its parent folder belongs to the user."""
    tree = tmp_path / "clone"
    (tree / ".git" / "hooks").mkdir(parents=True)
    return tree


@pytest.fixture(params=[0o022, 0o000, 0o777])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_file_is_made_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "note"
    files.replace(path, "first\n")
    files.replace(path, b"second\n")
    assert path.read_bytes() == b"second\n"
    assert _names(tmp_path) == {"home", "note"}


def test_a_private_file_is_private_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    files.replace(tmp_path / "replaced", "x")
    files.create(tmp_path / "created", "x")
    os.close(files.open_new(tmp_path / "opened"))
    for name in ("replaced", "created", "opened"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_a_published_file_has_the_umask_applied(tmp_path: Path, umask: int) -> None:
    files.replace(tmp_path / "page", "x", mode=0o666)
    assert stat.S_IMODE((tmp_path / "page").stat().st_mode) == 0o666 & ~umask


def test_a_replaced_file_can_keep_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "hook"
    path.write_text("old")
    path.chmod(0o751)
    files.replace(path, "new", keep=True)
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o751)


def test_a_failure_leaves_the_file_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "note"
    path.write_text("before")
    with pytest.raises(ZeroDivisionError):
        _write_half(path)
    assert path.read_text() == "before"
    assert _names(tmp_path) == {"home", "note"}


def test_a_new_file_never_replaces_an_existing_one(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for write in (lambda p: files.create(p, "x"), files.open_new):
        with pytest.raises(FileExistsError):
            write(tmp_path / "link")
    assert _names(tmp_path) == {"home", "link"}


def _write_half(path: Path) -> None:
    with files.replacing(path) as file:
        file.write(b"half of")
        raise ZeroDivisionError


WAYS_TO_WRITE: dict[str, Callable[[Path], object]] = {
    "replace": lambda path: files.replace(path, "payload"),
    "replace, following": lambda path: files.replace(path, "payload", follow=True),
    "append": lambda path: files.append_to(path).close(),
    "in place": lambda path: files.open_in_place(path).close(),
}
WAYS_BELOW = WAYS_TO_WRITE | {
    "create": lambda path: files.create(path, "payload"),
    "open new": files.open_new,
    "folder": files.folder,
    "folders": lambda path: files.folder(path / "deep" / "er"),
    "copy": lambda path: files.copy(path.parent.parent / ".git" / "config", path),
    "lock": lambda path: files.lock(path).__enter__(),
}


@pytest.mark.parametrize("way", WAYS_TO_WRITE)
@pytest.mark.parametrize("target", [".git/config", ".git/hooks/post-checkout", "/dev/null"])
def test_a_link_in_a_work_tree_is_not_written_through(clone: Path, way: str, target: str) -> None:
    (clone / ".git" / "config").write_text("kept")
    (clone / "texts").mkdir()
    link = clone / "texts" / "a.txt"
    link.symlink_to(clone / target)
    with pytest.raises(UnsafePathError, match=r"a\.txt"):
        WAYS_TO_WRITE[way](link)
    assert link.is_symlink()
    assert (clone / ".git" / "config").read_text() == "kept"
    assert not (clone / ".git" / "hooks" / "post-checkout").exists()


@pytest.mark.parametrize("way", WAYS_BELOW)
@pytest.mark.parametrize("target", ["..", ".git", ".git/hooks", "/"])
def test_a_folder_that_is_a_link_in_a_work_tree_is_not_entered(
    clone: Path, way: str, target: str
) -> None:
    (clone / ".git" / "config").write_text("kept")
    (clone / "texts").symlink_to(target)
    with pytest.raises(UnsafePathError, match="texts"):
        WAYS_BELOW[way](clone / "texts" / "new")
    assert _names(clone.parent) == {"home", "clone"}
    assert _names(clone / ".git") == {"hooks", "config"}


def test_a_work_tree_is_detected_behind_a_link_outside(clone: Path, tmp_path: Path) -> None:
    (clone / "texts").symlink_to(clone / ".git")
    (tmp_path / "shortcut").symlink_to(clone)
    with pytest.raises(UnsafePathError, match="leads through"):
        files.replace(tmp_path / "shortcut" / "texts" / "config", "payload")
    (tmp_path / "deeper").symlink_to("clone/texts/../texts")
    with pytest.raises(UnsafePathError, match="leads through"):
        files.replace(tmp_path / "deeper" / "config", "payload")


def test_a_work_tree_without_git_is_given(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / ".voicenote").symlink_to(tmp_path)
    with pytest.raises(UnsafePathError, match=r"\.voicenote"):
        files.replace(tree / ".voicenote" / "vocabulary", "payload", within=tree)


def test_links_outside_work_trees_are_followed(tmp_path: Path) -> None:
    dotfiles = tmp_path / "dotfiles"
    dotfiles.mkdir()
    (tmp_path / "config").symlink_to(dotfiles)
    files.replace(tmp_path / "config" / "vocabulary", "strbuf\n")
    (dotfiles / "link").symlink_to("vocabulary")
    files.replace(dotfiles / "link", "worktree\n", follow=True)
    assert (dotfiles / "vocabulary").read_text() == "worktree\n"
    assert (dotfiles / "link").is_symlink()


def test_the_git_folder_is_trusted(clone: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    (clone / ".git" / "voicenote").symlink_to(disk)
    files.replace(clone / ".git" / "voicenote" / "kept", "x")
    assert (disk / "kept").read_text() == "x"


def test_a_home_that_is_a_work_tree_is_trusted(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / ".git").mkdir()
    (home / "dotfiles").mkdir()
    (home / ".config").symlink_to("dotfiles")
    files.replace(home / ".config" / "vocabulary", "x")
    assert (home / "dotfiles" / "vocabulary").read_text() == "x"


@pytest.mark.parametrize("way", ["append", "in place"])
def test_a_pipe_is_not_waited_for(tmp_path: Path, way: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnsafePathError, match="not a regular file"):
        WAYS_TO_WRITE[way](tmp_path / "pipe")


def test_a_cycle_of_links_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OSError, match="symbolic links"):
        files.replace(tmp_path / "a" / "x", "x")


def test_a_name_may_have_the_maximum_length(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)
    files.replace(path, "x")
    assert path.read_text() == "x"
