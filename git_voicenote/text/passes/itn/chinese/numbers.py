"""Numbers in Chinese characters: 一百零五 is 105, 二零二五 is read off as 2025."""

from __future__ import annotations

from git_voicenote.text.passes.itn.english.numbers import MAX_DIGITS

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")}
_DIGITS |= {"〇": 0, "幺": 1, "两": 2}
_SMALL_SCALES = {"十": 10, "百": 100, "千": 1000}
_TEN_THOUSAND, _HUNDRED_MILLION = 10_000, 100_000_000
_LARGE_SCALES = {"万": _TEN_THOUSAND, "亿": _HUNDRED_MILLION}
DIGIT = "零〇一二三四五六七八九幺"
"""The digits that are read one by one, as a character class."""
SMALL = 10
"""Numbers up to this stay words in prose: 三个, 十个."""
ANY = f"{DIGIT}两十百千万亿"
"""The characters of a number, as a character class."""


def value(number: str) -> int | None:
    """Return the value of a number: 一百零五 is 105; None if it is not one number.

    Its scales fall, so 三百四百 is two, and so is 三十万三十万; 七八十 is about that much.
    """
    if not 0 < len(number) <= MAX_DIGITS:
        return None
    if not any(character in _SMALL_SCALES or character in _LARGE_SCALES for character in number):
        return int(read_digits(number)) if len(number) == 1 else None
    high, separator, rest = number.rpartition("亿")
    if separator:
        above, below = _below_hundred_million(high), _below_hundred_million(rest) if rest else 0
        if not above or below is None:
            return None
        return above * _HUNDRED_MILLION + below * _missing_scale(number, _HUNDRED_MILLION, rest)
    return _below_hundred_million(number)


def is_shortened(number: str) -> bool:
    """Return whether a number leaves out its last scale: 三万一 is 31000.

    Before a measure its end is another number: 三万一天 is 30,000 a day.
    """
    return len(number) > 1 and number[-1] in _DIGITS and number[-2] in "百千万亿"


def is_scaled(number: str) -> bool:
    """Return whether a number contains 百, 千, 万 or 亿."""
    return any(character in "百千万亿" for character in number)


def read_digits(number: str) -> str:
    """Return digits that are read one by one."""
    return "".join(str(_DIGITS[character]) for character in number)


def digits_or_value(number: str) -> str | None:
    """Return a number in digits, spoken digit by digit or as a value; None if it is not one."""
    if len(number) > MAX_DIGITS:
        return None
    if number and all(character in _DIGITS for character in number):
        return read_digits(number)
    found = value(number)
    return None if found is None else str(found)


def written(said: str, number: int) -> str:
    """Return the written form of a number, with its large scale if it ends in one: 3000万."""
    for scale, size in (
        ("万亿", _TEN_THOUSAND * _HUNDRED_MILLION), ("亿", _HUNDRED_MILLION), ("万", _TEN_THOUSAND),
    ):  # fmt: skip
        is_only = not any(character in _LARGE_SCALES for character in said.removesuffix(scale))
        if said.endswith(scale) and is_only and number % size == 0:
            return f"{number // size}{scale}"
    return str(number)


def _below_hundred_million(number: str) -> int | None:
    """Return a number without 亿: of up to two sections, with 万 between them."""
    high, separator, rest = number.rpartition("万")
    if not separator:
        return _section(number)
    above, below = _section(high), _section(rest) if rest else 0
    if not above or below is None:
        return None
    return above * _TEN_THOUSAND + below * _missing_scale(number, _TEN_THOUSAND, rest)


def _section(number: str) -> int | None:
    """Return a number below 10,000, whose scales decrease."""
    total, digit, last_scale = 0, None, 10_000
    for character in number:
        scale = _SMALL_SCALES.get(character)
        if scale is None:
            if digit or character not in _DIGITS:
                return None
            digit = _DIGITS[character]
            continue
        if scale >= last_scale or digit == 0 or (digit is None and scale > 10):
            return None
        total += (1 if digit is None else digit) * scale
        digit, last_scale = None, scale
    if digit == 0 and len(number) > 1:
        return None
    is_missing = is_shortened(number)
    return total + (digit or 0) * (last_scale // 10 if is_missing else 1)


def _missing_scale(number: str, size: int, rest: str) -> int:
    """Return the scale of a last digit after a large scale: 三万一 is 31000."""
    return size // 10 if is_shortened(number) and len(rest) == 1 else 1
