"""Git's own pager."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from git_voicenote.git.running.process import try_git
from git_voicenote.terminal.colours import only_colours, put_coloured


def page(text: str, *, is_product: bool = True, keys: str = "") -> None:
    """Show a text through git's pager, or print it if stdout is not a terminal; "" shows nothing.

    The pager is the one that git uses: GIT_PAGER, core.pager, PAGER, less. Without `is_product`,
    the text goes to the terminal even if stdout does not. Colours work; other escapes are made
    visible. `keys` describes the keys in one line: it becomes the prompt of less, or precedes the
    text if the pager is not less with git's options.
    """
    if not text:
        return  # a pager would show an empty screen
    aside = not is_product and not sys.stdout.isatty()
    command = _pager() if sys.stdout.isatty() or (aside and sys.stderr.isatty()) else ""
    if not command:
        put_coloured(text, aside=aside)
        return
    sys.stdout.flush()
    # git's defaults: quit if it fits, keep colours, do not clear the screen
    environment = {"LESS": "FRX", "LV": "-c", **os.environ, "GIT_PAGER_IN_USE": "true"}
    if keys and _is_plain_less(command):
        environment["LESS"] += f"Ps{_less_prompt(keys)}$"
    elif keys:
        text = f"{keys}\n\n{text}"
    pager = subprocess.Popen(  # noqa: S602 - as in git: it is the user's own command
        command, shell=True, stdin=subprocess.PIPE, env=environment,
        stdout=sys.stderr if aside else None,
    )  # fmt: skip
    assert pager.stdin is not None  # noqa: S101 - for mypy: it is a pipe
    encoding = sys.stderr.encoding if aside else sys.stdout.encoding
    try:
        with suppress(BrokenPipeError):
            pager.stdin.write(only_colours(text).encode(encoding, sys.stdout.errors or "replace"))
        with suppress(BrokenPipeError):
            pager.stdin.close()
        while pager.returncode is None:
            with suppress(KeyboardInterrupt):  # meant for the pager: less stops a search
                pager.wait()
    finally:
        if pager.returncode is None:  # when we end early, less restores the terminal
            pager.terminate()
            pager.wait()


def wants_colour(choice: str, setting: str = "color.diff") -> bool:
    """Return whether to colour the output: by the option, or by a setting of git and color.ui."""
    if choice != "auto":
        return choice == "always"
    is_terminal = str(sys.stdout.isatty()).lower()
    # `git -p` shows our output in a pager
    paged = {"GIT_PAGER_IN_USE": os.environ.get("GIT_PAGER_IN_USE")}
    asked = ("config", "--get-colorbool", setting, is_terminal)
    answer = try_git(*asked, cwd=Path.cwd(), environment=paged)
    return answer.stdout.strip() == b"true"


def _is_plain_less(command: str) -> bool:
    """Return whether a pager is less, with the options that git gives it."""
    program = shutil.which(command.split()[0]) or ""  # Debian's git calls it pager
    return "LESS" not in os.environ and Path(program).resolve().name == "less"


def _less_prompt(text: str) -> str:
    """Return a prompt of less that shows a text, and the end of what is read (less(1), PROMPTS)."""
    return re.sub(r"[?:.%\\]", r"\\\g<0>", text).replace("$", "") + "?e (END)."


def _pager() -> str:
    command = os.fsdecode(try_git("var", "GIT_PAGER", cwd=Path.cwd()).stdout).strip()
    return "" if command == "cat" else command
