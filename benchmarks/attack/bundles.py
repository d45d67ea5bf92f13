"""Bundles that were mutated: their bytes, their manifest, their transcripts and their members.

    python -m benchmarks.attack.bundles 2000

Beside exceptions, whatever a bundle that was refused has left behind is counted as a failure.
"""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import tarfile
import tempfile
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile

from benchmarks.attack.tally import Tally, main
from benchmarks.attack.trials import altered, mutated, try_all
from git_voicenote.datatypes import Place, Recording, Segment, Transcript, Turn, Word
from git_voicenote.errors import VoicenoteError
from git_voicenote.git.repository import Repository
from git_voicenote.notes.merging.refs import NoteRefs
from git_voicenote.store.history import History
from git_voicenote.store.recordings import Recordings
from git_voicenote.targets import MessageTarget
from git_voicenote.workflows.exchange.packing import pack
from git_voicenote.workflows.exchange.unpacking import unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ID = "20260102-030405-beef"
_REFS = NoteRefs("refs/notes/voicenote", "refs/notes/voicenote-review")


def run(count: int, seed: int) -> Tally:
    """Try so many bundles, each into a repository that has taken in none."""
    with tempfile.TemporaryDirectory() as scratch:
        sample = _sample(Path(scratch))
        there = _repository(Path(scratch) / "there")
        return try_all(_inputs(count, random.Random(seed), sample, there, Path(scratch)))  # noqa: S311 - no secret


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip


def _repository(folder: Path) -> Repository:
    folder.mkdir()
    _git(folder, "init", "--quiet", "--initial-branch=main")
    _git(folder, "commit", "--quiet", "--allow-empty", "--message=one")
    return Repository.discover(folder)


def _sample(scratch: Path) -> bytes:
    """Return a bundle with a commit, a note and a recording."""
    here = _repository(scratch / "here")
    note = f"Why.\n\nVoicenote-Recording: {_ID}\nVoicenote-Engine: moonshine\n"
    _git(here.cwd, "notes", "--ref=voicenote", "add", f"--message={note}")
    path = Recordings(here.state_dir).new_path(_ID).with_suffix(".flac")
    soundfile.write(path, np.zeros(8000, np.int16), 16000)
    when = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    history = History(here.state_dir)
    history.begin(_ID, target=MessageTarget(), title="one", created_at=when)
    history.finish(Recording(_ID, path, 16000, 0.5, when))
    history.turned(_ID, Turn(0.0, Place("a.py", 1, 2, "def a():")))
    segment = Segment(0.0, 0.5, "Why.", 0.9, words=(Word("Why.", 0.0, 0.5, 0.9),))
    history.attempt(Transcript(_ID, "moonshine", "en", (segment,)))
    pack(here, _REFS, scratch / "sample", (), state=here.state_dir)
    return (scratch / "sample").read_bytes()


def _inputs(
    count: int, chance: random.Random, sample: bytes, there: Repository, scratch: Path
) -> Iterator[tuple[str, Callable[[], object]]]:
    for number in range(count):
        kind = ("bytes", "manifest", "transcripts.json", "members")[number % 4]
        content = mutated(sample, chance) if kind == "bytes" else _rebuilt(sample, kind, chance)
        yield f"{number}: {kind}", partial(_try, there, scratch / "tried", content)


def _rebuilt(sample: bytes, kind: str, chance: random.Random) -> bytes:
    """Return the sample with one member changed, and checksums that agree with it."""
    with tarfile.open(fileobj=BytesIO(sample)) as archive:
        members = {
            info.name: file.read() for info in archive if (file := archive.extractfile(info))
        }
    manifest: Any = json.loads(members.pop("manifest.json"))
    if kind == "transcripts.json":
        told = altered(json.loads(members[kind]), chance)
        members[kind] = json.dumps(told).encode("utf-8", "surrogatepass")
    elif kind == "members":
        name = chance.choice(sorted(members))
        members[name] = mutated(members[name], chance)
    manifest["files"] = [
        {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in members.items()
    ]
    if kind == "manifest":
        manifest = altered(manifest, chance)
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        head = json.dumps(manifest).encode("utf-8", "surrogatepass")
        for name, content in {"manifest.json": head, **members}.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, BytesIO(content))
    return packed.getvalue()


def _try(there: Repository, path: Path, content: bytes) -> None:
    path.write_bytes(content)
    before = there.read("for-each-ref")
    try:
        unpack(there, _REFS, path, "tried", there.state_dir)
    except VoicenoteError:
        left = (
            there.read("for-each-ref") != before,
            Recordings(there.state_dir).ids() != (),
            History(there.state_dir).entries() != (),
            list(there.state_dir.glob("*-*")) != [],
        )
        if any(left):
            raise AssertionError(f"something was left behind: {left}") from None
    else:
        for entry in History(there.state_dir).entries():
            assert not entry.unreadable
            entry.created_at.astimezone()
        _forget(there)


def _forget(there: Repository) -> None:
    """Bring the repository back to what it was."""
    for ref in there.read(
        "for-each-ref", "--format=%(refname)", "refs/voicenote", "refs/notes"
    ).split():
        there.run("update-ref", "-d", ref)
    Recordings(there.state_dir).delete(_ID)
    for entry in History(there.state_dir).entries():
        History(there.state_dir).delete(entry.id)


if __name__ == "__main__":
    main(run, 2000)
