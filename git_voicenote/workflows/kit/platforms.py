"""The platforms that a kit can be made for, with their environment markers and wheel tags.

To add one: a row, once each package of the locks has a wheel for it.
"""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

PYTHONS = ("3.11", "3.12", "3.13")
"""The versions of Python that git-voicenote runs on."""


@dataclass(frozen=True, slots=True)
class Platform:
    """A system and a processor.

    `system` and `machine` are the values of `sys.platform` and `platform.machine()` there, and
    `name` is that of `platform.system()`. `libc` is the oldest supported version of the C library,
    or of macOS: wheels that need a later one are not used.
    """

    label: str
    system: str
    name: str
    machine: str
    libc: tuple[int, int]

    def wheel_platforms(self) -> list[str]:
        """Return the platform tags of wheels that run there, the best first (PEP 600)."""
        if self.system == "darwin":
            from packaging.tags import mac_platforms

            return list(mac_platforms(self.libc, self.machine))
        major, minor = self.libc
        tags = [f"manylinux_{major}_{older}_{self.machine}" for older in range(minor, 16, -1)]
        tags += [f"manylinux2014_{self.machine}"]
        if self.machine == "x86_64":
            tags += [f"manylinux_{major}_{older}_{self.machine}" for older in range(16, 4, -1)]
            tags += [f"manylinux2010_{self.machine}", f"manylinux1_{self.machine}"]
        return [*tags, f"linux_{self.machine}"]

    def markers(self, python: str) -> dict[str, str]:
        """Return the values of environment markers under a Python there (PEP 508)."""
        return {
            "implementation_name": "cpython",
            "os_name": "posix",
            "platform_machine": self.machine,
            "platform_python_implementation": "CPython",
            "platform_system": self.name,
            "python_full_version": f"{python}.0",
            "python_version": python,
            "sys_platform": self.system,
        }


# the last column is what the wheel with the embedded engine's weights, moonshine-voice, requires
_ROWS = (
    Platform("linux-x86_64", "linux", "Linux", "x86_64", (2, 34)),
    Platform("linux-aarch64", "linux", "Linux", "aarch64", (2, 34)),
    Platform("macos-arm64", "darwin", "Darwin", "arm64", (15, 0)),
)
PLATFORMS = {row.label: row for row in _ROWS}


def chosen_platform(label: str | None) -> Platform:
    """Return a platform by its name, or that of this machine. Raises UsageError."""
    names = f"the platforms are {', '.join(PLATFORMS)}"
    if label is not None:
        if label not in PLATFORMS:
            raise UsageError(f"there is no platform {label!r}", hint=names)
        return PLATFORMS[label]
    for row in _ROWS:
        if (row.system, row.machine) == (sys.platform, platform.machine()):
            return row
    raise UsageError(
        f"no kit can be made for {sys.platform} on {platform.machine()}",
        hint=f"name another platform with --platform; {names}",
    )


def chosen_pythons(versions: Sequence[str]) -> tuple[str, ...]:
    """Return versions of Python in order, each once, or the current one. Raises UsageError."""
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    chosen = {PYTHONS.index(one) for one in versions or (here,) if one in PYTHONS}
    if unknown := [one for one in versions or (here,) if one not in PYTHONS]:
        raise UsageError(
            f"no kit can be made for Python {unknown[0]}",
            hint=f"name a version with --python: {', '.join(PYTHONS)}",
        )
    return tuple(PYTHONS[index] for index in sorted(chosen))
