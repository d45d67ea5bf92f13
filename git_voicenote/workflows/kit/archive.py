"""Write a kit: a tar archive that depends only on its contents and a date."""

from __future__ import annotations

import io
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.files.hashing import sha256, sha256_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import BinaryIO

    from git_voicenote.models.installed import Progress

SUMS = "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class KitFile:
    """A file of a kit: its name, its content, and whether it is executable."""

    name: str
    content: bytes | Path
    executable: bool = False
    digest: str | None = None

    @property
    def size(self) -> int:
        """Its size, in bytes. Raises OSError."""
        return len(self.content) if isinstance(self.content, bytes) else self.content.stat().st_size

    @property
    def sha256(self) -> str:
        """Its hash, in hexadecimal. Raises OSError."""
        if isinstance(self.content, bytes):
            return sha256(self.content)
        return self.digest or sha256_of(self.content)


def write_archive(
    target: BinaryIO,
    folder: str,
    members: Sequence[KitFile],
    made: datetime,
    progress: Progress = lambda *_: None,
) -> None:
    """Write members below a folder, in the order of their names, and a file with their hashes.

    The tar is not compressed, because wheels and weights are. Raises OSError.
    """
    ordered = sorted(members, key=lambda member: member.name)
    total, done = sum(member.size for member in ordered), 0
    sums = "".join(f"{member.sha256}  {member.name}\n" for member in ordered)
    with tarfile.TarFile(fileobj=target, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for member in [KitFile(SUMS, sums.encode()), *ordered]:
            info = tarfile.TarInfo(f"{folder}/{member.name}")
            info.size, info.mtime = member.size, int(made.timestamp())
            info.mode = 0o755 if member.executable else 0o644
            if isinstance(member.content, bytes):
                tar.addfile(info, io.BytesIO(member.content))
            else:
                with member.content.open("rb") as source:
                    tar.addfile(info, source)
            done += member.size
            progress("writing", done, total)
