"""The configuration of commitlint or commitizen that a repository has, as it is written.

JSON, TOML and YAML are read. JavaScript is a program: it is not run.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from git_voicenote.repo.repository import Repository

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
_LARGEST = 1_000_000


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
            config = _read(tool, path, keys)
            if config:
                found[tool] = config
    return tuple(found.values())


def _read(tool: Tool, path: Path, keys: tuple[str, ...]) -> CommitConfig | None:
    """Return what a file holds; None where it holds nothing for the tool."""
    try:
        if path.stat().st_size > _LARGEST:
            return CommitConfig(tool, path.name, {}, "it is too large")
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        return CommitConfig(tool, path.name, {}, f"it cannot be read: {exc}")
    if path.suffix in _PROGRAMS:
        # no more than "extends: conventional" needs no running
        is_plain = "conventional" in text and not re.search(r"\brules\b|parserPreset", text)
        return CommitConfig(tool, path.name, {}, None if is_plain else "it is a program")
    try:
        value = _parse(path.name, text)
    except ValueError as exc:
        if keys and keys[-1] not in text:
            return None  # what else is broken is not ours to tell of
        return CommitConfig(tool, path.name, {}, f"it cannot be read: {exc}")
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return CommitConfig(tool, path.name, value) if isinstance(value, dict) else None


def _parse(name: str, text: str) -> object:
    if name.endswith(".toml"):
        return tomllib.loads(text)
    if name.endswith(".json"):
        return json.loads(text)
    if not name.endswith((".yaml", ".yml")):
        try:
            return json.loads(text)  # .commitlintrc is one or the other
        except ValueError:
            pass
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as exc:
        raise ValueError(str(exc).splitlines()[0]) from exc
