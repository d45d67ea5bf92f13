"""`git voicenote hook`: install, remove and run the hooks of `git_hooks`."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from git_voicenote.cli.git_hooks import AM, DICTATION, HOOKS
from git_voicenote.cli.parsing.groups import Group
from git_voicenote.cli.parsing.usage import at_most_one
from git_voicenote.errors import NegativeAnswer
from git_voicenote.git.repository import Repository
from git_voicenote.terminal.console import print_json, put_product, report, say, warn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from git_voicenote.git.hooks.status import HookPlace, HookStatus

_KEEPERS = ("pre-commit", "prek")
_STATES = {
    "missing": "not installed",
    "disabled": "not executable, so git ignores it",
    "inactive": "in place, but not run here",
    "doomed": "installed for now",
}


@click.group(name="hook", cls=Group)
def hook() -> None:
    """Install the hooks for dictating commit messages and for keeping notes with `git am`.

    With prepare-commit-msg, the default, `git commit` asks whether you want to speak the message,
    and opens the editor on the text. `git config voicenote.hook.record always|never` answers the
    question permanently.

    With post-applypatch, or --am, `git am` keeps the notes of the patches that it applies.
    """


def _takes_hooks(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the argument `names`; see `_meant`."""
    names = click.argument("names", nargs=-1, type=click.Choice(tuple(HOOKS)), metavar="[HOOK]...")
    for_am = click.option("--am", "for_am", is_flag=True, help=f"The same as {AM.name}.")
    return names(for_am(command))


@hook.command()
@_takes_hooks
@click.option("--force", is_flag=True, help="Replace a changed block; allow a shared folder.")
@click.option("--manual", is_flag=True, help="Print what to add to which file; write nothing.")
def install(names: tuple[str, ...], *, for_am: bool, force: bool, manual: bool) -> None:
    """Install hooks next to existing ones (default: prepare-commit-msg)."""
    from git_voicenote.git.hooks.installing import install_hook

    at_most_one(force=force, manual=manual)
    repository = Repository.discover()
    for name in _meant(names, for_am=for_am):
        if manual:
            _print_manual(repository, name)
            continue
        before = install_hook(repository, name, force=force)
        path = _shown(before.configured or before.place.path)
        if before.state == "installed":
            say(f"the hook is installed already: {path}")
        else:
            say(f"{'installed' if before.state == 'missing' else 'brought up to date'}: {path}")
        _explain(before.place, repository)


@hook.command()
@_takes_hooks
@click.option("--force", is_flag=True, help="Remove the block even if it was changed.")
def uninstall(names: tuple[str, ...], *, for_am: bool, force: bool) -> None:
    """Remove hooks, and nothing else (default: prepare-commit-msg)."""
    from git_voicenote.git.hooks.installing import uninstall_hook

    repository = Repository.discover()
    for name in _meant(names, for_am=for_am):
        before = uninstall_hook(repository, name, force=force)
        path = _shown(before.place.path)
        is_missing = before.state == "missing"
        say(f"our hook is not installed: {path}" if is_missing else f"removed: {path}")


@hook.command()
@_takes_hooks
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object, or a list of several.")
def status(names: tuple[str, ...], *, for_am: bool, as_json: bool) -> None:
    """Print whether hooks are installed, where, and what they run (default: all).

    Exits with 1 if git will not run one of them; without a name, prepare-commit-msg counts.
    """
    from git_voicenote.git.hooks.status import hook_status

    repository = Repository.discover()
    meant = _meant(names, for_am=for_am)
    listed = meant if names or for_am else tuple(HOOKS)
    found = {name: hook_status(repository, name) for name in listed}
    if as_json:
        values = [_value(name, one) for name, one in found.items()]
        print_json(values if len(values) > 1 else values[0])
    else:
        for name, one in found.items():
            _tell_status(name, one)
    if not all(found[name].works for name in meant):
        raise click.exceptions.Exit(NegativeAnswer.exit_code)


@hook.command(context_settings={"ignore_unknown_options": True})
@click.argument("name", type=click.Choice(tuple(HOOKS)))
@click.argument("arguments", nargs=-1)
def run(name: str, arguments: tuple[str, ...]) -> None:
    """Run a hook; git calls this."""
    HOOKS[name].run(arguments)


def _meant(names: Sequence[str], *, for_am: bool) -> tuple[str, ...]:
    """Return the named hooks, each once, or the default without a name."""
    named = (*names, AM.name) if for_am else names
    return tuple(dict.fromkeys(named or (DICTATION.name,)))


def _value(name: str, found: HookStatus) -> dict[str, object]:
    program = shutil.which("git-voicenote")
    return {
        "hook": name,
        "state": found.state,
        "path": str(found.place.path),
        "manager": found.place.manager,
        "configured_in": found.configured and str(found.configured),
        "scope": found.place.scope,
        "shadowed": found.shadowed and str(found.shadowed),
        "has_other": found.has_other,
        "command": program and f"{program} hook run {name}",
    }


def _tell_status(name: str, found: HookStatus) -> None:
    path = _shown(found.configured or found.place.path)
    other = " (another hook is there)" if found.has_other else ""
    report(f"{_STATES.get(found.state, found.state)}: {path}{other}")
    _explain_manager(found, name)
    if found.shadowed is not None:
        warn(
            f"git does not run {_shown(found.shadowed)}: core.hooksPath, in the "
            f"{found.place.scope} config, names another folder"
        )
    if found.state == "outdated":
        which = "" if name == DICTATION.name else f" {name}"
        say(f"hint: `git voicenote hook install{which}` updates it")
    if found.works:
        _say_program(shutil.which("git-voicenote"), name)


def _explain_manager(found: HookStatus, name: str) -> None:
    """Report how a hook manager treats the hook, and how to make it run the hook."""
    place = found.place
    if place.manager == "husky" and not place.is_run:
        warn("husky is not set up in this work tree, so git runs no hooks here")
        say("hint: `npm install` or `npx husky` sets it up")
    elif found.configured and found.state == "installed":
        say(f"{place.manager} runs it")
    elif found.configured:
        warn(f"{place.manager} did not install it: {_shown(place.path)} does not run it")
    elif place.owner is not None and found.state == "doomed":
        warn(f"{place.manager} rewrites this file, so the hook will silently disappear")
    elif found.aside is not None:
        warn(f"{place.manager} moved the hook away, to {_shown(found.aside)}")
    if place.owner is not None and not found.configured:
        say(f"hint: {place.owner.advice_for(name)}")


def _print_manual(repository: Repository, name: str) -> None:
    from git_voicenote.git.hooks.blocks import hook_text
    from git_voicenote.git.hooks.status import hook_place

    place = hook_place(repository, name)
    if place.owner is not None:
        say(f"{place.manager} writes the hooks here; {place.owner.advice_for(name)}")
        return
    say(f"put this into {shlex.quote(str(place.path))}, right after its first line (`#!/bin/sh`),")
    say("and make that file executable; a hook in another language runs this instead:")
    say(f'  git-voicenote hook run {name} "$@"')
    if place.manager in _KEEPERS:
        say(f"({place.manager} runs what it finds there before its own hooks)")
    say("")
    put_product(hook_text(name))


def _explain(place: HookPlace, repository: Repository) -> None:
    """Report anything unusual about the location."""
    if place.manager in _KEEPERS:
        say(f"{place.manager} runs it before its own hooks, and keeps it when it is upgraded")
    if place.manager == "husky" and not place.is_run:
        warn("husky is not set up in this work tree, so git runs no hooks here")
        say("hint: `npm install` or `npx husky` sets it up")
    if place.is_shared:
        say(f"every repository runs it: core.hooksPath is set in the {place.scope} config")
    worktree, git_dir = repository.worktree, repository.git_dir
    if worktree and place.path.is_relative_to(worktree) and not place.path.is_relative_to(git_dir):
        say("the file is part of the working tree: if it is committed, others get the hook too")
    if shutil.which("git-voicenote") is None:
        _say_program(None, place.path.name)


def _say_program(program: str | None, name: str) -> None:
    if program:
        say(f"it runs {program} hook run {name}")
        return
    say("warning: git-voicenote is not on PATH, so the hook would only warn")
    say(f"hint: add {Path(sys.argv[0]).resolve().parent} to PATH")


def _shown(path: Path) -> str:
    """Return the path relative to the current directory if that is shorter."""
    relative = os.path.relpath(path)
    return relative if len(relative) < len(str(path)) else str(path)
