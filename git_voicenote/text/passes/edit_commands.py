"""The patterns of the commands for editing by voice, from text/data/spoken_edits.toml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from git_voicenote.text import tables

NO_SPACES = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
"""Characters of Japanese and Chinese, which put no spaces between words."""
_COMMANDS = ("new_paragraph", "new_line", "bullet", "scratch", "correction", "literal")


@dataclass(frozen=True, slots=True)
class EditCommands:
    """The commands of one language; each group of `commands` has the name of its command.

    No command follows one of the words `not_after`, or precedes one of `not_before`.
    """

    commands: re.Pattern[str]
    quote: re.Pattern[str] | None
    unquote: re.Pattern[str] | None
    not_before: frozenset[str]
    not_after: frozenset[str]
    opening: frozenset[str]


@cache
def edit_commands(language: str) -> EditCommands | None:
    """Return the commands of a language; None if it has none."""
    spoken = {name: _any_of(language, name) for name in (*_COMMANDS, "quote", "unquote")}
    known = [f"(?P<{name}>{spoken[name]})" for name in _COMMANDS if spoken[name]]
    if not known:
        return None
    return EditCommands(
        re.compile("|".join(known), re.IGNORECASE),
        re.compile(spoken["quote"], re.IGNORECASE) if spoken["quote"] else None,
        re.compile(spoken["unquote"], re.IGNORECASE) if spoken["unquote"] else None,
        tables.words("spoken_edits", language, "not_before"),
        tables.words("spoken_edits", language, "not_after"),
        tables.words("spoken_edits", language, "opening"),
    )


def _any_of(language: str, name: str) -> str:
    phrases = sorted(tables.words("spoken_edits", language, name), key=len, reverse=True)
    return "|".join(
        re.escape(phrase)
        if NO_SPACES.search(phrase)
        # "main.quote", "lib/bullet", "new line.py": part of a name
        else rf"(?<![\w'’/-])(?<!\w\.){',? '.join(map(re.escape, phrase.split()))}"
        rf"(?![\w'’/-]|\.\w)"
        for phrase in phrases
    )
