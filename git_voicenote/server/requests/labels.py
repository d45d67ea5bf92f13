"""Labels of uploaded files: their names with folders, which are never used as paths here."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from git_voicenote.characters import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

_MAX_PARTS = 32
_MAX_PART_BYTES = 200
"""File systems allow 255; a suffix and a number have to fit."""
_RESERVED = re.compile(r'[<>:"|?*\x00-\x1f]')
"""Windows refuses these characters, and reads `c:x` as a path."""


def label(filename: bytes, number: int) -> str:
    """Return the label of a file, from the name that a client gave it.

    It is relative, no part of it is empty or dots, and it is safe to unpack anywhere.
    """
    text = visible(filename.decode("utf-8", "replace")).replace("\n", " ").replace("\t", " ")
    parts = [_part(part) for part in text.replace("\\", "/").split("/")]
    kept = [part for part in parts if part][-_MAX_PARTS:]
    return "/".join(kept) or f"sound {number}"


def result_names(labels: list[str], suffix: str, taken: Iterable[str] = ()) -> list[str]:
    """Return names for results, no two of which differ only in case.

    `talks/monday.flac` becomes `talks/monday.srt`, a second one `talks/monday-2.srt`. No name is
    the folder of another one or among those `taken`.
    """
    used = {name.casefold() for name in taken}
    used |= {str(folder).casefold() for one in labels for folder in PurePosixPath(one).parents}
    names = []
    for one in labels:
        path = PurePosixPath(one)
        stem, number = path.stem, 1
        while (name := str(path.with_name(f"{stem}{suffix}"))).casefold() in used:
            number += 1
            stem = f"{path.stem}-{number}"
        used.add(name.casefold())
        names.append(name)
    return names


def _part(text: str) -> str:
    """Return a part of a name without characters that file systems refuse; "" for dots."""
    text = _RESERVED.sub("_", text).strip().encode()[:_MAX_PART_BYTES].decode("utf-8", "ignore")
    return text.rstrip(". \xa0")  # after it was cut; Windows reads `.. ` as `..`
