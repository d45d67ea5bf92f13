"""Parse a diff into files and hunks, and count the changes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.phrases import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_HUNK = re.compile(r"@@ -\d+(?:,(\d{1,9}))? \+(\d+)(?:,(\d{1,9}))? @@")
_ESCAPE = re.compile(r"\\([0-7]{3}|.)")
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_WIDTH = 72
"""Columns of a diffstat."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """A hunk; `heading` is its `@@` line, and `start` the number of its first new line."""

    heading: str
    lines: tuple[str, ...]
    start: int


@dataclass(frozen=True, slots=True)
class FileDiff:
    """The diff of one file. `headers` are the lines above its first hunk.

    `old_path` is set if the file was renamed or copied. `rest` are the lines that belong to no
    hunk: a binary patch, or unexpected lines.
    """

    path: str
    old_path: str | None
    headers: tuple[str, ...]
    hunks: tuple[Hunk, ...]
    rest: tuple[str, ...]

    @property
    def added(self) -> int:
        """The number of added lines."""
        return sum(line[:1] == "+" for hunk in self.hunks for line in hunk.lines)

    @property
    def removed(self) -> int:
        """The number of removed lines."""
        return sum(line[:1] == "-" for hunk in self.hunks for line in hunk.lines)

    @property
    def is_binary(self) -> bool:
        """Whether the file is binary."""
        return any(
            line.startswith(("Binary files ", "GIT binary patch"))
            for line in (*self.headers, *self.rest[:1])
        )


def parse_diff(diff: str) -> tuple[FileDiff, ...]:
    """Parse a diff into files, which contain every line of it unchanged."""
    if not diff:
        return ()
    lines = diff.removesuffix("\n").split("\n")
    starts = list(_starts(lines))
    if not starts or starts[0] > 0:
        starts.insert(0, 0)
    ends = [*starts[1:], len(lines)]
    return tuple(_file(lines[start:end]) for start, end in zip(starts, ends, strict=True))


def diffstat(files: Iterable[FileDiff]) -> str:
    """Return a diffstat in git's format, with a summary line."""
    files = tuple(files)
    if not files:
        return ""
    names = [f"{file.old_path} => {file.path}" if file.old_path else file.path for file in files]
    column = min(max(map(len, names)), _WIDTH - 22)
    most = max(file.added + file.removed for file in files)
    digits = len(str(most))
    scale = min(1.0, (_WIDTH - column - digits - 5) / max(most, 1))
    rows = []
    for name, file in zip(names, files, strict=True):
        shown = name if len(name) <= column else "..." + name[-(column - 3) :]
        if file.is_binary:
            rows.append(f" {shown:{column}} | Bin")
            continue
        plus, minus = (
            round(count * scale) or int(count > 0) for count in (file.added, file.removed)
        )
        bars = "+" * plus + "-" * minus
        rows.append(f" {shown:{column}} | {file.added + file.removed:{digits}} {bars}".rstrip())
    return "\n".join([*rows, " " + change_summary(files)]) + "\n"


def change_summary(files: Iterable[FileDiff]) -> str:
    """Return the summary line of a diffstat, in git's format."""
    files = tuple(files)
    added, removed = sum(file.added for file in files), sum(file.removed for file in files)
    parts = [f"{counted(len(files), 'file')} changed"]
    if added or not removed:
        parts.append(f"{counted(added, 'insertion')}(+)")
    if removed or not added:
        parts.append(f"{counted(removed, 'deletion')}(-)")
    return ", ".join(parts)


def _starts(lines: list[str]) -> Iterator[int]:
    """Yield the line where each file starts, ignoring the lines inside hunks."""
    at = 0
    is_headed = False
    while at < len(lines):
        line = lines[at]
        if found := _HUNK.match(line):
            at = _end_of_hunk(lines, at, found)
            is_headed = False
            continue
        is_bare = not is_headed and line[:4] == "--- " and _is_new_name(lines, at + 1)
        if is_bare or line.startswith(("diff --git ", "diff -")):
            is_headed = True
            yield at
        at += 1


def _is_new_name(lines: list[str], at: int) -> bool:
    return at < len(lines) and lines[at].startswith("+++ ")


def _end_of_hunk(lines: list[str], at: int, found: re.Match[str]) -> int:
    """Return the line after a hunk, by its line counts."""
    old, new = int(found[1] or 1), int(found[3] or 1)
    at += 1
    while at < len(lines):
        sign = lines[at][:1]
        if sign == "\\":
            at += 1
            continue
        if old <= 0 and new <= 0:
            break
        if sign not in ("", " ", "+", "-"):
            break  # truncated, or the counts are wrong
        old -= sign != "+"
        new -= sign != "-"
        at += 1
    return at


def _file(lines: list[str]) -> FileDiff:
    at = 0
    while at < len(lines) and not _HUNK.match(lines[at]):
        at += 1
    headers = lines[:at]
    hunks = []
    while at < len(lines) and (found := _HUNK.match(lines[at])):
        end = _end_of_hunk(lines, at, found)
        hunks.append(Hunk(lines[at], tuple(lines[at + 1 : end]), int(found[2][:9])))
        at = end
    path, old_path = _paths(headers)
    return FileDiff(path, old_path, tuple(headers), tuple(hunks), tuple(lines[at:]))


def _paths(headers: list[str]) -> tuple[str, str | None]:
    found: dict[str, str] = {}
    for line in headers:
        for start in ("--- ", "+++ ", "rename from ", "rename to ", "copy from ", "copy to "):
            if line.startswith(start):
                found[start] = unquoted(line[len(start) :].rstrip("\t"))
    new = found.get("rename to ") or found.get("copy to ")
    if new:
        return new, found.get("rename from ") or found.get("copy from ")
    for start, prefix in (("+++ ", "b/"), ("--- ", "a/")):
        if found.get(start, "/dev/null") != "/dev/null":
            return found[start].removeprefix(prefix), None
    first = headers[0] if headers else ""
    names = first.removeprefix("diff --git ")
    if names != first:  # `a/X b/X`, both the same
        half = unquoted(names[len(names) // 2 + 1 :])
        return half.removeprefix("b/"), None
    return first or "?", None


def unquoted(name: str) -> str:
    """Return a path without git's quoting."""
    if len(name) < 2 or name[0] != '"' or name[-1] != '"':
        return name
    octets = _ESCAPE.sub(_unescaped, name[1:-1])
    return octets.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _unescaped(found: re.Match[str]) -> str:
    code = found[1]
    if len(code) == 3:
        return bytes([int(code, 8) & 0xFF]).decode("utf-8", "surrogateescape")
    return _LETTERS.get(code, code)
