"""Locks that name the process that holds them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from git_voicenote import files

if TYPE_CHECKING:
    from pathlib import Path

HOLDER = """
import sys
from pathlib import Path
from git_voicenote import files
with files.claim(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_claim_names_its_process_and_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "claim"

    with files.claim(path):
        assert files.claimed_by(path) == os.getpid()
        with pytest.raises(BlockingIOError), files.claim(path):
            pass
        assert files.is_locked(path)

    assert not path.exists()
    assert files.claimed_by(path) is None


def test_a_claim_ends_with_its_process(tmp_path: Path) -> None:
    path = tmp_path / "claim"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert files.claimed_by(path) == holder.pid
        holder.send_signal(signal.SIGKILL)
        holder.wait()

    with files.claim(path):
        assert files.claimed_by(path) == os.getpid()


def test_a_lock_lasts_as_long_as_whoever_inherits_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with files.inheritable_lock(path) as handle:
        child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=(handle,))
    with child:
        assert files.is_locked(path)
    assert not files.is_locked(path)
