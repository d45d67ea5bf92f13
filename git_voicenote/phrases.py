"""Build parts of messages: counted nouns, suggestions and sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def counted(number: int, one: str, several: str | None = None) -> str:
    """Return a number and a noun: 1 note, 2 notes; `several` is an irregular plural."""
    return f"{number} {one if number == 1 else several or one + 's'}"


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """Return the known names that are similar to a name, the most similar first."""
    from difflib import get_close_matches  # here, because it is rarely needed

    return get_close_matches(name, [one for one in known if one != name])


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a question that suggests similar names, or "" if there are none."""
    found = nearest(name, known)
    return f"did you mean {' or '.join(found)}? " if found else ""


def size(octets: int) -> str:
    """Return a number of octets as people read it: 812 bytes, 14 kB, 2.1 MB, 1.7 GB."""
    if octets < 1000:
        return counted(octets, "byte")
    value = float(octets)
    for unit in ("kB", "MB", "GB"):
        value /= 1000
        if value < 999.5 or unit == "GB":
            break
    return f"{value:.1f} {unit}" if value < 9.95 else f"{value:,.0f} {unit}"
