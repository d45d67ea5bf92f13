"""What git reads in a mail, by its own mailinfo."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.errors import PatchError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class MailInfo:
    """What git am reads in a mail, in the encoding of commits (i18n.commitEncoding).

    `left_out` is how many octets of message and patch were too many to be read.
    """

    author: bytes
    email: bytes
    subject: bytes
    date: bytes
    message: bytes
    patch: bytes
    left_out: int = 0


def read_mailinfo(
    path: Path,
    cwd: Path,
    options: Sequence[str] = (),
    *,
    in_utf8: bool = False,
    limit: int | None = None,
) -> MailInfo:
    """Let git read one mail; what it finds there is left beside the mail.

    `in_utf8` sets aside the encoding of the repository's commits. At most `limit` octets of the
    message and as many of the patch are read, in whole lines; None is all of them. Raises
    PatchError, with git's own words, where git cannot read the mail.
    """
    message, patch = path.with_suffix(".message"), path.with_suffix(".patch")
    # not mailinfo's --encoding, with which git 2.39 leaves text in the mail's own
    encoding = ("-c", "i18n.commitEncoding=UTF-8") if in_utf8 else ()
    with path.open("rb") as mail:
        done = subprocess.run(
            ["git", *encoding, "mailinfo", *options, message, patch],
            stdin=mail, capture_output=True, check=False, cwd=cwd,
        )  # fmt: skip
    if done.returncode:
        words = done.stderr.decode("utf-8", "replace").strip()
        words = words or f"git mailinfo gave up with status {done.returncode}"
        raise PatchError(f"git could not read a patch back: {words}")
    fields: dict[bytes, list[bytes]] = {}
    for line in done.stdout.split(b"\n"):
        name, _, value = line.partition(b": ")
        fields.setdefault(name, []).append(value)
    author, email, subject, date = (
        b" ".join(fields.get(name, [])) for name in (b"Author", b"Email", b"Subject", b"Date")
    )
    body, cut = _start_of(message, limit)
    diff, more = _start_of(patch, limit)
    return MailInfo(author, email, subject, date, body, diff, cut + more)


def _start_of(path: Path, limit: int | None) -> tuple[bytes, int]:
    """Return the first lines of a file, and how many octets of it they leave out."""
    size = path.stat().st_size
    if limit is None or size <= limit:
        return path.read_bytes(), 0
    with path.open("rb") as file:
        start = file.read(limit)
    start = start[: start.rfind(b"\n") + 1]
    return start, size - len(start)
