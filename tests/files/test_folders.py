"""Private folders are private, and those of killed processes are removed."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

import pytest

from git_voicenote import files

if TYPE_CHECKING:
    from pathlib import Path

LONG_AGO = 1_000_000_000


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_a_private_folder_is_private_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        files.private_folder(tmp_path / "voicenote" / "recordings")
    finally:
        os.umask(before)
    assert _mode(tmp_path / "voicenote") == _mode(tmp_path / "voicenote" / "recordings") == 0o700


def test_an_existing_private_folder_is_closed_to_others(tmp_path: Path) -> None:
    (tmp_path / "voicenote").mkdir()
    (tmp_path / "voicenote").chmod(0o777)
    files.private_folder(tmp_path / "voicenote")
    assert _mode(tmp_path / "voicenote") == 0o700


def test_a_folder_behind_a_link_stays_open_to_others(tmp_path: Path) -> None:
    """As /home or /tmp is, when root has a link there."""
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o777)
    (tmp_path / "voicenote").symlink_to("shared")
    files.private_folder(tmp_path / "voicenote")
    files.private_folder(tmp_path / "voicenote" / "recordings")
    assert _mode(tmp_path / "shared") == 0o777
    assert _mode(tmp_path / "shared" / "recordings") == 0o700


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for make in (files.folder, files.private_folder):
        with pytest.raises(FileExistsError):
            make(tmp_path / "file")
        with pytest.raises(OSError, match=r"Not a directory|file"):
            make(tmp_path / "file" / "below")


def test_a_scratch_folder_is_removed() -> None:
    with files.scratch_folder() as scratch:
        assert _mode(scratch) == 0o700
        (scratch / "file").touch()
    assert not scratch.exists()


def test_folders_of_killed_processes_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    code = """
import tempfile, sys
tempfile.tempdir = sys.argv[1]
from git_voicenote import files
with files.scratch_folder() as scratch:
    (scratch / "recording.wav").write_text("words")
    print(scratch, flush=True)
    sys.stdin.read()
"""
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert other.stdout
    assert other.stdin
    left = tmp_path / other.stdout.readline().strip()
    with other:
        os.utime(left, (LONG_AGO, LONG_AGO))
        with files.scratch_folder():
            assert left.is_dir()  # the process is alive
        other.send_signal(signal.SIGKILL)
    with files.scratch_folder():
        assert not left.exists()


def test_a_new_folder_is_not_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "git-voicenote-young").mkdir()
    with files.scratch_folder():
        assert (tmp_path / "git-voicenote-young").is_dir()


def test_a_link_among_the_scratch_folders_is_not_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").touch()
    os.utime(tmp_path / "precious", (LONG_AGO, LONG_AGO))
    (tmp_path / "temporary" / "git-voicenote-link").symlink_to(tmp_path / "precious")
    with files.scratch_folder():
        assert (tmp_path / "precious" / "file").exists()


def test_a_lock_is_held_by_one(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with files.lock(path):
        assert files.is_locked(path)
        with pytest.raises(BlockingIOError), files.lock(path, wait=False):
            pass
    assert not files.is_locked(path)
