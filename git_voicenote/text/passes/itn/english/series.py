"""Numbers that are said together: ranges, choices, lists, and adjacent numbers.

Either all are written in digits, or all stay words: "ten to twenty files" is "10 to 20 files", "one
or two hundred" and "twenty thirty seconds" stay as they were said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from git_voicenote.text import tables
from git_voicenote.text.passes.itn.english.amounts import (
    in_digits,
    is_percent,
    quantity,
    read_off,
    unit,
)
from git_voicenote.text.passes.itn.english.numbers import (
    MAX_DIGITS,
    SCALES,
    TENS,
    cardinal,
    counts_up,
    digits,
    is_like_year,
    is_number_word,
)
from git_voicenote.text.passes.itn.english.phrases import POINTS, SMALL, ends_here
from git_voicenote.text.passes.itn.english.versions import decimal
from git_voicenote.text.passes.itn.words import LowerCaseWords, Match, Run, kept, low, lows

_RANGES = frozenset({"to", "through", "thru", "or"})
_RATIOS = frozenset({"in", "out of"})
_JOINERS = frozenset({*_RANGES, *_RATIOS, "and", "by", "times", "plus"})
_WRITTEN = re.compile(rf"(?=.{{1,{MAX_DIGITS}}}\Z)\d+(?:\.\d+)?")
_BEFORE_ONE = frozenset({"", "from", "between", "of", "about", "around", "lines", "pages"})
"""Words after which "one to twenty" is a range, unlike in "gave this one to …"."""
_MAX_ITEMS = 16
_NEAR = 24
"""The most words of one number."""
_LOOKED_BACK = 3
"""The most words of a cue before a number."""


@dataclass(frozen=True, slots=True)
class _Item:
    """A number of a series, up to `end`; `value` is its value, None for a decimal."""

    text: str
    value: int | None
    start: int
    end: int

    @property
    def is_small(self) -> bool:
        return self.value is not None and self.value <= SMALL


@dataclass(frozen=True, slots=True)
class _Series:
    """Numbers and the words between them; `is_whole` if each of them is understood."""

    items: tuple[_Item, ...]
    joiners: tuple[str, ...]
    end: int
    is_whole: bool


def series(run: Run, at: int) -> Match | None:
    """Ten to twenty files; between five and fifteen; one in twenty; two or three megabytes."""
    with_article = _end_of_article_number(run, at)
    if with_article:
        return kept(_end_with_unit(run, _end_of_all(run, with_article)))
    if not _starts_a_number(run, at):
        return None
    found = _series(run, at, reads_off=False)
    end = _end_with_unit(run, found.end)
    if not found.is_whole:
        return kept(end)
    if len(found.items) < 2:
        return None
    if _is_elliptical(run, found):
        return kept(end)
    has_unit = end > found.end
    are_spoken = {is_number_word(run[item.start].low) for item in found.items}
    if True not in are_spoken:
        return None  # written in digits already
    if all(item.is_small for item in found.items) and not has_unit and len(are_spoken) == 1:
        return None
    if not _is_meant(run, at, found, has_unit=has_unit):
        return None
    return _written(run, found)


def series_after_cue(run: Run, at: int) -> Match | None:
    """Lines ten to twenty, ports eighty and four four three."""
    cue = _cue(run, at)
    start = at + len(cue.split())
    if not cue or start >= len(run) or not is_number_word(run[start].low):
        return None
    is_plural = cue in tables.words("itn", "cues", "plural")
    found = _series(run, start, reads_off=cue in tables.words("itn", "cues", "read_off"))
    if not found.is_whole or (len(found.items) > 1 and _is_elliptical(run, found)):
        return kept(_end_with_unit(run, found.end)) if is_plural or found.items else None
    if len(found.items) < 2 or not set(found.joiners) <= {*_RANGES, "and"}:
        return None
    is_small = all(item.is_small for item in found.items)
    if is_small and not (is_plural and ends_here(run, found.end)):
        return None
    if not is_plural and "and" in found.joiners:
        return None  # "line twelve and two files"
    return _written(run, found, run[at:start])


def listed(run: Run, at: int) -> Match | None:
    """Read "nine, ten and eleven" in a run that continues over commas.

    After "ports" and the like numbers may be read off; after "issues" they get no sign.
    """
    cue = _cue(run, at) or _issues(run, at)
    start = at + len(cue.split())
    if start >= len(run) or not _starts_a_number(run, start):
        return None
    found = _series(run, start, reads_off=cue in tables.words("itn", "cues", "read_off"))
    if len(found.items) < 3 or "," not in found.joiners or found.joiners[-1] in ("", ","):
        return None
    if not found.is_whole or _is_elliptical(run, found):
        return kept(_end_with_unit(run, found.end))
    if all(item.is_small for item in found.items):
        return None
    return _written(run, found, run[at:start])


def _cue(run: Run, at: int) -> str:
    """Return the words at this position that precede numbers: "exit codes"; or ""."""
    for length in (2, 1):
        cue = " ".join(lows(run, at, length))
        if any(cue in tables.words("itn", "cues", kind) for kind in ("plural", "small", "large")):
            return cue
    return ""


def _issues(run: Run, at: int) -> str:
    nouns = tables.strings("itn", "issues")
    said = (" ".join(lows(run, at, length)) for length in (2, 1))
    return next((noun for noun in said if noun in nouns and noun.endswith("s")), "")


def _starts_a_number(run: Run, at: int) -> bool:
    if not is_number_word(run[at].low) and not _WRITTEN.fullmatch(run[at].text):
        return False
    before = low(run, at - 1)
    if before in POINTS and is_number_word(low(run, at - 2)):
        return False
    # the end of "a hundred and twenty"
    is_end = before == "and" and low(run, at - 2) in SCALES
    return not (is_number_word(before) or _WRITTEN.fullmatch(before) or is_end)


def _series(run: Run, at: int, *, reads_off: bool) -> _Series:
    """Read numbers as far as words like "to" and "and" join them."""
    items: list[_Item] = []
    joiners: list[str] = []
    end = at
    while len(items) < _MAX_ITEMS:
        item = _item(run, end, reads_off=reads_off)
        if item is None:
            beside = _end_of_article_number(run, end) or _end_of_numbers(run, end)
            if beside > end + 1:  # numbers beside each other: none of the series is understood
                return _Series(tuple(items), tuple(joiners), _end_of_all(run, beside), False)
            joiners = joiners[:-1]
            break
        items.append(item)
        end = item.end
        joiner, following = _joiner(run, end)
        if not joiner:
            break
        joiners.append(joiner)
        end = following
    return _Series(tuple(items), tuple(joiners), items[-1].end if items else at, True)


def _joiner(run: Run, at: int) -> tuple[str, int]:
    """Return the word that joins a number to the next one, and where that starts; "" for none."""
    if at >= len(run):
        return "", at
    comma = "," if run[at - 1].joint == "," else ""
    said = " ".join(lows(run, at, 2))
    if said == "out of":
        return said, at + 2
    if run[at].low in _JOINERS and (not comma or run[at].low in ("and", "or")):
        return f"{comma} {run[at].low}".strip(), at + 1
    return comma, at


def _item(run: Run, at: int, *, reads_off: bool) -> _Item | None:
    """Read one number: "ten", "one point five", a year, and after some words "four four three"."""
    if at >= len(run):
        return None
    if _WRITTEN.fullmatch(run[at].text):
        if is_number_word(low(run, at + 1)) or _WRITTEN.fullmatch(low(run, at + 1)):
            return None
        value = int(run[at].text) if run[at].low.isdigit() else None
        return _Item(run[at].text, value, at, at + 1)
    if not is_number_word(run[at].low):
        return None
    commas = (end for end in range(at, min(at + _NEAR, len(run))) if run[end].joint == ",")
    comma = next(commas, None)
    if comma is not None:
        first = max(0, at - _LOOKED_BACK)
        item = _spoken_item(run[first : comma + 1], at - first, reads_off=reads_off)
        return item and replace(item, start=at, end=item.end + first)
    return _spoken_item(run, at, reads_off=reads_off)


def _spoken_item(run: Run, at: int, *, reads_off: bool) -> _Item | None:
    words = LowerCaseWords(run)
    with_point = decimal(run, at)
    if with_point:
        return _Item(with_point[0], None, at, with_point[1])
    found = cardinal(words, at)
    if found is None:
        return None
    if _ends_a_number(run, found[1]):
        return _Item(in_digits(run, *found), found[0], at, found[1])
    read = digits(words, at) if reads_off else None
    if read and len(read[0]) > 2 and not counts_up(words, at, read[1]):
        return _Item(read[0], int(read[0]), at, read[1])
    year = read_off(run, at)
    return _Item(year.text, int(year.text), at, year.end) if year else None


def _ends_a_number(run: Run, at: int) -> bool:
    following = low(run, at)
    if is_number_word(following) or following in ("oh", "odd", "something", "some"):
        return False
    if following in POINTS:
        return not is_number_word(low(run, at + 1))
    ordinals = tables.numbers("itn", "ordinals")
    return following not in ordinals and not _WRITTEN.fullmatch(following)


def _end_of_numbers(run: Run, at: int) -> int:
    """Return the end of adjacent number words; "zero x" starts something else."""
    end = at
    while is_number_word(low(run, end)) and low(run, end + 1) not in ("x", "ex"):
        end += 1
    return end


def _end_of_article_number(run: Run, at: int) -> int:
    """Return where a number with an article ends, or 0: "a hundred and five thousand".

    It stays in words, like "a hundred", and so do numbers that are said together with it.
    """
    if low(run, at) != "a" or low(run, at + 1) not in SCALES:
        return 0
    found = cardinal(("one", *lows(run, at + 1, _NEAR)))
    return at + found[1] if found else 0


def _end_of_all(run: Run, at: int) -> int:
    """Return the end of a series that is not completely understood."""
    while True:
        joiner, following = _joiner(run, at)
        end = following
        if joiner:
            end = _end_of_article_number(run, following) or _end_of_numbers(run, following)
        if end == following:
            return at
        at = end


def _is_elliptical(run: Run, found: _Series) -> bool:
    """Whether one number completes another: "one or two hundred", "forty two or three".

    Such expressions are ambiguous.
    """
    for number, joiner in enumerate(found.joiners):
        first, second = found.items[number : number + 2]
        if first.value is None or second.value is None or joiner in _RATIOS:
            continue
        last = run[second.end - 1].low
        is_scaled = any(word.low in SCALES for word in run[first.start : first.end])
        if last in SCALES and not is_scaled and 0 < first.value < second.value // SCALES[last]:
            return True
        is_tens = run[first.end - 2].low in TENS and first.end - first.start > 1
        if joiner == "or" and is_tens and first.value % 10 < second.value < 10:
            return True
    return False


def _is_meant(run: Run, at: int, found: _Series, *, has_unit: bool) -> bool:
    """Whether small numbers before larger ones are part of the series."""
    first = found.items[0]
    before = low(run, at - 1)
    if found.joiners[0] in _RATIOS:
        second = found.items[1]
        is_year = is_like_year(second.text) or not is_number_word(run[second.start].low)
        is_less = second.value is not None and (first.value or 0) < second.value
        return is_less and not is_year and len(found.items) == 2 and not _is_determined(before)
    if first.value != 1:
        return True
    if found.joiners[0] == "and" and before != "between":
        return has_unit and not _is_determined(before)
    return before in _BEFORE_ONE or (has_unit and not _is_determined(before))


def _is_determined(before: str) -> bool:
    return before in tables.words("itn", "determiners") or before in ("which", "the")


def _end_with_unit(run: Run, at: int) -> int:
    if is_percent(run, at):
        return at + (2 if run[at].low == "per" else 1)
    return at + (unit(run, at) is not None)


def _written(run: Run, found: _Series, cue: Run = ()) -> Match:
    pieces = [*(f"{word.text} " for word in cue), found.items[0].text]
    for joiner, item in zip(found.joiners, found.items[1:], strict=True):
        pieces += [joiner if joiner.startswith(",") else f" {joiner}", f" {item.text}"]
    text = "".join(pieces)
    head, last = text[: -len(found.items[-1].text)], found.items[-1]
    with_unit = quantity(run, last.end, last.text)
    if with_unit:
        return Match(with_unit.end, head + with_unit.text, with_unit.source)
    return Match(last.end, text, "number")
