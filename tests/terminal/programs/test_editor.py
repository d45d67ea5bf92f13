"""A text in git's editor."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from git_voicenote.errors import StoreError
from git_voicenote.terminal.programs.editor import edit_text
from git_voicenote.workflows.dialogue import Draft

if TYPE_CHECKING:
    from tests.support.disk import SmallDisk


def test_words_that_a_full_disk_keeps_from_the_editor_are_kept_elsewhere(
    small_disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(small_disk.folder))
    small_disk.fill()
    with pytest.raises(StoreError) as failure:
        edit_text(None, Draft("We now write a new file.\n", "a comment"))
    said, _, kept = failure.value.message.partition("\nthe text is kept in ")
    assert "cannot be written to, so there is no text to edit: No space left on device" in said
    assert Path(kept).read_text() == "We now write a new file.\n"
    assert not Path(kept).is_relative_to(small_disk.folder)
    shutil.rmtree(Path(kept).parent)
    assert list(small_disk.folder.rglob("edit-*")) == []
