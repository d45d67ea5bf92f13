"""Wrap prose for mail, and split it into a subject and a body."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.columns import clusters, columns
from git_voicenote.datatypes import MARK, CoverLetter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SUBJECT_WIDTH = 72
_MAX_LINE_BYTES = 900  # RFC 5322 allows 998, and a note is indented
_MAX_WORD_CHARACTERS = 200  # of up to four bytes each

_LIST_ITEM = re.compile(r"(?:[-*+•]|\d{1,3}[.)])[ \t]+(?=\S)")
_NOT_PROSE = re.compile(r"[ \t>|#]|```|~~~|[A-Za-z][\w-]*: \S+$")
"""Indented or quoted lines, tables, headings, fences and trailers keep their line breaks."""

_UNFIT_TO_START_A_LINE = re.compile(r"[-*+•>|]+$|\d{1,3}[.)]$|#|>|-{2,}|diff$|Index:|From$")
"""Words that would start a list, a quote, a comment or a patch at the start of a line."""

_MARKS_BEFORE = re.compile(rf"(?:{MARK.pattern}\s*)+(?=\S)")
_BLANK_LINES_BEFORE = re.compile(r"\A(?:[ \t]*\n)+")
_STOP = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’)\]]*+(?=\s|$)|[。！？]+[”’」』）]*")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:e\.g|i\.e|vs|cf|dr|mr|mrs|ms|st|no|fig|sec|approx|resp|incl|ca|[A-Z])\.$",
    re.IGNORECASE,
)
_MAX_ABBREVIATION_CHARACTERS = 30
_NEXT_WORD = re.compile(r"\s*+(\S)")
_MAYBE_ABBREVIATION = re.compile(r"(?:^|[\s(])(?:etc|al|inc|ltd|jr|sr|v\d+)\.$", re.IGNORECASE)
_CLAUSE = re.compile(
    r"[,;:]\s|\s[-–—]\s|—|[，；：、]"
    r"|\s(?:and|but|because|so|which|when|while|since|where|unless|until|instead|although|then)\s",
    re.IGNORECASE,
)
"""Where a clause ends: at a mark, or before a word that begins another."""
_DANGLING = re.compile(
    r"(?:[\s,;:–—-]|[，；：、]|\s(?:a|an|and|as|at|because|but|by|for|from|in|into|of|on|or|so|that"
    r"|the|to|which|while|with)$)+$",
    re.IGNORECASE,
)
_CLOSING = frozenset("、。，．！？：；）」』】〉》〕…ー々”’")
_OPENING = frozenset("（「『【〈《〔“‘")


def wrap(text: str, width: int = 72) -> str:
    """Wrap the prose in a text to lines of at most `width` columns.

    A paragraph whose lines all fit keeps its line breaks; so do lists, quotes, code and other
    indented text, except that long list items are wrapped with a hanging indent. Wide characters
    (CJK) count as two columns and may be separated without a space. A long word, such as a URL, is
    not broken unless it exceeds the limits of mail.
    """
    lines = text.split("\n")
    if text.isascii() and len(max(lines, key=len)) <= width:
        return text  # most texts come here for the second time
    wrapped: list[str] = []
    for is_prose, group in groupby(lines, key=_is_prose):
        run = list(group)
        if is_prose and any(columns(line) > width for line in run):
            wrapped += _fill(_joined(run), width)
        elif is_prose:
            wrapped += run
        else:
            wrapped += [part for line in run for part in _fit(line, width)]
    return "\n".join(wrapped)


def unwrap(text: str) -> str:
    """Join the lines of each paragraph that was wrapped for mail, for a web page.

    Shorter lines, lists, quotes and code are unchanged.
    """
    lines: list[str] = []
    for is_prose, group in groupby(text.split("\n"), key=_is_prose):
        run = list(group)
        is_filled = is_prose and len(run) < 500 and all(columns(line) > 50 for line in run[:-1])
        lines += [_joined(run)] if is_filled else run
    return "\n".join(lines)


def first_sentence(text: str) -> str:
    """Return the first sentence of a text on one line, with its full stop, if any."""
    return text[: next(sentence_ends(text), len(text))]


def sentence_ends(text: str) -> Iterator[int]:
    """Yield the end of each sentence that has a full stop."""
    for stop in _STOP.finditer(text):
        start, end = max(stop.start() - _MAX_ABBREVIATION_CHARACTERS, 0), stop.end()
        if _ABBREVIATION.search(text, start, end):
            continue
        if _MAYBE_ABBREVIATION.search(text, start, end):
            following = _NEXT_WORD.match(text, end)
            if following and not following[1].isupper():
                continue
        yield end


def cover_letter(text: str) -> CoverLetter:
    """Make a cover letter from a text: the first sentence is the subject, the rest is the body.

    If the first sentence is too long for a subject, the subject is shortened at the end of a clause
    or a word, and the body starts with the whole sentence. The mark of a failed segment is only in
    the body, because git removes brackets from the start of a subject.
    """
    lines = _BLANK_LINES_BEFORE.sub("", visible(text)).rstrip().split("\n")
    end = next((number for number, line in enumerate(lines) if not line.strip()), len(lines))
    paragraph, rest = lines[:end], "\n".join(lines[end:]).strip("\n")
    if not all(_is_prose(line) for line in paragraph):
        first = paragraph[0].strip(" \t>|#") or paragraph[0].strip()
        subject = shortened(_LIST_ITEM.sub("", first, count=1))
        return CoverLetter(subject, wrap("\n".join(lines)))
    flowing = _joined(paragraph)
    marks = _MARKS_BEFORE.match(flowing)
    spoken = flowing[marks.end() :] if marks else flowing
    following = MARK.search(spoken, 1)
    sentence = first_sentence(spoken[: following.start()].rstrip() if following else spoken)
    subject = _without_full_stop(sentence)
    if marks or columns(subject) > SUBJECT_WIDTH:
        return CoverLetter(shortened(subject), wrap("\n".join(lines)))
    body = "\n\n".join(part for part in (flowing[len(sentence) :].strip(), rest) if part)
    return CoverLetter(subject, wrap(body))


def shortened(sentence: str, width: int = SUBJECT_WIDTH) -> str:
    """Return the start of a sentence that fits a subject of at most `width` columns.

    It ends with a clause, or else with a word; a longer word is cut, with an ellipsis.
    """
    sentence = _without_full_stop(sentence)
    if columns(sentence) <= width:
        return sentence
    start = _fill(sentence, width)[0]
    if columns(start) > width:
        return _first_columns(start, width - 1).rstrip() + "…"
    clauses = [clause.start() for clause in _CLAUSE.finditer(sentence, 0, len(start) + 1)]
    end = next((at for at in reversed(clauses) if columns(start[:at]) >= width // 3), None)
    return _DANGLING.sub("", start[:end]) or start


def _first_columns(text: str, width: int) -> str:
    end = used = 0
    for character in clusters(text[: 4 * width]):
        used += columns(character)
        if used > width:
            break
        end += len(character)
    return text[:end]


def _is_prose(line: str) -> bool:
    return bool(line.strip()) and not (_NOT_PROSE.match(line) or _LIST_ITEM.match(line))


def _fit(line: str, width: int) -> list[str]:
    """Wrap a line that is not prose."""
    item = _LIST_ITEM.match(line)
    if item and columns(line) > width:
        indent = " " * len(item[0])
        first, *others = _fill(line[item.end() :], max(20, width - len(indent)))
        return [item[0] + first, *(indent + other for other in others)]
    if len(line.encode("utf-8", "surrogatepass")) > _MAX_LINE_BYTES:
        indent = line[: len(line) - len(line.lstrip())][:width]
        return [indent + row for row in _fill(line, _MAX_WORD_CHARACTERS)]
    return [line]


def _joined(lines: Iterable[str]) -> str:
    """Join lines with spaces, except where CJK text needs none."""
    joined: list[str] = []
    last = ""
    for line in lines:
        words = line.strip()
        if joined:
            joined.append("" if last and words and _may_break(last, words[0]) else " ")
            last = joined[-1] or last
        joined.append(words)
        last = words[-1:] or last
        if not last:
            joined.clear()
    return "".join(joined)


def fill(text: str, width: int, indent: str) -> str:
    """Return one paragraph in lines of at most `width` columns; `indent` begins all but the first.

    A line may end between two Chinese characters; no word of up to 200 characters is broken.
    """
    rows = _rows(_pieces(text), width, len(indent))
    return f"\n{indent}".join("".join(row) for row in rows)


def _fill(text: str, width: int) -> list[str]:
    """Return the text as lines of at most `width` columns."""
    return ["".join(row) for row in _rows(_pieces(text), width)]


def _rows(pieces: Iterable[str], width: int, indent: int = 0) -> Iterator[list[str]]:
    row: list[str] = []
    used = 0
    for piece in pieces:
        wide = columns(piece)
        if row and used + columns(piece.rstrip()) > width:
            row[-1] = row[-1].rstrip()
            yield row
            row, used = [], indent
        row.append(piece)
        used += wide
    if row:
        row[-1] = row[-1].rstrip()
        yield row


def _pieces(text: str) -> Iterator[str]:
    """Yield the unbreakable pieces of a text, each with the space after it."""
    held = ""
    for word in re.findall(r"\S+", text):
        if held and not _UNFIT_TO_START_A_LINE.match(word):
            yield held
            held = ""
        *parted, last = _breakable_parts(word)
        for part in parted:
            yield held + part
            held = ""
        held += last + " "
    if held:
        yield held


def _breakable_parts(word: str) -> list[str]:
    """Return the parts of a word between which a line may break."""
    if word.isascii() and len(word) <= _MAX_WORD_CHARACTERS:
        return [word]
    parts = [word[0]]
    for before, character in pairwise(word):
        if _may_break(before, character) or len(parts[-1]) >= _MAX_WORD_CHARACTERS:
            parts.append(character)
        else:
            parts[-1] += character
    return parts


def _may_break(before: str, after: str) -> bool:
    """Return whether a line may break between two adjacent characters."""
    both_wide = all(unicodedata.east_asian_width(one) in "WF" for one in (before, after))
    hangul = "\uac00" <= before <= "\ud7a3" or "\uac00" <= after <= "\ud7a3"
    return both_wide and not hangul and after not in _CLOSING and before not in _OPENING


def _without_full_stop(sentence: str) -> str:
    if sentence.endswith("..") or not sentence.endswith((".", "。")):
        return sentence
    return sentence[:-1].rstrip() or sentence
