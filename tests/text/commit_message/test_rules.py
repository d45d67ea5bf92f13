"""Messages follow the rules of the repository."""

from __future__ import annotations

import pytest

from git_voicenote.text.commit_message.composer import render
from git_voicenote.text.commit_message.header import TYPES
from git_voicenote.text.commit_message.rules import (
    CONVENTIONAL,
    CommitRules,
    commitizen_rules,
    commitlint_rules,
    joined,
)
from tests.support.messages import compose


def message(spoken: str, rules: CommitRules) -> str:
    return render(compose(spoken, rules=rules), rules=rules)


def test_the_default_rules_are_conventional() -> None:
    assert commitlint_rules({}) == commitizen_rules({}) == CONVENTIONAL
    assert CONVENTIONAL.types == TYPES


def test_rules_of_commitlint_are_read() -> None:
    assert commitlint_rules(
        {
            "extends": ["@commitlint/config-conventional"],
            "rules": {
                "type-enum": [2, "always", ["bugfix", "feature"]],
                "scope-enum": [2, "always", ["http-client", "CLI"]],
                "scope-empty": [2, "never"],
                "header-max-length": [2, "always", 60],
                "subject-max-length": [1, "always", 40],
                "body-max-line-length": [2, "always", 50],
                "footer-max-line-length": [0, "always", 50],
                "subject-case": [2, "always", "sentence-case"],
                "subject-full-stop": [2, "always", "."],
            },
        }
    ) == CommitRules(
        types=("bugfix", "feature"),
        scopes=("http-client", "CLI"),
        needs_scope=True,
        header_length=60,
        subject_length=40,
        body_width=50,
        footer_width=10_000,
        subject_case="sentence",
        full_stop=True,
    )


@pytest.mark.parametrize(
    "rules",
    [
        {"type-enum": [0]},
        {"type-enum": "always"},
        {"type-enum": [2, "never", ["wip"]]},
        {"type-enum": [2, "always", []]},
        {"scope-enum": [2, "always", [1, None]]},
        {"header-max-length": [2, "always", "many"]},
        {"subject-case": [2, "never", ["upper-case"]]},
        "none",
    ],
)
def test_invalid_rules_change_nothing(rules: object) -> None:
    assert commitlint_rules({"rules": rules}) == CONVENTIONAL


def test_rules_of_commitizen_are_read() -> None:
    questions = [
        {"name": "scope", "choices": ["a"]},
        {"name": "change_type", "choices": [{"value": "feature", "name": "new"}, "bug fix", "hot"]},
    ]
    rules = commitizen_rules(
        {"name": "cz_customize", "message_length_limit": 60, "customize": {"questions": questions}}
    )
    assert rules == CommitRules(types=("feature", "hot"), header_length=60)


def test_the_stricter_of_two_tools_applies() -> None:
    both = joined(
        CommitRules(types=("fix", "wip"), header_length=80, scopes=("a",)),
        CommitRules(header_length=72, subject_length=50),
    )
    assert both == CommitRules(types=("fix",), header_length=72, subject_length=50, scopes=("a",))


@pytest.mark.parametrize(
    ("spoken", "rules", "header"),
    [
        ("bugfix, empty input", CommitRules(types=("bugfix", "feature")), "bugfix: empty input"),
        ("bug fix. Empty input", CommitRules(types=("bugfix",)), "bugfix: empty input"),
        ("feature. New page.", CommitRules(types=("feat",)), "feat: new page"),
        ("fix. New page.", CommitRules(types=("FIX",)), "FIX: new page"),
        ("fix scope http client. Retry.", CommitRules(scopes=("httpClient",)),
         "fix(httpClient): retry"),
        ("fix. Retry once.", CommitRules(subject_case="sentence"), "fix: Retry once"),
        ("fix. Retry Once.", CommitRules(subject_case="lower"), "fix: retry once"),
        ("fix. Keep TokenStore.", CommitRules(subject_case="lower"), "fix: keep `TokenStore`"),
        ("fix. Retry once.", CommitRules(subject_case="upper"), "fix: RETRY ONCE"),
        ("fix. Retry once.", CommitRules(full_stop=True), "fix: retry once."),
    ],
)  # fmt: skip
def test_the_header_follows_the_rules(spoken: str, rules: CommitRules, header: str) -> None:
    assert message(spoken, rules).split("\n")[0] == header


def test_a_scope_that_is_not_listed_is_kept_in_the_body() -> None:
    rules = CommitRules(scopes=("cli",))
    assert message("fix, scope parser. Empty input. It crashed.", rules) == (
        "fix: empty input\n\nscope parser. It crashed.\n"
    )


def test_long_text_is_wrapped_to_the_limit() -> None:
    rules = CommitRules(header_length=40, body_width=40, footer_width=40)
    text = message(
        "fix. The server no longer stops when the name of a host is empty or much too long. "
        "Breaking change: the old token is refused and a new one must be asked for.",
        rules,
    )
    assert text == (
        "fix!: the server no longer stops\n"
        "\n"
        "The server no longer stops when the name\n"
        "of a host is empty or much too long.\n"
        "\n"
        "BREAKING-CHANGE: the old token is\n"
        "  refused and a new one must be asked\n"
        "  for.\n"
    )
    assert max(map(len, text.splitlines())) <= 40
