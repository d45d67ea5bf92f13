"""The configuration of commitlint or commitizen that a repository has, as it is written.

JSON, TOML and YAML are read, within limits. JavaScript is a program: it is not run.
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

# in the order in which the tools look themselves
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
_JSON = Limits(size=_MAX_BYTES, unique_keys=False)  # npm takes the last of two keys, and so do we
_TOML = Limits(size=_MAX_BYTES)


@dataclass(frozen=True, slots=True)
class CommitConfig:
    """One tool's configuration, from the file that it would take itself.

    `problem` says why it could not be read; `entries` is empty then.
    """

    tool: Tool
    file: str
    entries: Mapping[str, object]
    problem: str | None = None


def commit_configs(repository: Repository) -> tuple[CommitConfig, ...]:
    """Return the configuration of each of the two tools that has one in the work tree's top."""
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
    """Return what a file holds; None where it holds nothing for the tool."""
    try:
        content = read_provided(path, within=worktree, limit=_MAX_BYTES)
    except StoreError as exc:
        return CommitConfig(tool, path.name, {}, exc.message)
    except OSError as exc:
        return CommitConfig(tool, path.name, {}, f"it cannot be read: {exc.strerror or exc}")
    if path.suffix in _PROGRAMS:
        # no more than "extends: conventional" needs no running
        is_plain = b"conventional" in content and not re.search(rb"\brules\b|parserPreset", content)
        return CommitConfig(tool, path.name, {}, None if is_plain else "it is a program")
    try:
        value = _parse(path.name, content)
    except ContentError as exc:
        if keys and keys[-1].encode() not in content:
            return None  # what else is broken is not ours to tell of
        return CommitConfig(tool, path.name, {}, exc.message)
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return CommitConfig(tool, path.name, value) if isinstance(value, dict) else None


def _parse(name: str, content: bytes) -> object:
    """Return what a file holds; errors say "it", because the caller names the file."""
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
