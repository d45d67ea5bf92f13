"""An empty history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from git_voicenote.store.history import History

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "voicenote")
