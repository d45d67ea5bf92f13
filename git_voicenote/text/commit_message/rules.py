"""Parse a repository's rules for commit messages, from commitlint or commitizen.

Only rules that a composed message can follow are parsed. A commitlint rule has a level (0 is off),
an applicability and a value: `"type-enum": [2, "always", ["feat", "fix"]]`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeGuard

from git_voicenote.text.commit_message.header import TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SubjectCase = Literal["low", "lower", "sentence", "upper"]
"""The case of a subject: lower-case start, all lower, capitalized start, or all upper."""

_MAX_LINE_LENGTH = 10_000
"""In characters; the limit if a rule is turned off."""
_MAX_NAME_CHARACTERS = 60
_MAX_NAMES = 500
_TYPE_QUESTIONS = frozenset({"change_type", "prefix", "type", "commit_type"})


@dataclass(frozen=True, slots=True)
class CommitRules:
    """Rules for a message; the defaults are those of config-conventional.

    Lengths are in UTF-16 units, as in commitlint. Without `scopes`, any scope is allowed.
    `subject_length` is the limit for the subject without the header, if there is such a rule.
    """

    types: tuple[str, ...] = TYPES
    scopes: tuple[str, ...] = ()
    needs_scope: bool = False
    header_length: int = 100
    subject_length: int | None = None
    body_width: int = 100
    footer_width: int = 100
    subject_case: SubjectCase = "low"
    full_stop: bool = False

    def scope(self, said: str | None) -> str | None:
        """Return a scope as listed, or None if it is not listed or leaves no room."""
        if said is None or len(said) + 40 > self.header_length:
            return None
        if not self.scopes:
            return said
        return next((name for name in self.scopes if _plain(name) == _plain(said)), None)


CONVENTIONAL = CommitRules()


def commitlint_rules(config: Mapping[str, object]) -> CommitRules:
    """Return the rules of a commitlint configuration, on top of config-conventional."""
    found = config.get("rules")
    rules = found if isinstance(found, dict) else {}
    made = CONVENTIONAL
    types, scopes = _names(rules, "type-enum"), _names(rules, "scope-enum")
    if types:
        made = replace(made, types=types)
    if scopes:
        made = replace(made, scopes=scopes)
    when, _ = _rule(rules, "scope-empty")
    case_when, cases = _rule(rules, "subject-case")
    stop_when, _ = _rule(rules, "subject-full-stop")
    return replace(
        made,
        needs_scope=when == "never",
        header_length=_length(rules, "header-max-length", made.header_length),
        subject_length=_length(rules, "subject-max-length", 0) or None,
        body_width=_length(rules, "body-max-line-length", made.body_width),
        footer_width=_length(rules, "footer-max-line-length", made.footer_width),
        subject_case=_subject_case(cases) if case_when == "always" else "low",
        full_stop=stop_when == "always",
    )


def commitizen_rules(config: Mapping[str, object]) -> CommitRules:
    """Return the rules of a commitizen configuration (the table `commitizen`, or tool.commitizen).

    With cz_customize, the types are the choices of the question about the type.
    """
    made = CONVENTIONAL
    limit = config.get("message_length_limit")
    if _is_length(limit):
        made = replace(made, header_length=min(limit, made.header_length))
    customised = config.get("customize")
    questions = customised.get("questions") if isinstance(customised, dict) else None
    for question in questions if isinstance(questions, list) else ():
        name = question.get("name") if isinstance(question, dict) else None
        if isinstance(name, str) and name in _TYPE_QUESTIONS:
            types = _choices(question.get("choices"))
            made = replace(made, types=types or made.types)
    return made


def joined(first: CommitRules, second: CommitRules) -> CommitRules:
    """Merge two sets of rules: the stricter limits apply; other values are from the first."""
    both = tuple(name for name in first.types if name in second.types)
    lengths = [length for length in (first.subject_length, second.subject_length) if length]
    return replace(
        first,
        types=both or first.types,
        scopes=first.scopes or second.scopes,
        needs_scope=first.needs_scope or second.needs_scope,
        header_length=min(first.header_length, second.header_length),
        subject_length=min(lengths, default=None),
        body_width=min(first.body_width, second.body_width),
        footer_width=min(first.footer_width, second.footer_width),
    )


def _rule(rules: Mapping[str, object], name: str) -> tuple[str | None, object]:
    """Return the applicability and the value of a rule, or (None, None) if it is off or invalid."""
    rule = rules.get(name)
    if not isinstance(rule, list) or not rule or rule[0] == 0:
        return None, None
    when = rule[1] if len(rule) > 1 and isinstance(rule[1], str) else "always"
    return when, rule[2] if len(rule) > 2 else None


def _names(rules: Mapping[str, object], name: str) -> tuple[str, ...]:
    when, value = _rule(rules, name)
    if when != "always":
        return ()
    if isinstance(value, dict):  # since commitlint 20: {"scopes": […], "delimiters": […]}
        value = value.get("scopes")
    items = value if isinstance(value, list) else []
    return tuple(item for item in items[:_MAX_NAMES] if _is_name(item))


def _length(rules: Mapping[str, object], name: str, default: int) -> int:
    when, value = _rule(rules, name)
    if when is None and name in rules and default:
        return _MAX_LINE_LENGTH  # turned off
    return min(value, _MAX_LINE_LENGTH) if when == "always" and _is_length(value) else default


def _is_length(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_name(value: object) -> TypeGuard[str]:
    """Return whether an untrusted value is a valid type or scope for a header."""
    return isinstance(value, str) and 0 < len(value) <= _MAX_NAME_CHARACTERS and value.isprintable()


def _subject_case(cases: object) -> SubjectCase:
    wanted: Sequence[object] = cases if isinstance(cases, list) else [cases]
    names = {str(name).replace("case", "").strip("-") for name in wanted}
    if "lower" in names:
        return "lower"
    if "sentence" in names or "start" in names or "pascal" in names:
        return "sentence"
    return "upper" if "upper" in names else "low"


def _choices(choices: object) -> tuple[str, ...]:
    found = []
    for choice in choices[:_MAX_NAMES] if isinstance(choices, list) else ():
        value = choice.get("value") if isinstance(choice, dict) else choice
        if _is_name(value) and re.fullmatch(r"[\w-]+", value):
            found.append(value)
    return tuple(found)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()
