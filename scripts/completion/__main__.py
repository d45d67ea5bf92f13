"""Render the completions: `python -m scripts.completion`."""

from __future__ import annotations

from pathlib import Path

from scripts.completion.render import render_completions

COMPLETIONS = Path(__file__).parents[2] / "completions"


def main() -> None:
    """Write the completion of each shell."""
    COMPLETIONS.mkdir(exist_ok=True)
    for name, text in render_completions().items():
        (COMPLETIONS / name).write_text(text)


if __name__ == "__main__":
    main()
