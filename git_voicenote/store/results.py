"""A folder of results, one file for each sound file, that knows what each was made from and with.

    with ResultFolder(Path("texts"), ".txt") as folder:
        place = folder.place_for(sound, engine="nano", model="Fun-ASR-Nano-2512", language="en")
        if not place.is_done:
            path = folder.write(place, text, has_words=True)

What is known stands in a file in the folder, a line of JSON for each result as it is written, so
that whoever is interrupted can go on later. A file that is not as it was written here, because a
person edited it or because it is somebody else's, is never replaced: the result gets another name.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from git_voicenote import files
from git_voicenote.bounded import Limits, parse_json, whole
from git_voicenote.errors import ContentError, StoreError
from git_voicenote.files.failures import store_error
from git_voicenote.files.hashing import sha256

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

KNOWN = ".git-voicenote.jsonl"
"""The file with what is known."""

_LARGEST = 100_000_000
"""Bytes of a result: a month of speech has fewer."""
_LARGEST_LIST = 64 << 20
_MOST = 1 << 63
_LINE = Limits(size=64 << 10, depth=4, nodes=100, surrogates=True)
_LONGEST_STEM = 200
"""Octets; file systems allow 255 for a whole name."""


@dataclass(frozen=True, slots=True)
class Making:
    """What a result is made from, as it was before it was read, and with.

    `source` is relative to the folder, so that both may be moved; `modified` in nanoseconds.
    `vocabulary` is whether the engine was told the words of a repository; which they were is not
    known here, for they change with each commit. `itn` is whether it was asked for numbers as
    people write them.
    """

    source: str
    size: int
    modified: int
    engine: str
    model: str | None
    language: str
    vocabulary: bool = False
    itn: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """Where the result for a sound file lies, or will.

    `is_done` says that it is there, made from this very file by this very engine; `has_words` then
    says whether there were any, and `is_whole` whether the file could be read whole.
    """

    path: Path
    making: Making
    is_done: bool = False
    has_words: bool = False
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class _Record:
    """A result as it was written."""

    making: Making
    result: str
    sha256: str
    has_words: bool
    is_whole: bool = True


class ResultFolder:
    """A folder of results, open: nobody else writes to it meanwhile. Raises StoreError."""

    def __init__(self, root: Path, suffix: str) -> None:
        self._root = root
        self._suffix = suffix
        self._records: dict[str, list[_Record]] = {}
        self._names: set[str] = set()
        self._known: BinaryIO | None = None

    def __enter__(self) -> Self:
        path = self._root / KNOWN
        try:
            files.folder(self._root)
            self._known = files.append_to(path)
            files.take_lock(self._known)
            self._known.seek(0)
            content = self._known.read(_LARGEST_LIST + 1)
            if len(content) > _LARGEST_LIST:
                raise StoreError(
                    f"{path} is larger than any list of results",
                    hint="remove it, or name another folder: results that are there stay",
                )
            if content and not content.endswith(b"\n"):  # a line that a crash cut off
                self._known.write(b"\n")
        except BlockingIOError as exc:
            raise StoreError(
                f"another git-voicenote writes its results to {self._root}",
                hint="wait until it is done, or name another folder",
            ) from exc
        except OSError as exc:
            raise store_error(f"{self._root} cannot take results", exc) from exc
        for line in content.splitlines():
            self._learn(line)
        return self

    def __exit__(self, *exc: object) -> None:
        if self._known is not None:
            self._known.close()

    def place_for(
        self,
        source: Path,
        *,
        engine: str,
        model: str | None,
        language: str,
        vocabulary: bool = False,
        itn: bool = True,
    ) -> Place:
        """Return where the result of a sound file belongs; no other file is given that place."""
        name, size, modified = str(source), -1, -1
        try:
            name = os.path.relpath(source.resolve(), self._root.resolve())
            status = source.stat()
            size, modified = status.st_size, status.st_mtime_ns
        except OSError:
            pass  # whoever reads it will tell why it cannot be
        making = Making(name, size, modified, engine, model, language, vocabulary, itn)
        records = self._records.get(name, ())
        if records:
            last = records[-1]
            path = self._root / last.result
            if last.making == making and _stands(path, records):
                return Place(path, making, True, last.has_words, last.is_whole)
            if self._is_ours(path, name):
                return Place(path, making)
        return Place(self._free_path(source), making)

    def write(self, place: Place, text: str, *, has_words: bool, is_whole: bool = True) -> Path:
        """Write a result, whole or not at all, and return where; know it for the next time."""
        path, source = place.path, place.making.source
        if not self._is_ours(path, source):  # somebody wrote there since
            path = self._free_path(Path(source))
        content = text.encode("utf-8", "replace")
        digest = sha256(content)
        record = _Record(place.making, path.name, digest, has_words, is_whole)
        try:
            with files.replacing(path, mode=files.PUBLISHED) as file:
                file.write(content)
                # known before it is there: a result of ours that nobody knows would be a stranger's
                self._remember(record)
        except OSError as exc:
            raise store_error(f"{path} cannot be written", exc) from exc
        return path

    def _remember(self, record: _Record) -> None:
        if self._known is None:
            raise AssertionError("the folder is not open")
        line = {**asdict(record), **asdict(record.making)}
        del line["making"]
        self._known.write(json.dumps(line).encode() + b"\n")
        self._known.flush()
        os.fsync(self._known.fileno())
        self._records.setdefault(record.making.source, []).append(record)

    def _learn(self, line: bytes) -> None:
        """Take in a line of what is known; one that a crash or a person damaged is passed over."""
        try:
            record = _read(parse_json(line, KNOWN, _LINE))
        except (ContentError, TypeError, KeyError):
            return
        self._names.add(record.result.casefold())
        if record.result.endswith(self._suffix):
            self._records.setdefault(record.making.source, []).append(record)

    def _is_ours(self, path: Path, source: str) -> bool:
        """Whether a result for a source may be written there: nothing is, or what we wrote."""
        if not os.path.lexists(path):
            return True
        written = {r.sha256 for r in self._records.get(source, ()) if r.result == path.name}
        return _digest(path) in written

    def _free_path(self, source: Path) -> Path:
        """Return a path that nothing is at, named after a sound file, and keep it free."""
        stem = os.fsdecode(os.fsencode(source.stem)[:_LONGEST_STEM])
        number = 1
        while True:
            name = f"{stem}{f'-{number}' if number > 1 else ''}{self._suffix}"
            path = self._root / name
            # some file systems do not tell A from a
            if name.casefold() not in self._names and not os.path.lexists(path):
                self._names.add(name.casefold())
                return path
            number += 1


def _read(told: Any) -> _Record:  # noqa: ANN401 - JSON, until it has been looked at
    """Return the record in a line. Raises ContentError, KeyError or TypeError for none of ours."""
    result = _text(told["result"])
    if result in ("", "..") or Path(result).name != result or "\0" in result:
        raise ContentError(f"{result!r} leads out of the folder")
    making = Making(
        source=_text(told["source"]),
        size=whole(told["size"], "size", -1, _MOST),
        modified=whole(told["modified"], "modified", -_MOST, _MOST),
        engine=_text(told["engine"]),
        model=None if told["model"] is None else _text(told["model"]),
        language=_text(told["language"]),
        vocabulary=told.get("vocabulary", False) is True,  # as it was before one could choose
        itn=told.get("itn", True) is True,
    )
    has_words, is_whole = told["has_words"] is True, told.get("is_whole", True) is True
    return _Record(making, result, _text(told["sha256"]), has_words, is_whole)


def _text(value: object) -> str:
    """Return a text; it may hold halves of characters, as the names of files do."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _stands(path: Path, records: Sequence[_Record]) -> bool:
    """Whether the last result is in its place, as it was written or as a person edited it since.

    What an earlier one left there is not it: a crash came between knowing it and writing it.
    """
    digest = _digest(path)
    before = {record.sha256 for record in records[:-1] if record.result == path.name}
    return digest is not None and (digest == records[-1].sha256 or digest not in before)


def _digest(path: Path) -> str | None:
    """Return the hash of a result; None for what cannot be one of ours, as a link or a device."""
    try:
        content = files.read_provided(path, within=path.parent, limit=_LARGEST)
    except (OSError, StoreError):
        return None
    return sha256(content)
