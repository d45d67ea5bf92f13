"""The table of parts that can be removed, in the order of removal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.errors import StoreError
from git_voicenote.models.installed import models_dir
from git_voicenote.resources import cache_home, config_home, data_home, log_home
from git_voicenote.store.language_cache import LanguageCache
from git_voicenote.workflows.uninstall.in_git import find_refs, remove_refs, unsaved_texts
from git_voicenote.workflows.uninstall.in_settings import (
    find_hooks,
    find_settings,
    remove_hooks,
    remove_settings,
)
from git_voicenote.workflows.uninstall.traces import (
    RemovablePart,
    SearchScope,
    folders_found,
    own_folders,
    refuse_if_in_use,
    remove_all,
    remove_empty,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from git_voicenote.workflows.uninstall.traces import Trace

_RECORDED = ("recordings", "history.db*", "damaged*", "jobs", "jobs.db*", "in-use")
_LEARNED = ("language", "vocabulary")


def _roots(scene: SearchScope) -> tuple[Path, ...]:
    """Return the state folders: that of the repository, and that outside of any."""
    return (*own_folders(scene.repository), data_home())


def _kept_in(*patterns: str) -> Callable[[SearchScope], list[Path]]:
    def paths(scene: SearchScope) -> list[Path]:
        return [
            path
            for root in _roots(scene)
            for pattern in patterns
            for path in sorted(root.glob(pattern))
            if path.is_dir() or path.name != "vocabulary"  # the user's list, which is not learned
        ]

    return paths


def _models(_: SearchScope) -> list[Path]:
    return [models_dir(), cache_home()]


def _rest(scene: SearchScope) -> list[Path]:
    """Return all our folders, with their remaining content."""
    repository = scene.repository
    in_git = [repository.state_dir, repository.git_dir / "voicenote"] if repository else []
    return [*dict.fromkeys(in_git), data_home(), cache_home(), config_home(), log_home()]


def _folders(
    name: str,
    title: str,
    paths: Callable[[SearchScope], list[Path]],
    check: Callable[[SearchScope], None],
    others: Sequence[Callable[[SearchScope], list[Path]]] = (),
) -> RemovablePart:
    """Return a part that consists of files and folders, without those of `others`."""

    def find(scene: SearchScope) -> Sequence[Trace]:
        elsewhere = [path for other in others for path in other(scene)]
        found = folders_found(paths(scene), but=elsewhere)
        return [one for one in found if one.octets]

    def remove(scene: SearchScope) -> None:
        check(scene)
        remove_all(paths(scene))
        for folder in _rest(scene):
            up_to = folder.parent if _is_in_git(scene, folder) else Path.home()
            remove_empty(folder, up_to=up_to)

    return RemovablePart(name, title, find, remove)


def _is_in_git(scene: SearchScope, folder: Path) -> bool:
    return scene.repository is not None and folder.is_relative_to(scene.repository.common_dir)


def _nobody_records(scene: SearchScope) -> None:
    for root in _roots(scene):
        refuse_if_in_use(root)


def _nobody_learns(scene: SearchScope) -> None:
    if scene.repository and LanguageCache(scene.repository.state_dir).is_being_made():
        raise StoreError(
            "the language of this repository is being learned now",
            hint="try again in a minute",
        )


def _nobody_works(scene: SearchScope) -> None:
    _nobody_records(scene)
    _nobody_learns(scene)


def _own_vocabulary(_: SearchScope) -> list[Path]:
    return [config_home()]


_recorded = _kept_in(*_RECORDED)
_learned = _kept_in(*_LEARNED)

PARTS = (
    RemovablePart("hooks", "hooks", find_hooks, remove_hooks),
    RemovablePart("notes", "notes and covers, with their text", find_refs, remove_refs),
    _folders("recordings", "recordings and history", _recorded, _nobody_records),
    _folders("learned", "data learned from this repository", _learned, _nobody_learns),
    _folders("models", "models and caches", _models, lambda _: None),
    RemovablePart("settings", "settings and your vocabulary", find_settings, remove_settings),
)
"""The parts to choose from."""
REST = _folders(
    "rest", "logs, locks and other files", _rest, _nobody_works,
    others=(_recorded, _learned, _models, _own_vocabulary, unsaved_texts),
)  # fmt: skip
"""The rest of our folders, after all parts are removed."""
