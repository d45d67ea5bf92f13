"""A kit is made of what the lock names, and of nothing else; the same plan gives the same bytes."""

from __future__ import annotations

import hashlib
import re
import tarfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from git_voicenote import __version__
from git_voicenote.errors import StoreError, UsageError, VoicenoteError
from git_voicenote.models.installed import InstalledFile, ModelRecord
from git_voicenote.workflows.kit.making import KitPlan, make_kit
from git_voicenote.workflows.kit.platforms import PLATFORMS, chosen_platform, chosen_pythons
from tests.support.wheelhouse import Wheelhouse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LINUX = PLATFORMS["linux-x86_64"]
OLD = "manylinux2014_x86_64"
NEW = "manylinux_2_28_x86_64"


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A cache of its own, and no date in the environment."""
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache/git-voicenote"


@pytest.fixture
def house(tmp_path: Path) -> Wheelhouse:
    """Wheels for every platform, some too new or for another Python, and pip."""
    folder = tmp_path / "house"
    folder.mkdir()
    house = Wheelhouse(folder)
    house.add("pip", "26.0")
    house.add("plain", "1.0", licence="BSD-3-Clause")
    house.add(
        "native", "2.0", f"cp311-cp311-{OLD}", f"cp311-cp311-{NEW}", f"cp312-cp312-{NEW}",
        "cp311-cp311-manylinux_2_99_x86_64", "cp311-cp311-macosx_11_0_arm64",
    )  # fmt: skip
    house.add("elsewhere", "3.0", marker="sys_platform == 'win32'")
    return house


def kit(house: Wheelhouse, target: Path, **changes: object) -> Path:
    plan = KitPlan(LINUX, ("3.11",), wheels=house.folder, lock=house.lock)
    make_kit(replace(plan, **changes), target, progress=lambda *_: None)  # type: ignore[arg-type]  # its own fields
    return target


def contents(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as tar:
        return {
            member.name.partition("/")[2]: file.read()
            for member in tar
            if (file := tar.extractfile(member))
        }


def test_a_kit_holds_what_the_platform_needs(house: Wheelhouse, tmp_path: Path) -> None:
    path = kit(house, tmp_path / "kit.tar")

    held = contents(path)
    assert sorted(held) == [
        "KIT",
        "LICENSE",
        "README.md",
        "SHA256SUMS",
        "check.py",
        "install",
        "requirements.txt",
        "uninstall",
        f"wheels/git_voicenote-{__version__}-py3-none-any.whl",
        f"wheels/native-2.0-cp311-cp311-{NEW}.whl",
        "wheels/pip-26.0-py3-none-any.whl",
        "wheels/plain-1.0-py3-none-any.whl",
    ]
    sums = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        for name, content in sorted(held.items())
        if name != "SHA256SUMS"
    )
    assert held["SHA256SUMS"].decode() == sums
    requirements = held["requirements.txt"].decode()
    assert re.findall(r"^\S+==\S+", requirements, re.MULTILINE) == [
        "native==2.0",
        "plain==1.0",
        f"git-voicenote=={__version__}",
    ]
    for name, content in held.items():
        if name.endswith(".whl") and "pip" not in name:
            assert hashlib.sha256(content).hexdigest() in requirements
    page = held["README.md"].decode()
    assert "Linux on x86_64 with glibc 2.34 or later, and Python 3.11." in page
    assert "| plain | 1.0 | BSD-3-Clause |" in page
    assert "elsewhere" not in page


def test_the_same_plan_gives_the_same_bytes(house: Wheelhouse, tmp_path: Path) -> None:
    first, second = kit(house, tmp_path / "a.tar"), kit(house, tmp_path / "b.tar")

    assert first.read_bytes() == second.read_bytes()
    with tarfile.open(first) as tar:
        members = tar.getmembers()
    assert {(one.uid, one.gid, one.uname, one.gname, one.mtime) for one in members} == {
        (0, 0, "", "", 1580601600)
    }
    assert {oct(one.mode) for one in members if one.name.endswith("install")} == {"0o755"}
    assert {one.name.split("/")[0] for one in members} == {
        f"git-voicenote-{__version__}-linux-x86_64"
    }


def test_a_date_can_be_given(
    house: Wheelhouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    with tarfile.open(kit(house, tmp_path / "kit.tar")) as tar:
        assert {one.mtime for one in tar} == {1700000000}
    for wrong in ("yesterday", "0", str(10**13)):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", wrong)
        with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH"):
            kit(house, tmp_path / "other.tar")


def test_a_kit_can_be_for_several_pythons(house: Wheelhouse, tmp_path: Path) -> None:
    held = contents(kit(house, tmp_path / "kit.tar", pythons=("3.11", "3.12")))

    assert [name for name in sorted(held) if "native" in name] == [
        f"wheels/native-2.0-cp311-cp311-{NEW}.whl",
        f"wheels/native-2.0-cp312-cp312-{NEW}.whl",
    ]
    assert held["KIT"].decode().endswith("pythons=3.11 3.12\n")


def test_a_kit_can_be_for_another_platform(house: Wheelhouse, tmp_path: Path) -> None:
    held = contents(kit(house, tmp_path / "kit.tar", platform=PLATFORMS["macos-arm64"]))

    assert "wheels/native-2.0-cp311-cp311-macosx_11_0_arm64.whl" in held
    assert "Darwin on arm64 15.0 or later" in held["README.md"].decode()


def test_wheels_are_fetched_for_each_python(
    house: Wheelhouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a folder in place of an index; a marker may speak of a Python that this one is not."""
    house.add("later", "1.0", marker="python_full_version >= '3.13'")
    house.add("sooner", "1.0", marker="python_full_version < '3.12'")
    house.add("native", "2.1", f"cp313-cp313-{OLD}", marker="python_version >= '3.13'")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(house.folder))
    house.lines[house.lines.index("native==2.0")] = "native==2.0 ; python_version < '3.13'"

    held = contents(kit(house, tmp_path / "kit.tar", wheels=None, pythons=("3.11", "3.13")))

    assert [name for name in sorted(held) if name.startswith("wheels/")] == [
        f"wheels/git_voicenote-{__version__}-py3-none-any.whl",
        "wheels/later-1.0-py3-none-any.whl",
        f"wheels/native-2.0-cp311-cp311-{NEW}.whl",
        f"wheels/native-2.1-cp313-cp313-{OLD}.whl",
        "wheels/pip-26.0-py3-none-any.whl",
        "wheels/plain-1.0-py3-none-any.whl",
        "wheels/sooner-1.0-py3-none-any.whl",
    ]
    lines = held["requirements.txt"].decode().splitlines()
    assert 'later==1.0 ; python_full_version >= "3.13" \\' in lines
    assert 'native==2.1 ; python_version >= "3.13" \\' in lines

    house.folder.joinpath("plain-1.0-py3-none-any.whl").unlink()
    with pytest.raises(
        StoreError, match="pip could not fetch the wheels: Could not find"
    ) as raised:
        kit(house, tmp_path / "other.tar", wheels=None)
    assert raised.value.hint
    assert "--wheels FOLDER" in raised.value.hint


def test_a_wheel_that_is_missing_is_named(house: Wheelhouse, tmp_path: Path, cache: Path) -> None:
    target = tmp_path / "kit.tar"
    with pytest.raises(StoreError, match=r"wheels for Python 3\.13 on linux-x86_64: native 2\.0$"):
        kit(house, target, pythons=("3.13",))
    assert not target.exists()
    assert [*cache.iterdir()] == []


def test_a_wheel_that_the_lock_does_not_know_is_not_taken(
    house: Wheelhouse, tmp_path: Path
) -> None:
    lock = house.lock
    house.add("plain", "1.0", licence="changed")

    with pytest.raises(StoreError, match=r"lacks wheels .*: plain 1\.0$"):
        make_kit(
            KitPlan(LINUX, ("3.11",), wheels=house.folder, lock=_copy(lock, tmp_path)),
            tmp_path / "kit.tar",
            progress=lambda *_: None,
        )


def test_a_model_goes_along(house: Wheelhouse, tmp_path: Path) -> None:
    model = tmp_path / "tiny-ja"
    model.mkdir()
    (model / "weights.ort").write_bytes(b"weights")
    with pytest.raises(UsageError, match="was not installed by git-voicenote"):
        kit(house, tmp_path / "kit.tar", models=(model,))
    file = InstalledFile(7, hashlib.sha256(b"weights").hexdigest())
    record = ModelRecord(
        "https://example.org/ja", "0f1e2d", "moonshine", None, "MIT", "2026-01-02",
        {"weights.ort": file}, "moonshine", "ja",
    )  # fmt: skip
    (model / "voicenote-model.json").write_text(record.to_json())

    held = contents(kit(house, tmp_path / "kit.tar", models=(model,)))

    assert held["models/tiny-ja/weights.ort"] == b"weights"
    assert held["models/tiny-ja/voicenote-model.json"].decode() == record.to_json()
    page = held["README.md"].decode()
    assert "| tiny-ja | moonshine | MIT | https://example.org/ja at 0f1e2d |" in page
    (model / "weights.ort").write_bytes(b"wrights")
    with pytest.raises(StoreError, match=r"weights\.ort has changed since it was installed"):
        kit(house, tmp_path / "other.tar", models=(model,))


def test_a_kit_that_is_there_stays(house: Wheelhouse, tmp_path: Path) -> None:
    target = tmp_path / "kit.tar"
    target.write_text("mine")
    with pytest.raises(StoreError, match="exists") as raised:
        kit(house, target)
    assert raised.value.hint == "use --force to replace it"
    assert target.read_text() == "mine"
    with pytest.raises(StoreError, match="cannot write the kit"):
        kit(house, tmp_path / "missing" / "kit.tar")


@pytest.mark.parametrize(
    ("choose", "message"),
    [
        (lambda: chosen_platform("amiga"), "there is no platform 'amiga'"),
        (lambda: chosen_pythons(["3.11", "2.7"]), "no kit can be made for Python 2.7"),
    ],
)
def test_what_no_kit_can_be_made_for_is_said(choose: Callable[[], object], message: str) -> None:
    with pytest.raises(VoicenoteError) as raised:
        choose()
    assert raised.value.message == message
    assert raised.value.exit_code == 129
    assert raised.value.hint
    assert chosen_pythons(["3.12", "3.11", "3.12"]) == ("3.11", "3.12")


def _copy(path: Path, folder: Path) -> Path:
    target = folder / path.name
    target.write_bytes(path.read_bytes())
    return target
