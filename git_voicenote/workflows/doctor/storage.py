"""Check the settings, the stored data, the disk and the log."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.config import effective_settings, unknown_names
from git_voicenote.log.failures import failure_file
from git_voicenote.models.installed import models_dir
from git_voicenote.phrases import counted, size
from git_voicenote.resources import cache_home
from git_voicenote.store.history import History
from git_voicenote.store.recordings import Recordings
from git_voicenote.workflows.doctor.findings import note, ok, problem
from git_voicenote.workflows.hearing.archive import state_root
from git_voicenote.workflows.settings import assignments

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from git_voicenote.workflows.doctor.findings import CheckedSetup, Finding

_MIN_FREE_BYTES = 200 << 20
"""Bytes: half an hour of sound takes 58 MB, and its final format needs room beside it."""
_FAILURE = re.compile(r"(\d{4}-\d\d-\d\dT\S+) \[\d+\] ([\w.]+): (.+)")


def settings(patient: CheckedSetup) -> Iterator[Finding]:
    """Find settings with invalid values, and unknown names."""
    assigned = assignments(patient.repository)
    found = effective_settings(assigned, os.environ)
    wrong = [one for one in found if one.problem]
    for one in wrong:
        yield problem(
            f"{one.setting.key} is {one.value!r} ({one.origin}): {one.problem}",
            one.way_out,
        )
    for name, origin, meant in unknown_names(assigned, os.environ):
        yield note(f"unknown setting {name} ({origin})", meant and f"did you mean {meant}?")
    if not wrong:
        changed = [one.setting.name for one in found if one.origin.kind != "default"]
        yield ok(f"set: {', '.join(changed)}" if changed else "all are the defaults")


def recordings(patient: CheckedSetup) -> Iterator[Finding]:
    """Count the recordings, and name their folder."""
    root = state_root(patient.repository)
    kept = Recordings(root)
    ids = kept.ids()
    yield ok(
        f"{counted(len(ids), 'recording')}, {size(files.used_room(kept.folder))}, in {kept.folder}"
    )


def history(patient: CheckedSetup) -> Iterator[Finding]:
    """Read the history. Raises StoreError."""
    root = state_root(patient.repository)
    History(root).entries(1)
    used = sum(path.stat().st_size for path in root.glob("history.db*"))
    yield ok(f"{size(used)}, {root / 'history.db'}" if used else "empty")


def disk(patient: CheckedSetup) -> Iterator[Finding]:
    """Report the size of models and caches, and the room left for a recording."""
    root = state_root(patient.repository)
    language = root / "language"
    parts = [("models", models_dir()), ("downloads and caches", cache_home())]
    if language.is_dir():
        parts.append(("learned data", language))
    used = ", ".join(f"{name} {size(files.used_room(folder))}" for name, folder in parts)
    room = files.free_room(_existing(root))
    if room < _MIN_FREE_BYTES:
        yield problem(f"{size(room)} are left on the disk of {root}", "make room before you record")
    yield ok(f"{used}; {size(room)} are free")


def failures(_: CheckedSetup) -> Iterator[Finding]:
    """Report the last failure in the log file, which may be old."""
    log = failure_file()
    with suppress(FileNotFoundError):
        found = _FAILURE.findall(log.read_text(encoding="utf-8", errors="replace"))
        if found:
            when, module, what = found[-1]
            yield note(f"last at {when}, in {module}: {what}", f"{log} has the details")
            return
    yield ok("none in the log")


def modified_at(path: Path) -> datetime:
    """Return when a file or folder was last written."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _existing(path: Path) -> Path:
    return next(one for one in (path, *path.parents) if one.exists())
