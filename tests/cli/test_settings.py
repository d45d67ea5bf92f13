"""`git voicenote settings` says what holds and why, and writes nothing that is wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from git_voicenote.config import Assignment, effective_settings, find_setting, unknown_names

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox


def test_each_value_is_listed_with_where_it_comes_from(repo: Sandbox) -> None:
    repo.git("config", "--global", "voicenote.language", "zh")
    config = repo.folder / ".git/config"
    repo.git("config", "voicenote.silence", "2.50")
    repo.git("config", "voicenote.learn", "perhaps")
    repo.git("config", "voicenote.engin", "nano")
    environment = {"GIT_VOICENOTE_EDIT": "no", "GIT_VOICENOTE_LANGUGE": "en"}

    done = repo.voicenote("settings", environment=environment)
    listed = repo.voicenote("settings", "list", "--json", environment=environment)

    shown = done.stdout.decode()
    assert "engine = auto  (default)\n    the speech engine, or auto\n" in shown
    assert f"language = zh  ({repo.home / '.gitconfig'}:global)\n" in shown
    assert f"silence = 2.5  ({config}:local)\n" in shown
    assert "edit = false  (GIT_VOICENOTE_EDIT)\n" in shown
    assert f"learn = perhaps  ({config}:local)\n    invalid: expected true or false\n" in shown
    assert done.stderr.decode() == (
        f"warning: unknown setting voicenote.engin ({config}:local); "
        "did you mean voicenote.engine?\n"
        "warning: unknown setting GIT_VOICENOTE_LANGUGE (GIT_VOICENOTE_LANGUGE); "
        "did you mean GIT_VOICENOTE_LANGUAGE?\n"
        f"error: voicenote.learn is 'perhaps' ({config}:local): expected true or false\n"
        f"hint: it is set in {config}; "
        f"`git config --file {config} --unset-all voicenote.learn` removes it\n"
        "error: 1 value is invalid\n"
    )
    assert done.returncode == listed.returncode == 1
    values: dict[str, Any] = {one["name"]: one for one in json.loads(listed.stdout)}
    assert values["silence"]["origin"] == {
        "kind": "config", "place": str(config), "scope": "local",
    }  # fmt: skip
    assert values["learn"]["problem"] == "expected true or false"
    assert values["hook.record"]["choices"] == ["ask", "always", "never"]


def test_a_value_is_checked_kept_read_and_removed(repo: Sandbox) -> None:
    def run(*arguments: str, **variables: str) -> tuple[int, str]:
        done = repo.voicenote("settings", *arguments, environment=variables)
        return done.returncode, (done.stdout + done.stderr).decode()

    assert run("set", "hook.record", "sometimes") == (
        128, "error: voicenote.hook.record cannot be 'sometimes': expected ask, always or never\n",
    )  # fmt: skip
    status, said = run("set", "engine", "moonshin")
    assert status == 128
    assert said.startswith(
        "error: there is no engine 'moonshin'\nhint: did you mean moonshine? it may be auto, "
    )
    assert run("set", "text", "itn,spelling")[0] == 128
    assert "voicenote" not in (repo.folder / ".git/config").read_text()
    assert not (repo.home / ".gitconfig").exists()
    assert run("get", "microphone")[0] == 1
    assert run("get", "languag") == (
        129,
        "error: there is no setting 'languag'\n"
        "hint: did you mean language? `git voicenote settings` lists them\n",
    )

    assert run("set", "--global", "VOICENOTE.hook-record", "never")[0] == 0
    assert repo.git("config", "--global", "voicenote.hook.record") == "never"
    assert run("get", "hook.record") == (0, "never\n")
    assert run("set", "hook.record", "ask", GIT_VOICENOTE_HOOK_RECORD="always") == (
        0,
        "warning: voicenote.hook.record stays always here: GIT_VOICENOTE_HOOK_RECORD sets it\n",
    )
    assert run("unset", "hook.record") == (
        0, f"voicenote.hook.record is never now ({repo.home / '.gitconfig'}:global)\n",
    )  # fmt: skip
    status, said = run("unset", "hook.record")
    assert status == 1
    assert "it is set in the global config" in said
    assert "--global removes it there" in said


def test_outside_of_a_repository_a_setting_needs_global(sandbox: Sandbox) -> None:
    done = sandbox.voicenote("settings", "set", "language", "de")
    assert done.returncode == 129
    assert b"--global keeps it for all of your repositories" in done.stderr


def test_the_last_entry_of_git_wins_and_the_environment_beats_it() -> None:
    entries = [
        Assignment("voicenote.language", "de", "global", "/home/.gitconfig"),
        Assignment("voicenote.language", "zh", "command", ""),
        Assignment("voicenote.edit", None, "local", ".git/config"),
    ]
    found = {one.setting.field: one for one in effective_settings(entries, {})}

    assert (found["language"].value, str(found["language"].origin)) == ("zh", "command line")
    assert found["edit"].value == "true"
    changed = effective_settings(entries, {"GIT_VOICENOTE_LANGUAGE": "fr"})
    assert [one.value for one in changed if one.setting.field == "language"] == ["fr"]


def test_names_that_are_no_settings_are_found() -> None:
    environment = {"GIT_VOICENOTE_TRACE": "1", "GIT_VOICENOTE_REMOTE_TOKEN": "x"}
    assert unknown_names([], environment) == ()
    assert [name for name, _, _ in unknown_names([], {"GIT_VOICENOTE_X": "1"})] == [
        "GIT_VOICENOTE_X"
    ]
    assert find_setting("max_duration") is find_setting("Voicenote.maxDuration") is not None
