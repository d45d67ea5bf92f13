"""Parse JSON and TOML, within limits that are checked before parsing."""

from __future__ import annotations

import json
import re

from git_voicenote.bounded.limits import (
    MAX_INTEGER_BITS,
    Limits,
    check_size,
    check_tree,
    too_deep,
    too_many,
    unique,
)
from git_voicenote.errors import ContentError

_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*(?:"|\\?\Z)', re.DOTALL)
"""A JSON string. An unterminated string extends to the end of the text; otherwise each quote in it
would be tried as the start of another string, which is quadratic."""
_BRACES_TO_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS = bytes(sorted(set(range(256)) - set(b"[]{}")))
_NOT_VALUES = bytes(sorted(set(range(256)) - set(b"[{,")))
_MAX_INTEGER_DIGITS = 20
"""2**64 has 20 digits."""
_MAX_FLOAT_CHARACTERS = 400
"""More do not add precision."""
_SURROGATE = re.compile(rb"\\u[dD][89abAB]|\\u[dD][c-fC-F]")

_TOML_SIZE = 256 << 10
_DOTTED = re.compile(
    r"""(?<![\w-])(?:(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){17}"""
)
"""A key of more than 16 parts. tomllib takes quadratic time for such a key: an hour for 128 kB."""


def parse_json(content: bytes, name: str, limits: Limits | None = None) -> object:
    """Return the value of a JSON text; errors refer to it as `name`.

    The text must be UTF-8. NaN, Infinity and numbers of more than 64 bits are refused. Raises
    ContentError.
    """
    limits = limits or Limits()
    check_size(content, name, limits)
    _check_shape(content, name, limits)
    try:
        value: object = json.loads(
            content.decode("utf-8-sig"),
            parse_int=_whole,
            parse_float=_real,
            parse_constant=_constant,
            object_pairs_hook=unique if limits.unique_keys else None,
        )
        if not limits.surrogates and _SURROGATE.search(content):
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as exc:
        raise ContentError(f"{name} is not JSON: {_reason(exc)}") from exc
    return value


def parse_toml(content: bytes, name: str, limits: Limits | None = None) -> dict[str, object]:
    """Return the value of a TOML text; errors refer to it as `name`. Raises ContentError."""
    import tomllib

    limits = limits or Limits(size=_TOML_SIZE)
    check_size(content, name, limits)
    try:
        text = content.decode("utf-8-sig")
        if _DOTTED.search(text):
            raise ContentError(f"{name} has a key of more than 16 parts")
        value: dict[str, object] = tomllib.loads(text)
    except (ValueError, OverflowError, RecursionError) as exc:
        raise ContentError(f"{name} is not TOML: {_reason(exc)}") from exc
    check_tree(value, name, limits)
    return value


def _check_shape(content: bytes, name: str, limits: Limits) -> None:
    """Count the values and the depth of a JSON text without parsing it."""
    bare = _STRING.sub(b"", content)
    if len(bare.translate(None, _NOT_VALUES)) >= limits.nodes:
        raise too_many(name, limits)
    brackets = bare.translate(_BRACES_TO_BRACKETS, _NOT_BRACKETS)
    for _ in range(limits.depth):
        inner = brackets.replace(b"[]", b"")
        if len(inner) == len(brackets):
            break  # none are left, or they do not match, which the parser reports
        brackets = inner
    if b"[]" in brackets:
        raise too_deep(name, limits)


def _whole(digits: str) -> int:
    if len(digits) > _MAX_INTEGER_DIGITS:
        raise ValueError(f"the number {digits[:12]}… has {len(digits)} digits")
    value = int(digits)
    if value.bit_length() > MAX_INTEGER_BITS:
        raise ValueError(f"the number {digits} has more than {MAX_INTEGER_BITS} bits")
    return value


def _real(digits: str) -> float:
    if len(digits) > _MAX_FLOAT_CHARACTERS:
        raise ValueError(f"the number {digits[:12]}… has {len(digits)} digits")
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"the number {digits[:12]} is too large")
    return value


def _constant(word: str) -> object:
    raise ValueError(f"{word} is not a number")


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return "it is not UTF-8"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return str(error).splitlines()[0][:200] if str(error) else "it is damaged"
