"""Versions, addresses, hexadecimal numbers and hashes, as they are said."""

from __future__ import annotations

import re

from git_voicenote.text import tables
from git_voicenote.text.passes.itn.english.amounts import quantity
from git_voicenote.text.passes.itn.english.numbers import (
    MOST_DIGITS,
    SCALES,
    digits,
    is_number_word,
)
from git_voicenote.text.passes.itn.english.phrases import POINTS, function_words
from git_voicenote.text.passes.itn.words import Lows, Match, Run, low, lows

_WRITTEN = re.compile(rf"(?=.{{1,{MOST_DIGITS}}}\Z)\d++(?:\.\d++)*")
_HEX_CHUNK = re.compile(r"[a-f]*+[0-9][0-9a-f]*+")
_MOST_PARTS = 8
"""Of a version, or "point" and "dot" in it."""
_MOST_HEX_DIGITS = 64
"""Of a hash: git's longest."""
_WRITTEN_HASH = 6
"""Digits and letters from which on they are a hash that somebody wrote."""
# what is hardly ever the first word of a number: "at one point three threads", "no one point two"
_NOT_BEFORE_ONE_POINT = frozenset({"at", "this", "that", "no", "any", "every", "each", "some"})


def version(run: Run, at: int) -> Match | None:
    """Two point six point one; v two; one twenty seven dot zero dot zero dot one colon eighty."""
    start = at
    prefix = ""
    if low(run, at) == "v" and at + 1 < len(run):
        prefix, start = "v", at + 1
    read = _component(run, start, first=True)
    if read is None:
        return None
    parts, end = [read[0]], read[1]
    while low(run, end) in POINTS:
        further = _component(run, end + 1, first=False)
        if further is None:
            break
        parts.append(further[0])
        end = further[1]
        if len(parts) > _MOST_PARTS:
            return None
    number = ".".join(parts)
    if len(parts) == 1:
        label, end = _prerelease(run, end) if number.count(".") > 1 else ("", end)
        if label:
            return Match(end, prefix + number + label, "version")
        if not prefix or run[start].low.isdigit() or "." in run[start].text:
            return None
    elif not prefix and _is_no_version(run, at, number):
        return None
    if number.count(".") == 3 and all(int(part) < 256 for part in number.split(".")):
        port = _colon_port(run, end) or _slash_width(run, end)
        return Match(port[1], number + port[0], "ip") if port else Match(end, number, "ip")
    if prefix or number.count(".") > 1:
        label, end = _prerelease(run, end)
        return Match(end, prefix + number + label, "version")
    with_unit = quantity(run, end, number)
    if with_unit:
        return with_unit
    if low(run, end) in ("million", "billion"):
        return Match(end + 1, f"{number} {run[end].low}", "decimal")
    return Match(end, number, "version" if low(run, at - 1) == "version" else "decimal")


def _component(run: Run, at: int, *, first: bool) -> tuple[str, int] | None:
    """Read a part of a version. Only after a point may it be an x, or start with "oh"."""
    if at >= len(run):
        return None
    if _WRITTEN.fullmatch(run[at].text):
        return run[at].text, at + 1
    words = Lows(run)
    if not first and words[at] == "x" and not is_number_word(low(run, at + 1)):
        return "x", at + 1
    if words[at].isdigit():
        return None
    read = digits(words, at, oh=not first)
    if read is None:
        return None
    # "one point two and one point three"; a written digit after a spoken one is another thing
    return read


def _is_no_version(run: Run, at: int, number: str) -> bool:
    before = low(run, at - 1)
    if before in POINTS or is_number_word(before) or _WRITTEN.fullmatch(before):
        return True
    return number.startswith("1.") and number.count(".") == 1 and before in _NOT_BEFORE_ONE_POINT


def _colon_port(run: Run, at: int) -> tuple[str, int] | None:
    if low(run, at) != "colon":
        return None
    read = digits(Lows(run), at + 1)
    if read is None or int(read[0]) > 65535:
        return None
    return f":{read[0]}", read[1]


def _slash_width(run: Run, at: int) -> tuple[str, int] | None:
    if low(run, at) != "slash":
        return None
    read = digits(Lows(run), at + 1)
    return (f"/{read[0]}", read[1]) if read and int(read[0]) <= 32 else None


def _prerelease(run: Run, at: int) -> tuple[str, int]:
    """Read "r c two" or "beta one" after a version; ("", at) where there is none."""
    start = at + 1 if low(run, at) in ("dash", "minus") else at
    for said, written in (
        (("r", "c"), "rc"), (("rc",), "rc"), (("release", "candidate"), "rc"),
        (("beta",), "beta"), (("alpha",), "alpha"),
    ):  # fmt: skip
        if lows(run, start, len(said)) == said:
            read = digits(Lows(run), start + len(said))
            if read:
                return f"-{written}{read[0]}", read[1]
    return "", at


def host_port(run: Run, at: int) -> Match | None:
    """Localhost colon three thousand."""
    is_apart = lows(run, at, 2) == ("local", "host")
    if run[at].low != "localhost" and not is_apart:
        return None
    port = _colon_port(run, at + 1 + is_apart)
    return Match(port[1], f"localhost{port[0]}", "port") if port else None


def hexadecimal(run: Run, at: int) -> Match | None:
    """Zero x dead beef."""
    before = low(run, at - 1)
    if run[at].low == "oh" and (is_number_word(before) or before.isdigit()):
        return None
    if run[at].low not in ("zero", "oh", "0") or low(run, at + 1) not in ("x", "ex"):
        if run[at].low != "0x":
            return None
        start = at + 1
    else:
        start = at + 2
    read = _hex_digits(run, start, sounds=False)
    return Match(read[1], f"0x{read[0]}", "hex") if read else None


def commit_hash(run: Run, at: int) -> Match | None:
    """Commit three f two a nine one c: letters and digits after such a word, six at least."""
    if run[at].low not in ("commit", "hash", "sha", "revision", "blob", "object"):
        return None
    start = at + 1
    while start - at <= 2 and low(run, start) in ("hash", "id", "sha"):
        start += 1
    read = _hex_digits(run, start, sounds=True)
    if read is None or not 6 <= len(read[0]) <= 64 or read[0].isdigit() or read[0].isalpha():
        return None
    kept = " ".join(word.text for word in run[at:start])
    return Match(read[1], f"{kept} {read[0]}", "hash")


def _hex_digits(run: Run, at: int, *, sounds: bool) -> tuple[str, int] | None:
    words = Lows(run)
    letters = tables.strings("itn", "hex", "letters")
    read, end = "", at
    while end < len(run):
        word = words[end]
        if len(read) > _MOST_HEX_DIGITS:
            return None
        number = digits(words, end) if is_number_word(word) and word not in SCALES else None
        if number:
            read, end = read + number[0], number[1]
        elif re.fullmatch(r"[a-f]", word):
            if word == "a" and not _is_letter_a(run, end, bool(read)):
                break
            read, end = read + word, end + 1
        elif len(word) >= _WRITTEN_HASH and _HEX_CHUNK.fullmatch(word):
            break  # one that is written already
        elif (
            _HEX_CHUNK.fullmatch(word)
            or (re.fullmatch(r"[a-f]{2}", word) and word not in ("be", "ad"))
            or word in tables.words("itn", "hex", "words")
        ):
            read, end = read + word, end + 1
        elif sounds and word in letters and read:
            read, end = read + letters[word], end + 1
        else:
            break
    return (read, end) if read else None


def _is_letter_a(run: Run, at: int, said_some: bool) -> bool:
    """Whether "a" is the digit: another digit follows, or the phrase ends here."""
    if at + 1 >= len(run):
        return True
    following = run[at + 1].low
    if is_number_word(following) or following in tuple("bcdef") or _HEX_CHUNK.fullmatch(following):
        return True
    return said_some and following in function_words() and following not in ("a", "the")
