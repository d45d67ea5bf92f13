"""The locks of users: what they pin, and what of it a platform needs."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from git_voicenote.errors import StoreError
from git_voicenote.workflows.kit.lock import LockedPackage, read_lock
from git_voicenote.workflows.kit.platforms import PLATFORMS, PYTHONS
from tests.support.sandbox import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.workflows.kit.platforms import Platform

PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
WANTED = {
    "base.lock": PROJECT["dependencies"],
    "kit.lock": [*PROJECT["dependencies"], *EXTRAS["server"], "pip"],
    "kit-nano.lock": [*PROJECT["dependencies"], *EXTRAS["server"], *EXTRAS["nano"], "pip"],
}
DIGEST = "0123456789abcdef" * 4


def locked(name: str) -> dict[str, list[LockedPackage]]:
    packages: dict[str, list[LockedPackage]] = {}
    for package in read_lock(CHECKOUT / "locks" / name):
        packages.setdefault(canonicalize_name(package.name), []).append(package)
    return packages


@pytest.mark.parametrize("name", WANTED)
@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
def test_a_lock_has_one_version_of_what_is_asked_for(name: str, platform: Platform) -> None:
    packages = locked(name)
    for python in PYTHONS:
        for wanted in map(Requirement, WANTED[name]):
            if wanted.marker and not wanted.marker.evaluate(dict(platform.markers(python))):
                continue
            (one,) = (
                package
                for package in packages[canonicalize_name(wanted.name)]
                if package.is_for(platform, python)
            )
            assert wanted.specifier.contains(one.version)
            assert one.hashes


def test_users_get_the_versions_that_are_tested() -> None:
    tested = {
        (canonicalize_name(package.name), package.version): package.hashes
        for package in read_lock(CHECKOUT / "requirements-nano.lock")
    }
    for name in WANTED:
        for package in read_lock(CHECKOUT / "locks" / name):
            if package.name != "pip":
                assert package.hashes == tested[canonicalize_name(package.name), package.version]


def test_a_requirement_is_written_as_it_was_read(tmp_path: Path) -> None:
    text = (
        f"six==1.17.0 \\\n    --hash=sha256:{DIGEST}\n"
        f'tomli==2.0 ; python_version < "3.12" \\\n    --hash=sha256:{DIGEST}\n'
    )
    (tmp_path / "a.lock").write_text(text)

    read = read_lock(tmp_path / "a.lock")

    assert "\n".join(one.requirement(one.hashes) for one in read) + "\n" == text
    linux = PLATFORMS["linux-x86_64"]
    assert [[one.is_for(linux, python) for one in read] for python in ("3.11", "3.12")] == [
        [True, True],
        [True, False],
    ]


@pytest.mark.parametrize("line", ["six>=1.17", "six", "six==1,==2", "???"])
def test_a_lock_without_one_version_is_refused(line: str, tmp_path: Path) -> None:
    (tmp_path / "a.lock").write_text(line + "\n")
    with pytest.raises(StoreError, match=r"a\.lock cannot be read"):
        read_lock(tmp_path / "a.lock")
