"""`git voicenote settings`: list, get, set and unset settings."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from git_voicenote.characters import visible
from git_voicenote.cli.parsing.groups import Group
from git_voicenote.config import effective_settings, unknown_names
from git_voicenote.errors import NegativeAnswer, SettingError
from git_voicenote.git.repository import repository_if_any
from git_voicenote.phrases import counted
from git_voicenote.terminal.console import as_report, print_json, put, say, warn
from git_voicenote.terminal.programs.pager import page
from git_voicenote.workflows import settings as workflow

if TYPE_CHECKING:
    from git_voicenote.config import EffectiveSetting

_GLOBAL = click.option(
    "--global", "everywhere", is_flag=True, help="In your configuration, for all repositories."
)


@click.group(cls=Group, invoke_without_command=True)
@click.pass_context
def settings(context: click.Context) -> None:
    """List, get, set and unset the settings, with the origin of each value.

    Without a command: list.
    """
    if context.invoked_subcommand is None:
        context.invoke(list_settings)


@settings.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_settings(*, as_json: bool = False) -> None:
    """List all settings: value, origin and meaning; exit 1 if a value is invalid."""
    assigned = workflow.assignments(repository_if_any())
    found = effective_settings(assigned, os.environ)
    if as_json:
        print_json([_value(one) for one in found])
    else:
        page("".join(map(_shown, found)))
    for name, origin, meant in unknown_names(assigned, os.environ):
        question = f"; did you mean {meant}?" if meant else ""
        warn(visible(f"unknown setting {name} ({origin}){question}"))
    invalid = [one for one in found if one.problem]
    for one in invalid:
        say(f"error: {_problem(one)}")
        say(f"hint: {visible(one.way_out)}")
    if invalid:
        values = counted(len(invalid), "value is", "values are")
        raise NegativeAnswer(f"{values} invalid")


@settings.command("get")
@click.argument("name")
def get(name: str) -> None:
    """Print the value of a setting; exit 1 if it has none."""
    found = workflow.value_of(repository_if_any(), workflow.setting_named(name))
    if found.problem:
        raise SettingError(_problem(found), hint=found.way_out)
    if found.value is None:
        raise NegativeAnswer(f"{found.setting.key} is not set, and has no default")
    put(visible(found.value))


@settings.command("set")
@click.argument("name")
@click.argument("value")
@_GLOBAL
def set_(name: str, value: str, *, everywhere: bool) -> None:
    """Check a value and set it, in this repository or with --global."""
    setting = workflow.setting_named(name)
    now = workflow.change(repository_if_any(), setting, value, everywhere=everywhere)
    said = setting.form.written(setting.form.read(value))
    if now.value != said:
        warn(visible(f"{setting.key} stays {now.value or 'unset'} here: {now.origin} sets it"))
        return
    say(visible(f"{setting.key} is {now.value} ({now.origin})"))


@settings.command("unset")
@click.argument("name")
@_GLOBAL
def unset(name: str, *, everywhere: bool) -> None:
    """Remove a setting from this repository, or with --global from your configuration."""
    setting = workflow.setting_named(name)
    repository = repository_if_any()
    workflow.remove(repository, setting, everywhere=everywhere)
    now = workflow.value_of(repository, setting)
    say(visible(f"{setting.key} is {now.value or 'unset'} now ({now.origin})"))


def _problem(one: EffectiveSetting) -> str:
    return visible(f"{one.setting.key} is {one.value!r} ({one.origin}): {one.problem}")


def _shown(one: EffectiveSetting) -> str:
    value = "(not set)" if one.value is None else one.value
    problem = f"    invalid: {one.problem}\n" if one.problem else ""
    text = f"{one.setting.name} = {value}  ({one.origin})\n{problem}    {one.setting.meaning}\n"
    return as_report(visible(text), hanging=4)


def _value(one: EffectiveSetting) -> dict[str, object]:
    setting, origin = one.setting, one.origin
    return {
        "name": setting.name,
        "key": setting.key,
        "variable": setting.variable,
        "value": one.value,
        "problem": one.problem,
        "origin": {
            "kind": origin.kind,
            "place": origin.place or None,
            "scope": origin.scope or None,
        },
        "default": None if setting.default is None else setting.form.written(setting.default),
        "kind": setting.kind,
        "choices": list(setting.choices),
        "meaning": setting.meaning,
    }
