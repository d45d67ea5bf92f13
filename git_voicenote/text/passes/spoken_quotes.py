"""Spoken quotes: "quote … unquote" puts the words between them in quotation marks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.text.passes.base import Change
from git_voicenote.text.spans import Spans, enclosed_spans, word_before

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_MAX_QUOTE = 300
"""The maximum number of characters in a quote."""
_AFTER_OPENING = re.compile(r"[.,:，：]?\s*")
_WORD_BEFORE = re.compile(r"(?<!\w)(\w++) \Z")
_MAX_WORD = 40
"""Characters of the word before a quote that are examined."""
_PAUSES = ",;:，；：、"
_LINE_ENDS = frozenset("\n\u2028\u2029")
_BOUNDARY = ".!?。！？…" + _PAUSES + "".join(_LINE_ENDS)
_BEFORE_A_NOUN = frozenset({"a", "an", "the", "this", "that", "each", "every", "any", "no", "one"})
_NO_SPACES = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class _Quote:
    """A quote: the words that open it, from `start` to `after_open`, its content, and the words
    that close it.
    """

    start: int
    after_open: int
    end: int
    open: str
    inside: str
    close: str


def quotes(
    text: str,
    quote: re.Pattern[str] | None,
    unquote: re.Pattern[str] | None,
    not_after: Collection[str],
) -> Iterator[Change]:
    """Yield the quotes in a text; the patterns match the commands that open and close a quote.

    After one of the words `not_after`, "quote" is a word of prose.
    """
    for found in _pairs(text, quote, unquote) if quote and unquote else ():
        start = found.start
        if "," in found.open and " " not in found.close:
            start += found.open.index(",") + 2  # "it is open, quote, why, unquote"
        inside = found.inside.strip(f" \t{_PAUSES}")
        if not _is_meant(text, found, start, inside, not_after):
            continue
        opening, closing = ("「", "」") if _NO_SPACES.search(found.open) else ('"', '"')
        after = opening + inside + closing
        yield Change(start, found.end, text[start : found.end], after, "edits:quote")


def _pairs(text: str, quote: re.Pattern[str], unquote: re.Pattern[str]) -> Iterator[_Quote]:
    """Yield the nearest pairs of opening and closing commands on one line.

    The closing one may be on the next line, if the speaker paused before it.
    """
    written = Spans(enclosed_spans(text, '"', '"'))
    closings = {found.end(): found.start() for found in unquote.finditer(text)}
    at = 0
    while (opening := quote.search(text, at)) is not None:
        at = opening.end()
        if written.touch(*opening.span()) or closings.get(at, at) < opening.start():
            continue  # inside a written quote, or the end of "close quote"
        both = f"{_last_word(text, opening.start())} {opening[0]}"
        if unquote.fullmatch(both) or quote.fullmatch(both):
            continue  # half of it belongs to a name, as in "--close quote"
        after = _AFTER_OPENING.match(text, at)
        start = after.end() if after else at
        found = unquote.match(text, start) or unquote.search(text, start + 1, start + _MAX_QUOTE)
        # the search ends where it may see half of a word
        closing = unquote.match(text, found.start()) if found else None
        if closing is None:
            continue
        inside = text[start : closing.start()].rstrip()
        if not _LINE_ENDS.isdisjoint(inside):
            continue
        inside = inside[:-1] if inside[-1:] in tuple(".,，") else inside
        yield _Quote(opening.start(), at, closing.end(), opening[0], inside, closing[0])
        at = closing.end()


def _last_word(text: str, end: int) -> str:
    """Return the last word before a position, after any hyphen or slash in it."""
    found = _WORD_BEFORE.search(text[max(0, end - _MAX_WORD) : end])
    return found[1] if found else ""


def _is_meant(
    text: str, found: _Quote, start: int, inside: str, not_after: Collection[str]
) -> bool:
    """Whether "quote … unquote" is a command, and not the topic of a sentence."""
    words = [word.lower().strip(_BOUNDARY) for word in inside.split()]
    if not words or words[-1] in ("and", "or", "then", "to", "not"):
        return False
    is_pause_after = text[found.after_open : found.after_open + 1] in tuple(",.:")
    if found.close.lower().startswith("and ") and not is_pause_after:
        return False  # what "end quote" is heard as; but "quote the path and quote the name"
    # "open quote … close quote" is unambiguous
    is_sure = " " in found.open and " " in found.close
    before = word_before(text, start)
    if before == "literal" or before in (_BEFORE_A_NOUN if is_sure else not_after):
        return False
    return not (is_sure and words[-1] in _BEFORE_A_NOUN)
