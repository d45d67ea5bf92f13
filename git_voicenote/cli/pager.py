"""Git's own pager."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import click

from git_voicenote.repo.process import try_git


def page(text: str, *, is_product: bool = True) -> None:
    """Show a text through git's pager, or print it where stdout is no terminal.

    The pager is the one that git would take: GIT_PAGER, core.pager, PAGER, less. What is not the
    product goes to the terminal even where stdout is something else.
    """
    aside = not is_product and not sys.stdout.isatty()
    command = _pager() if sys.stdout.isatty() or (aside and sys.stderr.isatty()) else ""
    if not command:
        click.echo(text, nl=False, color=True, err=aside)
        return
    sys.stdout.flush()
    # what git sets where the person has not: quit if it fits, keep colours, leave the screen
    environment = {"LESS": "FRX", "LV": "-c", **os.environ, "GIT_PAGER_IN_USE": "true"}
    pager = subprocess.Popen(  # noqa: S602 - as git does: it is the person's own command
        command, shell=True, stdin=subprocess.PIPE, env=environment,
        stdout=sys.stderr if aside else None,
    )  # fmt: skip
    assert pager.stdin is not None  # noqa: S101 - for mypy: it is a pipe
    with suppress(BrokenPipeError):
        pager.stdin.write(text.encode("utf-8", "replace"))
    with suppress(BrokenPipeError):
        pager.stdin.close()
    while pager.returncode is None:
        with suppress(KeyboardInterrupt):  # Ctrl-C is for the pager: less stops a search with it
            pager.wait()


def wants_colour(choice: str) -> bool:
    """Return whether to colour a diff: as asked, or as color.diff and color.ui say."""
    if choice != "auto":
        return choice == "always"
    is_terminal = str(sys.stdout.isatty()).lower()
    answer = try_git("config", "--get-colorbool", "color.diff", is_terminal, cwd=Path.cwd())
    return answer.stdout.strip() == b"true"


def _pager() -> str:
    command = try_git("var", "GIT_PAGER", cwd=Path.cwd()).stdout.decode("utf-8", "replace").strip()
    return "" if command == "cat" else command
