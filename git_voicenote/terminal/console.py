"""The only module that prints: results on stdout, messages on stderr.

Control characters are made visible, because a commit's title, a file name or a server's response
can contain any escape sequence. `tests/test_door.py` enforces that nothing else prints.

click is not imported here, because format-patch, which is run in loops, does not need it.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.characters import harmless, json_text
from git_voicenote.config import Settings, load_settings
from git_voicenote.git.configuration import Configuration
from git_voicenote.terminal.fitting import cut, fitted, row_width, width_of

if TYPE_CHECKING:
    from git_voicenote.errors import VoicenoteError
    from git_voicenote.git.repository import Repository


def say(text: str, *, end: str = "\n") -> None:
    """Print a message on stderr, in lines that fit; see `fitting.fitted`."""
    width = width_of(sys.stderr) - len(end.rstrip("\n"))
    say_unwrapped(fitted(harmless(text), width), end=end)


def say_unwrapped(text: str, *, end: str = "\n") -> None:
    """Print lines on stderr without wrapping: a trace, a page, lines for programs."""
    # an error on stderr cannot be reported, and does not stop the work
    with suppress(OSError):
        sys.stderr.write(harmless(text) + end)
        sys.stderr.flush()


def warn(text: str) -> None:
    """Print a warning on stderr."""
    say(f"warning: {text}")


def print_error(error: VoicenoteError) -> None:
    """Print an error and its hint on stderr, in git's style."""
    say(f"error: {error.message}")
    if error.hint:
        say(f"hint: {error.hint}")


def put(text: str = "", *, end: str = "\n") -> None:
    """Print text on stdout, in its own lines. Raises OSError."""
    sys.stdout.write(harmless(text) + end)


def report(text: str, *, hanging: int | None = None) -> None:
    """Print sentences on stdout, in lines that fit. Raises OSError."""
    put(as_report(text, hanging=hanging))


def put_row(text: str) -> None:
    """Print the row of a table on stdout: cut to the terminal, whole in a pipe. Raises OSError."""
    put(as_row(text))


def as_report(text: str, *, hanging: int | None = None) -> str:
    """Return sentences in lines that fit stdout; see `fitting.fitted`."""
    return fitted(harmless(text), width_of(sys.stdout), hanging=hanging)


def as_row(text: str) -> str:
    """Return the row of a table for stdout: cut to the terminal, whole in a pipe."""
    return cut(harmless(text), row_width(sys.stdout))


def put_product(content: str | bytes | Path) -> None:
    """Write a result to stdout, byte for byte; on a terminal, print it as `put` does.

    A path is followed by a line feed. Raises OSError.
    """
    if isinstance(content, Path):
        content = f"{content}\n"
    octets = os.fsencode(content) if isinstance(content, str) else content
    if sys.stdout.isatty():
        put(octets.decode("utf-8", "surrogateescape"), end="")
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(octets)
    sys.stdout.buffer.flush()


def flush() -> None:
    """Flush stdout. Raises OSError."""
    sys.stdout.flush()


def print_json(value: object) -> None:
    """Print one JSON object on stdout, as UTF-8 whatever the locale. Raises OSError."""
    put_product((json_text(value) + "\n").encode())


def settings(repository: Repository | None = None, **overrides: object) -> Settings:
    """Return the settings in a repository or outside; overrides of None are ignored."""
    configuration = repository.configuration if repository else Configuration(Path.cwd())
    entries = configuration.matching(r"^voicenote\.")
    return load_settings(entries, os.environ, configuration.origin_of, **overrides)


def is_interactive() -> bool:
    """Return whether a user can see our messages and answer them."""
    return sys.stdin.isatty() and sys.stderr.isatty()
