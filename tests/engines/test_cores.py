"""Cores that other programs use are not used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from git_voicenote.engines.cores import Cores, available_cores, usable_cores

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("others", "available", "free"),
    [(0, 2, 2), (0.2, 2, 2), (0.5, 2, 1), (1, 2, 1), (2, 2, 1), (1, 8, 7), (9, 8, 1)],
)
def test_cores_that_others_use_are_not_used(others: float, available: int, free: int) -> None:
    assert usable_cores(others, available) == free


@pytest.mark.parametrize("content", [None, "", "cpu0 one two", "cpu0 1\n"])
def test_all_cores_count_as_free_without_load_figures(tmp_path: Path, content: str | None) -> None:
    stat = tmp_path / "stat"
    if content is not None:
        stat.write_text(content)
    assert Cores(stat).free() == available_cores()
