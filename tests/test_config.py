"""The command line beats the environment, which beats git's configuration."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from git_voicenote.config import Settings, load_settings
from git_voicenote.errors import SettingError
from git_voicenote.recording_formats import format_named

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox


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
        ("voicenote.recordingformat", "opus", "recording_format", format_named("opus")),
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


def test_a_wrong_variable_is_named_with_the_way_out() -> None:
    with pytest.raises(SettingError) as refused:
        load_settings({}, {"GIT_VOICENOTE_EDIT": "perhaps"})
    assert refused.value.message.startswith("GIT_VOICENOTE_EDIT is 'perhaps': expected true")
    assert refused.value.hint == "`unset GIT_VOICENOTE_EDIT` removes it"


@pytest.mark.parametrize("included", [False, True])
def test_a_wrong_value_is_told_with_the_file_that_has_it(repo: Sandbox, *, included: bool) -> None:
    """The command in the hint removes it, from a folder below the top and for an included file."""
    file = repo.folder / ".git" / "config"
    if included:
        file = repo.write("in here/team.config", "[voicenote]\n\tedit = perhaps\n")
        repo.git("config", "include.path", f"../{file.relative_to(repo.folder)}")
    else:
        repo.git("config", "voicenote.edit", "perhaps")
    below = repo.write("below/a", "").parent

    refused = repo.voicenote("text", stdin=b"hello", cwd=below)

    assert refused.returncode == 128
    remove = f"git config --file {shlex.quote(str(file))} --unset-all voicenote.edit"
    assert refused.stderr.decode() == (
        "error: git config voicenote.edit is 'perhaps': expected true or false\n"
        f"hint: it is set in {file}; `{remove}` removes it\n"
    )
    repo.run(*shlex.split(remove))
    assert repo.voicenote("text", stdin=b"hello").returncode == 0


def test_a_wrong_value_of_one_command_is_told_as_such(repo: Sandbox) -> None:
    environment = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "voicenote.silence",
                   "GIT_CONFIG_VALUE_0": "soon"}  # fmt: skip
    refused = repo.voicenote("text", stdin=b"hello", environment=environment)

    assert refused.stderr.decode() == (
        "error: git config voicenote.silence is 'soon': expected a number of seconds\n"
        "hint: it is set for this command only, by `git -c` or in the environment\n"
    )


@pytest.mark.parametrize(
    "name", ["a b", "x.lock", "x.lock/y", "../heads/main", "x\ncommit refs/heads/main", ".", "x/",
             "x//y", "@{1}", "x:y", "/x"],
)  # fmt: skip
def test_what_cannot_be_the_name_of_a_ref_is_refused(name: str, sandbox: Sandbox) -> None:
    """git check-ref-format refuses it too."""
    with pytest.raises(SettingError, match="not a valid name of a ref"):
        load_settings({"voicenote.notesref": name}, {})
    assert sandbox.run("git", "check-ref-format", f"refs/notes/{name}", check=False).returncode
