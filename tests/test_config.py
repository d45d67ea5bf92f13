"""The command line beats the environment, which beats git's configuration."""

from __future__ import annotations

from dataclasses import fields

import pytest

from git_voicenote.config import Settings, load_settings
from git_voicenote.errors import SettingError
from tests.support.sandbox import CHECKOUT


def test_without_any_source_the_defaults_hold() -> None:
    assert load_settings({}, {}) == Settings()


def test_git_config_beats_the_defaults() -> None:
    assert load_settings({"voicenote.engine": "nano"}, {}).engine == "nano"


def test_the_environment_beats_git_config() -> None:
    settings = load_settings({"voicenote.engine": "nano"}, {"GIT_VOICENOTE_ENGINE": "remote"})
    assert settings.engine == "remote"


def test_the_command_line_beats_the_environment() -> None:
    settings = load_settings({}, {"GIT_VOICENOTE_ENGINE": "remote"}, engine="moonshine")
    assert settings.engine == "moonshine"


def test_an_option_that_was_not_given_changes_nothing() -> None:
    assert load_settings({"voicenote.edit": "false"}, {}, edit=None).edit is False


@pytest.mark.parametrize(
    ("key", "raw", "field", "value"),
    [
        ("voicenote.edit", None, "edit", True),  # a key without a value is true, as git has it
        ("voicenote.edit", "", "edit", False),
        ("voicenote.edit", "off", "edit", False),
        ("voicenote.edit", "Yes", "edit", True),
        ("voicenote.silence", "2.5", "silence", 2.5),
        ("voicenote.maxduration", "60", "max_duration", 60.0),
        ("voicenote.notesref", "spoken", "notes_ref", "refs/notes/spoken"),
        ("voicenote.notesref", "notes/spoken", "notes_ref", "refs/notes/spoken"),
        ("voicenote.notesref", "refs/notes/spoken", "notes_ref", "refs/notes/spoken"),
        ("voicenote.recordingformat", "opus", "recording_format", "opus"),
        ("voicenote.hook.record", "always", "hook_record", "always"),
        ("voicenote.hook.strict", "true", "hook_strict", True),
    ],
)
def test_values_are_read_as_git_reads_them(
    key: str, raw: str | None, field: str, value: object
) -> None:
    assert getattr(load_settings({key: raw}, {}), field) == value


@pytest.mark.parametrize(
    ("key", "raw", "message"),
    [
        ("voicenote.engine", "", "git config voicenote.engine is '': it needs a value"),
        ("voicenote.edit", "perhaps", "git config voicenote.edit is 'perhaps': expected true"),
        ("voicenote.silence", "-1", "git config voicenote.silence is '-1': expected a number"),
        ("voicenote.silence", "nan", "git config voicenote.silence is 'nan': expected a number"),
        ("voicenote.hook.record", "maybe", "expected ask, always or never"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(key: str, raw: str, message: str) -> None:
    with pytest.raises(SettingError) as refused:
        load_settings({key: raw}, {})
    assert message in refused.value.message


def test_every_setting_has_a_documented_variable() -> None:
    manual = (CHECKOUT / "man" / "git-voicenote.1").read_text().replace("\\-", "-")
    for field in fields(Settings):
        assert f"GIT_VOICENOTE_{field.name.upper()}" in manual
