"""Show pages of the manual, with man or as text."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from git_voicenote.resources import resource
from git_voicenote.terminal.colours import coloured
from git_voicenote.terminal.console import flush
from git_voicenote.terminal.jobs.foreground import run_in_foreground
from git_voicenote.terminal.programs.pager import page
from git_voicenote.text.manual import page_as_text

if TYPE_CHECKING:
    from pathlib import Path

_MAX_WIDTH = 100
_MIN_WIDTH = 40


def manual_page(command: str | None) -> Path:
    """Return the file of a command's page, or of the overview. Raises FileNotFoundError."""
    name = "git-voicenote" if command is None else f"git-voicenote-{command}"
    return resource("man/man1", f"{name}.1")


def show_manual(path: Path) -> None:
    """Show a page: with man in a terminal, else as text, through git's pager if there is one.

    man gets the path of the file, so the page need not be in its search path.
    """
    if sys.stdout.isatty() and shutil.which("man"):
        flush()
        if run_in_foreground(["man", path]) == 0:
            return
    is_terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns - 2 if is_terminal else 80
    page(
        page_as_text(
            path.read_text(encoding="utf-8"),
            min(max(width, _MIN_WIDTH), _MAX_WIDTH),
            (lambda text: coloured(text, None, bold=True)) if is_terminal else str,
        )
    )
