"""What an engine is told of what a person chose."""

from __future__ import annotations

import pytest

from git_voicenote.config import Settings
from git_voicenote.errors import SettingError
from git_voicenote.workflows.hearing.listening import context_without_terms


@pytest.mark.parametrize(
    ("text", "itn"),
    [("all", True), ("off", False), ("itn", True), ("fillers,itn", True), ("fillers,edits", False)],
)
def test_who_turned_numbers_off_has_them_as_they_were_said(text: str, itn: bool) -> None:
    assert context_without_terms(Settings(text=text)).itn is itn


def test_a_pass_that_is_none_is_an_error() -> None:
    with pytest.raises(SettingError, match="there is no text pass 'itm'"):
        context_without_terms(Settings(text="itm"))
