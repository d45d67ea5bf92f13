"""A description as one HTML document, without scripts or external files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.text.description.blocks import blocks_of, spans_of, title_of
from git_voicenote.text.templates import fill_in

if TYPE_CHECKING:
    from git_voicenote.text.description.described import Described


def html_page(described: Described) -> str:
    """Return a page of the cover and the commits, those without a note among them."""
    return fill_in(
        "description.html.j2",
        cover=blocks_of(described.cover),
        commits=[
            (commit.short, title_of(commit.subject), blocks_of(commit.text))
            for commit in described.commits
        ],
        spans_of=spans_of,
    )
