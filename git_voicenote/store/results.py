"""A folder of results, one per sound file, with a record of how each result was made.

    with ResultFolder(Path("texts"), ".txt") as folder:
        place = folder.place_for(sound, engine="nano", model="Fun-ASR-Nano-2512", language="en")
        if not place.is_done:
            path = folder.write(place, text, has_words=True)

The records are in a file in the folder, one line of JSON per result, so that an interrupted command
can be resumed. A file that differs from its record, because a person edited it or another program
wrote it, is never replaced: the result gets another name.
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
"""The name of the file with the records."""

_MAX_RESULT_BYTES = 100_000_000
"""A month of speech has fewer."""
_MAX_RECORDS_BYTES = 64 << 20
_MAX_INTEGER = 1 << 63
_LINE = Limits(size=64 << 10, depth=4, nodes=100, surrogates=True)
_MAX_STEM_BYTES = 200
"""File systems allow 255 for the whole name."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """The source of a result, as it was before it was read, and the options used.

    `source` is relative to the folder, so that both can be moved together; `modified` is in
    nanoseconds. `vocabulary` is whether the engine got the terms of a repository; the terms are not
    recorded, because they change with each commit. `itn` is whether the engine was asked to write
    numbers as digits.
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
class ResultPlace:
    """The path of the result for a sound file.

    `is_done` is whether the result exists and was made from the same file with the same options;
    says whether there were any, and `is_whole` whether the file could be read whole.
    """

    path: Path
    making: Inputs
    is_done: bool = False
    has_words: bool = False
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class _Record:
    """A result as it was written."""

    making: Inputs
    result: str
    sha256: str
    has_words: bool
    is_whole: bool = True


class ResultFolder:
    """A folder of results, locked against other processes while open. Raises StoreError."""

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
            content = self._known.read(_MAX_RECORDS_BYTES + 1)
            if len(content) > _MAX_RECORDS_BYTES:
                raise StoreError(
                    f"{path} is larger than any list of results",
                    hint="remove it, or name another folder; existing results are kept",
                )
            if content and not content.endswith(b"\n"):  # a crash truncated the last line
                self._known.write(b"\n")
        except BlockingIOError as exc:
            raise StoreError(
                f"another git voicenote is writing results to {self._root}",
                hint="wait until it has finished, or name another folder",
            ) from exc
        except OSError as exc:
            raise store_error(f"cannot write results to {self._root}", exc) from exc
        for line in content.splitlines():
            self._load_record(line)
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
    ) -> ResultPlace:
        """Return the place for the result of a sound file, and reserve it."""
        name, size, modified = str(source), -1, -1
        try:
            name = os.path.relpath(source.resolve(), self._root.resolve())
            status = source.stat()
            size, modified = status.st_size, status.st_mtime_ns
        except OSError:
            pass  # reading the file will report the error
        making = Inputs(name, size, modified, engine, model, language, vocabulary, itn)
        records = self._records.get(name, ())
        if records:
            last = records[-1]
            path = self._root / last.result
            if last.making == making and _exists(path, records):
                return ResultPlace(path, making, True, last.has_words, last.is_whole)
            if self._is_ours(path, name):
                return ResultPlace(path, making)
        return ResultPlace(self._free_path(source), making)

    def write(
        self, place: ResultPlace, text: str, *, has_words: bool, is_whole: bool = True
    ) -> Path:
        """Write a result completely or not at all, record it, and return its path."""
        path, source = place.path, place.making.source
        if not self._is_ours(path, source):  # it was changed in the meantime
            path = self._free_path(Path(source))
        content = text.encode("utf-8", "replace")
        digest = sha256(content)
        record = _Record(place.making, path.name, digest, has_words, is_whole)
        try:
            with files.replacing(path, mode=files.PUBLISHED) as file:
                file.write(content)
                # recorded first: an unrecorded result would be taken for a foreign file
                self._remember(record)
        except OSError as exc:
            raise store_error(f"cannot write {path}", exc) from exc
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

    def _load_record(self, line: bytes) -> None:
        """Read a record from a line; ignore a damaged line."""
        try:
            record = _read(parse_json(line, KNOWN, _LINE))
        except (ContentError, TypeError, KeyError):
            return
        self._names.add(record.result.casefold())
        if record.result.endswith(self._suffix):
            self._records.setdefault(record.making.source, []).append(record)

    def _is_ours(self, path: Path, source: str) -> bool:
        """Return whether the path is free or has our own unchanged result for the source."""
        if not os.path.lexists(path):
            return True
        written = {r.sha256 for r in self._records.get(source, ()) if r.result == path.name}
        return _digest(path) in written

    def _free_path(self, source: Path) -> Path:
        """Return an unused path named after a sound file, and reserve it."""
        stem = os.fsdecode(os.fsencode(source.stem)[:_MAX_STEM_BYTES])
        number = 1
        while True:
            name = f"{stem}{f'-{number}' if number > 1 else ''}{self._suffix}"
            path = self._root / name
            # some file systems ignore case
            if name.casefold() not in self._names and not os.path.lexists(path):
                self._names.add(name.casefold())
                return path
            number += 1


def _read(told: Any) -> _Record:  # noqa: ANN401 - JSON that is not checked yet
    """Return the record in a line. Raises ContentError, KeyError or TypeError if it is invalid."""
    result = _text(told["result"])
    if result in ("", "..") or Path(result).name != result or "\0" in result:
        raise ContentError(f"{result!r} is outside the folder")
    making = Inputs(
        source=_text(told["source"]),
        size=whole(told["size"], "size", -1, _MAX_INTEGER),
        modified=whole(told["modified"], "modified", -_MAX_INTEGER, _MAX_INTEGER),
        engine=_text(told["engine"]),
        model=None if told["model"] is None else _text(told["model"]),
        language=_text(told["language"]),
        vocabulary=told.get("vocabulary", False) is True,  # missing in the first version
        itn=told.get("itn", True) is True,
    )
    has_words, is_whole = told["has_words"] is True, told.get("is_whole", True) is True
    return _Record(making, result, _text(told["sha256"]), has_words, is_whole)


def _text(value: object) -> str:
    """Return a text, which may contain surrogates, as file names do."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value


def _exists(path: Path, records: Sequence[_Record]) -> bool:
    """Return whether the latest result exists, as it was written or edited by a person.

    An earlier result is not the latest: a crash occurred between recording and writing the latter.
    """
    digest = _digest(path)
    before = {record.sha256 for record in records[:-1] if record.result == path.name}
    return digest is not None and (digest == records[-1].sha256 or digest not in before)


def _digest(path: Path) -> str | None:
    """Return the hash of a result, or None for anything but a regular file, such as a link."""
    try:
        content = files.read_provided(path, within=path.parent, limit=_MAX_RESULT_BYTES)
    except (OSError, StoreError):
        return None
    return sha256(content)
