"""Parse and write the values of settings in git's configuration and in variables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from git_voicenote import recording_formats

if TYPE_CHECKING:
    from collections.abc import Callable

ControlKind = Literal["choice", "bool", "number", "text"]
"""The kind of control that a form shows for a setting."""

_LONGEST_TIMEOUT = 3600
_NOT_IN_A_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(?:/|\Z)|[./]\Z")
"""git-check-ref-format(1)."""


@dataclass(frozen=True, slots=True)
class ValueForm:
    """How the values of a setting are written.

    `read` parses a text, or None for a key without a value, and raises ValueError. `choices` are
    all values of the kind choice; for a text, they are values to suggest. `low` and `high` are the
    bounds of a number, None for no bound.
    """

    kind: ControlKind
    read: Callable[[str | None], Any]
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None

    def written(self, value: object) -> str:
        """Return a value as text; "" for None."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, float):
            return f"{value:g}"
        if isinstance(value, recording_formats.RecordingFormat):
            return value.name
        return "" if value is None else str(value)


def _text(raw: str | None) -> str:
    if not raw:
        raise ValueError("it needs a value")
    return raw


def _boolean(raw: str | None) -> bool:
    """Parse a boolean as `git config --type=bool` does: a key without a value is true."""
    if raw is None:
        return True
    match raw.lower():
        case "true" | "yes" | "on" | "1":
            return True
        case "false" | "no" | "off" | "0" | "":
            return False
    raise ValueError("expected true or false")


def _seconds(raw: str | None) -> float:
    try:
        seconds = float(_text(raw))
    except ValueError as exc:
        raise ValueError("expected a number of seconds") from exc
    if not 0 <= seconds < float("inf"):
        raise ValueError("expected a number of seconds, 0 or more")
    return seconds


def _timeout(raw: str | None) -> float:
    seconds = _seconds(raw)
    if not 0 < seconds <= _LONGEST_TIMEOUT:
        raise ValueError(f"expected seconds, more than 0 and at most {_LONGEST_TIMEOUT}")
    return seconds


def _device(raw: str | None) -> str:
    if raw in DEVICE.choices or (raw and re.fullmatch(r"cuda:\d+", raw)):
        return raw
    raise ValueError("expected auto, cpu, mps, cuda or cuda:N")


def _server(raw: str | None) -> str:
    """Check the URL of a server; secrets are refused, because URLs are shown and stored."""
    from urllib.parse import urlsplit

    url = _text(raw)
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as exc:
        raise ValueError(f"it is not a URL: {exc}") from exc
    if parts.username is not None or parts.password is not None:
        raise ValueError("it must not contain a user or password: `git credential` stores them")
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise ValueError("expected http://… or https://…")
    if not re.fullmatch(r"[\x21-\x7e]+", url) or parts.query or parts.fragment:
        raise ValueError("expected a URL of ASCII characters, without ? and #")
    return url


def _path(raw: str | None) -> str:
    path = _text(raw)
    if not re.fullmatch(r"/[\x21-\x7e]*", path) or "#" in path:
        raise ValueError("expected a path that begins with /, of ASCII characters")
    return path


def _notes_ref(raw: str | None) -> str:
    """Expand a short name as `git notes --ref` does, and check it as git check-ref-format does."""
    name = _text(raw)
    if not name.startswith("refs/notes/"):
        name = "refs/" + name if name.startswith("notes/") else "refs/notes/" + name
    if _NOT_IN_A_REF.search(name):
        raise ValueError("it is not a valid name of a ref")
    return name


def choice(*choices: str) -> ValueForm:
    """Return the form of a setting with a fixed list of values."""

    def read(raw: str | None) -> str:
        if raw not in choices:
            raise ValueError(f"expected {', '.join(choices[:-1])} or {choices[-1]}")
        return raw

    return ValueForm("choice", read, choices)


def count(low: int, high: int) -> ValueForm:
    """Return the form of a whole number from `low` to `high`."""

    def read(raw: str | None) -> int:
        if not (raw and re.fullmatch(r"[0-9]{1,9}", raw) and low <= int(raw) <= high):
            raise ValueError(f"expected a number from {low} to {high}")
        return int(raw)

    return ValueForm("number", read, low=low, high=high)


def number(low: float, high: float) -> ValueForm:
    """Return the form of a number from `low` to `high`."""

    def read(raw: str | None) -> float:
        try:
            value = float(_text(raw))
        except ValueError as exc:
            raise ValueError(f"expected a number from {low:g} to {high:g}") from exc
        if not low <= value <= high:
            raise ValueError(f"expected a number from {low:g} to {high:g}")
        return value

    return ValueForm("number", read, low=low, high=high)


BOOLEAN = ValueForm("bool", _boolean, ("true", "false"))
DEVICE = ValueForm("text", _device, ("auto", "cpu", "mps", "cuda"))
NOTES_REF = ValueForm("text", _notes_ref)
PATH = ValueForm("text", _path)
RECORDING_FORMAT = ValueForm(
    "choice",
    recording_formats.format_named,
    tuple(one.name for one in recording_formats.FORMATS),
)
SECONDS = ValueForm("number", _seconds, low=0)
SERVER = ValueForm("text", _server)
TEXT = ValueForm("text", _text)
TIMEOUT = ValueForm("number", _timeout)


def text_with(*suggestions: str) -> ValueForm:
    """Return the form of a text with suggested values."""
    return ValueForm("text", _text, suggestions)
