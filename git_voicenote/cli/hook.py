"""`git voicenote hook`: dictate commit messages from within `git commit`."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from git_voicenote.errors import Cancelled, NegativeAnswer, VoicenoteError
from git_voicenote.git.repository import Repository
from git_voicenote.terminal.console import print_error, print_json, put, say, settings, warn

if TYPE_CHECKING:
    from git_voicenote.git.hooks import HookPlace

_ANSWER_NO = 1


@click.group(name="hook")
def hook() -> None:
    """Install the hook that lets you dictate commit messages, or keeps notes with `git am`.

    With it, `git commit` asks whether you want to speak the message, and opens the editor on what
    you said. `git config voicenote.hook.record always|never` answers for good.

    With --am it is the one that keeps the notes of patches which `git am` applies.
    """


_for_am = click.option(
    "--am", "for_am", is_flag=True, help="Mean post-applypatch, which `git am` runs."
)


@hook.command()
@_for_am
@click.option("--force", is_flag=True, help="Replace changed text of ours; allow a shared folder.")
@click.option("--manual", is_flag=True, help="Print what to put where; write nothing.")
def install(*, for_am: bool, force: bool, manual: bool) -> None:
    """Install the hook beside what is there."""
    from git_voicenote.git import hooks

    repository, name = Repository.discover(), _name(for_am=for_am)
    if manual:
        _print_manual(repository, name)
        return
    before = hooks.install_hook(repository, name, force=force)
    path = _shown(before.place.path)
    if before.state == "installed":
        say(f"the hook is installed already: {path}")
    else:
        say(f"{'installed' if before.state == 'missing' else 'brought up to date'}: {path}")
    _explain(before.place, repository)


@hook.command()
@_for_am
@click.option("--force", is_flag=True, help="Remove our text even where somebody changed it.")
def uninstall(*, for_am: bool, force: bool) -> None:
    """Remove the hook, and nothing else."""
    from git_voicenote.git import hooks

    before = hooks.uninstall_hook(Repository.discover(), _name(for_am=for_am), force=force)
    path = _shown(before.place.path)
    say(f"there is no hook of ours: {path}" if before.state == "missing" else f"removed: {path}")


@hook.command()
@_for_am
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(*, for_am: bool, as_json: bool) -> None:
    """Say whether the hook is installed, where, and what it runs; exit 1 if git will not run it."""
    from git_voicenote.git import hooks

    name = _name(for_am=for_am)
    found = hooks.hook_status(Repository.discover(), name)
    program = shutil.which("git-voicenote")
    if as_json:
        print_json(
            {
                "hook": name,
                "state": found.state,
                "path": str(found.place.path),
                "manager": found.place.manager,
                "scope": found.place.scope,
                "command": program and f"{program} hook run {name}",
            }
        )
    else:
        states = {"missing": "not installed", "disabled": "not executable, so git passes it over"}
        put(f"{states.get(found.state, found.state)}: {_shown(found.place.path)}")
        if found.state == "outdated":
            say(f"hint: `git voicenote hook install{' --am' * for_am}` brings it up to date")
        if found.works:
            _say_program(program, name)
    if not found.works:
        raise click.exceptions.Exit(_ANSWER_NO)


@hook.command(context_settings={"ignore_unknown_options": True})
@click.argument("name", type=click.Choice(["prepare-commit-msg", "post-applypatch"]))
@click.argument("message_file", type=click.Path(path_type=Path), required=False)
@click.argument("source", required=False)
@click.argument("commit", required=False)
def run(*, name: str, message_file: Path | None, source: str | None, commit: str | None) -> None:  # noqa: ARG001 - git gives all of them
    """Do what the hook does; git calls this."""
    if name == "post-applypatch":
        from git_voicenote.cli.am import keep_note_of_applied

        keep_note_of_applied()
        return
    if message_file is None:
        raise click.UsageError("git names the file of the message")
    _offer_to_dictate(message_file, source)


def _offer_to_dictate(message_file: Path, source: str | None) -> None:
    """Offer to dictate the message of the commit that git is about to make.

    A commit is never lost to it: a failure is a warning, and git goes on with the message file as
    it was, unless voicenote.hook.strict is set.
    """
    from git_voicenote.config import Settings
    from git_voicenote.git.pending_commit import PendingCommit
    from git_voicenote.terminal.dialogue import TerminalDialogue
    from git_voicenote.terminal.tty import has_terminal, take_terminal
    from git_voicenote.workflows.commit_message.dictate import dictate_message

    chosen = Settings()
    try:
        repository = Repository.discover()
        chosen = settings(repository)
        commit = PendingCommit(repository, message_file, source)
        # the hook's script has looked at all this; not every hook that calls us is that script
        if (
            chosen.hook_record == "never"
            or not commit.awaits_message(os.environ)
            or not has_terminal()
        ):
            return
        take_terminal()
        dictate_message(commit, chosen, TerminalDialogue(repository))
    except (Cancelled, KeyboardInterrupt):
        say("\nthe message is left as it was")
    except VoicenoteError as exc:
        if chosen.hook_strict and not isinstance(exc, NegativeAnswer):
            raise
        print_error(exc)
        warn("git goes on without a spoken message")


def _name(*, for_am: bool) -> str:
    from git_voicenote.git import hooks

    return hooks.AM_HOOK if for_am else hooks.HOOK


def _print_manual(repository: Repository, name: str) -> None:
    from git_voicenote.git import hooks

    place = hooks.hook_place(repository, name)
    say(f"put this into {shlex.quote(str(place.path))}, right after its first line (`#!/bin/sh`),")
    say("and make that file executable; a hook in another language runs this instead:")
    say(f'  git-voicenote hook run {name} "$@"')
    if place.manager == "pre-commit":
        say("(pre-commit runs what it finds there before its own hooks)")
    say("")
    put(hooks.hook_text(name), end="")


def _explain(place: HookPlace, repository: Repository) -> None:
    """Say what a person may not expect of the place."""
    if place.manager == "pre-commit":
        say("pre-commit runs it before its own hooks, and keeps it when it installs them again")
    if place.is_shared:
        say(f"every repository runs it: core.hooksPath is set in the {place.scope} config")
    worktree, git_dir = repository.worktree, repository.git_dir
    if worktree and place.path.is_relative_to(worktree) and not place.path.is_relative_to(git_dir):
        say("the file is part of the working tree: whoever gets it committed has the hook too")
    if shutil.which("git-voicenote") is None:
        _say_program(None, place.path.name)


def _say_program(program: str | None, name: str) -> None:
    if program:
        say(f"it runs {program} hook run {name}")
        return
    say("warning: git-voicenote is not on PATH, so the hook would only warn")
    say(f"hint: add {Path(sys.argv[0]).resolve().parent} to PATH")


def _shown(path: Path) -> str:
    """Return a path as seen from here, where that is shorter."""
    relative = os.path.relpath(path)
    return relative if len(relative) < len(str(path)) else str(path)
