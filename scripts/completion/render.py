"""The scripts of all shells."""

from __future__ import annotations

from pathlib import Path

from git_voicenote.config import SETTINGS
from scripts.completion import bash, fish, zsh
from scripts.completion.lines import command_lines

_HERE = Path(__file__).parent


def render_completions() -> dict[str, str]:
    """Return the text of each script by the name of its file."""
    lines = tuple(command_lines())
    settings = {one.name: one.choices for one in SETTINGS}
    return {
        f"git-voicenote.{name}" if name != "zsh" else "_git-voicenote": shell.render(
            (_HERE / f"functions.{name}").read_text(), lines, settings
        )
        for name, shell in (("bash", bash), ("zsh", zsh), ("fish", fish))
    }
