"""What was harvested for the vocabulary, kept beside the history: all of it can be made again."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

from git_voicenote import files
from git_voicenote.bounded import Limits, parse_json, read_file
from git_voicenote.errors import ContentError
from git_voicenote.files.failures import store_error

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.errors import StoreError

_VERSION = 2
_LIMITS = Limits(size=64 << 20, nodes=4_000_000)
_MOST = 8
"""Values of a kind that are kept; a person works on few changes at a time."""
_BIG = 1_000_000
"""Bytes of a value beside which no other is kept: the prose of a long history."""


class VocabularyCache:
    """Values under keys, in the folder `vocabulary` below a root; the oldest go first.

    A value is anything that JSON holds.
    """

    def __init__(self, root: Path) -> None:
        self._folder = root / "vocabulary"

    def read(self, kind: str, key: str) -> tuple[object | None, str | None]:
        """Return the value under a key, None where there is none; and what is wrong, if so."""
        path = self._path(kind)
        try:
            return next((value for name, value in _values(path) if name == key), None), None
        except FileNotFoundError:
            return None, None
        except OSError as exc:
            return None, f"{path} cannot be read: {exc.strerror}"
        except (ContentError, ValueError, KeyError, TypeError):
            return None, f"{path} is broken; it is made anew"

    def write(self, kind: str, key: str, value: object) -> StoreError | None:
        """Keep a value, and few before it; return what kept it from being written, if anything."""
        path = self._path(kind)
        before: list[object] = []
        with contextlib.suppress(OSError, ContentError, ValueError, KeyError, TypeError):
            before = [pair for pair in _values(path) if pair[0] != key]
        pairs = [
            json.dumps(pair, ensure_ascii=False) for pair in (*before[1 - _MOST :], (key, value))
        ]
        while len(pairs) > 1 and sum(map(len, pairs)) > _BIG:
            del pairs[0]
        try:
            files.private_folder(self._folder)
            # at once: another process reads the old one or the new one
            files.replace(path, f'{{"version": {_VERSION}, "values": [{", ".join(pairs)}]}}')
        except OSError as exc:
            return store_error(f"{path} cannot be written", exc)
        return None

    def _path(self, kind: str) -> Path:
        return self._folder / f"{kind}.json"


def _values(path: Path) -> list[Any]:
    """Return the pairs of key and value in a file; none where another version wrote it."""
    kept: Any = parse_json(read_file(path, _LIMITS.size), path.name, _LIMITS)
    values: list[Any] = kept["values"] if kept["version"] == _VERSION else []
    return values
