"""Split a source of mails (a file, a folder, a maildir, a pipe) with git."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from git_voicenote import files
from git_voicenote.errors import PatchError
from git_voicenote.git.running.process import try_git

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_MAIL_BYTES = 64 << 20
"""Octets; a larger mail is reported and skipped."""

_MAX_HEADERS_BYTES = 256 << 10
_HEADERS = re.compile(
    rb"\A(?:>?From [^\n]*\n)?((?:[!-9;-~]++[ \t]*+:[^\n]*+\n(?:[ \t][^\n]*+\n)*)+)"
)
_HEADER = re.compile(rb"^([!-9;-~]++)[ \t]*+:[ \t]*+((?:[^\n]++|\n[ \t])*)\n", re.MULTILINE)
_TELLING = frozenset((b"from", b"subject", b"date"))
_MAGIC = (
    (b"\x1f\x8b", "is compressed", "unpack it first: `gunzip FILE`"),
    (b"\xfd7zXZ", "is compressed", "unpack it first: `unxz FILE`"),
    (b"BZh", "is compressed", "unpack it first: `bunzip2 FILE`"),
    (b"PK\x03\x04", "is a zip archive", "unpack it, and name the folder"),
    (b"# v2 git bundle", "is a git bundle", "`git fetch FILE` reads it"),
    (b"# v3 git bundle", "is a git bundle", "`git fetch FILE` reads it"),
    (b"diff --git ", "is a bare diff, not a mail", "`git format-patch` makes mails of commits"),
    (b"# HG changeset patch", "is a Mercurial patch", "`git am --patch-format=hg` reads it"),
)


@dataclass(frozen=True, slots=True)
class SplitMail:
    """A mail in a file of its own. `source` is its name in messages; `position` counts from 1."""

    path: Path
    source: str
    position: int
    headers: dict[bytes, bytes]


def split_mails(
    source: Path | BinaryIO, scratch: Path, *, mboxrd: bool = False
) -> tuple[tuple[SplitMail, ...], tuple[str, ...]]:
    """Split a source into mails in `scratch` with git; return them, and remarks.

    A file is one mail or an mbox; a folder is a maildir or contains such files. `mboxrd`: lines
    `>From ` were written as `From `. Raises PatchError if there is no mail.
    """
    remarks: list[str] = []
    if not isinstance(source, Path):
        paths, name = [_copied(source, scratch / "standard input")], "standard input"
    elif source.is_dir():
        name = str(source)
        if (source / "cur").is_dir() and (source / "new").is_dir():
            paths = [source]
        else:
            paths = _files_in(source, remarks)
    else:
        paths, name = [source], str(source)
        _check(source, name)
    folder = scratch / "mails"
    files.folder(folder)
    count = _mailsplit(paths, folder, name, mboxrd=mboxrd)
    is_one_each = count == len(paths)
    mails = []
    for position in range(1, count + 1):
        path = folder / f"{position:04}"
        called = str(paths[position - 1]) if is_one_each else f"{name}, mail {position}"
        called = name if name == "standard input" and is_one_each else called
        size = path.stat().st_size
        headers = headers_of(path)
        if size > MAX_MAIL_BYTES:
            remarks.append(f"{called} has {size >> 20} MiB: skipped")
        elif headers is None:
            remarks.append(f"{called} has no mail headers: skipped")
        else:
            mails.append(SplitMail(path, called, position, headers))
    if not mails:
        raise _no_mail(paths[0], name, remarks)
    return tuple(mails), tuple(remarks)


def _copied(stream: BinaryIO, path: Path) -> Path:
    with os.fdopen(files.open_new(path), "wb") as copy:
        shutil.copyfileobj(stream, copy, 1 << 20)
    _check(path, "standard input")
    return path


def _files_in(folder: Path, remarks: list[str]) -> list[Path]:
    """Return the files in a folder, sorted by name."""
    try:
        files = sorted(
            path for path in folder.iterdir() if path.is_file() and path.name[0] not in ".#"
        )
    except OSError as exc:
        raise PatchError(f"{folder} cannot be read: {exc.strerror or exc}") from exc
    mails = [path for path in files if os.access(path, os.R_OK) and headers_of(path) is not None]
    others = len(files) - len(mails)
    if not mails:
        what = f"none of the {len(files)} files in {folder} is a mail" if files else (
            f"there is no file in {folder}"
        )  # fmt: skip
        raise PatchError(what, hint="name the folder that `git format-patch -o` wrote, or an mbox")
    if others:
        remarks.append(f"{others} {'file' if others == 1 else 'files'} in {folder} are not mails")
    return mails


def _mailsplit(paths: Sequence[Path], folder: Path, name: str, *, mboxrd: bool) -> int:
    options = ("--mboxrd",) if mboxrd else ()
    count = 0
    # the length of a command line has a limit
    for start in range(0, len(paths), 1000):
        done = try_git(
            "mailsplit", *options, "-b", f"-f{count}", f"-o{folder}", "--",
            *(os.fsencode(path.absolute()) for path in paths[start : start + 1000]),
            cwd=folder,
        )  # fmt: skip
        if done.returncode:
            words = done.stderr.decode("utf-8", "replace").strip().removeprefix("error: ")
            raise PatchError(
                f"git cannot split {name} into mails: {words.splitlines()[0] if words else ''}",
                hint="it reads the output of `git format-patch`, an mbox or a maildir",
            )
        count += int(done.stdout)
    return count


def _check(path: Path, name: str) -> None:
    """Raise PatchError for a file that git would refuse with a less helpful message."""
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as exc:
        raise PatchError(f"{name} cannot be read: {exc.strerror or exc}") from exc
    if not start.strip():
        raise PatchError(f"{name} is empty")
    for magic, what, hint in _MAGIC:
        if start.startswith(magic):
            raise PatchError(f"{name} {what}", hint=hint)


def _no_mail(path: Path, name: str, remarks: Sequence[str]) -> PatchError:
    if len(remarks) == 1 and "MiB" in remarks[0]:
        return PatchError(remarks[0])
    start = b""
    if path.is_file():
        with path.open("rb") as file:
            start = file.read(4096)
    if start.lstrip()[:1] == b"<":
        return PatchError(
            f"{name} is a web page, not a mail",
            hint="download the mail itself: look for `raw` or `mbox` on the page",
        )
    if b"\0" in start:
        return PatchError(f"{name} is a binary file, not a mail")
    return PatchError(
        f"there is no mail in {name}",
        hint="name the output of `git format-patch`, an mbox, a maildir, or a folder of these",
    )


def headers_of(path: Path) -> dict[bytes, bytes] | None:
    """Return the headers of a mail by lower-case name, unfolded; None if it has none.

    If a header is repeated, the first one counts.
    """
    with path.open("rb") as file:
        start = file.read(_MAX_HEADERS_BYTES).replace(b"\r\n", b"\n").lstrip(b"\n")
    found = _HEADERS.match(start)
    if found is None:
        return None
    headers: dict[bytes, bytes] = {}
    for name, value in _HEADER.findall(found[1]):
        headers.setdefault(name.lower(), b" ".join(value.split()))
    return headers if _TELLING & headers.keys() else None
