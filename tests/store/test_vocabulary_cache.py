"""What was harvested is kept, and never missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from git_voicenote.store.vocabulary_cache import VocabularyCache

if TYPE_CHECKING:
    from pathlib import Path


def test_values_come_back_under_their_keys(tmp_path: Path) -> None:
    cache = VocabularyCache(tmp_path)
    assert cache.read("changes", "one") == (None, None)
    for key in ("one", "two"):
        assert cache.write("changes", key, {"café": [key]}) is None
    assert cache.read("changes", "one") == ({"café": ["one"]}, None)
    assert cache.read("changes", "two") == ({"café": ["two"]}, None)
    assert cache.read("terms", "one") == (None, None)


def test_the_oldest_go_first(tmp_path: Path) -> None:
    cache = VocabularyCache(tmp_path)
    for number in range(12):
        cache.write("changes", str(number), number)
    kept = [number for number in range(12) if cache.read("changes", str(number))[0] is not None]
    assert kept == list(range(4, 12))


def test_of_big_values_the_newest_alone_is_kept(tmp_path: Path) -> None:
    cache = VocabularyCache(tmp_path)
    cache.write("repository", "old", "x" * 700_000)
    cache.write("repository", "new", "y" * 700_000)
    assert cache.read("repository", "old") == (None, None)
    assert cache.read("repository", "new") == ("y" * 700_000, None)


@pytest.mark.parametrize("content", ["", "<html>", "[]", "{}", '{"version": 2, "values": [1]}'])
def test_a_broken_file_is_told_and_made_anew(tmp_path: Path, content: str) -> None:
    cache = VocabularyCache(tmp_path)
    cache.write("terms", "key", 1)
    path = tmp_path / "vocabulary/terms.json"
    path.write_text(content)
    assert cache.read("terms", "key") == (None, f"{path} is broken; it is made anew")
    assert cache.write("terms", "key", 2) is None
    assert cache.read("terms", "key") == (2, None)


def test_another_version_is_passed_over_in_silence(tmp_path: Path) -> None:
    (tmp_path / "vocabulary").mkdir()
    (tmp_path / "vocabulary/terms.json").write_text('{"version": 0, "values": [["key", 1]]}')
    assert VocabularyCache(tmp_path).read("terms", "key") == (None, None)


def test_what_cannot_be_written_is_an_answer(tmp_path: Path) -> None:
    (tmp_path / "vocabulary").write_text("a file is in the way")
    failure = VocabularyCache(tmp_path).write("terms", "key", 1)
    assert failure is not None
    assert "cannot be written" in failure.message
