"""Numbers in Chinese prose about code: 二零二五年 is 2025年, 二点六点一 is 2.6.1."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from git_voicenote.text import tables
from git_voicenote.text.passes.base import Change
from git_voicenote.text.passes.itn.english.numbers import MOST_DIGITS
from git_voicenote.text.spans import Spans, code_spans

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")}
_DIGITS |= {"〇": 0, "幺": 1, "两": 2}
_SMALL_SCALES = {"十": 10, "百": 100, "千": 1000}
_LARGE_SCALES = {"万": 10_000, "亿": 100_000_000}
_DIGIT = "零〇一二三四五六七八九幺"
_ANY = f"{_DIGIT}两十百千万亿"
_NUMBER = f"[{_ANY}]+"
_SMALL = 10
"""Numbers up to this one are words in prose: 三个, 十个."""

_CHUNK = re.compile(r"\S+")
_PRINTABLE = re.compile(r"[!-~]*")
_PERCENT = re.compile(rf"百分之({_NUMBER}(?:点[{_DIGIT}]+)?)")
_YEAR = re.compile(rf"([{_DIGIT}]{{4}})年")

_DATE = re.compile(rf"(?<![{_ANY}])({_NUMBER})月({_NUMBER})([日号])")
_TIME = re.compile(rf"(?<![{_ANY}])({_NUMBER})点({_NUMBER})分")
_POINTS = re.compile(rf"(?<![点{_ANY}])({_NUMBER})((?:点{_NUMBER})+)(?![点滴钟])")

_PLAIN = re.compile(_NUMBER)
_FLAG = re.compile(r"(?:杠|减)\s*(?:杠|减)\s*([A-Za-z][\w-]*)")
_SUFFIX = re.compile(
    r"(?<![A-Za-z0-9_-])([0-9]*+[A-Za-z][A-Za-z0-9_-]*+)\s*点\s*([A-Za-z]\w{0,5})(?!\w)"
)
_ONE_POINT_AFTER = "这那有早晚快慢差同第每"
_MEASURES = "个条次行件位名种项段块张份篇点半"


def changes(text: str) -> list[Change]:
    """Return where numbers, dates, shares, versions, flags and file names were said.

    One to ten stay characters, as do idioms and approximations (七八个). The changes do not
    overlap.
    """
    taken = Spans((*code_spans(text), *_addresses(text)))
    found: list[Change] = []
    for change in _found(text):
        if not taken.touch(change.start, change.end):
            taken.add(change.start, change.end)
            found.append(change)
    return found


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yield where addresses are, with the sentence before: no space parts it from them."""
    for chunk in _CHUNK.finditer(text) if "://" in text else ():
        at = chunk[0].rfind("://")
        rest = _PRINTABLE.match(text, chunk.start() + at)
        if at >= 0 and rest:
            yield chunk.start(), rest.end()


def _found(text: str) -> list[Change]:
    """Return all that could be changed, what counts most first; overlaps are the caller's."""
    changes: list[Change] = []

    def change(found: re.Match[str], after: str | None, rule: str) -> None:
        if after is not None:
            changes.append(Change(found.start(), found.end(), found[0], after, f"itn:{rule}"))

    for found in _FLAG.finditer(text):
        change(found, f"--{found[1]}", "flag")
    for found in _SUFFIX.finditer(text):
        if found[2].lower() in tables.words("itn", "suffixes", "words"):
            change(found, f"{found[1]}.{found[2]}", "path")
    for found in _PERCENT.finditer(text):
        number = "100" if found[1] == "百" else _decimal(found[1])
        change(found, f"{number}%" if number else None, "percent")
    for found in _YEAR.finditer(text):
        change(found, f"{_read_off(found[1])}年", "year")
    for found in _DATE.finditer(text):
        month, day = value(found[1]), value(found[2])
        if month and day and month <= 12 and day <= 31:
            change(found, f"{month}月{day}{found[3]}", "date")
    for found in _TIME.finditer(text):
        hour, minute = value(found[1]), value(found[2])
        if hour and minute and hour <= 24 and minute < 60:
            change(found, f"{hour}点{minute}分", "time")
    for found in _POINTS.finditer(text):
        number = None if _is_no_decimal(text, found) else _pointed(found)
        if number:
            changes.append(_with_unit(text, found.span(), number, "version"))
    changes += _after_cues(text)
    changes += _whole_numbers(text)
    return changes


def value(number: str) -> int | None:
    """Return what a number is, in Arabic digits: 一百零五 is 105; None for what is none."""
    if len(number) > MOST_DIGITS:
        return None
    if not any(character in _SMALL_SCALES or character in _LARGE_SCALES for character in number):
        return int(_read_off(number)) if len(number) == 1 else None
    total = section = 0
    digit: int | None = None
    last_scale = 0
    for character in number:
        if character in _DIGITS:
            if digit:
                return None  # 七八十: about that much
            digit = _DIGITS[character]
        elif character in _SMALL_SCALES:
            section += (1 if digit is None else digit) * _SMALL_SCALES[character]
            digit, last_scale = None, _SMALL_SCALES[character]
        else:
            total = (total + section + (digit or 0)) * _LARGE_SCALES[character]
            section, digit, last_scale = 0, None, _LARGE_SCALES[character]
            if total == 0:
                return None
    if digit and last_scale > 10 and "零" not in number and number[-2] not in "零〇":
        return total + section + digit * last_scale // 10  # 一百五 is 150
    return total + section + (digit or 0)


def _read_off(number: str) -> str:
    return "".join(str(_DIGITS[character]) for character in number)


def _digits_or_value(number: str) -> str | None:
    if len(number) > MOST_DIGITS:
        return None
    if all(character in _DIGITS for character in number):
        return _read_off(number)
    found = value(number)
    return None if found is None else str(found)


def _decimal(number: str) -> str | None:
    whole, point, fraction = number.partition("点")
    before = _digits_or_value(whole)
    if before is None or not point:
        return before
    return f"{before}.{_read_off(fraction)}"


def _pointed(found: re.Match[str]) -> str | None:
    parts = [_digits_or_value(part) for part in found[0].split("点")]
    return None if None in parts else ".".join(part for part in parts if part)


def _is_no_decimal(text: str, found: re.Match[str]) -> bool:
    """Whether 点 is a point in an argument or an hour: 两点, 这一点三个线程, 三点十五分."""
    if "两" in found[0]:
        return True
    single = found[2].count("点") == 1
    before = text[max(found.start() - 1, 0) : found.start()]
    after = text[found.end() : found.end() + 1]
    if single and found[1] == "一" and (before in _ONE_POINT_AFTER and before):
        return True
    return single and len(found[2]) == 2 and after != "" and after in _MEASURES


def _after_cues(text: str) -> list[Change]:
    changes: list[Change] = []
    for cue in tables.words("chinese", "cues"):
        for found in re.finditer(rf"{cue}(?:是|为|：)?({_NUMBER})", text):
            after = _digits_or_value(found[1])
            if after and (len(found[1]) > 1 or "号" in cue or "码" in cue):
                changes.append(Change(found.start(1), found.end(1), found[1], after, "itn:number"))
    for noun in tables.words("chinese", "issues"):
        for found in re.finditer(rf"{noun}(?:编号|号)?({_NUMBER})(号)?", text):
            after = _digits_or_value(found[1])
            if after and int(after) > _SMALL:
                changes.append(
                    Change(found.start(1), found.end(), text[found.start(1) : found.end()],
                           f" #{after}", "itn:issue")
                )  # fmt: skip
    return changes


def _whole_numbers(text: str) -> list[Change]:
    changes: list[Change] = []
    idioms = Spans(
        found.span()
        for found in _idioms().finditer(text)
        if not (
            found[0][0] in "十百千万" and text[max(found.start() - 1, 0) : found.start()] in _DIGITS
        )
    )
    for found in _PLAIN.finditer(text):
        if idioms.touch(*found.span()):
            continue
        number = value(found[0])
        if number is None or (len(found[0]) > 1 and found[0][0] in "百千万亿"):
            continue
        if _unit(text, found.end()):
            changes.append(_with_unit(text, found.span(), str(number), "number"))
        elif number > _SMALL and len(found[0]) > 1:
            changes.append(
                Change(*found.span(), found[0], _written(found[0], number), "itn:number")
            )
    return changes


def _written(said: str, number: int) -> str:
    for scale, size in reversed(_LARGE_SCALES.items()):
        if said.endswith(scale) and number % size == 0:
            return f"{number // size}{scale}"  # 三千万 is 3000万
    return str(number)


def _unit(text: str, at: int) -> str:
    """Return the unit that starts at a place, as it is said; "" where there is none."""
    said = [unit for unit in tables.strings("chinese", "units") if text.startswith(unit, at)]
    return max(said, key=len, default="")


def _with_unit(text: str, span: tuple[int, int], number: str, rule: str) -> Change:
    """Return the change to a number, with the unit after it if there is one."""
    start, end = span
    unit = _unit(text, end)
    if unit:
        end += len(unit)
        number = f"{number} {tables.strings('chinese', 'units')[unit]}"
        rule = "unit"
    return Change(start, end, text[start:end], number, f"itn:{rule}")


@cache
def _idioms() -> re.Pattern[str]:
    words = sorted(tables.words("chinese", "words"), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)))
