"""Decode the text below a mail's `---` by git's rules for the message above it.

git mailinfo decodes the transfer encoding of the whole mail, but converts only the message to the
encoding of commits; the rest keeps the charset of the mail. So git reads the mail again with the
text in place of the message. A mark at the start of each line makes it part of the message.
"""

from __future__ import annotations

import mmap
import re
import secrets
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.git.running.traced import completed
from git_voicenote.mail.incoming.mailinfo import NO_SCISSORS, mailinfo_command

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.mail.incoming.mailinfo import ReadingOptions

_HEADERS = re.compile(rb"(?:(?:>?From |[!-9;-~]*+:)[^\n]*+\n(?:[ \t][^\n]*+\n)*)*")
"""The headers as mailinfo reads them: up to the first line that is neither a header nor a
continuation.
"""
_BLANK = re.compile(rb"\s*")
_CHARSET = re.compile(rb'charset="?(?!utf-?8\b|us-ascii\b)[^"; \t\r\n]', re.IGNORECASE)
_BOUNDARY = re.compile(rb'boundary=(?:"([^"\n]+)"|([^"; \t\r\n]+))', re.IGNORECASE)
_MAX_BOUNDARIES = 20
"""The most boundaries in one mail; git gives up at five nested ones."""
_NOT_IN_GITS_UTF8 = re.compile(
    "[\udc80-\udcff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(1, 17))
    + "]"
)


def decode_patch_text(raw: bytes, mail: Path, cwd: Path, options: ReadingOptions) -> str:
    """Decode text from a patch that git mailinfo found, as git decodes the message.

    Text that git cannot convert is read as if the mail named no charset.
    """
    if not raw or not options.utf8:
        return as_committed(raw)
    with mail.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        head = _head(content, cwd, options)
    converted = None if head is None else _converted(raw, head, cwd)
    return as_committed(raw if converted is None else converted)


def decode_words(raw: bytes, mail: Path, cwd: Path, options: ReadingOptions) -> str:
    """Decode text from below the `---` as git decodes and cleans a message."""
    return with_line_feeds(decode_patch_text(raw, mail, cwd, options))


def with_line_feeds(text: str) -> str:
    """Return a text with line feeds only, as in a message that git has cleaned."""
    return text.replace("\r\n", "\n")


def as_committed(content: bytes) -> str:
    """Return text that should be UTF-8 as git commits it: invalid octets are read as Latin-1."""
    text = content.decode("utf-8", "surrogateescape")
    return _NOT_IN_GITS_UTF8.sub(
        lambda found: found[0].encode("utf-8", "surrogateescape").decode("latin-1"), text
    )


def _head(content: mmap.mmap, cwd: Path, options: ReadingOptions) -> bytes | None:
    """Return a mail up to the body in which its patch starts; None if it names only UTF-8."""
    head = content[: _end(_HEADERS, content, _end(_BLANK, content, 0))]
    if not re.search(rb"boundary=", head, re.IGNORECASE):
        return head if _CHARSET.search(head) else None
    if not _CHARSET.search(content):
        return None
    boundaries = {one[1] or one[2] for one in _BOUNDARY.finditer(content)}
    if len(boundaries) > _MAX_BOUNDARIES:
        return None
    any_of = b"|".join(map(re.escape, sorted(boundaries)))
    part = re.compile(rb"^--(?:%s)(?!--)[^\n]*+\n" % any_of, re.MULTILINE)
    parts = [(one.start(), one.end()) for one in part.finditer(content)]
    if not parts:
        return None
    _, start = parts[_part_of_patch(content, [start for start, _ in parts], cwd, options)]
    return content[: _end(_HEADERS, content, start)]


def _end(pattern: re.Pattern[bytes], content: mmap.mmap, start: int) -> int:
    found = pattern.match(content, start)
    return found.end() if found else start


def _part_of_patch(
    content: mmap.mmap, starts: list[int], cwd: Path, options: ReadingOptions
) -> int:
    """Return the number of the part, from 0, with the line at which git finds the patch.

    Binary search: git reads mails that end after a part.
    """
    first, last = 0, len(starts) - 1
    while first < last:
        middle = (first + last) // 2
        _, patch = _mailinfo(content[: starts[middle + 1]], options.arguments, cwd)
        first, last = (first, middle) if patch else (middle + 1, last)
    return first


def _converted(raw: bytes, head: bytes, cwd: Path) -> bytes | None:
    """Return text converted to UTF-8 by git, as the headers in `head` say, or None."""
    lines = raw.split(b"\n")
    # random, in characters that UTF-7 writes as ASCII does, too
    mark = secrets.token_hex(4).encode() + b":"
    start = mark + secrets.token_hex(16).encode() + b"\n"
    # the last of several headers counts; the text has been decoded
    mail = head + b"Content-Transfer-Encoding: 8bit\n\n" + start
    mail += b"".join(b"%s%s\n" % (mark, line) for line in lines)
    message, _ = _mailinfo(mail, (NO_SCISSORS,), cwd)
    _, _, text = message.partition(start)
    # format=flowed joins lines, so a line may have no end
    read = [line.removesuffix(b"\n") for line in text.split(mark)[1:]]
    return b"\n".join(read) if len(read) == len(lines) else None


def _mailinfo(mail: bytes, options: tuple[str, ...], cwd: Path) -> tuple[bytes, bytes]:
    """Return message and patch of a mail; both are empty if git cannot read it."""
    with files.scratch_folder() as scratch:
        message, patch = scratch / "message", scratch / "patch"
        done = completed(
            [*mailinfo_command(options, in_utf8=True), message, patch], sent=mail, cwd=cwd
        )
        return (b"", b"") if done.returncode else (message.read_bytes(), patch.read_bytes())
