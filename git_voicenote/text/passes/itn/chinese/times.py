"""Dates, times and durations in spoken Chinese: 下午三点二十, 三小时二十分钟."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from git_voicenote.text.passes.base import Change
from git_voicenote.text.passes.itn.chinese.numbers import ANY, DIGIT, SMALL, read_digits, value

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBER = f"[{ANY}]+"
_YEAR = re.compile(rf"([{DIGIT}]{{4}})年(?:({_NUMBER})月)?")
_YEAR_AS_NUMBER = re.compile(rf"(?<![{ANY}])([一两]千[{ANY}]+)年({_NUMBER})月")
_YEARS = re.compile(rf"(?<![{ANY}])([{DIGIT}]{{4}})([到至])([{DIGIT}]{{4}})年")

_DATE = re.compile(rf"(?<![{ANY}])({_NUMBER})月({_NUMBER})([日号])")
_TIME = re.compile(rf"(?<![{ANY}])({_NUMBER})点({_NUMBER})分")
_CLOCK = re.compile(
    rf"(?:上午|下午|早上|早晨|晚上|中午|凌晨|傍晚|夜里|今天|明天|昨天|每天|今早|今晚)({_NUMBER})点({_NUMBER})(?![{ANY}点])"
)
_QUARTER = re.compile(rf"(?<![{ANY}])[{ANY}]+点[一三]刻")
_STEPS = "年|个月|天|小时|个小时|分钟|分|秒钟|秒|块|元|毛|角"
_IN_STEPS = re.compile(rf"(?<![{ANY}点])(?:{_NUMBER}(?:{_STEPS})){{2,}}")
_STEP = re.compile(rf"(?<![{ANY}])({_NUMBER})({_STEPS})")


def dates(text: str) -> Iterator[Change]:
    """Yield days, years, and months of a year: 三月五日, 二零二五年三月, 两千零二十六年三月."""
    for found in _DATE.finditer(text):
        month, day = value(found[1]), value(found[2])
        if month and day and month <= 12 and day <= 31:
            yield Change(*found.span(), found[0], f"{month}月{day}{found[3]}", "itn:date")
    for found in _YEARS.finditer(text):
        after = f"{read_digits(found[1])}{found[2]}{read_digits(found[3])}年"
        yield Change(*found.span(), found[0], after, "itn:year")
    for found in _YEAR.finditer(text):
        yield from _year(found, read_digits(found[1]))
    for found in _YEAR_AS_NUMBER.finditer(text):
        yield from _year(found, str(value(found[1]) or ""))


def _year(found: re.Match[str], year: str) -> Iterator[Change]:
    if not year:
        return
    yield Change(found.start(1), found.end(1) + 1, f"{found[1]}年", f"{year}年", "itn:year")
    month = value(found[2]) if found[2] else None
    if month and month <= 12:
        yield Change(found.start(2), found.end(2) + 1, f"{found[2]}月", f"{month}月", "itn:date")


def times_of_day(text: str) -> Iterator[Change]:
    """Yield the times of a day: 三点十五分, and 下午三点二十."""
    for found in _TIME.finditer(text):
        after = _time(found[1], found[2])
        if after:
            yield Change(*found.span(), found[0], f"{after}分", "itn:time")
    for found in _QUARTER.finditer(text):
        yield Change(*found.span(), found[0], found[0], "itn:kept")
    for found in _CLOCK.finditer(text):
        after = _time(found[1], found[2]) if value(found[2]) not in range(10) else None
        start, before = found.start(1), text[found.start(1) : found.end()]
        yield Change(start, found.end(), before, after or before, "itn:time")


def _time(hours: str, minutes: str) -> str | None:
    hour, minute = value(hours), value(minutes.lstrip("零〇"))
    if hour is None or not minute or hour > 24 or minute >= 60:
        return None
    return f"{hour}点{minute:02}" if minutes[0] in "零〇" else f"{hour}点{minute}"


def in_steps(text: str) -> Iterator[Change]:
    """Yield durations and prices with two units or more: 三小时二十分钟, 二十五块八毛.

    If all numbers are at most ten, the change replaces nothing.
    """
    for found in _IN_STEPS.finditer(text):
        numbers = [value(step[1].lstrip("零〇")) for step in _STEP.finditer(found[0])]
        known = [number for number in numbers if number is not None]
        after = found[0]
        if len(known) == len(numbers) and max(known) > SMALL:
            after = _STEP.sub(lambda step: f"{value(step[1].lstrip('零〇'))}{step[2]}", after)
        yield Change(*found.span(), found[0], after, "itn:number")
