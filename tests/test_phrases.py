from __future__ import annotations

import pytest

from git_voicenote.phrases import counted


@pytest.mark.parametrize(
    ("number", "told"), [(0, "0 patches"), (1, "1 patch"), (2, "2 patches"), (21, "21 patches")]
)
def test_what_is_counted_agrees_with_its_number(number: int, told: str) -> None:
    assert counted(number, "patch", "patches") == told
    assert counted(number, "note") == told.replace("patches", "notes").replace("patch", "note")
