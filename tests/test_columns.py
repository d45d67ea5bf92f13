from __future__ import annotations

import subprocess
import sys

import pytest

from git_voicenote.columns import columns, padded, wrapped


@pytest.mark.parametrize(
    ("text", "wide"),
    [
        ("", 0), ("plain", 5), ("naïve", 5), ("nai\u0308ve", 5), ("重试", 4), ("한국", 4),
        ("a\u200bb", 2), ("👨\u200d👩\u200d👧", 2), ("…—", 2), ("caf\udce9", 4),
    ],
)  # fmt: skip
def test_a_terminal_gives_a_text_so_many_columns(text: str, wide: int) -> None:
    assert columns(text) == wide


@pytest.mark.parametrize("text", ["ab", "重", "a\u0301b"])
def test_a_text_is_padded_to_its_columns(text: str) -> None:
    assert columns(padded(text, 6)) == 6
    assert padded(text, 1) == text


def test_lines_are_as_wide_as_was_asked_for() -> None:
    lines = wrapped("the server 重试 no longer 修改修复了网络问题 stops", 12, indent="  ")
    assert max(map(columns, lines)) <= 12
    assert all(line.startswith("  ") for line in lines[1:])
    assert "".join(lines).replace(" ", "") == "theserver重试nolonger修改修复了网络问题stops"


def test_plain_text_imports_no_tables() -> None:
    code = (
        "import sys; from git_voicenote.columns import columns, wrapped\n"
        "columns('plain'); wrapped('plain text', 5); sys.exit('wcwidth' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
