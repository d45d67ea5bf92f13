"""Drawing with rich: meters, bars, pages. No value is markup.

rich is imported only when something is drawn, because that takes 0.1 s.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from git_voicenote.characters import harmless

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console
    from rich.progress import Progress, ProgressColumn, TaskID
    from rich.text import Text


def drawing_console() -> Console:
    """Return the console to draw on: stderr, with no markup, emoji codes or highlighting."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def shows_dim(console: Console) -> bool:
    """Return whether dim text is told apart on a console: not on old terminals, nor with NO_COLOR.

    An unknown terminal is taken for a new one.
    """
    if console.no_color or console.color_system is None:
        return False
    with suppress(ImportError):  # Python may be built without it
        import curses

        with suppress(curses.error):  # terminfo does not know the terminal
            curses.setupterm(fd=sys.stderr.fileno())
            return bool(curses.tigetstr("dim"))
    return True


def drawn_text(*pieces: tuple[str, str]) -> Text:
    """Return pieces of text, each with its style; control characters are made visible."""
    from rich.text import Text

    text = Text()
    for words, style in pieces:
        text.append(harmless(words), style=style)
    return text


def progress_bar(*columns: ProgressColumn) -> Progress:
    """Return a progress bar that is erased at the end, with its task's description before it."""
    from rich.progress import Progress, TextColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        *columns,
        console=drawing_console(),
        transient=True,
        redirect_stdout=False,  # stdout is for the result, and usually goes elsewhere
    )


@contextmanager
def shown_progress(*, is_transfer: bool = False) -> Iterator[Callable[[str, int, int], None]]:
    """Provide a function that shows a bar on a terminal, and does nothing elsewhere.

    It is called with a description, the amount done, and the total. A transfer counts octets and
    has a bar for each description; otherwise there is one bar, whose description changes.
    """
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.progress import BarColumn, DownloadColumn, TaskProgressColumn, TransferSpeedColumn

    columns = (DownloadColumn(), TransferSpeedColumn()) if is_transfer else (TaskProgressColumn(),)
    with progress_bar(BarColumn(), *columns) as bar:
        tasks: dict[str, TaskID] = {}

        def show(what: str, done: int, total: int) -> None:
            key = what if is_transfer else ""
            if key not in tasks:
                tasks[key] = bar.add_task("", total=total)
            bar.update(tasks[key], description=harmless(what), completed=done, total=total)

        yield show
