"""Step through a diff while speaking: a page on the screen, and keys that turn it."""

from __future__ import annotations

import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from git_voicenote.datatypes import Turn
from git_voicenote.terminal.console import say, say_unwrapped
from git_voicenote.terminal.drawing import drawn_text
from git_voicenote.terminal.keys import (
    BACKSPACE,
    DOWN,
    LEFT,
    PAGE_DOWN,
    PAGE_UP,
    RIGHT,
    UP,
    keys_pressed,
)
from git_voicenote.terminal.recording.display import LiveDisplay, PlainDisplay, can_redraw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from git_voicenote.audio.capture.microphone import Capture
    from git_voicenote.workflows.dialogue import DiffWalk
    from git_voicenote.workflows.explain.walk_pages import Page
    from git_voicenote.workflows.hearing.live_dictation import LiveDictation

_KEYS = "space next · p back · Enter stops · Ctrl-C keeps the sound and quits"
_NEXT = (" ", "n", RIGHT)
_BACK = ("p", LEFT, BACKSPACE)
_ROWS_BELOW = 8
"""The lines for the meter, the keys, a warning, and the words so far."""
_MIN_ROWS = 4
_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


class TurningPages:
    """Shows pages and handles the keys; each turn is reported with its time in the recording.

    It begins at the first page. `capture` provides the time; see `LiveDisplay` for `held`.
    """

    def __init__(self, walk: DiffWalk, capture: Capture, held: Sequence[str] = ()) -> None:
        pages = walk.pages
        self.display: _WalkDisplay | _PlainWalkDisplay
        self.display = _WalkDisplay(pages, held) if can_redraw() else _PlainWalkDisplay(pages)
        self._pages = pages
        self._capture = capture
        self._turned = walk.turned
        self._at = 0
        walk.turned(Turn(0.0, pages[0].place))

    @contextmanager
    def stop_key(self) -> Iterator[Callable[[float], bool]]:
        """Watch the keys; yields a function that waits seconds for one and handles all but Enter.

        It returns whether the key was Enter.
        """
        with keys_pressed() as pressed:
            yield lambda seconds: any(map(self._obey, pressed(seconds)))

    def _obey(self, key: str) -> bool:
        if key in _NEXT:
            self._turn(self._at + 1)
        elif key in _BACK:
            self._turn(self._at - 1)
        elif key in (UP, DOWN):
            self.display.scroll(1 if key == DOWN else -1)
        elif key in (PAGE_UP, PAGE_DOWN):
            self.display.scroll(10 if key == PAGE_DOWN else -10)
        return key in ("\n", "\r")

    def _turn(self, at: int) -> None:
        if not 0 <= at < len(self._pages):
            return
        self._at = at
        self.display.turn_to(at)
        self._turned(Turn(self._capture.elapsed, self._pages[at].place))


class _PlainWalkDisplay(PlainDisplay):
    """Pages and words as plain lines, for a terminal that cannot move its cursor."""

    def __init__(self, pages: Sequence[Page]) -> None:
        super().__init__()
        self._pages = pages
        self._at = 0

    def __enter__(self) -> _PlainWalkDisplay:
        say(_KEYS)
        self.turn_to(self._at)
        return self

    def turn_to(self, at: int) -> None:
        """Print a page, cut to the screen."""
        self._at = at
        page = self._pages[at]
        room = max(shutil.get_terminal_size().lines - _ROWS_BELOW - len(page.head), _MIN_ROWS)
        say_unwrapped("\n".join(("", page.label, *page.head, *_cut(page.lines, 0, room))))

    def scroll(self, lines: int) -> None:
        """Do nothing: what was printed stays."""


class _WalkDisplay(LiveDisplay):
    """A page of the diff, and below it the meter, the keys and the words so far."""

    def __init__(self, pages: Sequence[Page], held: Sequence[str]) -> None:
        super().__init__(held)
        self._pages = pages
        self._at = 0
        self._from = 0
        self._drawn_for: tuple[int, ...] = ()

    def __enter__(self) -> _WalkDisplay:
        try:
            self._console.set_alt_screen(True)
            self._draw()
        except BaseException:  # a signal, after the switch to the alternate screen
            with suppress(IndexError):  # rich may not know that it began
                self._live.stop()
            self._console.set_alt_screen(False)
            self._console.show_cursor()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self._live.stop()
        self._console.set_alt_screen(False)

    def update(self, dictation: LiveDictation) -> None:
        """Redraw, including the page if the window was resized."""
        if shutil.get_terminal_size() != self._drawn_for:
            self._draw()
        super().update(dictation)

    def turn_to(self, at: int) -> None:
        """Show a page, from its first line."""
        self._at, self._from = at, 0
        self._draw()

    def scroll(self, lines: int) -> None:
        """Show more of a page that is longer than the screen."""
        last = max(len(self._pages[self._at].lines) - self._room() + 1, 0)
        start = min(max(self._from + lines, 0), last)
        if start != self._from:
            self._from = start
            self._draw()

    def _beside(self) -> str:
        return f"  {self._pages[self._at].label}\n  {_KEYS}"

    def _room(self) -> int:
        rows = shutil.get_terminal_size().lines
        return max(rows - _ROWS_BELOW - len(self._pages[self._at].head), _MIN_ROWS)

    def _draw(self) -> None:
        self._live.stop()
        self._drawn_for = shutil.get_terminal_size()
        self._console.clear()
        page = self._pages[self._at]
        is_diff = page.place is not None
        for number, line in enumerate((*page.head, *_cut(page.lines, self._from, self._room()))):
            style = _COLOURS.get(line[:1], "default") if is_diff and number else "default"
            text = drawn_text((line, "bold" if number == 0 else style))
            text.expand_tabs(8)
            self._console.print(text, no_wrap=True, overflow="ellipsis", crop=True)
        self._console.print()
        self._live = self._new_live()
        self._live.start()


def _cut(lines: Sequence[str], start: int, room: int) -> list[str]:
    """Return the lines that fit; the last one says how many more there are."""
    if len(lines) - start <= room:
        return list(lines[start:])
    more = len(lines) - start - room + 1
    return [*lines[start : start + room - 1], f"… {more} more lines (arrow keys)"]
