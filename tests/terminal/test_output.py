"""What is printed, where it cannot be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="Linux has a device that is always full")
@pytest.mark.parametrize("arguments", [("-h",), ("models", "list", "--json"), ("text",)])
def test_a_full_disk_is_told(sandbox: Sandbox, arguments: tuple[str, ...]) -> None:
    with FULL.open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "git_voicenote", *arguments],
            cwd=sandbox.folder,
            env=sandbox.environment,
            input=b"um hello\n" * 9999,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    told = b"error: standard output cannot be written: No space left on device\n"
    assert done.returncode == 128
    assert done.stderr.endswith(told)
    assert b"Traceback" not in done.stderr
