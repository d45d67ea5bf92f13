"""Read a lock: the packages that a platform needs, each with a version and hashes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement

from git_voicenote.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from packaging.markers import Marker

    from git_voicenote.workflows.kit.platforms import Platform

_HASH = re.compile(r"\s--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class LockedPackage:
    """A package of a lock. `hashes` are those of all its files, for any platform."""

    name: str
    version: str
    marker: Marker | None
    hashes: frozenset[str]

    def is_for(self, platform: Platform, python: str) -> bool:
        """Return whether a Python of a platform needs it."""
        return self.marker is None or self.marker.evaluate(dict(platform.markers(python)))

    @property
    def pin(self) -> str:
        """The name and the version."""
        return f"{self.name}=={self.version}"

    def requirement(self, hashes: Iterable[str]) -> str:
        """Return the entry of a file of requirements, with its marker and these hashes."""
        return with_hashes(f"{self.pin} ; {self.marker}" if self.marker else self.pin, hashes)


def with_hashes(requirement: str, hashes: Iterable[str]) -> str:
    """Return a requirement and hashes as the entry of a file of requirements."""
    return requirement + "".join(f" \\\n    --hash=sha256:{digest}" for digest in sorted(hashes))


def read_lock(path: Path) -> tuple[LockedPackage, ...]:
    """Return the packages of a lock, in its order. Raises StoreError."""
    try:
        lines = path.read_text("utf-8").replace("\\\n", " ").splitlines()
        return tuple(_locked(line) for line in lines if line and not line.startswith("#"))
    except (OSError, InvalidRequirement, ValueError) as exc:
        raise StoreError(f"the lock {path} cannot be read: {exc}") from exc


def _locked(line: str) -> LockedPackage:
    requirement = Requirement(_HASH.sub("", line))
    (pin,) = requirement.specifier
    if pin.operator != "==":
        raise ValueError(f"{requirement.name} has no one version")
    return LockedPackage(
        requirement.name, pin.version, requirement.marker, frozenset(_HASH.findall(line))
    )
