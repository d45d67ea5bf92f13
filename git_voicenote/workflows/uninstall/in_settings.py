"""Remove our entries in git's configuration, in each scope, and the hooks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.errors import HookError
from git_voicenote.git.configuration import Configuration
from git_voicenote.git.hooks.installing import uninstall_hook
from git_voicenote.git.hooks.status import HOOK, hook_status
from git_voicenote.git.running.process import run_git
from git_voicenote.resources import config_home, resource
from git_voicenote.workflows.dialogue import report_error
from git_voicenote.workflows.dictate.command import is_dictation
from git_voicenote.workflows.uninstall.traces import Trace, folders_found, remove_all, remove_empty

if TYPE_CHECKING:
    from git_voicenote.config.origins import Assignment
    from git_voicenote.workflows.uninstall.traces import SearchScope

_KEYS = r"^(voicenote\..*|notes\.rewriteref|core\.editor|sequence\.editor)$"
_NOT_SET = 5


def find_settings(scene: SearchScope) -> list[Trace]:
    """Return our entries in git's configuration, and the personal vocabulary."""
    entries = [
        Trace(f"{one.key} = {one.value or ''} ({one.scope}{': ' * bool(one.place)}{one.place})")
        for one in _assignments(scene)
    ]
    return entries + folders_found([config_home()])


def remove_settings(scene: SearchScope) -> None:
    """Remove them. Entries in the system's configuration, or from `git -c`, are only reported."""
    here = scene.repository.cwd if scene.repository else Path.cwd()
    for one in _assignments(scene):
        if one.scope not in ("local", "global", "worktree") or not one.place:
            scene.dialogue.warn(f"{one.key} stays: it is set in the {one.scope} config")
            continue
        value = f"^{re.escape(one.value)}$" if one.value else "^$"
        place = Path(one.place)
        run_git(
            "config", "--file", str(place), "--unset-all", one.key,
            *([] if one.key.startswith("voicenote.") else [value]),
            cwd=here, accept=(0, _NOT_SET),
        )  # fmt: skip
        if one.scope == "global" and place.is_file() and not place.stat().st_size:
            remove_all([place])  # an empty list does not count
    remove_all([config_home()])
    remove_empty(config_home().parent, up_to=Path.home())


def find_hooks(scene: SearchScope) -> list[Trace]:
    """Return our hooks in a repository, or in the folder that core.hooksPath names."""
    found = []
    for name in _hook_names():
        try:
            status = hook_status(scene.repository, name) if scene.repository else None
        except HookError:
            continue  # a bare repository, or git is configured to run no hooks
        if status is not None and status.state != "missing":
            path = status.configured or status.place.path
            shared = ", for all repositories" if status.place.is_shared else ""
            found.append(Trace(f"{name} in {path}{shared}"))
    return found


def remove_hooks(scene: SearchScope) -> None:
    """Remove our text from hooks; a hook that cannot be changed is reported."""
    for name in _hook_names():
        try:
            if scene.repository is not None:
                uninstall_hook(scene.repository, name)
        except HookError as exc:
            if find_hooks(scene):
                report_error(scene.dialogue, exc)


def _hook_names() -> list[str]:
    return sorted(path.name for path in resource("hooks", HOOK).parent.iterdir())


def _assignments(scene: SearchScope) -> list[Assignment]:
    """Return our entries; for other keys, the values that name this program."""
    here = scene.repository.cwd if scene.repository else Path.cwd()
    refs = (scene.settings.notes_ref, scene.settings.review_ref)
    return [
        one
        for one in Configuration(here).assignments(_KEYS)
        if one.key.startswith("voicenote.")
        or (one.key == "notes.rewriteref" and one.value in refs)
        or (one.key.endswith(".editor") and is_dictation(one.value or ""))
    ]
