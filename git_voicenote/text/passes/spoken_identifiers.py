"""Identifiers, on command only: "snake case foo bar" is foo_bar, "backtick git status backtick".

A command applies to the words after it, up to the next pause or punctuation, or the next word that
is rarely part of a name ("is", "the", "in" …: text/data/itn.toml). With "end case", which is
dropped, it applies to all words before that. The maximum is six words; "all caps" applies to one.
Verbs such as "fails" also end a name, except that of a test, and so does a closing "backtick".
"literal" before a command turns it into text.

An engine that writes sentences may put a comma or a hyphen into a command: "Snake case, parse
scope". This is a command only at the start of a phrase or after "call", "rename … to" and similar.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from git_voicenote.text import tables
from git_voicenote.text.passes.base import Passed, apply_changes, combined
from git_voicenote.text.passes.itn.english.numbers import UNITS, is_number_word
from git_voicenote.text.passes.itn.english.phrases import SMALL
from git_voicenote.text.passes.itn.words import Match, Run, find, is_compound, kept, low, lows
from git_voicenote.text.vocabulary.identifiers import parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from git_voicenote.text.passes.itn.words import BareWord

_MAX_WORDS_IN_NAME = 6
_MAX_CODE_LENGTH = 8
_PHRASE_STARTS = frozenset(
    {"", "to", "call", "calls", "called", "name", "named", "rename", "renamed", "function",
     "method", "variable", "class"}
)  # fmt: skip
_POSSESSIVE = ("'s", "’s")
_ANY_COMMAND = re.compile("case|caps|dotted|tick", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"[a-z0-9][A-Z]|\w_\w")
_CLOSING = (("end", "case"), ("end", "caps"), ("end", "dotted"))


def spoken_identifiers(text: str) -> Passed:
    """Write the words after a command as an identifier."""
    if _ANY_COMMAND.search(text) is None:
        return Passed(text)
    named = apply_changes(text, find(text, (_identifier,), "identifiers", _joins))
    # what is between backticks may be a name: "backtick snake case foo bar backtick"
    code = find(named.text, (_backtick,), "identifiers")
    return combined(text, named, apply_changes(named.text, code))


def _joins(run: Sequence[BareWord], _following: str) -> bool:
    """Whether there is a comma after a command such as "snake case"."""
    said = tuple(word.low for word in run[-2:])
    return said[-1:] == ("case",) and any(style[0][-2:] == said for style in _STYLES)


def _snake(words: Sequence[str]) -> str:
    return "_".join(words).lower()


def _camel(words: Sequence[str]) -> str:
    return words[0].lower() + _pascal(words[1:])


def _pascal(words: Sequence[str]) -> str:
    return "".join(word[0].upper() + word[1:].lower() for word in words)


def _kebab(words: Sequence[str]) -> str:
    return "-".join(words).lower()


def _constant(words: Sequence[str]) -> str:
    return "_".join(words).upper()


def _dotted(words: Sequence[str]) -> str:
    *others, last = (word.lower() for word in words)
    # "dotted package jason": as after "dot"
    return ".".join((*others, tables.strings("itn", "suffixes", "heard").get(last, last)))


def _all_caps(words: Sequence[str]) -> str:
    return " ".join(words).upper()


# the words of a command, its rule's name, how it joins, and the fewest words it needs
_STYLES: tuple[tuple[tuple[str, ...], str, Callable[[Sequence[str]], str], int], ...] = (
    (("screaming", "snake", "case"), "constant", _constant, 1),
    (("upper", "snake", "case"), "constant", _constant, 1),
    (("constant", "case"), "constant", _constant, 1),
    (("snake", "case"), "snake", _snake, 2),
    (("upper", "camel", "case"), "pascal", _pascal, 1),
    (("camel", "case"), "camel", _camel, 2),
    (("pascal", "case"), "pascal", _pascal, 1),
    (("kebab", "case"), "kebab", _kebab, 2),
    (("all", "caps"), "all-caps", _all_caps, 1),
    (("dotted",), "dotted", _dotted, 2),
)
_FIRST_WORDS = frozenset(first for said, *_ in _STYLES for first in (said[0], "".join(said)))
"""What a command starts with; some engines write "camelcase" as one word."""
_JOINTS = frozenset({"dash", "hyphen", "minus", "dot", "point", "slash", "underscore"})
"""Words that join those before and after them; half of such an expression is not understood."""


_SPOKEN_SIGNS = _JOINTS | {"back", "backtick"}


def _ends_in_joint(said: str) -> bool:
    """Whether a word is a joint, or a name that ends in one: what "snake case" took."""
    return re.split(r"[-_.]", said)[-1] in _JOINTS


def _identifier(run: Run, at: int) -> Match | None:
    if run[at].low not in _FIRST_WORDS:
        return None
    if _ends_in_joint(low(run, at - 1)) or _follows_a_command(run, at):
        return None
    for said, name, join, at_least in _STYLES:
        start = at + len(said)
        is_one_word = len(said) == 2 and run[at].low == "".join(said)
        if is_one_word:
            start = at + 1
        elif lows(run, at, len(said)) != said:
            continue
        if any(len(word.text) > 1 and word.text.isupper() for word in run[at:start]):
            return None  # what "all caps camel case" wrote
        if run[start : start + 1] and name in _CASES and _HUMP.search(run[start].text):
            written = _joined(parts_of(run[start].text), name, join)
            return Match(start + 1, written, name) if written else None
        if any(lows(run, start, len(other)) == other for other, *_ in _STYLES):
            return None  # "all caps camel case …"
        joints = "-" * is_one_word + "".join(word.joint for word in run[at:start])
        if joints and not _may_be_joined(run, at, start):
            return None
        at_least = 2 if "," in joints or is_one_word else at_least
        longest = 1 if name == "all-caps" else _MAX_WORDS_IN_NAME
        taken = _up_to_closing(run, start) or _up_to_stop_word(run, start, longest, at_least, at)
        if taken is None:
            return None
        last, end = taken
        if _has_a_command(run, start, last):
            return kept(last)  # of two commands in one, neither is understood
        if _goes_on(run, last, end):
            return None
        written = _name([word.text for word in run[start:last]], name, join)
        return Match(end, written, name) if written else None
    return None


def _name(words: list[str], style: str, join: Callable[[Sequence[str]], str]) -> str | None:
    """Return the name that a style makes of words, if it makes one."""
    if len(words) == 1 and is_number_word(words[0].lower()):
        return None  # "kebab case ten end case": a number, with what follows it
    owner = words[-1][-2:] if words[-1].lower().endswith(_POSSESSIVE) else ""
    words[-1] = words[-1].removesuffix(owner)
    parts = [part for word in words for part in _WORD.findall(word)]
    if parts and style == "all-caps":
        parts = words  # what is written as one word stays one: MAIN.PY
    written = _joined(parts, style, join) if parts else None
    return written and written + owner


def _joined(
    parts: Sequence[str], style: str, join: Callable[[Sequence[str]], str]
) -> str | None:  # fmt: skip
    """Return a name, unless it would be a spoken expression itself: "dash-i", "DOT zero"."""
    said = _WORD.findall(" ".join(parts).lower())
    if style == "kebab" and is_compound(said):
        return None
    if style == "all-caps" and not _SPOKEN_SIGNS.isdisjoint(said):
        return None
    return join(parts)


def _has_a_command(run: Run, start: int, end: int) -> bool:
    """Whether there is a command among the words of a name."""
    return any(
        lows(run, at, len(said)) == said
        for at in range(start, end)
        for said, *_ in _STYLES
        if len(said) > 1
    )


def _goes_on(run: Run, last: int, end: int) -> bool:
    """Whether only half of an expression was taken: "… dot py", "… five forty"."""
    following = low(run, end)
    is_large = is_number_word(following) and UNITS.get(following, SMALL + 1) > SMALL
    return following in _JOINTS or (is_large and is_number_word(low(run, last - 1)))


def _follows_a_command(run: Run, at: int) -> bool:
    """Whether another command precedes directly; of two in a row, neither is understood."""
    return any(
        (at >= len(said) and lows(run, at - len(said), len(said)) == said)
        or (len(said) == 2 and low(run, at - 1) == "".join(said))
        for said, *_ in _STYLES
    )


_CASES = frozenset({"snake", "camel", "pascal", "kebab", "constant"})


def _may_be_joined(run: Run, at: int, start: int) -> bool:
    """Whether this is a command with a comma or a hyphen in it, and not prose about styles."""
    if low(run, at - 1) not in _PHRASE_STARTS:
        return False
    return not any(word.low in ("case", "caps") for word in run[start : start + _MAX_WORDS_IN_NAME])


def _up_to_closing(run: Run, start: int) -> tuple[int, int] | None:
    """Return the end of the words before "end case", and the end of that."""
    stop = min(start + _MAX_WORDS_IN_NAME, _end_of_code(run, start) - 2)
    for last in range(start + 1, stop + 1):
        if lows(run, last, 2) in _CLOSING:
            return last, last + 2
    return None


def _up_to_stop_word(
    run: Run, start: int, longest: int, at_least: int, at: int
) -> tuple[int, int] | None:
    stop_words = tables.words("itn", "identifiers", "stop_words")
    if low(run, at - 1) in tables.words("itn", "identifiers", "not_after"):
        return None
    if low(run, start) in tables.words("itn", "identifiers", "not_before"):
        return None
    end = start
    verbs = tables.words("itn", "identifiers", "verbs")
    stop = min(start + longest, _end_of_code(run, at))
    while end < stop and run[end].low not in stop_words:
        if end - start >= at_least and run[end].low in verbs and run[start].low != "test":
            break
        end += 1
        if run[end - 1].low.endswith(_POSSESSIVE):
            break
    if end > start and run[end - 1].low in tables.words("itn", "identifiers", "not_last"):
        return None  # "camel case function names"
    return (end, end) if end - start >= at_least else None


def _backtick(run: Run, at: int) -> Match | None:
    """Backtick … backtick, without a pause; not "the backtick before and the backtick after"."""
    start = at + _is_backtick(run, at)
    found = _closing(run, start) if _opens_code(run, at) else None
    if found is None:
        return None
    code = " ".join(word.text for word in run[start : found[0]])
    return Match(found[1], f"`{code}`", "backtick")


def _opens_code(run: Run, at: int) -> bool:
    return bool(_is_backtick(run, at)) and low(run, at - 1) not in _determiners()


def _closing(run: Run, start: int) -> tuple[int, int] | None:
    """Return where the "backtick" or "end backtick" after code starts, and where it ends."""
    for end in range(start + 1, min(start + _MAX_CODE_LENGTH, len(run)) + 1):
        said_end = low(run, end) in ("end", "close")
        closing = _is_backtick(run, end + said_end)
        if closing and low(run, end - 1) not in _determiners():
            return end, end + said_end + closing
    return None


def _end_of_code(run: Run, at: int) -> int:
    """Return the end of the code that a word is in, or else that of its run."""
    for opening in range(max(0, at - _MAX_CODE_LENGTH), at):
        if _opens_code(run, opening):
            found = _closing(run, opening + _is_backtick(run, opening))
            if found and found[0] > at:
                return found[0]
    return len(run)


def _determiners() -> frozenset[str]:
    return tables.words("itn", "determiners")


def _is_backtick(run: Run, at: int) -> int:
    """Return how many words mean "backtick" here: none, one or two."""
    if low(run, at) == "backtick":
        return 1
    return 2 if lows(run, at, 2) == ("back", "tick") else 0
