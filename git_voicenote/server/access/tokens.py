"""Read or create the token of clients."""

from __future__ import annotations

import os
import re
import secrets
import shlex
import stat
from typing import TYPE_CHECKING

from git_voicenote.bounded import open_regular
from git_voicenote.errors import ContentError, StoreError

if TYPE_CHECKING:
    from pathlib import Path

_FORM = re.compile(r"[\x21-\x7e]{20,512}")
_MAKE = "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"


def new_token() -> str:
    """Return a random token."""
    return secrets.token_urlsafe(32)


def read_token(path: Path) -> str:
    """Return the token in a file that only its owner can read. Raises StoreError."""
    try:
        with open_regular(path) as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read(1024).decode("latin-1").strip()
    except (OSError, ContentError) as exc:
        raise StoreError(
            f"the token file {path} cannot be read: {getattr(exc, 'strerror', None) or exc}",
            hint=f"`(umask 077; {_MAKE} > {shlex.quote(str(path))})` makes one",
        ) from exc
    if stat.S_IMODE(mode) & 0o077:
        raise StoreError(
            f"other users may read or write the token file {path}",
            hint=f"`chmod 600 {shlex.quote(str(path))}`",
        )
    if not _FORM.fullmatch(text):
        raise StoreError(
            f"{path} does not contain a token: one line of 20 to 512 ASCII characters, no blanks",
            hint=f"`(umask 077; {_MAKE} > {shlex.quote(str(path))})` makes one",
        )
    return text
