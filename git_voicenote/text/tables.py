"""Read the installed tables of words: git_voicenote/text/data/*.toml."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import cast

from git_voicenote.bounded import parse_toml

_FOLDER = Path(__file__).parent / "data"


@cache
def table(name: str) -> dict[str, object]:
    """Return a table by its name; each table is read once."""
    return parse_toml((_FOLDER / f"{name}.toml").read_bytes(), f"{name}.toml")


def section(name: str, *keys: str) -> dict[str, object]:
    """Return a section of a table, or {} if it does not exist."""
    found: object = table(name)
    for key in keys:
        found = found.get(key, {}) if isinstance(found, dict) else {}
    return cast("dict[str, object]", found)  # the keys of a TOML table are strings


@cache
def strings(name: str, *keys: str) -> dict[str, str]:
    """Return the entries of a section that are strings."""
    entries = section(name, *keys).items()
    return {key: value for key, value in entries if isinstance(value, str)}


@cache
def numbers(name: str, *keys: str) -> dict[str, int]:
    """Return the entries of a section that are integers."""
    entries = section(name, *keys).items()
    return {key: value for key, value in entries if isinstance(value, int)}


@cache
def words(name: str, *keys: str) -> frozenset[str]:
    """Return the words of an entry: a list, or a string of words separated by spaces."""
    *sections, key = keys
    value = section(name, *sections).get(key, ())
    return frozenset(value.split() if isinstance(value, str) else cast("list[str]", value))
