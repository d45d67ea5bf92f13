"""Step through a series at the terminal, one part at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.errors import VoicenoteError
from git_voicenote.terminal.console import print_error, say
from git_voicenote.terminal.keys import read_key
from git_voicenote.terminal.programs.pager import page
from git_voicenote.terminal.questions import ask_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.series.review.series import (
        Review,
        ReviewedCover,
        ReviewedPatch,
        ReviewedRecording,
    )
    from git_voicenote.terminal.series.text import Layout
    from git_voicenote.workflows.answer.answering import Answering

_NEXT = ("n", "j", " ", "\n", "\r", "\x1b[C", "\x1b[B", "\x1b[6~")
_PREVIOUS = ("p", "k", "\x7f", "\x1b[D", "\x1b[A", "\x1b[5~")
_IN_PAGER = "q leaves the pager; then: n next  p back  ? keys  q quit"
_KEYS = """\
n  the next part (also j, space, Enter)
p  the one before (also k)
1-9  a patch by its number; 0 is the cover
l  listen to the recording, Ctrl-C ends it
a  answer this part by voice (with --reply)
/  search; / and Enter again for the next place
r  show this part again
q  quit"""


def step(
    review: Review, layout: Layout, plain: Sequence[str], answering: Answering | None = None
) -> None:
    """Show one part at a time, and handle keys, until the user quits.

    `plain` are the parts without colours, for searching; `answering` records and saves answers.
    """
    SeriesSteps(review, layout, plain, answering).run()


class SeriesSteps:
    """The current part of a series, and the handling of keys."""

    def __init__(
        self, review: Review, layout: Layout, plain: Sequence[str], answering: Answering | None
    ) -> None:
        self._review = review
        self._answering = answering
        self._parts = list(layout.parts())
        self._plain = [part.casefold() for part in plain]
        self._covers = int(review.cover is not None)
        self._at = 0
        self._query = ""

    def run(self) -> None:
        """Show the first part, then follow the keys until `q`."""
        self._show()
        while True:
            key = read_key(self._prompt())
            say("")
            if key in ("q", "Q", ""):
                return
            try:
                self._obey(key)
            except VoicenoteError as exc:
                print_error(exc)

    def _obey(self, key: str) -> None:
        if key in _NEXT:
            self._go(self._at + 1, "that was the last patch")
        elif key in _PREVIOUS:
            self._go(self._at - 1, "this is the first part")
        elif key.isascii() and key.isdigit():
            self._jump(key)
        elif key == "l":
            self._listen()
        elif key == "a":
            self._answer()
        elif key == "/":
            self._search()
        elif key == "r":
            self._show()
        else:
            say(_KEYS)

    def _prompt(self) -> str:
        where = "cover" if self._at < self._covers else self._number()
        listen = "  l listen" if any(spoken.path for spoken in self._spoken()) else ""
        answer = "  a answer" if self._answering else ""
        return f"{where} \u00b7 n next  p back  1-{len(self._review.patches)} jump{listen}{answer}  / search  ? keys  q quit "  # noqa: E501 - as it is shown

    def _number(self) -> str:
        patch = self._review.patches[self._at - self._covers].patch
        return f"{patch.number}/{patch.total}"

    def _spoken(self) -> Sequence[ReviewedRecording]:
        part: ReviewedCover | ReviewedPatch | None = self._review.cover
        if part is None or self._at >= self._covers:
            part = self._review.patches[self._at - self._covers]
        return (*part.spoken, *(spoken for reply in part.replies for spoken in reply.spoken))

    def _show(self) -> None:
        # with --reply, stdout is for the names of the mails
        page(self._parts[self._at], is_product=self._answering is None, keys=_IN_PAGER)

    def _go(self, at: int, otherwise: str) -> None:
        if 0 <= at < len(self._parts):
            self._at = at
            self._show()
        else:
            say(otherwise)

    def _jump(self, digit: str) -> None:
        # one digit is enough where no number has two
        typed = digit
        if len(self._parts) - self._covers > 9:
            typed += ask_line(f"patch {digit}").strip()
        numbers = [str(patch.patch.number) for patch in self._review.patches]
        typed = typed.lstrip("0") or "0"
        if typed in numbers:
            self._go(numbers.index(typed) + self._covers, "")
        elif typed == "0" and self._covers:
            self._go(0, "")
        else:
            say(f"there is no patch {typed}")

    def _listen(self) -> None:
        from git_voicenote.audio.playback import play

        spoken = self._spoken()
        if not spoken:
            say("this part has no recording")
        try:
            for one in spoken:
                if one.path is None:
                    say(f"the recording {one.id} is not on this machine")
                    continue
                say(f"playing {one.id}, Ctrl-C ends it")
                play(one.path, 0.0)
        except KeyboardInterrupt:
            say("")

    def _answer(self) -> None:
        if self._answering is None:
            say("`git voicenote review --reply` takes your answers")
        elif self._at < self._covers:
            self._answering.ask(0)
        else:
            self._answering.ask(self._review.patches[self._at - self._covers].patch.number)

    def _search(self) -> None:
        self._query = ask_line("/").casefold() or self._query
        count = len(self._plain)
        order = [(self._at + ahead) % count for ahead in range(1, count + 1)]
        for at in order if self._query else ():
            if self._query in self._plain[at]:
                self._go(at, "")
                return
        say("nothing found")
