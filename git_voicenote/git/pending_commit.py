"""The commit that git is creating, as its prepare-commit-msg hook sees it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.errors import HookError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from git_voicenote.git.repository import Repository

_IN_PROGRESS = ("rebase-merge", "rebase-apply", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD")
_AUTOMATIC = b"#;@!$%^&|:"
"""The characters that core.commentChar=auto chooses from (git's builtin/commit.c)."""

_SCISSORS = re.compile(rb"^(\S+) -{24} >8 -{24}\n", re.MULTILINE)
# tokens with a dash (Signed-off-by, Co-authored-by, Change-Id), unlike a template's "Why:"
_TRAILERS = re.compile(rb"(?:[A-Za-z]+(?:-[A-Za-z]+)+: \S.*(?:\n|$))+")


@dataclass(frozen=True)
class PendingCommit:
    """A commit that has no message yet. `source` is the hook's second argument."""

    repository: Repository
    path: Path
    source: str | None

    def awaits_message(self, environment: Mapping[str, str]) -> bool:
        """Whether a person is about to write the message of a new commit.

        False if a message was given, during a rebase, a merge or a pick, and if GIT_EDITOR=: says
        that no editor will open.
        """
        return (
            self.source in (None, "", "template")
            and environment.get("GIT_EDITOR") != ":"
            and not any((self.repository.git_dir / name).exists() for name in _IN_PROGRESS)
        )

    def staged(self) -> tuple[tuple[str, ...], frozenset[str]]:
        """Return the changed paths, and those of them that are new.

        git names the index of this commit in GIT_INDEX_FILE: `git commit FILE` has its own.
        """
        listed = self.repository.run(
            "diff",
            "--cached",
            "--name-status",
            "--no-renames",
            "--no-ext-diff",
            "--ignore-submodules=none",
            "-z",
        )
        fields = listed.decode("utf-8", "replace").split("\0")[:-1]
        changes = list(zip(fields[::2], fields[1::2], strict=True))
        paths = tuple(path for _, path in changes)
        return paths, frozenset(path for status, path in changes if status == "A")

    def comment(self) -> str:
        """Return the start of a comment in the message file."""
        return self._comment(self._read()).decode("utf-8", "replace")

    def insert(self, message: str, *, ends_in_trailers: bool) -> None:
        """Insert a message at the top of the file; its content stays.

        Trailers from git or a template are put together with those of the message. Raises
        HookError; the file is then unchanged.
        """
        content = self._read()
        text = self._encode(message)
        start = self._first_comment(content)
        own = content[:start].strip(b"\n")
        if own and _TRAILERS.fullmatch(own):
            joint = b"" if ends_in_trailers else b"\n"
            self._write(text + joint + content.lstrip(b"\n"))
        else:
            self._write(text + (b"" if content[:1] in (b"\n", b"") else b"\n") + content)

    def has_comments(self) -> bool:
        """Whether the file has a comment, from git or a template. Raises HookError."""
        content = self._read()
        return self._first_comment(content) < len(content)

    def remark(self, text: str) -> None:
        """Insert a text as a comment, which the person sees and git removes. Raises HookError."""
        content = self._read()
        comment = self._comment(content)
        remark = b"".join(comment + b" " + self._encode(line) + b"\n" for line in text.splitlines())
        scissors = _SCISSORS.search(content)
        if scissors:
            # above the scissors, `--cleanup=scissors` keeps comments: go below git's own ones
            at = scissors.end()
            while content.startswith(comment, at):
                at = content.find(b"\n", at) + 1 or len(content)
        else:
            at = self._first_comment(content)
            remark = remark if at < len(content) else b"\n" + remark
        self._write(content[:at] + remark + content[at:])

    def _comment(self, content: bytes) -> bytes:
        scissors = _SCISSORS.search(content)
        if scissors:
            return scissors[1]
        if self._configured_comment is not None:
            return self._configured_comment
        last = content.rstrip(b"\n").rpartition(b"\n")[2]
        return last[:1] if last[:1] and last[:1] in _AUTOMATIC else b"#"

    @cached_property
    def _configured_comment(self) -> bytes | None:
        """The start of a comment; None if git chooses it for each message."""
        configured = self.repository.config(r"^core\.comment(char|string)$")
        if "auto" in configured.values():
            return None
        if not configured:
            return b"#"
        # which of the two keys counts depends on git's version, so git is asked
        commented = self.repository.run("stripspace", "--comment-lines", stdin=b"x\n")
        return commented.removesuffix(b" x\n") or b"#"

    def _first_comment(self, content: bytes) -> int:
        """Return the position of the first comment, or the end of the file."""
        found = re.search(rb"^" + re.escape(self._comment(content)), content, re.MULTILINE)
        return found.start() if found else len(content)

    def _encode(self, text: str) -> bytes:
        configured = self.repository.config(r"^i18n\.commitencoding$")
        encoding = configured.get("i18n.commitencoding") or "utf-8"
        try:
            return text.encode(encoding)
        except (LookupError, UnicodeEncodeError) as exc:
            raise HookError(
                f"what was said cannot be written in {encoding}",
                hint="i18n.commitEncoding names the encoding of messages; UTF-8 holds any text",
            ) from exc

    def _read(self) -> bytes:
        try:
            return self.path.read_bytes()
        except OSError as exc:
            raise HookError(f"{self.path} cannot be read: {exc.strerror}") from exc

    def _write(self, content: bytes) -> None:
        """Replace the file atomically; if that fails, it is unchanged."""
        try:
            files.replace(self.path, content, keep=True)
        except OSError as exc:
            raise HookError(f"{self.path} cannot be written: {exc.strerror}") from exc
