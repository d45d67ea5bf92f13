"""Editing by voice: new line, new paragraph, bullet, scratch that, correction, quote … unquote.

A command counts where a phrase starts: after a pause (a line feed in the text) or a stop. In the
middle of one, "a new line of code" is what it says. The words that are commands, in each
language, and the words beside which they are none, are data: text/data/spoken_edits.toml.

The text that went in is the caller's; nothing here forgets it, and each change tells what it took.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from git_voicenote.datatypes import MARK
from git_voicenote.text import tables
from git_voicenote.text.passes import Change, Passed, apply_changes

if TYPE_CHECKING:
    from collections.abc import Callable

    from git_voicenote.text.passes import Pass

LINE = "\u2028"
"""A line that somebody asked for; Unicode's own character for it. A line feed is a pause."""
PARAGRAPH = "\u2029"
"""A paragraph that somebody asked for."""
BULLET = "- "

_COMMANDS = ("new_paragraph", "new_line", "bullet", "scratch", "correction", "literal")
_AS_WRITTEN = re.compile(r"`[^`\n]*`")
_STOPS = ".!?。！？…"
_PAUSES = ",;:，；：、"
_BOUNDARY = f"{_STOPS}{_PAUSES}\n{LINE}{PARAGRAPH}"
_NO_SPACES = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_LONGEST_QUOTE = 300
_SENTENCES = re.compile(r"[A-Z]|\w\w[.!?](?:\s|$)|[。！？]")
"""What only a text of an engine has that writes sentences."""
_BEFORE_A_NOUN = frozenset({"a", "an", "the", "this", "that", "each", "every", "any", "no", "one"})
_PLAIN_START = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*(?=[,;:!?]|\.?(?:\s|$))")


@dataclass(frozen=True, slots=True)
class _Command:
    """A command where it stands: its words from `start` to `end`, with stop and spaces `after`."""

    name: str
    start: int
    end: int
    after: int


def spoken_edits(language: str = "en") -> Pass:
    """Return the pass that obeys the commands of a language; of an unknown one, there are none.

    Lines and paragraphs that were asked for are LINE and PARAGRAPH in the text; `written_lines`
    makes line feeds of them.
    """
    words = _words(language.lower().partition("-")[0])

    def edit(text: str) -> Passed:
        return apply_changes(text, _Editor(text, words).edit()) if words else Passed(text)

    return edit


def written_lines(text: str) -> str:
    """Return a text with line feeds where lines and paragraphs were asked for."""
    return text.replace(PARAGRAPH, "\n\n").replace(LINE, "\n")


@dataclass(frozen=True, slots=True)
class _Words:
    """The commands of one language, as patterns."""

    commands: re.Pattern[str]
    quoted: re.Pattern[str] | None
    not_before: frozenset[str]
    not_after: frozenset[str]
    opening: frozenset[str]


class _Editor:
    """Reads a text from left to right and notes what its commands change.

    Changes made so far may be taken back by a later "scratch that": they go with what it takes.
    """

    def __init__(self, text: str, words: _Words) -> None:
        self._text = text
        self._words = words
        self._changes: list[Change] = []
        self._written = [found.span() for found in _AS_WRITTEN.finditer(text)]
        self._in_list = False
        self._is_written = _SENTENCES.search(text) is not None
        self._openings: list[int] = []

    def edit(self) -> list[Change]:
        obey: dict[str, Callable[[_Command], None]] = {
            "new_line": lambda command: self._break(command, LINE),
            "new_paragraph": lambda command: self._break(command, PARAGRAPH),
            "bullet": self._bullet,
            "scratch": self._scratch,
            "correction": self._correct,
        }
        at = 0
        while (found := self._words.commands.search(self._text, at)) is not None:
            at = found.end()
            command = self._command(found)
            if command is None:
                at = found.start() + 1  # "is new, bullet, it": the next word may be one
                continue
            if command.name == "literal":
                at = self._keep_literally(command)
            else:
                obey[command.name](command)
                at = max(at, self._changes[-1].end if self._changes else at)
        self._quote()
        self._open_with_capitals()
        return self._changes

    # -- which words are commands ------------------------------------------------------------

    def _command(self, found: re.Match[str]) -> _Command | None:
        name = found.lastgroup or ""
        text = self._text
        if any(start <= found.start() < end for start, end in self._written):
            return None
        after = re.compile(r"[.,;:!?…。，；：！？]*[ \t]*\n?[ \t]*").match(text, found.end())
        end = after.end() if after else found.end()
        command = _Command(name, found.start(), found.end(), end)
        if name == "literal":
            return command if self._word_before(command) not in self._words.not_after else None
        at_start = self._starts_a_phrase(found.start())
        at_end = end == len(text) or text[found.end()] in _BOUNDARY
        if "," in found[0] and not (at_start and at_end):
            return None  # "from scratch, that was slow"
        if name == "scratch":  # "scratch that itch"; but "it is slow, scratch that the lexer is"
            goes_on = at_start and text[: found.start()].strip() and self._opens_anew(end)
            return command if at_end or goes_on else None
        if at_start and name == "correction":
            return command if end < len(text) and self._may_go_on(command) else None
        if at_start:
            return command if at_end or self._may_go_on(command) else None
        if name == "bullet" and self._in_list and self._may_go_on(command):
            return command if self._word_before(command) not in self._words.not_after else None
        is_two_words = " " in found[0]
        if at_end and is_two_words and name in ("new_line", "new_paragraph"):
            return command if self._word_before(command) not in self._words.not_after else None
        return None

    def _starts_a_phrase(self, start: int) -> bool:
        before = self._text[:start].rstrip(" \t")
        if not before or before[-1] in _BOUNDARY:
            return True
        # right after another command: "new paragraph bullet"
        last = self._changes[-1].end if self._changes else 0
        return last > 0 and not self._text[last:start].strip(" \t")

    def _may_go_on(self, command: _Command) -> bool:
        following = re.match(r"[\w'’]+", self._text[command.after :])
        if self._text[command.end : command.end + 1] in _BOUNDARY:
            return True
        return following is None or following[0].lower() not in self._words.not_before

    def _opens_anew(self, at: int) -> bool:
        following = re.match(r"[\w'’]+", self._text[at:])
        return following is not None and following[0].lower() in self._words.opening

    def _word_before(self, command: _Command) -> str:
        found = re.search(r"[\w'’]+$", self._text[: command.start].rstrip(" \t"))
        return found[0].lower() if found else ""

    # -- what they do ------------------------------------------------------------------------

    def _break(self, command: _Command, sign: str) -> None:
        self._in_list = False
        start = self._start_of_gap(command.start)
        self._put(start, command.after, self._stop_before(start) + sign, command.name)
        self._openings.append(command.after)

    def _bullet(self, command: _Command) -> None:
        start = self._start_of_gap(command.start)
        sign = LINE if self._in_list else PARAGRAPH
        last = self._changes[-1] if self._changes else None
        if start == 0 or (last and last.end >= start and last.after[-1:] in (LINE, PARAGRAPH)):
            sign = ""  # the line is new already
            start = max(start, last.end if last else 0)
        else:
            sign = self._stop_before(start, "." if self._in_list else ":") + sign
        self._in_list = True
        self._put(start, command.after, sign + BULLET, "bullet")
        self._openings.append(command.after)

    def _stop_before(self, at: int, stop: str = ".") -> str:
        """Return the stop of a sentence that a new line ends: the engine wrote a comma or none."""
        before = self._text[:at].rstrip(" \t")
        last = self._changes[-1] if self._changes else None
        if not self._is_written or not before or (last and last.end >= len(before)):
            return ""
        if not (before[-1].isalnum() or before[-1] in "\"')”’`"):
            return ""
        return "。" if _NO_SPACES.search(before[-1]) else stop

    def _open_with_capitals(self) -> None:
        """Start what a new line starts as sentences do, where the engine wrote sentences."""
        for at in self._openings if self._is_written else ():
            word = _PLAIN_START.match(self._text, at)
            if word is None or any(c.start <= at < c.end for c in self._changes):
                continue
            first = self._text[at]
            self._changes.append(Change(at, at + 1, first, first.upper(), "edits:capital"))

    def _scratch(self, command: _Command) -> None:
        start = self._start_of_phrase(command.start)
        if self._text[start : command.start] == "\n":
            start = command.start  # right after a mark: there is nothing to take back
        self._put(start, command.after, "", "scratch", covering=True)

    def _correct(self, command: _Command) -> None:
        """Let what follows replace the end of what was said.

        From the word on with which the correction starts, if it was said ("… into the client.
        Correction, into the transport"); else as many words as the correction has, which may end
        on the same word ("three times. Correction, five times").
        """
        text = self._text
        ending = _CORRECTION_END.search(text, command.after)
        end = ending.start() if ending else len(text)
        new = text[command.after : end].rstrip(" \t")
        end = command.after + len(new)
        start = self._start_of_phrase(command.start)
        stop = len(text[: command.start].rstrip(f" \t\n{_STOPS}{_PAUSES}"))
        old = [found.span() for found in re.finditer(r"\S+", text[start:stop])]
        if not new or not old:
            return
        said = [text[start + first : start + last].lower().strip(_BOUNDARY) for first, last in old]
        wanted = [word.lower().strip(_BOUNDARY) for word in new.split()]
        if wanted[0] in said:
            first = len(said) - 1 - said[::-1].index(wanted[0])
        else:
            first = max(0, len(said) - len(wanted))
        at = start + old[first][0]
        if not text[at].isupper() and new[0].isupper() and new[1:2].islower():
            new = new[0].lower() + new[1:]  # the capital of a sentence, which it now is not
        elif text[at].isupper() and text[at + 1 : at + 2].islower() and new[0].islower():
            new = new[0].upper() + new[1:]
        self._put(at, end, new, "correction", covering=True)

    def _keep_literally(self, command: _Command) -> int:
        """Drop "literal" where a command follows that it keeps from being obeyed."""
        found = self._words.commands.match(self._text, command.after)
        if found is None or found.lastgroup == "literal" or command.end == command.after:
            return command.end
        self._put(command.start, command.after, "", "literal")
        return found.end()

    def _quote(self) -> None:
        if self._words.quoted is None:
            return
        for found in self._words.quoted.finditer(self._text):
            inside = found["inside"].strip(f" \t{_PAUSES}")
            words = [word.lower().strip(_BOUNDARY) for word in inside.split()]
            start, end = found.span()
            if "," in found["open"] and " " not in found["close"]:
                start += found["open"].index(",") + 2  # "it is open, quote, why, unquote"
            before = re.search(r"([\w'’]+)[ \t]*$", self._text[:start])
            if not words or words[-1] in ("and", "or", "then", "to", "not"):
                continue
            is_pause_after = self._text[found.end("open") : found.end("open") + 1] in tuple(",.:")
            if found["close"].lower().startswith("and ") and not is_pause_after:
                continue  # what "end quote" is heard as; but "quote the path and quote the name"
            # "is open quote … close quote" says twice what is meant
            is_sure = " " in found["open"] and " " in found["close"]
            guards = _BEFORE_A_NOUN if is_sure else self._words.not_after
            if before and before[1].lower() in (*guards, "literal"):
                continue
            if is_sure and words[-1] in _BEFORE_A_NOUN:
                continue
            opening, closing = ("「", "」") if _NO_SPACES.search(found["open"]) else ('"', '"')
            if any(change.start < end and start < change.end for change in self._changes):
                continue
            text = opening + inside + closing
            self._changes.append(Change(start, end, self._text[start:end], text, "edits:quote"))

    # -- where things start ------------------------------------------------------------------

    def _start_of_gap(self, start: int) -> int:
        """Return where the spaces, the comma and the pause before a command start."""
        before = self._text[:start].rstrip(" \t\n")
        return len(before.rstrip(_PAUSES)) if before[-1:] in tuple(_PAUSES) else len(before)

    def _start_of_phrase(self, end: int) -> int:
        """Return where the phrase before a place starts: at the last pause or stop before it.

        What was taken back already is gone: "scratch that", said twice, takes back two phrases.
        """
        while True:
            end = len(self._text[:end].rstrip(f" \t\n{_STOPS}{_PAUSES}"))
            gone = next((c for c in self._changes if not c.after and c.end >= end > c.start), None)
            if gone is None:
                break
            end = gone.start
        starts = [0]
        starts += [found.end() for found in _PHRASE_START.finditer(self._text, 0, end)]
        starts += [
            change.end
            for change in self._changes
            if change.end <= end and change.after[-1:] in (LINE, PARAGRAPH, " ")
        ]
        return max(start for start in starts if start <= end)

    def _put(self, start: int, end: int, after: str, rule: str, *, covering: bool = False) -> None:
        """Note a change; with `covering`, changes inside of it are taken back with it."""
        text = self._text
        if covering:
            kept = [change for change in self._changes if change.end <= start]
            for change in self._changes:
                if change.start < start < change.end:
                    start = change.end
            self._changes = [c for c in self._changes if c in kept or c.start < start]
            if start in self._openings:
                self._openings.append(end)
            first = text[start : start + 1]
            following = text[end : end + 1]
            if not after and first.isupper() and following.islower() and _begins(text, start):
                after, end = following.upper(), end + 1
        else:
            start = max(start, self._changes[-1].end if self._changes else 0)
            if text[start:end].lstrip(f" \t\n{_PAUSES}")[:1].isupper() and _begins(text, start):
                self._openings.append(end)
        self._changes.append(Change(start, end, text[start:end], after, f"edits:{rule}"))


_PHRASE_START = re.compile(
    rf"[.!?…]+[\"')\]]*[ \t\n]+|[。！？]\s*|[\n{LINE}{PARAGRAPH}][ \t]*|{MARK.pattern}[ \t\n]*"
)
_CORRECTION_END = re.compile(rf"[.!?。！？]+(?=\s|$)|[\n{LINE}{PARAGRAPH}]|{MARK.pattern}")


def _begins(text: str, at: int) -> bool:
    return not text[:at].strip() or text[:at].rstrip(" \t")[-1] in _STOPS + "\n"


@cache
def _words(language: str) -> _Words | None:
    spoken = {name: _any_of(language, name) for name in (*_COMMANDS, "quote", "unquote")}
    known = [f"(?P<{name}>{spoken[name]})" for name in _COMMANDS if spoken[name]]
    if not known:
        return None
    quoted = None
    if spoken["quote"] and spoken["unquote"]:
        quoted = re.compile(
            rf"(?P<open>{spoken['quote']})[.,:，：]?\s*"
            rf"(?P<inside>[^\n{LINE}{PARAGRAPH}]{{1,{_LONGEST_QUOTE}}}?)"
            rf"[.,，]?\s*(?P<close>{spoken['unquote']})",
            re.IGNORECASE,
        )
    return _Words(
        re.compile("|".join(known), re.IGNORECASE),
        quoted,
        tables.words("spoken_edits", language, "not_before"),
        tables.words("spoken_edits", language, "not_after"),
        tables.words("spoken_edits", language, "opening"),
    )


def _any_of(language: str, name: str) -> str:
    phrases = sorted(tables.words("spoken_edits", language, name), key=len, reverse=True)
    return "|".join(
        re.escape(phrase)
        if _NO_SPACES.search(phrase)
        else rf"(?<![\w'’-]){',? '.join(map(re.escape, phrase.split()))}(?![\w'’-])"
        for phrase in phrases
    )
