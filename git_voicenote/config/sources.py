"""Merge the sources of settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from git_voicenote.config.table import SETTINGS, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from git_voicenote.config.table import FindOrigin


def load_settings(
    git_config: Mapping[str, str | None],
    environment: Mapping[str, str],
    origin: FindOrigin | None = None,
    **overrides: object,
) -> Settings:
    """Merge the sources into Settings.

    `git_config` contains the `voicenote.*` entries, with keys in lower case as printed by `git
    config --list`, and None for a key without a value. `origin` finds the file that sets a key, and
    is only called for an invalid value. An override of None was not given. Raises SettingError.
    """
    chosen: dict[str, Any] = {}
    for setting in SETTINGS:
        key = setting.key.lower()
        if key in git_config:
            chosen[setting.field] = setting.from_git(git_config[key], origin)
        if setting.variable in environment:
            chosen[setting.field] = setting.from_environment(environment[setting.variable])
    chosen |= {name: value for name, value in overrides.items() if value is not None}
    return replace(Settings(), **chosen)
