"""The table of formats for descriptions. A new format is a row and a function."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.characters import json_text, visible
from git_voicenote.text.description.markdown import markdown
from git_voicenote.text.description.page import html_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from git_voicenote.text.description.described import Described, DescribedCommit


@dataclass(frozen=True, slots=True)
class DescriptionFormat:
    """One format: its name, its meaning for help, and its renderer.

    In one that is `in_order`, the oldest commit comes first, after the cover.
    """

    name: str
    meaning: str
    render: Callable[[Described], str]
    in_order: bool = False


def _text(described: Described) -> str:
    if not described.commits:
        return visible(described.stored_cover)
    if not described.is_list:
        return visible(described.commits[0].note)
    return "\n".join(map(_entry, described.commits))


def _entry(commit: DescribedCommit) -> str:
    words = visible(commit.note) if commit.note else "no note\n"
    return f"{commit.short} {visible(commit.subject)}\n\n{textwrap.indent(words, '    ')}"


def _json(described: Described) -> str:
    values = [commit.facts for commit in described.commits]
    value = described.facts if not values else values if described.is_list else values[0]
    return json_text(value) + "\n"


TEXT = DescriptionFormat("text", "as git shows notes", _text)
JSON = DescriptionFormat("json", "everything", _json)
_ROWS = (
    TEXT,
    JSON,
    DescriptionFormat("markdown", "a pull request's description", markdown, in_order=True),
    DescriptionFormat("html", "a page without scripts", html_page, in_order=True),
)
DESCRIPTIONS = {one.name: one for one in _ROWS}
"""The formats by name, in the order in which help lists them."""


def help_text() -> str:
    """Return a description of the formats, for the help of an option."""
    return "; ".join(f"{one.name}: {one.meaning}" for one in DESCRIPTIONS.values())
