"""Commands that are killed at any moment, and whether anything is lost by it.

    python -m benchmarks.attack.kills 200 [--seed N]

Each command gets KILL, TERM, INT or HUP at a moment that is drawn from the time that it takes. Then
the repository has to pass `git fsck`, every note that was there has to be there, the same command
(or the one that goes on) has to work, and no folder may be left among the temporary files.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.attack.tally import Tally, main
from tests.engines.moonshine.graphs import write_model
from tests.support.engines import SCRIPTED
from tests.support.sandbox import Sandbox
from tests.support.series import explained_series
from tests.support.speech import SPEECH

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_PATIENCE = 120.0
_SPOKEN = str(SPEECH / "rename.flac")
_WORDS = "spoken words"
_AGED = 600
"""Seconds by which folders of work are made older: young ones may be another process's own."""


@dataclass(frozen=True, slots=True)
class _Killed:
    """A command that was killed in a copy of the repository, with what is beside it."""

    sandbox: Sandbox
    arguments: tuple[str, ...]
    said: str

    def again(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return self.sandbox.voicenote(*(arguments or self.arguments))

    def note(self, revision: str, ref: str = "voicenote") -> str:
        done = self.sandbox.run("git", "notes", f"--ref={ref}", "show", revision, check=False)
        return done.stdout.decode()


Check = Callable[[_Killed], "Iterator[str]"]
"""Goes on from a command that was killed, and yields what was lost."""


@dataclass(frozen=True, slots=True)
class _Command:
    """A command to kill; `{beside}` in its arguments is a folder beside the repository."""

    name: str
    arguments: tuple[str, ...]
    check: Check


def run(count: int, seed: int) -> Tally:
    """Kill commands `count` times in all, and return what was lost."""
    with tempfile.TemporaryDirectory() as folder:
        return _Attack(Path(folder), random.Random(seed)).run(count)  # noqa: S311 - a seed is wanted


class _Attack:
    def __init__(self, root: Path, chance: random.Random) -> None:
        self._root = root
        self._chance = chance
        self._template = root / "template"
        _prepare(self._template)

    def run(self, count: int) -> Tally:
        usual = {command.name: self._usual_seconds(command) for command in _COMMANDS}
        lost: list[str] = []
        hangs, worst = 0, 0.0
        kills: Counter[str] = Counter()
        for number in range(count):
            command = _COMMANDS[number % len(_COMMANDS)]
            number_of_signal = self._chance.choice(_SIGNALS)
            moment = self._chance.uniform(0, usual[command.name])
            what = f"{command.name}, {number_of_signal.name} after {moment:.2f} s"
            started = time.monotonic()
            try:
                found = self._losses(command, number_of_signal, moment)
            except subprocess.TimeoutExpired:
                hangs += 1
                found = ["it hangs"]
            worst = max(worst, time.monotonic() - started)
            kills[command.name] += 1
            lost += [f"{what}: {loss}" for loss in found]
        report = [f"{name}: {number} kills" for name, number in sorted(kills.items())]
        return Tally(count, len(lost) - hangs, hangs, worst, samples=(*lost, *report))

    def _usual_seconds(self, command: _Command) -> float:
        sandbox = self._copy()
        started = time.monotonic()
        done = sandbox.voicenote(*_arguments(command, sandbox))
        if done.returncode:
            raise RuntimeError(f"{command.name} fails unharmed: {done.stderr.decode()}")
        return time.monotonic() - started

    def _losses(self, command: _Command, number: signal.Signals, moment: float) -> list[str]:
        sandbox = self._copy()
        before = _notes(sandbox)
        arguments = _arguments(command, sandbox)
        said = _kill(sandbox, arguments, number, moment)
        lost = [f"{process} still holds the history" for process in _holders(sandbox)]
        if sandbox.run("git", "fsck", "--strict", check=False).returncode:
            lost.append("git fsck fails")
        now = _notes(sandbox)
        meant = {sandbox.git("rev-parse", "topic")} if command.check is _removed else set()
        lost += [f"the note of {name[:7]} is gone" for name in before.keys() - now.keys() - meant]
        state = sandbox.folder / ".git/voicenote"
        for left in (*Path(sandbox.extra["TMPDIR"]).iterdir(), *state.glob("incoming-*")):
            os.utime(left, (time.time() - _AGED,) * 2)
        shown = sandbox.voicenote("show")
        if b"Traceback" in shown.stderr or shown.returncode not in (0, 1):
            lost.append(f"show: {shown.stderr.decode()}")
        lost += command.check(_Killed(sandbox, arguments, said))
        names = [path.name for path in Path(sandbox.extra["TMPDIR"]).iterdir()]
        if names and number is not signal.SIGKILL:
            lost.append(f"left among the temporary files: {names}")
        return lost

    def _copy(self) -> Sandbox:
        shutil.rmtree(self._root / "trial", ignore_errors=True)
        shutil.copytree(self._template, self._root / "trial", symlinks=True)
        return _sandbox(self._root / "trial")


def _sandbox(root: Path) -> Sandbox:
    temporary = root / "tmp"
    temporary.mkdir(exist_ok=True)
    extra = {
        "TMPDIR": str(temporary),
        "GIT_VOICENOTE_ENGINE": SCRIPTED,
        "SCRIPTED_SPEECH": str(root / "lines"),
        "GIT_EDITOR": "sh -c 'echo edited words > \"$0\"'",
    }
    return Sandbox(root / "repo", root / "home", extra)


def _prepare(root: Path) -> None:
    """Make a repository with an explained series, its mails, a clone, a remote and a bundle."""
    for name in ("repo", "home", "beside"):
        (root / name).mkdir(parents=True)
    (root / "lines").write_text(f"{_WORDS}\n")
    repo = _sandbox(root)
    repo.git("init", "--quiet", "--initial-branch=main")
    repo.commit("start the project", {"README": "hello\n"})
    explained_series(repo)
    beside = root / "beside"
    mails = repo.voicenote("format-patch", "main..topic", "--stdout", "--cover-letter").stdout
    (beside / "series.mbox").write_bytes(mails)
    repo.run("git", "clone", "--quiet", "--bare", root / "repo", beside / "remote.git")
    repo.run("git", "clone", "--quiet", "--bare", root / "repo", beside / "target.git")
    there = Sandbox(beside / "remote.git", root / "home")
    there.git("notes", "--ref=voicenote", "add", "-m", "From there.", "main")
    write_model(beside / "moonshine")
    repo.voicenote("sync", "bundle", beside / "made.bundle", "main..topic")
    repo.git("checkout", "--quiet", "-b", "review", "main")
    repo.voicenote("transcribe", _SPOKEN)
    repo.voicenote("record", "--from", _SPOKEN)
    repo.git("notes", "--ref=voicenote", "remove", "HEAD")


def _arguments(command: _Command, sandbox: Sandbox) -> tuple[str, ...]:
    beside = str(sandbox.folder.parent / "beside")
    return tuple(argument.replace("{beside}", beside) for argument in command.arguments)


def _kill(
    sandbox: Sandbox, arguments: tuple[str, ...], number: signal.Signals, moment: float
) -> str:
    """Start a command, send it a signal and wait until all that it started has ended."""
    told = sandbox.folder.parent / "told"
    with told.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "git_voicenote", *arguments],
            cwd=sandbox.folder, env=sandbox.environment, stdin=subprocess.DEVNULL,
            stdout=file, stderr=file, start_new_session=True,
        )  # fmt: skip
    try:
        process.wait(moment)
    except subprocess.TimeoutExpired:
        process.send_signal(number)
    process.wait(_PATIENCE)
    deadline = time.monotonic() + _PATIENCE
    while _is_open_by_others(told):
        if time.monotonic() > deadline:
            raise subprocess.TimeoutExpired(process.args, _PATIENCE)
        time.sleep(0.02)
    return told.read_text(errors="replace")


def _is_open_by_others(path: Path) -> bool:
    """Return whether a process is left that prints to a file."""
    real = os.path.realpath(path)
    for link in Path("/proc").glob("[0-9]*/fd/[12]"):
        try:
            if str(link.readlink()) == real:
                return True
        except OSError:
            continue
    return False


def _holders(sandbox: Sandbox) -> list[str]:
    """Return the processes that have the history open: each command that printed has ended."""
    history = os.path.realpath(sandbox.folder / ".git/voicenote/history.db")
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            links = [str(link.readlink()) for link in (process / "fd").iterdir()]
            if any(link.startswith(history) for link in links):
                found.append((process / "cmdline").read_text().replace("\0", " "))
    return found


def _notes(sandbox: Sandbox) -> dict[str, str]:
    listed = sandbox.run("git", "notes", "--ref=voicenote", "list", check=False).stdout.decode()
    return {line.split()[1]: line.split()[0] for line in listed.splitlines()}


def _works(killed: _Killed) -> Iterator[str]:
    """Yield what the command says if it does not work again."""
    done = killed.again()
    if done.returncode or b"Traceback" in done.stderr:
        yield f"it fails afterwards: {done.stderr.decode()}"


def _recorded(killed: _Killed) -> Iterator[str]:
    """The words are in the note, or their recording is there and can be taken up."""
    folder = killed.sandbox.folder / ".git/voicenote/recordings"
    for path in sorted(folder.glob("*.*")) if folder.is_dir() else ():
        if path.stem not in killed.note("HEAD") and path.suffix in (".wav", ".flac", ".opus"):
            done = killed.again("record", "--from", path.stem)
            if done.returncode and "is no" not in done.stderr.decode():
                yield f"{path.name} cannot be taken up: {done.stderr.decode()}"
    if "saved" in killed.said and _WORDS not in killed.note("HEAD").lower():
        yield "what was said to be saved is not"
    yield from _works(killed)


def _edited(killed: _Killed) -> Iterator[str]:
    if " saved" in killed.said and "edited words" not in killed.note("topic"):
        yield "what was said to be saved is not"
    yield from _works(killed)
    if "edited words" not in killed.note("topic"):
        yield "the note was not edited"


def _applied(killed: _Killed) -> Iterator[str]:
    sandbox = killed.sandbox
    if (sandbox.folder / ".git/rebase-apply").exists():
        done = killed.again("am", "--continue")
        if done.returncode and b"Stray" in done.stderr:  # git had not begun; it says how to go on
            killed.again("am", "--abort")
        elif done.returncode:
            yield f"am --continue: {done.stderr.decode()}"
            return
    if not sandbox.git("rev-list", "main..HEAD"):
        yield from _works(killed)
    killed.again("show")
    commits = sandbox.git("rev-list", "main..HEAD").split()
    if len(commits) != 3:
        yield f"{len(commits)} of 3 commits"
    missing = [commit for commit in commits if not killed.note(commit)]
    if missing:
        yield f"{len(missing)} of {len(commits)} commits have no note"


def _fetched(killed: _Killed) -> Iterator[str]:
    yield from _unbundled(killed)
    if "From there." not in killed.note("main"):
        yield "the note from there did not come"


def _unbundled(killed: _Killed) -> Iterator[str]:
    yield from _works(killed)
    left = killed.sandbox.git("for-each-ref", "refs/voicenote/incoming")
    if left:
        yield f"left: {left}"


def _answered(killed: _Killed) -> Iterator[str]:
    yield from _works(killed)
    if _WORDS not in killed.note("topic~2", "voicenote-review").lower():
        yield "the answer is not there"


def _bundled(killed: _Killed) -> Iterator[str]:
    """The file is there and whole, or it is not there."""
    path = killed.sandbox.folder.parent / "beside/new.bundle"
    if path.exists():
        done = killed.again("sync", "unbundle", str(path))
        if done.returncode:
            yield f"it is half written: {done.stderr.decode()}"
        path.unlink()
    yield from _works(killed)
    left = [one.name for one in path.parent.glob(".*")]
    if left:
        yield f"left beside it: {left}"


def _hooked(killed: _Killed) -> Iterator[str]:
    yield from _works(killed)
    hook = killed.sandbox.folder / ".git/hooks/prepare-commit-msg"
    if killed.sandbox.run("sh", "-n", hook, check=False).returncode:
        yield "the hook is no shell script"


def _removed(killed: _Killed) -> Iterator[str]:
    """The note is whole or gone, and the command works again."""
    if killed.note("topic"):
        yield from _works(killed)
    if killed.note("topic"):
        yield "the note is still there"


def _deleted(killed: _Killed) -> Iterator[str]:
    """All of a recording is gone once the command was done; a part of it is never left."""
    done = killed.again()
    if done.returncode not in (0, 1) or b"Traceback" in done.stderr:
        yield f"it fails afterwards: {done.stderr.decode()}"
    left = killed.again("history", "list").stdout.decode().strip()
    sounds = killed.sandbox.folder / ".git/voicenote/recordings"
    if left or any(sounds.iterdir()):
        yield f"left: {left} {list(sounds.iterdir())}"


def _is_set(killed: _Killed) -> Iterator[str]:
    yield from _works(killed)
    if killed.sandbox.git("config", "voicenote.learn") != "false":
        yield "the setting is not set"


def _imported(killed: _Killed) -> Iterator[str]:
    """The model is installed, or the command installs it; no half of one is listed."""
    listed = killed.again("models", "list", "--json")
    if b"Traceback" in listed.stderr:
        yield f"models list: {listed.stderr.decode()}"
    done = killed.again()
    if done.returncode and b"already" not in done.stderr:
        yield f"it fails afterwards: {done.stderr.decode()}"
    checked = killed.again("models", "verify", "moonshine")
    if checked.returncode:
        yield f"models verify: {checked.stdout.decode()}{checked.stderr.decode()}"


_COMMANDS = (
    _Command("record --from", ("record", "--from", _SPOKEN), _recorded),
    _Command("edit", ("edit", "topic"), _edited),
    _Command("am", ("am", "{beside}/series.mbox"), _applied),
    _Command("format-patch", ("format-patch", "main..topic", "-o", "{beside}/out"), _works),
    _Command("sync fetch", ("sync", "fetch", "{beside}/remote.git"), _fetched),
    _Command("sync push", ("sync", "push", "{beside}/target.git"), _works),
    _Command("sync bundle", ("sync", "bundle", "{beside}/new.bundle", "main..topic"), _bundled),
    _Command("sync unbundle", ("sync", "unbundle", "{beside}/made.bundle"), _unbundled),
    _Command("transcribe", ("transcribe", _SPOKEN, "-o", "{beside}/texts"), _works),
    _Command("vocabulary add", ("vocabulary", "add", "kubectl"), _works),
    _Command("remove", ("remove", "topic"), _removed),
    _Command("history delete", ("history", "delete", "--all", "--yes"), _deleted),
    _Command("settings set", ("settings", "set", "voicenote.learn", "false"), _is_set),
    _Command("models import", ("models", "import", "{beside}/moonshine"), _imported),
    _Command("hook install", ("hook", "install"), _hooked),
    _Command(
        "review --reply",
        ("review", "topic", "--reply", "--patch", "1", "--from", _SPOKEN),
        _answered,
    ),
)


if __name__ == "__main__":
    main(run, 208)
