"""Editing by voice: new line, new paragraph, bullet, scratch that, correction, quote … unquote.

A command is recognized at the start of a phrase: after a pause (a line feed in the text) or a stop.
Elsewhere it is text, as in "a new line of code". The words of the commands in each language, and
the words next to which they are text, are in text/data/spoken_edits.toml.

The caller keeps the original text, and each change contains the text that it replaced.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.datatypes import MARK
from git_voicenote.text.passes.base import Change, Passed, apply_changes, combined
from git_voicenote.text.passes.edit_commands import NO_SPACES, EditCommands, edit_commands
from git_voicenote.text.passes.line_breaks import LINE, PARAGRAPH
from git_voicenote.text.passes.spoken_quotes import quotes
from git_voicenote.text.spans import (
    Spans,
    code_spans,
    end_before,
    is_blank_before,
    quoted_spans,
    word_before,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from git_voicenote.text.passes.base import Pass

BULLET = "- "
_BREAKS = ("new_line", "new_paragraph", "bullet")

_STOPS = ".!?。！？…"
_PAUSES = ",;:，；：、"
_BOUNDARY = f"{_STOPS}{_PAUSES}\n{LINE}{PARAGRAPH}"
_SENTENCES = re.compile(r"[A-Z]|\w\w[.!?](?:\s|$)|[。！？]")
"""Occurs only in the text of an engine that writes sentences."""
_PLAIN_START = re.compile(r"[^\W\d_]++(?:['’-][^\W\d_]++)*(?=[,;:!?]|\.?(?:\s|$))")
_WORD = re.compile(r"[\w'’]+")
_CHUNK = re.compile(r"\S+")
_AFTER = re.compile(r"[.,;:!?…。，；：！？]*[ \t]*\n?[ \t]*")


@dataclass(frozen=True, slots=True)
class _Command:
    """A command in a text: its words from `start` to `end`, with full stop and spaces up to
    `after`.
    """

    name: str
    start: int
    end: int
    after: int


def spoken_edits(language: str = "en") -> Pass:
    """Return the pass for the commands of a language; an unknown language has none.

    Requested lines and paragraphs become LINE and PARAGRAPH in the text.
    """
    words = edit_commands(language.lower().partition("-")[0])

    def edit(text: str) -> Passed:
        if words is None:
            return Passed(text)
        edited = apply_changes(text, _Editor(text, words).edit())
        # what a correction or a new line leaves may be a quote
        found = quotes(edited.text, words.quote, words.unquote, words.not_after)
        return combined(text, edited, apply_changes(edited.text, [*found]))

    return edit


class _Editor:
    """Reads a text from left to right, and records the changes of its commands.

    A later "scratch that" also removes the changes in the text that it removes.
    """

    def __init__(self, text: str, words: EditCommands) -> None:
        self._text = text
        self._words = words
        self._changes: list[Change] = []
        self._written = Spans((*code_spans(text), *quoted_spans(text)))
        self._phrases = sorted(
            [found.end() for found in _PHRASE_START.finditer(text)]
            + [found.end() for found in _PARTING.finditer(text)]
        )
        self._corrected = [found.start() for found in _CORRECTION_END.finditer(text)]
        self._in_list = False
        # one word may be what "all caps" wrote
        self._is_in_capitals = text.isupper() and len(text.split()) > 1
        self._is_written = _SENTENCES.search(text) is not None
        self._openings: list[int] = []
        self._breaking: dict[int, bool] = {}

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
            elif command.name == "correction" and (end := self._end_of_break(command.after)):
                at = end  # "correction, new line": there is nothing to correct, and both stay
            else:
                obey[command.name](command)
                at = max(at, self._changes[-1].end if self._changes else at)
        self._open_with_capitals()
        return self._changes

    # -- which words are commands ------------------------------------------------------------

    def _command(self, found: re.Match[str]) -> _Command | None:
        name = found.lastgroup or ""
        text = self._text
        if self._written.touch(found.start(), found.start() + 1) or self._is_name(found[0]):
            return None
        after = _AFTER.match(text, found.end())
        end = after.end() if after else found.end()
        command = _Command(name, found.start(), found.end(), end)
        if name == "literal":
            return None if self._is_guarded(command) else command
        at_start = self._starts_a_phrase(found.start())
        at_end = end == len(text) or text[found.end()] in _BOUNDARY or self._breaks_at(end)
        if "," in found[0] and not (at_start and at_end):
            return None  # "from scratch, that was slow"
        if name == "scratch":  # "scratch that itch"; but "it is slow, scratch that the lexer is"
            is_later = at_start and not is_blank_before(text, found.start())
            goes_on = is_later and self._opens_anew(end)
            return command if at_end or goes_on else None
        if at_start and name == "correction":
            return command if end < len(text) and self._may_go_on(command) else None
        if at_start:
            return command if at_end or self._may_go_on(command) else None
        if name == "bullet" and self._in_list and self._may_go_on(command):
            return None if self._is_guarded(command) else command
        is_two_words = " " in found[0]
        if at_end and is_two_words and name in ("new_line", "new_paragraph"):
            return None if self._is_guarded(command) else command
        return None

    def _is_name(self, said: str) -> bool:
        """Whether capitals show that it is a name, not a command: newLine, NEW paragraph."""
        has_capitals = any(word[1:] != word[1:].lower() for word in said.split())
        return has_capitals and not self._is_in_capitals

    def _breaks_at(self, at: int) -> bool:
        """Whether one or more commands such as "new line" follow, and then a stop or the end."""
        passed, breaks = [], False
        while at not in self._breaking:
            passed.append(at)
            found = self._words.commands.match(self._text, at)
            if found is None or found.lastgroup not in ("new_line", "new_paragraph"):
                break
            after = _AFTER.match(self._text, found.end())
            at = after.end() if after else found.end()
            breaks = at == len(self._text) or self._text[found.end()] in _BOUNDARY
            if breaks:
                break
        else:
            breaks = self._breaking[at]
        self._breaking |= dict.fromkeys(passed, breaks)
        return breaks

    def _starts_a_phrase(self, start: int) -> bool:
        before = end_before(self._text, start, " \t")
        if before == 0 or self._text[before - 1] in _BOUNDARY:
            return True
        # right after another command: "new paragraph bullet"
        last = self._changes[-1].end if self._changes else 0
        return last > 0 and before <= last

    def _may_go_on(self, command: _Command) -> bool:
        following = _WORD.match(self._text, command.after)
        if self._text[command.end : command.end + 1] in _BOUNDARY:
            return True
        return following is None or following[0].lower() not in self._words.not_before

    def _opens_anew(self, at: int) -> bool:
        following = _WORD.match(self._text, at)
        return following is not None and following[0].lower() in self._words.opening

    def _is_guarded(self, command: _Command) -> bool:
        return word_before(self._text, command.start) in self._words.not_after

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
            sign = ""  # already at the start of a line
            start = max(start, last.end if last else 0)
        else:
            sign = self._stop_before(start, "." if self._in_list else ":") + sign
        self._in_list = True
        self._put(start, command.after, sign + BULLET, "bullet")
        self._openings.append(command.after)

    def _stop_before(self, at: int, stop: str = ".") -> str:
        """Return the full stop of a sentence before a new line, if the engine wrote a comma or
        nothing.
        """
        end = end_before(self._text, at, " \t")
        last = self._changes[-1] if self._changes else None
        if not self._is_written or end == 0 or (last and last.end >= end):
            return ""
        before = self._text[end - 1]
        if not (before.isalnum() or before in "\"')”’`"):
            return ""
        return "。" if NO_SPACES.search(before) else stop

    def _open_with_capitals(self) -> None:
        """Start a new line with a capital, if the engine wrote sentences."""
        changed = Spans((change.start, change.end) for change in self._changes)
        for at in self._openings if self._is_written else ():
            word = _PLAIN_START.match(self._text, at)
            if word is None or changed.touch(at, at + 1):
                continue
            first = self._text[at]
            self._changes.append(Change(at, at + 1, first, first.upper(), "edits:capital"))

    def _scratch(self, command: _Command) -> None:
        start = self._start_of_phrase(command.start)
        if self._text[start : command.start] == "\n":
            start = command.start  # directly after a mark, there is nothing to remove
        self._put(start, command.after, "", "scratch", covering=True)

    def _correct(self, command: _Command) -> None:
        """Replace the end of the preceding text by the correction.

        It replaces the text from the word with which the correction starts, if that was said ("…
        into the client. Correction, into the transport"); otherwise as many words as the correction
        has, which may end in the same word ("three times. Correction, five times").
        """
        text = self._text
        start = self._start_of_phrase(command.start)
        stop = end_before(text, command.start, f" \t\n{_STOPS}{_PAUSES}")
        old = [found.span() for found in _CHUNK.finditer(text, start, stop)]
        ending = bisect_left(self._corrected, command.after)
        end = self._corrected[ending] if ending < len(self._corrected) else len(text)
        end = self._next_command(command.after, end)
        end = end_before(text, end, " \t")
        new = text[command.after : max(end, command.after)] if old else ""
        if not new.split():
            return
        said = [text[first:last].lower().strip(_BOUNDARY) for first, last in old]
        wanted = [word.lower().strip(_BOUNDARY) for word in new.split()]
        if wanted[0] in said:
            first = len(said) - 1 - said[::-1].index(wanted[0])
        else:
            first = max(0, len(said) - len(wanted))
        at = old[first][0]
        if not text[at].isupper() and new[0].isupper() and new[1:2].islower():
            new = new[0].lower() + new[1:]  # the capital of a sentence that no longer starts here
        elif text[at].isupper() and text[at + 1 : at + 2].islower() and new[0].islower():
            new = new[0].upper() + new[1:]
        self._put(at, end, new, "correction", covering=True)

    def _end_of_break(self, start: int) -> int:
        """Return the end of a command at a place that begins a line there, 0 for none."""
        found = self._words.commands.match(self._text, start)
        return found.end() if found and found.lastgroup in _BREAKS else 0

    def _next_command(self, start: int, end: int) -> int:
        """Return the position of the first command between two positions, or else the second one.

        A command directly after "correction" counts, because it would start a phrase in the result.
        """
        for found in self._words.commands.finditer(self._text, start, end):
            if found.start() == start or self._command(found):
                return found.start()
        return end

    def _keep_literally(self, command: _Command) -> int:
        """Remove "literal" before a command, which it turns into text."""
        found = self._words.commands.match(self._text, command.after)
        if found is None or found.lastgroup == "literal" or command.end == command.after:
            return command.end
        self._put(command.start, command.after, "", "literal")
        return found.end()

    # -- where things start ------------------------------------------------------------------

    def _start_of_gap(self, start: int) -> int:
        """Return the start of the spaces, the comma and the pause before a command."""
        return end_before(self._text, end_before(self._text, start, " \t\n"), _PAUSES)

    def _start_of_phrase(self, end: int) -> int:
        """Return the start of the phrase before a position, after the last pause or stop.

        Text that was removed does not count, so "scratch that", said twice, removes two phrases.
        """
        changes = self._changes
        number = len(changes)
        while True:
            end = end_before(self._text, end, f" \t\n{_STOPS}{_PAUSES}")
            while number > 0 and changes[number - 1].start >= end:
                number -= 1
            gone = changes[number - 1] if number else None
            if gone is None or gone.after or gone.end < end:
                break
            end = gone.start
        started = bisect_right(self._phrases, end)
        start = self._phrases[started - 1] if started else 0
        for change in reversed(changes):
            if change.end <= start:
                break
            if change.end <= end and change.after[-1:] in (LINE, PARAGRAPH, " "):
                return change.end
        return start

    def _put(self, start: int, end: int, after: str, rule: str, *, covering: bool = False) -> None:
        """Record a change; with `covering`, it replaces the changes inside it."""
        text = self._text
        if covering:
            taken = []
            while self._changes and self._changes[-1].end > start:
                taken.append(self._changes.pop())
            if taken and taken[-1].start < start:
                start = taken[-1].end
                self._changes.append(taken[-1])
            if start in self._openings:
                self._openings.append(end)
            first = text[start : start + 1]
            following = text[end : end + 1]
            opens = first.isupper() and following.islower() and _begins(text, start)
            if not after and opens and not self._words.commands.match(text, end):
                after, end = following.upper(), end + 1
        else:
            start = max(start, self._changes[-1].end if self._changes else 0)
            if text[start:end].lstrip(f" \t\n{_PAUSES}")[:1].isupper() and _begins(text, start):
                self._openings.append(end)
        self._changes.append(Change(start, end, text[start:end], after, f"edits:{rule}"))


_PHRASE_START = re.compile(
    rf"(?<![.!?…])[.!?…]++[\"')\]]*+[ \t\n]+|[。！？]\s*|[\n{LINE}{PARAGRAPH}][ \t]*"
    rf"|{MARK.pattern}[ \t\n]*"
)
_PARTING = re.compile(rf"[{LINE}{PARAGRAPH}]|{MARK.pattern}")
"""Starts a phrase, with or without a space after it."""
_CORRECTION_END = re.compile(
    rf"(?<![.!?。！？])[.!?。！？]++(?=\s|$)|[\n{LINE}{PARAGRAPH}]|{MARK.pattern}"
)


def _begins(text: str, at: int) -> bool:
    before = end_before(text, at, " \t")
    return before == 0 or text[before - 1] in _STOPS + "\n" or is_blank_before(text, before)
