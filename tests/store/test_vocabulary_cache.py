"""The vocabulary cache stores what was harvested, and its failures are harmless."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from git_voicenote.store.vocabulary_cache import VocabularyCache

if TYPE_CHECKING:
    from pathlib import Path


def test_values_are_stored_by_key(tmp_path: Path) -> None:
    cache = VocabularyCache(tmp_path)
    assert cache.read("changes", "one") == (None, None)
    for key in ("one", "two"):
        assert cache.write("changes", key, {"café": [key]}) is None
    assert cache.read("changes", "one") == ({"café": ["one"]}, None)
    assert cache.read("changes", "two") == ({"café": ["two"]}, None)
    assert cache.read("terms", "one") == (None, None)


def test_the_oldest_values_are_dropped_first(tmp_path: Path) -> None:
    cache = VocabularyCache(tmp_path)
    for number in range(12):
        cache.write("changes", str(number), number)
    kept = [number for number in range(12) if cache.read("changes", str(number))[0] is not None]
    assert kept == list(range(4, 12))


def test_only_the_newest_large_value_is_kept(tmp_path: Path) -> None:
    cache = VocabularyCache(tmp_path)
    cache.write("repository", "old", "x" * 700_000)
    cache.write("repository", "new", "y" * 700_000)
    assert cache.read("repository", "old") == (None, None)
    assert cache.read("repository", "new") == ("y" * 700_000, None)


@pytest.mark.parametrize("content", ["", "<html>", "[]", "{}", '{"version": 2, "values": [1]}'])
def test_a_damaged_file_is_reported_and_rebuilt(tmp_path: Path, content: str) -> None:
    cache = VocabularyCache(tmp_path)
    cache.write("terms", "key", 1)
    path = tmp_path / "vocabulary/terms.json"
    path.write_text(content)
    assert cache.read("terms", "key") == (None, f"{path} is damaged and will be rebuilt")
    assert cache.write("terms", "key", 2) is None
    assert cache.read("terms", "key") == (2, None)


def test_another_version_is_silently_ignored(tmp_path: Path) -> None:
    (tmp_path / "vocabulary").mkdir()
    (tmp_path / "vocabulary/terms.json").write_text('{"version": 0, "values": [["key", 1]]}')
    assert VocabularyCache(tmp_path).read("terms", "key") == (None, None)


def test_a_write_error_is_returned(tmp_path: Path) -> None:
    (tmp_path / "vocabulary").write_text("a file is in the way")
    failure = VocabularyCache(tmp_path).write("terms", "key", 1)
    assert failure is not None
    assert "cannot write" in failure.message
