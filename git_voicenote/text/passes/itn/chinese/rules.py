"""Numbers in Chinese prose about code: 二零二五年 is 2025年, 二点六点一 is 2.6.1."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from git_voicenote.text import tables
from git_voicenote.text.passes.base import Change
from git_voicenote.text.passes.itn.chinese import times
from git_voicenote.text.passes.itn.chinese.numbers import (
    ANY,
    DIGIT,
    SMALL,
    digits_or_value,
    is_scaled,
    is_shortened,
    read_digits,
    value,
    written,
)
from git_voicenote.text.spans import Spans, code_spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NUMBER = f"[{ANY}]+"
_LAST_PORT = 65535

_CHUNK = re.compile(r"\S+")
_PRINTABLE = re.compile(r"[!-~]*")
_PERCENT = re.compile(
    rf"百分之({_NUMBER}(?:点[{DIGIT}]+)?)"
    rf"(?:([到至])(?:百分之)?({_NUMBER}(?:点[{DIGIT}]+)?)(?![{ANY}点个条次分]))?"
)
_FRACTION = re.compile(rf"(?<![{ANY}]){_NUMBER}分之{_NUMBER}")
_POINTS = re.compile(rf"(?<![点{ANY}])({_NUMBER})((?:点{_NUMBER})+)(?![点滴钟])")
_VERSIONED = re.compile(r"(?:版本|版|[A-Za-z])\s*$")
_MAX_CUE_LENGTH = 8

_SHORT_PRICE = re.compile(rf"(?<![{ANY}点]){_NUMBER}块{_NUMBER}(?!毛|角|分)")
_MEASURES = "个条次行件位名种项段块张份篇点半刻"
"""The units after 一 that are counted: 三万一天 is 30,000 a day."""
_EACH = f"{_MEASURES}天年月日周人台遍家页只本组层批步元毛倍轮趟小秒分"
_ITEM = rf"第?{_NUMBER}(?:点(?![{ANY}])|[个条次行件位名种项段张份篇天号日页月](?![{ANY}]))?"
_SERIES = re.compile(rf"(?<![{ANY}点之]){_ITEM}(?:[到至或比和与、]{_ITEM})+(?!点[{ANY}])")

_MORE = rf"(?:[和与或、到至][{ANY}]{{2,}}(?![{ANY}{_EACH}]))*"
"""The numbers that follow after a cue: 端口八零八零和四四三, but 端口八十和三个进程."""
_PART = frozenset(ANY)
_PLAIN = re.compile(_NUMBER)
_FLAG = re.compile(r"(?:杠|减)\s*(?:杠|减)\s*([A-Za-z][\w-]*)")
_SUFFIX = re.compile(
    r"(?<![A-Za-z0-9_-])([0-9]*+[A-Za-z][A-Za-z0-9_-]*+)\s*点\s*([A-Za-z]\w{0,5})(?![\w-])"
)
_ONE_POINT_AFTER = "这那有早晚快慢差同第每"


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
            found.append(change)  # one that changes nothing keeps what it covers
    return found


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of addresses, with the sentence before, which no space separates."""
    for chunk in _CHUNK.finditer(text) if "://" in text else ():
        at = chunk[0].rfind("://")
        rest = _PRINTABLE.match(text, chunk.start() + at)
        if at >= 0 and rest:
            yield chunk.start(), rest.end()


def _found(text: str) -> list[Change]:
    """Return all possible changes, by priority; the caller resolves overlaps."""
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
        change(found, _percent(found), "percent")
    for found in _FRACTION.finditer(text):
        change(found, found[0], "kept")
    changes += times.dates(text)
    changes += times.times_of_day(text)
    for found in _POINTS.finditer(text):
        changes += _decimal(text, found)
    changes += _after_cues(text)
    for found in _SHORT_PRICE.finditer(text):
        change(found, found[0], "kept")
    changes += times.in_steps(text)
    idioms = list(_idioms_of(text))
    words = Spans(span for span in idioms if text[span[0]] != "第")
    for found in _SERIES.finditer(text):
        if not words.touch(*found.span()):
            changes.append(_series(text, found))
    changes += _whole_numbers(text, Spans(idioms))
    return changes


def _percent(found: re.Match[str]) -> str | None:
    number = "100" if found[1] == "百" else _with_point(found[1])
    if number is None or not found[3]:
        return f"{number}%" if number else None
    last = _with_point(found[3])
    return f"{number}%{found[2]}{last}%" if last else None


def _series(text: str, found: re.Match[str]) -> Change:
    """Return the change for numbers that are said together: all in digits, or unchanged."""
    said = [each[0] for each in _PLAIN.finditer(found[0])]
    numbers = [value(number) for number in said]
    end = found.end() + len(_unit(text, found.end()))
    kept = Change(
        found.start(), end, text[found.start() : end], text[found.start() : end], "itn:kept"
    )
    known = [number for number in numbers if number is not None]
    if len(known) < len(numbers) or any(map(is_shortened, said)):
        return kept
    for first, second in pairwise(said):
        is_short = is_scaled(second) and not is_scaled(first) and len(second) <= 2
        if is_short and (value(first) or 0) < (value(second[0]) or 0):
            return kept  # 一到两百
    unit = _unit(text, found.end())
    if max(known) <= SMALL and not unit:
        return kept
    values = iter(zip(said, known, strict=True))
    after = _PLAIN.sub(lambda _: written(*next(values)), found[0])
    if unit:
        after = f"{after} {tables.strings('chinese', 'units')[unit]}"
    return replace(kept, after=after, source="itn:unit" if unit else "itn:number")


def _with_point(number: str) -> str | None:
    whole, point, fraction = number.partition("点")
    before = digits_or_value(whole)
    if before is None or not point:
        return before
    return f"{before}.{read_digits(fraction)}"


def _decimal(text: str, found: re.Match[str]) -> Iterator[Change]:
    """Yield the change of a number with points: 三点一四, 三点五万, 版本三点十一.

    三点二十 alone may be a time or a version, and stays.
    """
    if _is_no_decimal(text, found):
        return
    said = found[0].rstrip("万亿")
    scale = found[0][len(said) :]
    parts = [digits_or_value(part) for part in said.split("点")]
    number = None if None in parts else ".".join(part for part in parts if part)
    before = text[max(0, found.start() - _MAX_CUE_LENGTH) : found.start()]
    is_single = found[2].count("点") == 1
    if is_single and re.search("[十百千]", said.partition("点")[2]):
        number = number if _VERSIONED.search(before) else None
    if number is None or (scale and not is_single):
        yield Change(*found.span(), found[0], found[0], "itn:kept")
    elif scale:
        yield Change(*found.span(), found[0], number + scale, "itn:number")
    else:
        yield _with_unit(text, found.span(), number, "version")


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
        for found in re.finditer(rf"{cue}(?:是|为|：)?({_NUMBER}{_MORE})", text):
            numbers = [digits_or_value(each[0]) for each in _PLAIN.finditer(found[1])]
            is_port = all(int(number or 0) <= _LAST_PORT for number in numbers)
            if "端口" in cue and not is_port:
                numbers = [None]
            if len(found[1]) > 1 or "号" in cue or "码" in cue:
                changes.append(_replaced(text, found.span(1), numbers, "number"))
    for noun in tables.words("chinese", "issues"):
        for found in re.finditer(rf"{noun}(?:编号|号)?({_NUMBER}{_MORE})号?", text):
            numbers = [digits_or_value(each[0]) for each in _PLAIN.finditer(found[1])]
            known = [number for number in numbers if number]
            if any(int(number) > SMALL for number in known) or len(known) < len(numbers):
                signed = [number and f" #{number}" for number in numbers]
                changes.append(_replaced(text, (found.start(1), found.end()), signed, "issue"))
    return changes


def _replaced(text: str, span: tuple[int, int], numbers: Sequence[str | None], rule: str) -> Change:
    """Return the change for the numbers in a span, or none if one is not understood."""
    before = text[slice(*span)]
    if None in numbers:
        return Change(*span, before, before, "itn:kept")
    values = iter(numbers)
    after = _PLAIN.sub(lambda _: next(values) or "", before)
    return Change(*span, before, after.removesuffix("号"), f"itn:{rule}")


def _idioms_of(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of words that contain number characters but are not numbers."""
    for found in _idioms().finditer(text):
        is_end = found[0][0] in ANY and text[max(found.start() - 1, 0) : found.start()] in _PART
        is_start = found[0][0] == "第" and text[found.end() : found.end() + 1] in _PART
        if not is_end and not is_start:
            yield found.span()


def _whole_numbers(text: str, idioms: Spans) -> list[Change]:
    changes: list[Change] = []
    for found in _PLAIN.finditer(text):
        is_after_digit = text[max(found.start() - 1, 0) : found.start()].isdigit()
        if idioms.touch(*found.span()) or is_after_digit:
            continue  # "1一百" would be another number
        number = value(found[0])
        following = text[found.end() : found.end() + 1]
        if number is None or (len(found[0]) > 1 and found[0][0] in "百千万亿") or following == "几":
            continue
        if is_shortened(found[0]) and following and following in _EACH:
            continue
        if _unit(text, found.end()):
            changes.append(_with_unit(text, found.span(), str(number), "number"))
        elif number > SMALL and len(found[0]) > 1:
            changes.append(Change(*found.span(), found[0], written(found[0], number), "itn:number"))
    return changes


def _unit(text: str, at: int) -> str:
    """Return the spoken unit at a position, or ""."""
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
