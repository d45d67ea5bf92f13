"""Render the pages of the manual: `python -m scripts.manual`."""

from __future__ import annotations

from pathlib import Path

from scripts.manual.pages import render_pages

MAN = Path(__file__).parents[2] / "man"


def main() -> None:
    """Write all pages, and remove those of commands that are no more."""
    pages = render_pages(MAN)
    folder = MAN / "man1"
    folder.mkdir(exist_ok=True)
    for path in folder.glob("*.1"):
        if path.name not in pages:
            path.unlink()
    for name, text in pages.items():
        (folder / name).write_text(text)


if __name__ == "__main__":
    main()
