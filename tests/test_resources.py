"""Folders of a person's data are found where an earlier version left them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from platformdirs.macos import MacOS
from platformdirs.unix import Unix

from git_voicenote.resources import folder_of

if TYPE_CHECKING:
    from pathlib import Path

    from platformdirs.api import PlatformDirsABC

    from git_voicenote.resources import FolderKind

MAC = MacOS("git-voicenote", appauthor=False)
LINUX = Unix("git-voicenote", appauthor=False)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("DATA", "CONFIG", "CACHE", "STATE"):
        monkeypatch.delenv(f"XDG_{name}_HOME", raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("platform", "kind", "before", "now"),
    [
        (MAC, "data", ".local/share/git-voicenote", "Library/Application Support/git-voicenote"),
        (MAC, "config", ".config/git-voicenote", "Library/Application Support/git-voicenote"),
        (MAC, "cache", ".cache/git-voicenote", "Library/Caches/git-voicenote"),
        (LINUX, "data", ".local/share/git-voicenote", ".local/share/git-voicenote"),
        (LINUX, "config", ".config/git-voicenote", ".config/git-voicenote"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_the_folder_of_before_stays_in_use(
    platform: PlatformDirsABC, kind: FolderKind, before: str, now: str, home: Path
) -> None:
    assert folder_of(platform, kind) == home / now
    (home / before).mkdir(parents=True)
    is_made_again = kind == "cache"
    assert folder_of(platform, kind) == home / (now if is_made_again else before)
    (home / now).mkdir(parents=True, exist_ok=True)
    assert folder_of(platform, kind) == home / now


def test_a_folder_that_is_named_is_used(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / ".local/share/git-voicenote").mkdir(parents=True)
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "named"))
    for platform in (LINUX, MAC):
        assert folder_of(platform, "data") == home / "named/git-voicenote"
