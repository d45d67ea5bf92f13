"""Our block of text in a hook: between two marks, with its own checksum."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from git_voicenote.resources import resource

SHEBANG = b"#!/bin/sh\n"
_END = b"# <<< git-voicenote <<<\n"
MARK = b"# >>> git-voicenote "
_BLOCK = re.compile(
    rb"^# >>> git-voicenote ([0-9a-f]{16})(?: made ([a-z0-9:,]+))? >>>\n"
    # no group is possessive: Python 3.11.2 matches such groups wrongly
    rb"((?:(?!# (?:>>>|<<<) git-voicenote )[^\n]*\n)*)# <<< git-voicenote <<<\n",
    re.MULTILINE,
)


def hook_text(name: str) -> str:
    """Return the block for a hook, for those who insert it themselves."""
    return block_text(name, "").decode()


@dataclass(frozen=True, slots=True)
class HookBlock:
    """Our block in a hook, with the text before and after it."""

    before: bytes
    checksum: str
    made: str
    body: bytes
    after: bytes

    @classmethod
    def find(cls, content: bytes) -> HookBlock | None:
        """Return the block in a hook, or None."""
        found = _BLOCK.search(content)
        if found is None:
            return None
        return cls(
            content[: found.start()],
            found[1].decode(),
            (found[2] or b"").decode(),
            found[3],
            content[found.end() :],
        )

    @property
    def is_intact(self) -> bool:
        """Whether it is unchanged."""
        return self.checksum == _checksum(self.body)

    def replaced_by(self, text: bytes) -> bytes:
        """Return the hook with another text in place of the block."""
        return self.before + text + self.after


def _checksum(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:16]


def body_of(name: str) -> bytes:
    """Return our script in a subshell: it may exit without affecting the user's hook."""
    script = resource("hooks", name).read_bytes()
    return b"(\n" + script.removeprefix(SHEBANG) + b') || exit "$?"\n'


def block_text(name: str, made: str) -> bytes:
    """Return the block of a hook; `made` lists the files and folders created for it."""
    body = body_of(name)
    note = f" made {made}" if made else ""
    return MARK + f"{_checksum(body)}{note} >>>\n".encode() + body + _END


def with_block(name: str, content: bytes) -> bytes:
    """Insert the block at the top: many hooks end in `exit` or `exec`."""
    if not content.startswith(b"#!"):
        return block_text(name, "") + content
    first, newline, rest = content.partition(b"\n")
    return first + b"\n" + block_text(name, "" if newline else "newline") + rest
