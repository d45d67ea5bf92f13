"""Hooks that git am runs for us, in addition to the user's own."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from git_voicenote import files

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.git.repository import Repository

# our part of the hook ignores signals: it takes milliseconds, and must be complete
_COPY_MAILS = """\
trap '' INT TERM HUP QUIT
spool={spool}
state=$(git rev-parse --git-path rebase-apply) || exit 0
if [ ! -d "$spool/mails" ]; then
    # all or none: git am removes them when it is done. keep, quoted-cr, scissors and utf8 are
    # its options for reading mails
    rm -rf "$spool/mails-hook" && mkdir "$spool/mails-hook" &&
        cp "$state"/[0-9kqsu]* "$spool/mails-hook/" && mv "$spool/mails-hook" "$spool/mails"
fi
"""
_KEEP_PATCH = """\
number=$(cat "$state/next") && commit=$(git rev-parse HEAD) &&
    cp "$state/patch" "$spool/patch" && mv "$spool/patch" "$spool/applied/$number-$commit"
"""
_STOP_WITHOUT_DIFF = """\
if [ -s "$state/patch" ] && ! grep -qaE '^(diff --git |[+][+][+] )' "$state/patch"; then
    # git apply would fail; the caller of git am recognizes letters and replies, and skips them
    exit 1
fi
"""


def make_am_hooks(repository: Repository, spool: Path, *, stops_without_diff: bool) -> Path:
    """Write hooks that copy what git am knows of each mail to `spool`; return their folder.

    The user's own hooks run afterwards, by their real paths, because a hook may look for files
    beside itself. With `stops_without_diff`, git am ends silently with status 1 before a mail that
    has text below a `---` but no diff. Raises OSError.
    """
    ours = {
        "applypatch-msg": _COPY_MAILS + (_STOP_WITHOUT_DIFF if stops_without_diff else ""),
        "post-applypatch": _COPY_MAILS + _KEEP_PATCH,
    }
    folder = spool / "hooks"
    files.private_folder(folder)
    theirs = _hooks_of(repository)
    for name in {*theirs, *ours}:
        script = ours.get(name, "").format(spool=shlex.quote(str(spool)))
        if script:
            script += "trap - INT TERM HUP QUIT\n"
        if name in theirs:
            script += f'exec {shlex.quote(str(theirs[name]))} "$@"\n'
        else:
            script += "exit 0\n"
        files.replace(folder / name, os.fsencode(f"#!/bin/sh\n{script}"), mode=0o700)
    return folder


def _hooks_of(repository: Repository) -> dict[str, Path]:
    """Return the hooks that git would run."""
    folder = repository.hooks_folder()
    if not folder.is_dir():
        return {}
    return {
        path.name: path for path in folder.iterdir() if path.is_file() and os.access(path, os.X_OK)
    }
