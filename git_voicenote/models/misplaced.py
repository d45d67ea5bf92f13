"""Detect files that are named like weights but contain something else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from git_voicenote.bounded import open_regular
from git_voicenote.errors import ContentError, EngineError

if TYPE_CHECKING:
    from pathlib import Path

_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_WEB_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|\?xml)", re.IGNORECASE)


def refuse_wrong_file(path: Path) -> None:
    """Raise EngineError for a pipe, an empty file, a web page or a Git LFS pointer."""
    try:
        with open_regular(path) as file:
            start = file.read(512)
    except ContentError as exc:
        raise EngineError(exc.message) from exc
    except OSError as exc:
        raise EngineError(f"cannot read {path}: {exc.strerror}") from exc
    if not start:
        raise EngineError(f"{path} is empty", hint="copy or fetch it again")
    if start.startswith(_LFS_POINTER):
        raise EngineError(
            f"{path} is a Git LFS pointer, not the file itself",
            hint="run `git lfs pull` in the clone that it comes from, then try again",
        )
    if _WEB_PAGE.match(start):
        raise EngineError(
            f"{path} is a web page, not the file that its name suggests",
            hint="the page of a proxy or a login was saved instead; fetch the file again",
        )
