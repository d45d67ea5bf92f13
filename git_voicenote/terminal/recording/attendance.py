"""A dictation at the terminal: the display, the keys, and Ctrl-Z."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from git_voicenote.terminal.console import say
from git_voicenote.terminal.jobs.suspending import suspensions
from git_voicenote.terminal.keys import stop_key
from git_voicenote.terminal.recording.display import LiveDisplay, PlainDisplay, can_redraw
from git_voicenote.terminal.recording.pages import TurningPages

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from git_voicenote.terminal.jobs.suspending import Suspension
    from git_voicenote.terminal.recording.display import Display
    from git_voicenote.workflows.dialogue import DiffWalk
    from git_voicenote.workflows.hearing.live_dictation import LiveDictation

_REFRESH_SECONDS = 0.08


class Attendance:
    """Follows a dictation from its start until it is transcribed.

    `silence` is the number of seconds without speech that end it, 0 for none. Ctrl-Z closes the
    microphone until the shell continues the job. `held` are warnings that are printed at the end.
    """

    def __init__(
        self,
        live: LiveDictation,
        silence: float,
        walk: DiffWalk | None,
        *,
        is_interactive: bool,
        held: Sequence[str] = (),
    ) -> None:
        self._live = live
        self._held = held
        self._silence = silence
        self._walk = walk
        self._is_interactive = is_interactive
        self._is_stopped = False
        self._stopped_at = 0.0

    def run(self) -> float:
        """Run it, and return the seconds from the stop to the text."""
        with suspensions() as suspension:
            self._live.start()
            return self._follow(suspension)

    def _follow(self, suspension: Suspension) -> float:
        live = self._live
        info = live.engine.info
        if info.server:
            say(f"the sound is sent to {info.server}")
        say(
            f"engine {info.title} "
            f"{'is ready' if live.is_loaded else 'is loading while you speak'} · "
            f"microphone: {live.capture.device_name}"
        )
        pages = TurningPages(self._walk, live.capture, self._held) if self._walk else None
        display: Display = LiveDisplay(self._held) if self._can_redraw() else PlainDisplay()
        while True:
            with pages.stop_key() if pages else stop_key() as pressed:
                # only after the keys are watched: an immediate Enter counts
                say(f"speak now · {', '.join(self._ways_to_stop())}")
                if self._show(pages.display if pages else display, pressed, suspension):
                    return time.monotonic() - self._stopped_at
            # the terminal has been restored for the shell
            live.capture.pause()
            say("paused, the microphone is off · `fg` continues")
            suspension.stop_here()
            live.capture.resume()

    def _show(
        self, display: Display, pressed: Callable[[float], bool], suspension: Suspension
    ) -> bool:
        """Update the display until all is transcribed; return False at a Ctrl-Z before that."""
        with display:
            while not suspension.asked:
                display.update(self._live)
                if not self._is_stopped:
                    self._look_for_the_end(pressed)
                elif self._live.wait(_REFRESH_SECONDS):
                    display.update(self._live)
                    return True
        return False

    def _look_for_the_end(self, pressed: Callable[[float], bool]) -> None:
        capture = self._live.capture
        if capture.reason is not None:
            self._is_stopped = True
        elif pressed(_REFRESH_SECONDS) or self._ends_by_itself():
            capture.stop()
            self._is_stopped = True
        self._stopped_at = time.monotonic()

    def _ends_by_itself(self) -> bool:
        """Whether silence ended it, or the engine failed, so that silence cannot be detected."""
        return self._silence > 0 and (
            self._live.failure is not None or self._live.has_fallen_silent(self._silence)
        )

    def _can_redraw(self) -> bool:
        return self._is_interactive and can_redraw()

    def _ways_to_stop(self) -> list[str]:
        ways = [f"{self._silence:g} s of silence stop"] if self._silence else []
        keys = ["Enter stops", "Ctrl-C keeps the sound and quits"]
        return ways + (keys if self._is_interactive else [])
