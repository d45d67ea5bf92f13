"""The rules for spoken English about code, in order."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from git_voicenote.text import tables
from git_voicenote.text.passes.base import Change
from git_voicenote.text.passes.itn.english import (
    addresses,
    amounts,
    dates,
    numbered,
    paths,
    series,
    versions,
    written,
)
from git_voicenote.text.passes.itn.english.numbers import TENS, UNITS, is_number_word
from git_voicenote.text.passes.itn.english.phrases import DASHES, POINTS, SMALL
from git_voicenote.text.passes.itn.words import find, low, runs
from git_voicenote.text.spans import Spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from git_voicenote.text.passes.itn.words import BareWord, Match, Rule, Run

# names before numbers: "dash j four", "main dot py"; dates before the numbers in them
_RULES: tuple[Rule, ...] = (
    written.git_command,
    written.cve,
    written.commit_hash,
    written.hexadecimal,
    written.heard_suffix,
    written.file_name,
    paths.flag,
    paths.short_flag,
    addresses.url,
    addresses.email,
    paths.revision,
    paths.path,
    paths.numbered_part,
    dates.iso_date,
    dates.month_and_day,
    dates.times,
    dates.time_of_day,
    dates.decade,
    dates.year_after,
    dates.ordinal,
    dates.seconds,
    versions.hexadecimal,
    versions.commit_hash,
    numbered.cve,
    numbered.issue,
    numbered.numbered_name,
    amounts.below_one,
    amounts.counted,
    series.series,
    versions.version,
    versions.host_port,
    series.series_after_cue,
    numbered.cued,
    written.numbered_name,
    written.amount,
    amounts.amount,
)


# if the speaker hesitates inside one of these, an engine that writes sentences puts a comma
_SPANNING: tuple[Rule, ...] = (
    paths.flag,
    addresses.url,
    paths.path,
    versions.version,
)
_JOINERS = frozenset({*POINTS, *DASHES, "minus", "slash", "underscore"})
_IN_A_LIST = re.compile(r",\s+(?:and\s+|or\s+)?([A-Za-z]+)")
_MORE_NUMBERS = re.compile(
    rf",\s+(?:and\s+)?(?:\d|(?:{'|'.join((*UNITS, *TENS))})\b)", re.IGNORECASE
)
_SMALL = frozenset(map(str, range(SMALL + 1)))
_MAX_WORDS = 64
"""The most parts of a number with commas in it."""
_VERSIONED = frozenset({"version", "v", "release", "python", "git"})


def changes(text: str) -> list[Change]:
    """Return where numbers, versions, addresses, flags, paths and dates were said in words.

    Ambiguous expressions are not changed, and the numbers one to ten alone stay words. No rule
    matches across a full stop or a line feed, and only expressions that are incomplete otherwise
    match across a comma: "dash, dash, force".
    """
    found = find(text, _RULES, "itn")
    if "," in text:
        found = _with_lists(text, found)
        found = [_without_sign(text, each) for each in found if not _is_first_of_words(text, each)]
        spans = list(_spans(text))
        whole = [change for change in spans if change.after]
        spanned = _places(spans)
        found = [each for each in found if not spanned.touch(each.start, each.end)] + whole
    taken = _places(found)
    spelled = written.spelled(text)
    return found + [each for each in spelled if not taken.touch(each.start, each.end)]


def _with_lists(text: str, found: list[Change]) -> list[Change]:
    """Replace the changes of the parts of a list ("nine, ten and eleven") by those of the list."""
    lists = [change for run in runs(text, _lists) for change in _listed(text, run)]
    # "issues forty two, forty three and …": a list of what has its own form
    inside = _places(lists)
    beside = _places(
        [
            each
            for each in found
            if not inside.touch(each.start, each.start + 1)
            or not inside.touch(each.end - 1, each.end)
        ]
    )
    lists = [each for each in lists if not beside.touch(each.start, each.end)]
    inside = _places(lists)
    found = [each for each in found if not inside.touch(each.start, each.end)]
    return found + [each for each in lists if each.after]


def _lists(run: Sequence[BareWord], following: str) -> bool:
    """Whether there is a comma between two numbers."""
    is_number = is_number_word(run[-1].low) or run[-1].low.isdigit()
    return is_number and (is_number_word(following) or following in ("and", "or"))


def _listed(text: str, run: Run) -> Iterator[Change]:
    at = 0
    while at < len(run):
        match = series.listed(run, at)
        if match:
            start, end = run[at].start, run[match.end - 1].end
            yield Change(start, end, text[start:end], match.text, "itn:series")
        at = match.end if match else at + 1


def _places(changes: Sequence[Change]) -> Spans:
    return Spans((change.start, change.end) for change in changes)


def _spans(text: str) -> Iterator[Change]:
    """Yield the expressions that contain commas; without text if not understood."""
    for run in runs(text, _joins):
        at = 0
        while at < len(run):
            match = _over_commas(run, at)
            end = match.end if match else _broken_number(run, at)
            if end:
                start, stop = run[at].start, run[end - 1].end
                after, rule = (match.text, match.source) if match else ("", "")
                yield Change(start, stop, text[start:stop], after, f"itn:{rule}")
            at = end or at + 1


def _joins(run: Sequence[BareWord], following: str) -> bool:
    if run[-1].low in _JOINERS or following in _JOINERS:
        return True
    # "dot J, S, O, N, and"
    letters = [word.text for word in run[-4:]]
    is_letter = re.fullmatch(r"[A-Z]", run[-1].text) is not None and len(following) == 1
    return is_letter and "dot" in [text.lower() for text in letters]


def _over_commas(run: Run, at: int) -> Match | None:
    if low(run, at - 1) in tables.words("itn", "determiners") or low(run, at - 1) in _JOINERS:
        return None
    for rule in _SPANNING:
        match = rule(run, at)
        if match is None:
            continue
        if not any(word.joint == "," for word in run[at : match.end - 1]):
            return None
        # "step two, point three": two numbers and a word, but for what has versions
        is_sure = match.source != "decimal" or low(run, at - 1) in _VERSIONED
        is_sure = is_sure and not re.fullmatch(r"--\w", match.text)
        return match if is_sure and match.source != "percent" else None
    return None


def _broken_number(run: Run, at: int) -> int:
    """Return the end of a number with a comma beside its "point" or "dash"; 0 for none."""
    if not _is_number(run, at):
        return 0
    end, is_broken = at + 1, False
    while end < min(len(run), at + _MAX_WORDS):
        is_joined = low(run, end) in (*POINTS, *DASHES) and _is_number(run, end + 1)
        if is_joined:
            is_broken = is_broken or "," in (run[end - 1].joint, run[end].joint)
        elif not _is_number(run, end) or run[end - 1].joint == ",":
            break
        end += 1 + is_joined
    return end if is_broken else 0


def _is_number(run: Run, at: int) -> bool:
    word = low(run, at)
    return is_number_word(word) or word[:1].isdigit()


def _is_first_of_words(text: str, change: Change) -> bool:
    """Whether small numbers that stay words follow: "version one, two and three"."""
    following = _IN_A_LIST.match(text, change.end)
    is_alone = change.source == "itn:number" and change.after.split()[-1] in _SMALL
    return is_alone and following is not None and 0 < UNITS.get(following[1].lower(), 0) <= SMALL


def _without_sign(text: str, change: Change) -> Change:
    """Return a change, without its sign if it is the first of "issues 12, 13 and 14"."""
    if change.source != "itn:issue" or not _MORE_NUMBERS.match(text, change.end):
        return change
    is_plural = change.after.partition(" #")[0].lower().endswith("s")
    return replace(change, after=change.after.replace("#", "")) if is_plural else change
