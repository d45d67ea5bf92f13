"""Read mails with git mailinfo."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.errors import PatchError
from git_voicenote.git.running.traced import completed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

STATE_FILES = ("scissors", "quoted-cr", "utf8", "keep")
"""The files in which git am stores its reading options from one run to the next."""


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """The options with which git am reads mails; None means git's configuration.

    `quoted_cr` is nowarn, warn or strip; `keep` is the option of mailinfo that keeps brackets in a
    title (-k, -b), or "".
    """

    scissors: bool | None = None
    quoted_cr: str | None = None
    utf8: bool = True
    keep: str = ""

    @classmethod
    def of_am(cls, folder: Path) -> ReadingOptions:
        """Return the options that git am saved in its state, or in a copy of it in `folder`."""
        values = dict.fromkeys(STATE_FILES, "")
        for name in STATE_FILES:
            with suppress(OSError):
                values[name] = (folder / name).read_text("utf-8", "replace").strip()
        scissors, quoted_cr = values["scissors"], values["quoted-cr"]
        return cls(
            scissors={"t": True, "f": False}.get(scissors),
            quoted_cr=quoted_cr if quoted_cr in ("nowarn", "warn", "strip") else None,
            utf8=values["utf8"] != "f",
            keep={"t": "-k", "b": "-b"}.get(values["keep"], ""),
        )

    @property
    def arguments(self) -> tuple[str, ...]:
        """The options for git mailinfo."""
        chosen = [] if self.scissors is None else ["--scissors" if self.scissors else NO_SCISSORS]
        chosen += [f"--quoted-cr={self.quoted_cr}"] if self.quoted_cr else []
        chosen += [] if self.utf8 else ["-n"]
        chosen += [self.keep] if self.keep else []
        return tuple(chosen)


NO_SCISSORS = "--no-scissors"


@dataclass(frozen=True, slots=True)
class MailInfo:
    """The content of a mail as git am reads it, in the encoding of commits (i18n.commitEncoding).

    `patch` starts at the `---` and is in the encoding of the mail. `left_out` is the number of
    octets of message and patch over the limit.
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
    """Read one mail with git mailinfo, which writes its files beside the mail.

    `in_utf8` overrides the encoding of the repository's commits. At most `limit` octets of the
    message, and of the patch, are read, in whole lines; None means all. Raises PatchError with
    git's message if git cannot read the mail.
    """
    message, patch = path.with_suffix(".message"), path.with_suffix(".patch")
    with path.open("rb") as mail:
        done = completed(
            [*mailinfo_command(options, in_utf8=in_utf8), message, patch], stdin=mail, cwd=cwd
        )
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


def mailinfo_command(options: Sequence[str], *, in_utf8: bool) -> list[str]:
    """Return the command that reads a mail from stdin; the caller adds its two output files."""
    # not mailinfo's --encoding, with which git 2.39 leaves text in the mail's own
    encoding = ("-c", "i18n.commitEncoding=UTF-8") if in_utf8 else ()
    return ["git", *encoding, "mailinfo", *options]


def _start_of(path: Path, limit: int | None) -> tuple[bytes, int]:
    """Return the first lines of a file, and the number of octets after them."""
    size = path.stat().st_size
    if limit is None or size <= limit:
        return path.read_bytes(), 0
    with path.open("rb") as file:
        start = file.read(limit)
    start = start[: start.rfind(b"\n") + 1]
    return start, size - len(start)
