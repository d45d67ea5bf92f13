"""What a terminal can show."""

from __future__ import annotations

from rich.console import Console

from git_voicenote.terminal.drawing import shows_dim


def test_a_terminal_without_colour_has_no_dim_text() -> None:
    assert not shows_dim(Console(no_color=True, force_terminal=True, color_system="truecolor"))
    assert not shows_dim(Console(color_system=None))
