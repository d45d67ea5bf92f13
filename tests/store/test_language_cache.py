"""The language cache is filled by one process at a time, and damaged data is not used."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from git_voicenote.errors import StoreError
from git_voicenote.store.language_cache import CachedFolder, LanguageCache

if TYPE_CHECKING:
    from pathlib import Path


def made(root: Path, key: str = "key") -> CachedFolder:
    cache = LanguageCache(root)
    folder = cache.begin()
    assert folder is not None
    (folder / "model").write_bytes(b"model")
    kept = cache.finish(key)
    cache.abandon()
    return kept


def test_a_finished_folder_is_current(tmp_path: Path) -> None:
    assert LanguageCache(tmp_path).current() == (None, None)
    kept = made(tmp_path)
    assert LanguageCache(tmp_path).current() == (kept, None)
    assert (kept.folder / "model").read_bytes() == b"model"


def test_the_previous_folder_is_kept_for_its_readers(tmp_path: Path) -> None:
    folders = [made(tmp_path, str(number)).folder for number in range(4)]
    assert [folder.is_dir() for folder in folders] == [False, False, True, True]


def test_one_process_fills_a_folder_at_a_time(tmp_path: Path) -> None:
    first, second = LanguageCache(tmp_path), LanguageCache(tmp_path)
    lock = first.begin()
    assert lock is not None
    assert second.is_being_made()
    assert second.begin() is None
    first.abandon()
    assert not second.is_being_made()
    assert second.begin() is not None


def test_the_lock_of_a_dead_process_expires(tmp_path: Path) -> None:
    lock = LanguageCache(tmp_path).begin()
    assert lock is not None
    (lock / "half").write_text("written")
    os.utime(lock, (time.time() - 3600,) * 2)
    assert not LanguageCache(tmp_path).is_being_made()
    lock = LanguageCache(tmp_path).begin()
    assert lock is not None
    assert list(lock.iterdir()) == []


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"folder": "x", "key": 1, "files": 3}'])
def test_a_damaged_record_is_reported(tmp_path: Path, content: str) -> None:
    made(tmp_path)
    path = tmp_path / "language/current.json"
    path.write_text(content)
    assert LanguageCache(tmp_path).current() == (None, f"{path} is damaged and will be rebuilt")


def test_a_damaged_file_is_reported(tmp_path: Path) -> None:
    path = made(tmp_path).folder / "model"
    path.write_bytes(b"modem")
    assert LanguageCache(tmp_path).current() == (None, f"{path} is damaged and will be rebuilt")
    path.unlink()
    assert LanguageCache(tmp_path).current() == (None, f"{path} is missing and will be rebuilt")


def test_a_write_error_is_raised(tmp_path: Path) -> None:
    (tmp_path / "language").write_text("a file is in the way")
    with pytest.raises(StoreError):
        LanguageCache(tmp_path / "language").begin()
