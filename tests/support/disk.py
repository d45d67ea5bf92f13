"""Disks that take nothing: full ones, and read-only ones."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_SIZE = "512k"


@dataclass(frozen=True)
class SmallDisk:
    """A folder on a file system of its own."""

    folder: Path

    def fill(self, *, leave: int = 0) -> None:
        """Fill the disk, but for so many bytes."""
        free = shutil.disk_usage(self.folder).free
        (self.folder / "ballast").write_bytes(b"x" * max(0, free - leave))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A real file system of half a megabyte; skips where none can be mounted (it needs root)."""
    folder = tmp_path / "small-disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={_SIZE},mode=0700", "none", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def read_only() -> Callable[[Path], tuple[str, ...]]:
    """Return what to put before a command for it to run in a folder that is read-only to it."""
    if (
        not shutil.which("unshare")
        or subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("this needs a mount namespace of its own (unshare -m)")
    mount = 'mount --bind -o ro "$0" "$0" && cd "$0" && exec "$@"'
    return lambda folder: ("unshare", "-m", "sh", "-c", mount, str(folder))
