"""The commitlint and commitizen configuration of a repository, in every form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from git_voicenote.datatypes import Person
from git_voicenote.git.authors import authors
from git_voicenote.git.commit_config import CommitConfig, commit_configs
from git_voicenote.git.repository import Repository

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

RULES = {"rules": {"header-max-length": [2, "always", 60]}}
ALIASES = "a: &a [x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 5)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGES = "a: &a {x: 1, y: 2}\n" + "".join(
    f"{name}: &{name} {{<<: [{', '.join([f'*{before}'] * 5)}]}}\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
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
        (".commitlintrc.json", "{", "it is not JSON: Expecting property name"),
        (".commitlintrc.json", b"\xff", "it is not JSON: it is not UTF-8"),
        ("package.json", '{"commitlint": ', "it is not JSON: Expecting value"),
        ("cz.toml", "[tool.commitizen\n", "it is not TOML: Expected ']'"),
        (".commitlintrc.yaml", ALIASES, "it contains more than 10,000 values"),
        (".commitlintrc", MERGES, "it contains more than 10,000 values"),
        ("cz.yaml", "commitizen: &a [*a]\n", "it has a value that contains itself"),
        (".commitlintrc.yaml", "a: b\n" * 30_000, "it has 150,000 bytes"),
        (".commitlintrc.yaml", "[" * 100_000, "it is nested more than 32 levels deep"),
        (
            ".commitlintrc.yaml",
            "a: " + "1:" * 50_000 + "1",
            "it contains a number of 100001 digits",
        ),
        (".commitlintrc.json", "[" * 5_000 + "]" * 5_000, "it is nested more than 32 levels"),
        (".commitlintrc.json", '{"rules": 1e999}', "it is not JSON: the number 1e999 is too large"),
        ("cz.toml", "a." * 50_000 + "commitizen = 1", "it has a key of more than 16 parts"),
    ],
)
def test_what_cannot_be_read_is_told(
    repo: Sandbox, name: str, content: str | bytes, problem: str
) -> None:
    repo.write(name, content)
    (config,) = commit_configs(Repository.discover(repo.folder))
    assert config.entries == {}
    assert (config.problem or "").startswith(problem)


def test_a_file_that_is_too_large_is_not_read(repo: Sandbox) -> None:
    path = repo.write(".commitlintrc.json", " " * 1_000_001)
    (config,) = commit_configs(Repository.discover(repo.folder))
    assert config.problem == f"{path} is larger than 1000 kB; it is not read"


def test_a_file_that_leads_out_of_the_work_tree_is_not_read(repo: Sandbox) -> None:
    secret = repo.home / "secret.json"
    secret.write_text(json.dumps(RULES))
    (repo.folder / ".commitlintrc.json").symlink_to(secret)
    (config,) = commit_configs(Repository.discover(repo.folder))
    assert config.entries == {}
    assert "is a symbolic link that leads to" in (config.problem or "")


def test_a_key_that_is_there_twice_is_taken_as_npm_takes_it(repo: Sandbox) -> None:
    rules = json.dumps(RULES)
    repo.write("package.json", f'{{"name": "x", "name": "y", "commitlint": {rules}}}')
    (config,) = commit_configs(Repository.discover(repo.folder))
    assert config == CommitConfig("commitlint", "package.json", RULES)


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
