"""Configurations of commitlint and commitizen, and JSON, YAML and TOML as such.

python -m benchmarks.attack.configurations 100000
"""

from __future__ import annotations

import json
import random
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.attack.tally import Tally, main
from benchmarks.attack.trials import altered, mutated, try_all
from git_voicenote.bounded import parse_json, parse_toml, parse_yaml
from git_voicenote.git.commit_config import commit_configs
from git_voicenote.git.repository import Repository
from git_voicenote.git.running.process import run_git
from git_voicenote.text.commit_message.composer import render
from git_voicenote.text.commit_message.rules import commitizen_rules, commitlint_rules
from tests.support.messages import compose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_COMMITLINT: dict[str, object] = {
    "extends": ["@commitlint/config-conventional"],
    "rules": {
        "type-enum": [2, "always", ["feat", "fix", "docs"]],
        "scope-enum": [2, "always", {"scopes": ["api", "cli"]}],
        "scope-empty": [2, "never"],
        "subject-case": [2, "always", ["sentence-case"]],
        "subject-full-stop": [2, "never", "."],
        "header-max-length": [2, "always", 72],
        "subject-max-length": [2, "always", 60],
        "body-max-line-length": [2, "always", 80],
        "footer-max-line-length": [2, "always", 80],
    },
}
_COMMITIZEN: dict[str, object] = {
    "name": "cz_customize",
    "message_length_limit": 72,
    "customize": {"questions": [{"name": "change_type", "choices": [{"value": "feat"}, "fix"]}]},
}
_YAML = """\
base: &base {level: 2, when: always, list: &list [1, 2.5, .5, 0x1f, 1:30, 2026-01-02, ~, yes]}
rules:
  type-enum: [2, always, *list]
  <<: *base
  text: |
    lines
  folded: >-
    more
? [a, b]
: "quoted \\u00e9"
"""
_TOML = """\
[tool.commitizen]
name = "cz"
version = 1.5
dates = [2026-01-02, 07:32:00, 2026-01-02T03:04:05Z]
a.b.c = { x = 1, y = [1, 2, { z = "q" }] }
[[tool.list]]
text = '''
lines'''
"""
_PIECES = (
    "[", "]", "{", "}", '"', "'", ":", ",", "&a ", "*a", "<<: ", "- ", "? ", "\n", "  ", "=", ".",
    "!!int ", "!!float ", "!!bool ", "!!timestamp ", "!!set ", "!!omap ", "!!binary ", "!!merge ",
    "!!python/object:os.system ", "| ", "> ", "#", "9" * 50, "1e999", ".inf", "\\u", "\\ud800",
    "0001-01-01 00:00:00 +23:59", "%YAML 1.1\n", "---\n", "[[a]]\n", "'''", '"""', "\t", "\0",
)  # fmt: skip
_SAID = "fix the parser. it failed on empty lines. closes 12"


def run(count: int, seed: int) -> Tally:
    """Try so many configurations: through the parsers, the rules and a repository."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        run_git("init", "--quiet", cwd=folder)
        repository = Repository.discover(folder)
        return try_all(_inputs(count, random.Random(seed), repository))  # noqa: S311 - no secret


def _inputs(
    count: int, chance: random.Random, repository: Repository
) -> Iterator[tuple[str, Callable[[], object]]]:
    for number in range(count):
        kind = number % 8
        if kind < 3:
            parse = (parse_yaml, parse_toml, parse_json)[kind]
            content = _text((_YAML, _TOML, json.dumps(_COMMITLINT))[kind], chance)
            yield f"{parse.__name__} {content[:100]!r}", partial(parse, content, "it")
        elif kind < 7:
            lint, cz = altered(_COMMITLINT, chance), altered(_COMMITIZEN, chance)
            yield f"{lint!r:.150} {cz!r:.150}", partial(_use, lint, cz)
        else:
            name = chance.choice((".commitlintrc", ".commitlintrc.yaml", "cz.json", "cz.toml"))
            content = _text(_YAML if "lint" in name else json.dumps(_COMMITIZEN), chance)
            yield f"{name} {content[:100]!r}", partial(_read, repository, name, content)


def _text(sample: str, chance: random.Random) -> bytes:
    """Return a text that was mutated as bytes, or with the signs of its own language."""
    if chance.random() < 0.4:
        return mutated(sample.encode(), chance)
    for _ in range(chance.choice((1, 2, 5, 30))):
        at = chance.randrange(len(sample) + 1)
        piece = chance.choice(_PIECES) * chance.choice((1, 1, 1, 2, 50, 3000))
        sample = sample[:at] + piece + sample[at + chance.choice((0, 0, 1, 4)) :]
    return sample.encode("utf-8", "surrogatepass")


def _use(lint: object, cz: object) -> None:
    for read, value in ((commitlint_rules, lint), (commitizen_rules, cz)):
        if isinstance(value, dict):
            rules = read(value)
            render(compose(_SAID, rules=rules), rules=rules)


def _read(repository: Repository, name: str, content: bytes) -> None:
    assert repository.worktree is not None
    path = repository.worktree / name
    path.write_bytes(content)
    for config in commit_configs(repository):
        reader = commitlint_rules if config.tool == "commitlint" else commitizen_rules
        reader(config.entries)
    path.unlink()


if __name__ == "__main__":
    main(run, 10_000)
