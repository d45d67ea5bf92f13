"""A dictated message in a repository with rules and people of its own, through git's hook."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.sandbox import CHECKOUT
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.support.sandbox import Sandbox

QUESTION = "speak the message? [Y/n/text]"
JANE, JOHN, OTHER_JOHN = (
    ("Jane Doe", "jane@example.org"),
    ("John Roe", "roe@example.org"),
    ("John Smith", "smith@example.org"),
)


@pytest.fixture
def desk(repo: Sandbox) -> Sandbox:
    """A repository with the hook, a change, and three more authors."""
    for name, address in (JANE, JOHN, OTHER_JOHN):
        repo.git("-c", f"user.name={name}", "commit", "-q", "--allow-empty", "-m", "by them",
                 f"--author={name} <{address}>")  # fmt: skip
    repo.extra |= {
        "GIT_EDITOR": "true",
        # without a microphone, nobody is asked
        "GIT_VOICENOTE_MICROPHONE": f"file:{CHECKOUT / 'examples/speech/commit-message.flac'}",
    }
    repo.voicenote("hook", "install")
    repo.write("README", "changed\n")
    repo.git("add", "README")
    return repo


def commit(desk: Sandbox, typed: str, *dialogue: tuple[str, str]) -> str:
    """Commit at a terminal, typing a message and answers; return what was said on the way."""
    with Terminal(("git", "commit"), desk.environment, desk.folder) as terminal:
        for question, answer in ((QUESTION, typed), *dialogue):
            terminal.expect(question)
            terminal.type(answer + "\n")
        assert terminal.wait() == 0, terminal.screen
        return terminal.screen


def message(desk: Sandbox) -> Sequence[str]:
    return desk.git("log", "-1", "--format=%B").rstrip("\n").split("\n")


def test_people_are_found_in_the_history_or_asked_or_left(desk: Sandbox) -> None:
    commit(
        desk,
        "fix. Empty input. Co-authored by Jane Doe. Reviewed by John. Tested by Jane Dough. "
        "Acked by Nobody Here.",
        ('who is "Reviewed by John"', "2"),
        ('who is "Tested by Jane Dough"', ""),
    )
    assert message(desk) == [
        "fix: empty input",
        "",
        "Tested by Jane Dough. Acked by Nobody Here.",
        "",
        "Co-authored-by: Jane Doe <jane@example.org>",
        "Reviewed-by: John Smith <smith@example.org>",
    ]
    assert desk.git("log", "-1", "--format=%(trailers:key=Reviewed-by,valueonly)").strip() == (
        "John Smith <smith@example.org>"
    )


def test_the_rules_of_commitlint_hold(desk: Sandbox) -> None:
    rules = {
        "type-enum": [2, "always", ["bugfix", "feature"]],
        "scope-enum": [2, "always", ["cli", "parser"]],
        "scope-empty": [2, "never"],
        "subject-case": [2, "always", "sentence-case"],
    }
    desk.write(".commitlintrc.json", json.dumps({"rules": rules}))
    commit(desk, "feature. New page.", ("scopes: cli, parser", "lexer"), ("from the list", "cli"))
    assert message(desk) == ["feature(cli): New page"]


def test_types_are_offered_from_the_rules(desk: Sandbox) -> None:
    desk.write(".cz.json", json.dumps({"commitizen": {"customize": {"questions": [
        {"name": "change_type", "choices": ["bugfix", "feature"]}
    ]}}}))  # fmt: skip
    commit(desk, "The page is new.", ("1 bugfix  2 feature", "2"), ("scope", "-"))
    assert message(desk) == ["feature: the page is new"]


def test_rules_in_a_program_are_told_once_and_the_defaults_hold(desk: Sandbox) -> None:
    desk.write("commitlint.config.js", "module.exports = {rules: {}}\n")
    screen = commit(desk, "fix. Empty input.")
    said = "warning: the rules in commitlint.config.js cannot be read: it is a program"
    assert screen.count(said) == 1
    assert message(desk) == ["fix: empty input"]
