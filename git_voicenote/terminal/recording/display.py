"""The display while the user speaks: time, level, and the words so far."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from git_voicenote.characters import visible
from git_voicenote.clock import clock
from git_voicenote.terminal.console import say, warn
from git_voicenote.terminal.drawing import drawing_console, drawn_text, shows_dim
from git_voicenote.terminal.recording.words_so_far import WordsSoFar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.live import Live

    from git_voicenote.datatypes import PartialText, Segment
    from git_voicenote.workflows.hearing.live_dictation import LiveDictation

_BARS = "▁▂▃▄▅▆▇█"
_METER_WIDTH = 7
_LINES_OF_TEXT = 3
_TENTATIVE = "dim italic"


class Display(Protocol):
    """Shows a dictation; `update` is called about ten times a second."""

    def __enter__(self) -> Display: ...
    def __exit__(self, *exc: object) -> None: ...
    def update(self, dictation: LiveDictation) -> None:
        """Show the state of the dictation."""
        ...


class PlainDisplay:
    """Lines, for a pipe: each segment when it is transcribed, each warning once."""

    def __init__(self) -> None:
        self._shown = 0
        self._warned: set[str] = set()

    def __enter__(self) -> PlainDisplay:
        return self

    def __exit__(self, *exc: object) -> None:
        pass

    def update(self, dictation: LiveDictation) -> None:
        """Print the new lines."""
        for segment in dictation.segments[self._shown :]:
            say(visible(segment.marked_text))
            self._shown += 1
        for warning in warnings_of(dictation):
            if warning not in self._warned:
                self._warned.add(warning)
                warn(warning)


class LiveDisplay:
    """A meter and the words so far, redrawn in place and erased at the end.

    Tentative words are dim, or in brackets where dim text is not told apart. `held` are warnings
    that are printed later; the latest one is shown.
    """

    def __init__(self, held: Sequence[str] = ()) -> None:
        # importing rich takes 0.08 s, while the microphone opens; a pipe does not need it
        self._console = drawing_console()
        self._shows_dim = shows_dim(self._console)
        self._held = held
        self._levels = [0.0] * _METER_WIDTH
        self._words = WordsSoFar(_LINES_OF_TEXT)
        self._live = self._new_live()

    def __enter__(self) -> LiveDisplay:
        self._live = self._new_live()  # after a Ctrl-Z, on another part of the screen
        try:
            self._live.start()
        except BaseException:  # after a signal, rich may not know that it has started
            with suppress(IndexError):
                self._live.stop()
            self._console.show_cursor()
            raise
        return self

    def _new_live(self) -> Live:
        from rich.live import Live

        # each update is drawn at once: a thread that draws at its own times would be late
        return Live(console=self._console, auto_refresh=False, transient=True)

    def _beside(self) -> str:
        """Return the text beside the meter."""
        return ""

    def __exit__(self, *exc: object) -> None:
        self._live.stop()

    def update(self, dictation: LiveDictation) -> None:
        """Redraw."""
        self._levels = [*self._levels[1:], dictation.capture.level]
        pieces = [
            ("● ", "red"),
            (f"{clock(dictation.capture.elapsed)}  ", "default"),
            ("".join(_bar(level) for level in self._levels), "green"),
            (self._beside(), "default"),
        ]
        warnings = (*warnings_of(dictation), *self._held[-1:])
        pieces += [(f"\n{warning}", "yellow") for warning in warnings]
        for standing, tentative in self._lines(*dictation.so_far):
            pieces += [(f"\n  {standing}", "default"), (tentative, _TENTATIVE)]
        self._live.update(drawn_text(*pieces), refresh=True)

    def _lines(self, segments: Sequence[Segment], partial: PartialText) -> list[tuple[str, str]]:
        """Return lines, each as its words that stand, and those that may change."""
        standing = visible(" ".join((*(one.marked_text for one in segments), partial.text)))
        tentative = visible(partial.tentative)
        if tentative and not self._shows_dim:
            tentative = f"[{tentative}]"
        width = max(shutil.get_terminal_size().columns - 4, 20)
        return self._words.lines(standing, tentative, width)


def can_redraw() -> bool:
    """Whether the terminal can move its cursor; that of an editor's shell may not."""
    return os.environ.get("TERM", "dumb") != "dumb"


def warnings_of(dictation: LiveDictation) -> tuple[str, ...]:
    """Return the warnings to show while the user speaks."""
    warnings = [dictation.capture.warning] if dictation.capture.warning else []
    if dictation.failure is not None:
        warnings.append(f"transcription stopped: {dictation.failure}; still recording")
    return tuple(warnings)


def _bar(level: float) -> str:
    return _BARS[min(int(level * len(_BARS)), len(_BARS) - 1)]
