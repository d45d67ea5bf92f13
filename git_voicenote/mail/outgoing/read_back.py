"""Read mails back before they are sent, as git am will read them."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self, cast

from git_voicenote.errors import PatchError
from git_voicenote.git.running.traced import GitProcess
from git_voicenote.mail.incoming.mailinfo import read_mailinfo
from git_voicenote.mail.outgoing.mails import HEADER, PREFIX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.git.repository import Repository
    from git_voicenote.mail.incoming.mailinfo import MailInfo
    from git_voicenote.mail.outgoing.mails import Mail, MailedCommit

_ENOUGH_MEMORY = 1 << 30  # octets: more than any mailed series
_PLAIN_HEADERS = frozenset(
    b"from date subject mime-version content-type content-transfer-encoding message-id "
    b"in-reply-to references to cc".split()
)
_PLAIN_VALUES = re.compile(
    rb"1\.0$|text/plain; charset=utf-8$|8bit$|multipart/mixed; boundary=", re.IGNORECASE
)


class ReadBack:
    """Reads mails as git am does, while more are being made. A context manager.

    Mails are fed in any order; git mailsplit numbers them in that order.
    """

    def __init__(self, repository: Repository, *, mboxrd: bool = False) -> None:
        self._repository = repository
        self._options = ("--mboxrd",) if mboxrd else ()
        self._fed = 0

    def __enter__(self) -> Self:
        from contextlib import ExitStack

        from git_voicenote import files

        with ExitStack() as stack:
            memory = _memory()
            scratch = files.work_folder(memory, "git-voicenote-") if memory else None
            self._folder = stack.enter_context(scratch or files.scratch_folder())
            self._mailsplit = GitProcess(
                ["git", "mailsplit", *self._options, f"-o{self._folder}"],
                cwd=self._repository.cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )  # fmt: skip
            stack.callback(self._mailsplit.communicate)
            stack.callback(self._mailsplit.kill)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def feed(self, mail: bytes) -> Path:
        """Feed a mail to git; return where it is to be found after `close`."""
        self._fed += 1
        try:
            cast("IO[bytes]", self._mailsplit.stdin).write(mail)
            if not mail.endswith(b"\n"):
                cast("IO[bytes]", self._mailsplit.stdin).write(b"\n")
        except BrokenPipeError:
            self.close()
            raise
        return self._folder / f"{self._fed:04}"

    def close(self) -> None:
        """Finish; raise PatchError if git split the input into another number of mails."""
        counted, complaint = self._mailsplit.communicate()
        if self._mailsplit.returncode:
            words = complaint.decode("utf-8", "replace").strip()
            raise PatchError(f"git could not read the patches back: {words}")
        if int(counted) != self._fed:
            raise PatchError(
                f"git would take these {self._fed} mails for {int(counted)}",
                hint="a header or your signature may start with `From `",
            )

    def read(self, paths: Sequence[Path], *, keep_subject: bool = False) -> list[MailInfo]:
        """Return what git am reads in some of the mails, in their order."""
        # --scissors: b4 always reads so, and what survives them survives their absence
        options = ("-k", "--scissors") if keep_subject else ("--scissors",)
        cwd = self._repository.cwd
        if len(paths) < 3:  # often the cover alone: it is not worth the import
            return [read_mailinfo(path, cwd, options) for path in paths]
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda path: read_mailinfo(path, cwd, options), paths))


def is_plain(mail: Mail, commit: MailedCommit) -> bool:
    """Return whether only the body of a mail could confuse mailinfo.

    In doubt, no. `indent_hazards` handles the body.
    """
    if not mail.is_exact or mail.head.count(b"\n\n") > (2 if mail.boundary else 1):
        return False
    for name, value in HEADER.findall(mail.headers):
        lower = name.lower()
        if lower not in _PLAIN_HEADERS and not lower.startswith(b"x-"):
            return False
        if lower.startswith((b"mime", b"content")) and not _PLAIN_VALUES.match(value):
            return False
    if mail.boundary and mail.rest.count(b"\n--" + mail.boundary) != 2:
        return False
    if not mail.headers.isascii() or any(
        line.startswith(b"From ") for line in mail.headers.split(b"\n")
    ):
        return False
    subject = next((v for n, v in HEADER.findall(mail.headers) if n.lower() == b"subject"), b"")
    return _is_plain_title(commit.title, subject) and _is_plain_author(commit)


def patch_in(mail: Mail) -> bytes:
    """Return what git am should read after the message, with the line ends of mail."""
    text = mail.rest
    if mail.boundary:
        part = rb"\n--" + re.escape(mail.boundary) + rb"(?:--\n*|\n(?:[^\n]+\n)*\n)"
        text = re.sub(part, b"\n", text)
    return text.replace(b"\r\n", b"\n")


def _memory() -> Path | None:
    """Return a folder in memory for temporary files, if there is room.

    None if there is none, or the user named a place. ext4 takes 0.35 ms to create a file after
    others were removed, and blocks git, which creates its files there.
    """
    memory = Path("/dev/shm")  # noqa: S108 - a private folder is made in it
    if "TMPDIR" in os.environ or not os.access(memory, os.W_OK | os.X_OK):
        return None
    from git_voicenote.files import free_room

    return memory if free_room(memory) >= _ENOUGH_MEMORY else None


def _is_plain_title(title: bytes, subject: bytes) -> bool:
    if title[:1] in (b"", b"[", b":", b" ", b"\t") or title[:3].lower() == b"re:" or b"=?" in title:
        return False
    prefix = PREFIX.match(subject)
    words = subject[prefix.end() :] if prefix else subject
    return words.startswith(b"=?UTF-8?q?") or words.split() == title.split()


def _is_plain_author(commit: MailedCommit) -> bool:
    name, email = commit.author, commit.email
    return bool(
        0 < len(name) <= 60
        and name == b" ".join(name.split())
        and not re.search(rb'[@<>()"\\,\0]|=\?', name)
        and re.fullmatch(rb'[^\s@<>()"\\]+@[^\s@<>()"\\]+', email)
    )
