"""Commit messages of what was said, where the person takes what is suggested."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.text.commit_message.composer import build, likely_scope, likely_type
from git_voicenote.text.commit_message.header import parse_message
from git_voicenote.text.commit_message.rules import CONVENTIONAL

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from git_voicenote.datatypes import CommitMessage, Person
    from git_voicenote.text.commit_message.rules import CommitRules


def compose(
    spoken: str | Sequence[str],
    *,
    staged_paths: Sequence[str] = (),
    new_paths: Collection[str] = (),
    rules: CommitRules = CONVENTIONAL,
    people: Mapping[str, Person] | None = None,
) -> CommitMessage:
    """Return the message for a text, or for the segments between two pauses."""
    heard = parse_message(spoken, rules.types)
    if heard.type is not None:
        return build(heard, heard.type, heard.scope, rules, people)
    kind = likely_type(heard, rules, staged_paths, new_paths)
    return build(heard, kind, likely_scope(rules, staged_paths), rules, people)
