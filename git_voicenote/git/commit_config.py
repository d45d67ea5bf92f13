"""Read the configuration of commitlint or commitizen in a repository.

JSON, TOML and YAML are read, within limits. JavaScript is a program and is not run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from git_voicenote.bounded import Limits, parse_json, parse_toml, parse_yaml
from git_voicenote.errors import ContentError, StoreError
from git_voicenote.files import read_provided

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from git_voicenote.git.repository import Repository

Tool = Literal["commitlint", "commitizen"]

# in the order in which the tools search
_FILES: tuple[tuple[Tool, str, tuple[str, ...]], ...] = (
    ("commitlint", "package.json", ("commitlint",)),
    ("commitlint", ".commitlintrc", ()),
    ("commitlint", ".commitlintrc.json", ()),
    ("commitlint", ".commitlintrc.yaml", ()),
    ("commitlint", ".commitlintrc.yml", ()),
    *(("commitlint", f".commitlintrc.{end}", ()) for end in ("js", "cjs", "mjs", "ts")),
    *(("commitlint", f"commitlint.config.{end}", ()) for end in ("js", "cjs", "mjs", "ts")),
    ("commitizen", "pyproject.toml", ("tool", "commitizen")),
    ("commitizen", ".cz.toml", ("tool", "commitizen")),
    ("commitizen", ".cz.json", ("commitizen",)),
    ("commitizen", "cz.json", ("commitizen",)),
    ("commitizen", ".cz.yaml", ("commitizen",)),
    ("commitizen", "cz.yaml", ("commitizen",)),
    ("commitizen", "cz.toml", ("tool", "commitizen")),
)
_PROGRAMS = (".js", ".cjs", ".mjs", ".ts")
_MAX_BYTES = 1_000_000
_JSON = Limits(size=_MAX_BYTES, unique_keys=False)  # as in npm, the last of duplicate keys counts
_TOML = Limits(size=_MAX_BYTES)


@dataclass(frozen=True, slots=True)
class CommitConfig:
    """The configuration of one tool, from the file that the tool would choose.

    `problem` says why it could not be read; `entries` is empty then.
    """

    tool: Tool
    file: str
    entries: Mapping[str, object]
    problem: str | None = None


def commit_configs(repository: Repository) -> tuple[CommitConfig, ...]:
    """Return the configuration of each of the two tools that has one in the work tree."""
    if repository.worktree is None:
        return ()
    found: dict[Tool, CommitConfig] = {}
    for tool, name, keys in _FILES:
        path = repository.worktree / name
        if tool not in found and path.is_file():
            config = _read(tool, path, keys, repository.worktree)
            if config:
                found[tool] = config
    return tuple(found.values())


def _read(tool: Tool, path: Path, keys: tuple[str, ...], worktree: Path) -> CommitConfig | None:
    """Return the configuration in a file; None if there is none for the tool."""
    try:
        content = read_provided(path, within=worktree, limit=_MAX_BYTES)
    except StoreError as exc:
        return CommitConfig(tool, path.name, {}, exc.message)
    except OSError as exc:
        return CommitConfig(tool, path.name, {}, f"it cannot be read: {exc.strerror or exc}")
    if path.suffix in _PROGRAMS:
        # a mere "extends: conventional" can be read without running it
        is_plain = b"conventional" in content and not re.search(rb"\brules\b|parserPreset", content)
        return CommitConfig(tool, path.name, {}, None if is_plain else "it is a program")
    try:
        value = _parse(path.name, content)
    except ContentError as exc:
        if keys and keys[-1].encode() not in content:
            return None  # other problems of the file are not ours to report
        return CommitConfig(tool, path.name, {}, exc.message)
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return CommitConfig(tool, path.name, value) if isinstance(value, dict) else None


def _parse(name: str, content: bytes) -> object:
    """Parse a file; errors say "it", because the caller names the file."""
    if name.endswith(".toml"):
        return parse_toml(content, "it", _TOML)
    if name.endswith(".json"):
        return parse_json(content, "it", _JSON)
    if not name.endswith((".yaml", ".yml")):
        try:
            return parse_json(content, "it", _JSON)  # .commitlintrc is one or the other
        except ContentError:
            pass
    return parse_yaml(content, "it")
