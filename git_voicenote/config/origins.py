"""Where the value of each setting comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from git_voicenote.config.table import SETTINGS, VARIABLE_PREFIX, Setting
from git_voicenote.phrases import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SECTION = "voicenote."
_OTHER_VARIABLES = frozenset(
    VARIABLE_PREFIX + name for name in ("AM", "DICTATING", "REMOTE_TOKEN", "TRACE")
)
"""Variables that are not settings."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """An entry of git's configuration: its key and value, and where it is set.

    `scope` is local, global, system, worktree or command; `place` is the path of a file, or "".
    """

    key: str
    value: str | None
    scope: str
    place: str


@dataclass(frozen=True, slots=True)
class SettingOrigin:
    """The origin of a value: `place` is a variable or a file, `scope` git's scope."""

    kind: Literal["default", "environment", "config"]
    place: str = ""
    scope: str = ""

    def __str__(self) -> str:
        if self.kind == "config":
            return f"{self.place}:{self.scope}" if self.place else "command line"
        return self.place or self.kind


@dataclass(frozen=True, slots=True)
class EffectiveSetting:
    """A setting with its value as written, or the reason why that value is invalid."""

    setting: Setting
    value: str | None
    origin: SettingOrigin
    problem: str | None = None

    @property
    def way_out(self) -> str:
        """How to remove the value where it is set."""
        if self.origin.kind == "environment":
            return f"`unset {self.origin.place}` removes it"
        return self.setting.way_out(self.origin.place or None)


def effective_settings(
    assignments: Iterable[Assignment], environment: Mapping[str, str]
) -> tuple[EffectiveSetting, ...]:
    """Return all settings with their values; an invalid value is returned unchanged."""
    assigned = {one.key.lower(): one for one in assignments}  # the last one wins, as in git
    return tuple(_effective(one, assigned.get(one.key.lower()), environment) for one in SETTINGS)


def _effective(
    setting: Setting, assigned: Assignment | None, environment: Mapping[str, str]
) -> EffectiveSetting:
    raw: str | None
    if setting.variable in environment:
        raw, origin = environment[setting.variable], SettingOrigin("environment", setting.variable)
    elif assigned is not None:
        raw, origin = assigned.value, SettingOrigin("config", assigned.place, assigned.scope)
    else:
        default = None if setting.default is None else setting.form.written(setting.default)
        return EffectiveSetting(setting, default, SettingOrigin("default"))
    try:
        value = setting.form.written(setting.form.read(raw))
    except ValueError as exc:
        return EffectiveSetting(setting, raw, origin, str(exc))
    return EffectiveSetting(setting, value, origin)


def find_setting(name: str) -> Setting | None:
    """Return a setting by name, with or without its section, in any case."""
    wanted = _plain(name)
    return next((one for one in SETTINGS if _plain(one.name) == wanted), None)


def _plain(name: str) -> str:
    return re.sub(r"[._-]", "", name.lower().removeprefix(_SECTION))


def unknown_names(
    assignments: Iterable[Assignment], environment: Mapping[str, str]
) -> tuple[tuple[str, SettingOrigin, str | None], ...]:
    """Return unknown names, where they are set, and the name that was probably meant."""
    keys = {one.key.lower(): one.key for one in SETTINGS}
    variables = {one.variable for one in SETTINGS}
    found: list[tuple[str, SettingOrigin, str | None]] = []
    for entry in assignments:
        if entry.key.lower() not in keys:
            near = nearest(entry.key.lower(), keys)
            origin = SettingOrigin("config", entry.place, entry.scope)
            found.append((entry.key, origin, keys[near[0]] if near else None))
    for name in environment:
        if name.startswith(VARIABLE_PREFIX) and name not in variables | _OTHER_VARIABLES:
            near = nearest(name, variables)
            found.append((name, SettingOrigin("environment", name), near[0] if near else None))
    return tuple(found)
