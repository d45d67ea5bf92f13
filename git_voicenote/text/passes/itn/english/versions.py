"""Spoken versions, IP addresses, hexadecimal numbers and hashes."""

from __future__ import annotations

import re

from git_voicenote.text import tables
from git_voicenote.text.passes.itn.english.amounts import is_percent, quantity, unit
from git_voicenote.text.passes.itn.english.numbers import (
    MAX_DIGITS,
    SCALES,
    counts_up,
    digits,
    is_like_year,
    is_number_word,
    is_read_off,
)
from git_voicenote.text.passes.itn.english.phrases import POINTS, function_words
from git_voicenote.text.passes.itn.words import LowerCaseWords, Match, Run, kept, low, lows

_WRITTEN = re.compile(rf"(?=.{{1,{MAX_DIGITS}}}\Z)\d++(?:\.\d++)*")
_HEX_CHUNK = re.compile(r"[a-f]*+[0-9][0-9a-f]*+")
_MAX_PARTS = 8
"""The most parts of a version, or "point" and "dot" in it."""
_PARTS_OF_IP = 4
_MAX_HEX_DIGITS = 64
"""The most digits of a hash, as in git."""
_WRITTEN_HASH = 6
"""The fewest digits and letters of a written hash."""
_HASHED = frozenset({"commit", "hash", "sha", "revision", "blob", "object"})
# rarely the first word of a number: "at one point three threads", "no one point two"
_NOT_BEFORE_ONE_POINT = frozenset({"at", "this", "that", "no", "any", "every", "each", "some"})


def version(run: Run, at: int) -> Match | None:
    """Two point six point one; v two; one twenty seven dot zero dot zero dot one colon eighty."""
    start = at
    prefix = ""
    if low(run, at) == "v" and at + 1 < len(run):
        prefix, start = "v", at + 1
    found = _parts(run, start)
    if found is None:
        return None
    parts, end = found
    number = ".".join(parts)
    if len(parts) == 1:
        label, end = _prerelease(run, end) if number.count(".") > 1 else ("", end)
        if label:
            return Match(end, prefix + number + label, "version")
        if not prefix or run[start].low.isdigit() or "." in run[start].text:
            return None
        if low(run, end) in POINTS:
            return None  # "v two dot flac": half of a name
        if is_read_off(LowerCaseWords(run), start, end) and not is_like_year(number):
            return None  # "v two three": with a point, or two of them
    elif not prefix and _is_no_version(run, at, number):
        return None
    if number.count(".") == _PARTS_OF_IP - 1 and all(int(part) < 256 for part in number.split(".")):
        port = _colon_port(run, end) or _slash_width(run, end)
        return Match(port[1], number + port[0], "ip") if port else Match(end, number, "ip")
    if number.count(".") > 1 and not prefix and (unit(run, end) or is_percent(run, end)):
        return kept(end + 1)  # "one point five two point five megabytes"
    if prefix or number.count(".") > 1:
        label, end = _prerelease(run, end)
        return Match(end, prefix + number + label, "version")
    with_unit = quantity(run, end, number)
    if with_unit:
        return with_unit
    scale = low(run, end)
    if scale in SCALES:
        is_one_more = scale == "hundred" or is_number_word(low(run, end + 1))
        return None if is_one_more else Match(end + 1, f"{number} {scale}", "decimal")
    return Match(end, number, "version" if low(run, at - 1) == "version" else "decimal")


def decimal(run: Run, at: int) -> tuple[str, int] | None:
    """Return a decimal number, "one point five", and its end."""
    found = _parts(run, at)
    if found is None or len(found[0]) < 2 or _is_no_version(run, at, ".".join(found[0])):
        return None
    return ".".join(found[0]), found[1]


def _parts(run: Run, at: int) -> tuple[list[str], int] | None:
    """Read numbers with "point" or "dot" between them; None if something else follows."""
    parts: list[str] = []
    end = at
    while not parts or low(run, end) in POINTS:
        start = end + 1 if parts else end
        further = _component(run, start, len(parts))
        if further is None:
            if not parts or is_number_word(low(run, start)):
                return None
            break
        parts.append(further[0])
        end = further[1]
        if len(parts) > _MAX_PARTS:
            return None
    return parts, end


def _component(run: Run, at: int, before: int) -> tuple[str, int] | None:
    """Read a part of a version, with `before` others before it.

    Only after a point may it be an x, or start with "oh".
    """
    if at >= len(run):
        return None
    if _WRITTEN.fullmatch(run[at].text):
        return run[at].text, at + 1
    words = LowerCaseWords(run)
    if before and words[at] == "x" and not is_number_word(low(run, at + 1)):
        return "x", at + 1
    if words[at].isdigit():
        return None
    read = digits(words, at, oh=before > 0)
    if read is None:
        return None
    is_year = not before and is_like_year(read[0])
    if counts_up(words, at, read[1]) and not is_year:
        return None
    scales = [place for place in range(at, read[1]) if words[place] in SCALES]
    is_of_address = low(run, read[1]) in POINTS or before == _PARTS_OF_IP - 1
    if not (before and scales) or (is_of_address and int(read[0]) < 256):
        return read
    # "two point five million": the scale is that of both
    fraction = digits(words[at : scales[0]], oh=True)
    return (fraction[0], at + fraction[1]) if fraction else None


def _is_no_version(run: Run, at: int, number: str) -> bool:
    before = low(run, at - 1)
    if before in POINTS or is_number_word(before) or _WRITTEN.fullmatch(before):
        return True
    return number.startswith("1.") and number.count(".") == 1 and before in _NOT_BEFORE_ONE_POINT


def _colon_port(run: Run, at: int) -> tuple[str, int] | None:
    if low(run, at) != "colon":
        return None
    read = digits(LowerCaseWords(run), at + 1)
    if read is None or int(read[0]) > 65535:
        return None
    return f":{read[0]}", read[1]


def _slash_width(run: Run, at: int) -> tuple[str, int] | None:
    if low(run, at) != "slash":
        return None
    read = digits(LowerCaseWords(run), at + 1)
    return (f"/{read[0]}", read[1]) if read and int(read[0]) <= 32 else None


def _prerelease(run: Run, at: int) -> tuple[str, int]:
    """Read "r c two" or "beta one" after a version; ("", at) if there is none."""
    start = at + 1 if low(run, at) in ("dash", "minus") else at
    for said, written in (
        (("r", "c"), "rc"), (("rc",), "rc"), (("release", "candidate"), "rc"),
        (("beta",), "beta"), (("alpha",), "alpha"),
    ):  # fmt: skip
        if lows(run, start, len(said)) == said:
            read = digits(LowerCaseWords(run), start + len(said))
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
    if _singular(run[at].low) not in _HASHED:
        return None
    start = at + 1
    while start - at <= 2 and low(run, start) in ("hash", "hashes", "id", "ids", "sha"):
        start += 1
    read = _hash(run, start)
    if read is None:
        return None
    text = " ".join((*(word.text for word in run[at:start]), read[0]))
    while low(run, read[1]) in ("and", "or", "to") and (more := _hash(run, read[1] + 1)):
        text, read = f"{text} {run[read[1]].low} {more[0]}", more
    return Match(read[1], text, "hash")


def _singular(word: str) -> str:
    return word.removesuffix("es") if word == "hashes" else word.removesuffix("s")


def _hash(run: Run, at: int) -> tuple[str, int] | None:
    read = _hex_digits(run, at, sounds=True)
    if read is None or not 6 <= len(read[0]) <= 64 or read[0].isdigit() or read[0].isalpha():
        return None
    return read


def _hex_digits(run: Run, at: int, *, sounds: bool) -> tuple[str, int] | None:
    words = LowerCaseWords(run)
    letters = tables.strings("itn", "hex", "letters")
    read, end = "", at
    while end < len(run):
        word = words[end]
        if len(read) > _MAX_HEX_DIGITS:
            return None
        if word in ("zero", "oh") and low(run, end + 1) in ("x", "ex"):
            break  # the next one
        number = digits(words, end) if is_number_word(word) and word not in SCALES else None
        if number:
            starts_next = number[1] - 1 > end and low(run, number[1]) in ("x", "ex")
            read += number[0][:-1] if starts_next else number[0]
            end = number[1] - starts_next
        elif re.fullmatch(r"[a-f]", word):
            if word == "a" and not _is_letter_a(run, end, bool(read)):
                break
            read, end = read + word, end + 1
        elif len(word) >= _WRITTEN_HASH and _HEX_CHUNK.fullmatch(word):
            break  # already written
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
