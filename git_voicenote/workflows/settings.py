"""Read and change the settings in git's configuration."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.config import SETTINGS, effective_settings, find_setting
from git_voicenote.engines.model_kinds import find_model
from git_voicenote.engines.registry import engine_names
from git_voicenote.errors import NegativeAnswer, SettingError, UsageError
from git_voicenote.git.configuration import Configuration
from git_voicenote.git.running.process import run_git
from git_voicenote.phrases import did_you_mean
from git_voicenote.text.passes.chain import named_passes

if TYPE_CHECKING:
    from collections.abc import Callable

    from git_voicenote.config import EffectiveSetting, Setting
    from git_voicenote.config.origins import Assignment
    from git_voicenote.git.repository import Repository

_NOT_SET = 5
"""The status of `git config --unset-all` for a missing key (git-config(1))."""


def assignments(repository: Repository | None) -> tuple[Assignment, ...]:
    """Return the entries for this program in git's configuration, in a repository or outside."""
    configuration = repository.configuration if repository else Configuration(Path.cwd())
    return configuration.assignments(r"^voicenote\.")


def setting_named(name: str) -> Setting:
    """Return a setting by its name. Raises UsageError, which suggests a similar name."""
    setting = find_setting(name)
    if setting is None:
        near = did_you_mean(name, [text for one in SETTINGS for text in (one.name, one.key)])
        raise UsageError(
            f"there is no setting {name!r}", hint=f"{near}`git voicenote settings` lists them"
        )
    return setting


def value_of(repository: Repository | None, setting: Setting) -> EffectiveSetting:
    """Return the value of one setting."""
    found = effective_settings(assignments(repository), os.environ)
    return next(one for one in found if one.setting == setting)


def change(
    repository: Repository | None, setting: Setting, value: str, *, everywhere: bool
) -> EffectiveSetting:
    """Check a value and write it to the repository's or the user's configuration.

    Returns the setting with its effective value, which may come from a variable or a narrower
    scope. Raises SettingError for an invalid value, and writes nothing.
    """
    check(setting, value)
    run_git(
        "config", _scope(repository, everywhere=everywhere), "--replace-all", setting.key, value,
        cwd=_here(repository),
    )  # fmt: skip
    return value_of(repository, setting)


def remove(repository: Repository | None, setting: Setting, *, everywhere: bool) -> None:
    """Remove a setting from the repository's or the user's configuration.

    Raises NegativeAnswer if it is not set there.
    """
    scope = _scope(repository, everywhere=everywhere)
    where = scope.removeprefix("--")
    elsewhere = [one for one in assignments(repository) if one.key.lower() == setting.key.lower()]
    if where not in [one.scope for one in elsewhere]:
        hint = None
        if elsewhere:
            last = elsewhere[-1]
            hint = f"it is set in the {last.scope} config"
            hint += f", {last.place}" if last.place else ""
            hint += "; --global removes it there" if last.scope == "global" else ""
        raise NegativeAnswer(f"{setting.key} is not set in the {where} config", hint=hint)
    run_git(
        "config", scope, "--unset-all", setting.key, cwd=_here(repository), accept=(0, _NOT_SET)
    )


def check(setting: Setting, value: str) -> None:
    """Check a value before it is written. Raises SettingError."""
    try:
        setting.form.read(value)
    except ValueError as exc:
        raise SettingError(f"{setting.key} cannot be {value!r}: {exc}") from exc
    further = _CHECKS.get(setting.field)
    if further is not None:
        further(value)


def _check_engine(value: str) -> None:
    known = ("auto", *engine_names())
    if value not in known and ":" not in value:
        raise SettingError(
            f"there is no engine {value!r}",
            hint=f"{did_you_mean(value, known)}it may be {', '.join(known)} or module:Class",
        )


_CHECKS: dict[str, Callable[[str], object]] = {
    "engine": _check_engine,
    "model": find_model,  # raises EngineError
    "text": named_passes,
}
"""Further checks of values, for the fields of Settings that need them."""


def _scope(repository: Repository | None, *, everywhere: bool) -> str:
    if everywhere:
        return "--global"
    if repository is None:
        raise UsageError(
            "there is no repository here for the setting",
            hint="--global keeps it for all of your repositories",
        )
    return "--local"


def _here(repository: Repository | None) -> Path:
    return repository.cwd if repository else Path.cwd()
