"""A cache of what was harvested for the vocabulary, stored next to the history."""

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
_MAX_VALUES = 8
"""Of each kind. People work on few changes at a time."""
_LARGE_BYTES = 1_000_000
"""A larger value, such as the prose of a long history, is kept alone."""


class VocabularyCache:
    """A key-value store in the folder `vocabulary` below a root; the oldest values are dropped.

    A value is any JSON value.
    """

    def __init__(self, root: Path) -> None:
        self._folder = root / "vocabulary"

    def read(self, kind: str, key: str) -> tuple[object | None, str | None]:
        """Return the value of a key or None, and a warning or None."""
        path = self._path(kind)
        try:
            return next((value for name, value in _values(path) if name == key), None), None
        except FileNotFoundError:
            return None, None
        except OSError as exc:
            return None, f"cannot read {path}: {exc.strerror}"
        except (ContentError, ValueError, KeyError, TypeError):
            return None, f"{path} is damaged and will be rebuilt"

    def write(self, kind: str, key: str, value: object) -> StoreError | None:
        """Store a value and drop old ones; return the error if it could not be written."""
        path = self._path(kind)
        before: list[object] = []
        with contextlib.suppress(OSError, ContentError, ValueError, KeyError, TypeError):
            before = [pair for pair in _values(path) if pair[0] != key]
        pairs = [
            json.dumps(pair, ensure_ascii=False)
            for pair in (*before[1 - _MAX_VALUES :], (key, value))
        ]
        while len(pairs) > 1 and sum(map(len, pairs)) > _LARGE_BYTES:
            del pairs[0]
        try:
            files.private_folder(self._folder)
            # atomically: another process reads the old file or the new one
            files.replace(path, f'{{"version": {_VERSION}, "values": [{", ".join(pairs)}]}}')
        except OSError as exc:
            return store_error(f"cannot write {path}", exc)
        return None

    def _path(self, kind: str) -> Path:
        return self._folder / f"{kind}.json"


def _values(path: Path) -> list[Any]:
    """Return the key-value pairs in a file, or none if another version wrote it."""
    kept: Any = parse_json(read_file(path, _LIMITS.size), path.name, _LIMITS)
    values: list[Any] = kept["values"] if kept["version"] == _VERSION else []
    return values
