"""The commitlint and commitizen configuration of a repository, in every form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from git_voicenote.datatypes import Person
from git_voicenote.repo.authors import authors
from git_voicenote.repo.commit_config import CommitConfig, commit_configs
from git_voicenote.repo.repository import Repository

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

RULES = {"rules": {"header-max-length": [2, "always", 60]}}
YAML = "rules:\n  header-max-length: [2, always, 60]\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("package.json", json.dumps({"name": "x", "commitlint": RULES})),
        (".commitlintrc", json.dumps(RULES)),
        (".commitlintrc", YAML),
        (".commitlintrc.json", json.dumps(RULES)),
        (".commitlintrc.yaml", YAML),
        (".commitlintrc.yml", YAML),
    ],
)
def test_commitlint_is_read(repo: Sandbox, name: str, content: str) -> None:
    repo.write(name, content)
    assert commit_configs(Repository.discover(repo.folder)) == (
        CommitConfig("commitlint", name, RULES),
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("pyproject.toml", "[tool.commitizen]\nmessage_length_limit = 60\n"),
        (".cz.toml", "[tool.commitizen]\nmessage_length_limit = 60\n"),
        ("cz.toml", "[tool.commitizen]\nmessage_length_limit = 60\n"),
        (".cz.json", '{"commitizen": {"message_length_limit": 60}}'),
        ("cz.json", '{"commitizen": {"message_length_limit": 60}}'),
        (".cz.yaml", "commitizen:\n  message_length_limit: 60\n"),
    ],
)
def test_commitizen_is_read(repo: Sandbox, name: str, content: str) -> None:
    repo.write(name, content)
    assert commit_configs(Repository.discover(repo.folder)) == (
        CommitConfig("commitizen", name, {"message_length_limit": 60}),
    )


def test_the_file_that_the_tool_would_take_is_taken(repo: Sandbox) -> None:
    repo.write("package.json", '{"name": "without"}')
    repo.write(".commitlintrc.json", json.dumps(RULES))
    repo.write("commitlint.config.js", "module.exports = {rules: {}}")
    repo.write("pyproject.toml", "[project]\nname = 'without'\n")
    repo.write("cz.toml", "[tool.commitizen]\nname = 'x'\n")
    found = commit_configs(Repository.discover(repo.folder))
    assert [(config.tool, config.file) for config in found] == [
        ("commitlint", ".commitlintrc.json"),
        ("commitizen", "cz.toml"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("commitlint.config.js", "module.exports = {rules: {}}", "it is a program"),
        (".commitlintrc.json", "{", "it cannot be read: Expecting property name"),
        (".commitlintrc.json", b"\xff", "it cannot be read: 'utf-8' codec"),
        ("package.json", '{"commitlint": ', "it cannot be read: Expecting value"),
        ("cz.toml", "[tool.commitizen\n", "it cannot be read: Expected ']'"),
        (".commitlintrc.json", " " * 1_000_001, "it is too large"),
    ],
)
def test_what_cannot_be_read_is_told(
    repo: Sandbox, name: str, content: str | bytes, problem: str
) -> None:
    repo.write(name, content)
    (config,) = commit_configs(Repository.discover(repo.folder))
    assert config.entries == {}
    assert (config.problem or "").startswith(problem)


def test_a_program_that_only_extends_needs_no_running(repo: Sandbox) -> None:
    repo.write(
        "commitlint.config.js", "export default {extends: ['@commitlint/config-conventional']}"
    )
    (config,) = commit_configs(Repository.discover(repo.folder))
    assert config.problem is None


@pytest.mark.parametrize("name", ["package.json", "pyproject.toml"])
def test_what_is_broken_elsewhere_is_not_told(repo: Sandbox, name: str) -> None:
    repo.write(name, "{ broken")
    assert commit_configs(Repository.discover(repo.folder)) == ()


def test_authors_are_those_of_the_history(sandbox: Sandbox) -> None:
    sandbox.git("init", "--quiet", "--initial-branch=main")
    repository = Repository.discover(sandbox.folder)
    assert authors(repository) == ()
    sandbox.commit("one")
    sandbox.extra |= {"GIT_AUTHOR_NAME": "Grace <Hopper", "GIT_AUTHOR_EMAIL": "old@example.org"}
    sandbox.commit("two")
    sandbox.commit("three")
    sandbox.write(".mailmap", "Grace Hopper <grace@example.org> <old@example.org>\n")
    assert authors(repository) == (
        Person("Grace Hopper", "grace@example.org"),
        Person("Ada Lovelace", "ada@example.org"),
    )
