"""Every command in every odd place: folders, homes, locales, streams that nobody expects.

    python -m benchmarks.attack.places [COUNT] [--seed SEED]

tries all of them COUNT times, some 3000 each time. A try is a failure if it shows a traceback, is
what nobody expected, hangs, ends by a signal, or leaves `.git/voicenote` in the work tree.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.attack.tally import Tally, main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKOUT = Path(__file__).parents[2]
_SPEECH = CHECKOUT / "examples/speech/lock.flac"
_SAID = CHECKOUT / "examples/speech/transcripts.tsv"
_HANGS = "hangs"
_PATIENCE = 60.0
_BAD_WORDS = (b"Traceback", b"unexpected ", b"Exception ignored", b"Fatal Python error")
_BASE = {
    "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "LANG": "C.UTF-8",
    "GIT_EDITOR": "true", "TERM": "dumb", "PYTHONPATH": str(CHECKOUT),
    "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_VOICENOTE_ENGINE": "tests.support.engines:ScriptedEngine",
}  # fmt: skip

COMMANDS: tuple[tuple[str, ...], ...] = (
    ("-h",), ("--version",), ("nothing",),
    ("record", "--from", str(_SPEECH), "--no-edit"),
    ("record", "--cover", "--from", str(_SPEECH), "--no-edit"),
    ("show",), ("show", "--json"), ("show", "--cover"), ("show", "HEAD~1..HEAD"),
    ("edit",), ("edit", "--cover"), ("play",),
    ("review", "HEAD~1.."), ("review", "--json"), ("review", "--html", "-"),
    ("review", "--reply", "--patch", "1", "--from", str(_SPEECH), "HEAD~1.."),
    ("format-patch", "-1", "--stdout"), ("am", "/dev/null"), ("am", "--abort"),
    ("transcribe", str(_SPEECH)), ("transcribe", "--json", str(_SPEECH), str(_SPEECH) + "x"),
    ("history", "list"), ("history", "list", "--json"), ("history", "search", "lock"),
    ("history", "show", "20260101-000000-abcd"), ("history", "export"),
    ("history", "delete", "20260101-000000-abcd", "--yes"),
    ("sync", "status"), ("sync", "push"), ("sync", "fetch"), ("sync", "bundle", "notes.bundle"),
    ("sync", "unbundle", "/dev/null"),
    ("hook", "install"), ("hook", "status"), ("hook", "status", "--json"), ("hook", "uninstall"),
    ("hook", "install", "--manual"), ("hook", "run", "post-applypatch"),
    ("hook", "run", "prepare-commit-msg", "message"),
    ("vocabulary",), ("vocabulary", "add", "kubectl"), ("vocabulary", "add", "--personal", "etcd"),
    ("vocabulary", "explain", "kubectl"), ("vocabulary", "remove", "kubectl"),
    ("text",), ("text", "--list"), ("devices",), ("models", "list"), ("models", "path"),
    ("models", "verify"),
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where a command is started: a folder below a fresh one, an environment, a way to start it."""

    name: str
    folder: bytes = b"work"
    environment: tuple[tuple[str, str | None], ...] = ()
    wrap: str = 'exec "$@"'
    prepare: Callable[[Path], None] = lambda _: None


def places() -> tuple[Place, ...]:
    """Return all the odd places."""
    named = tuple(
        Place(f"folder {name!r}", folder=name)
        for name in (
            b"a\nb", b"a\n", b"a\rb", b"a\r", b"\xff\xfe", b"-rf", b"a ", b" a", b"a:b", b"a'b\"c",
            b"100%s%d", b"{0}{x}", b"~", b"a\x85b", b"a\x0bb\x0cc\x1cd", "a\u2028b".encode(),
            b"\x1b[31m", b"a\\b", b"a;b&c", b"$(id)", b"*?[x]", b"#a", b"a\tb",
        )
    )  # fmt: skip
    return (
        Place("a usual one"),
        *named,
        Place("no HOME", environment=(("HOME", None),)),
        Place("no HOME, no passwd entry", environment=(("HOME", None),), prepare=_open_to_all,
              wrap='exec setpriv --reuid 12345 --regid 12345 --clear-groups "$@"'),
        Place("HOME is /dev/null", environment=(("HOME", "/dev/null"),)),
        Place("HOME is relative", environment=(("HOME", "here"),)),
        Place("HOME cannot be written", environment=(("HOME", "/proc/1"),)),
        Place("XDG folders are relative", environment=_xdg("x")),
        Place("XDG folders cannot be written", environment=_xdg("/proc/1/x")),
        Place("XDG folders are files", environment=_xdg("/dev/null")),
        Place("TMPDIR is missing", environment=(("TMPDIR", "/nowhere"),)),
        *(Place(f"{key}={value}", environment=((key, value),)) for key, value in (
            ("LANG", "C"), ("LC_ALL", "POSIX"), ("LC_ALL", "en_US.ISO-8859-1"),
            ("PYTHONIOENCODING", "ascii"), ("PYTHONIOENCODING", "latin-1"),
            ("PYTHONIOENCODING", "utf-16"), ("PYTHONUTF8", "0"), ("PYTHONCOERCECLOCALE", "0"),
            ("TERM", ""), ("COLUMNS", "1"), ("COLUMNS", "x"), ("TZ", "Nowhere/None"),
        )),
        Place("an ASCII terminal", environment=(("LC_ALL", "C"), ("PYTHONCOERCECLOCALE", "0"),
                                                ("PYTHONUTF8", "0"))),
        Place("stdin is closed", wrap='exec "$@" <&-'),
        Place("stdout is closed", wrap='exec "$@" >&-'),
        Place("stderr is closed", wrap='exec "$@" 2>&-'),
        Place("all streams are closed", wrap='exec "$@" <&- >&- 2>&-'),
        Place("stdout is full", wrap='exec "$@" >/dev/full'),
        Place("stderr is full", wrap='exec "$@" 2>/dev/full'),
        Place("stdout is a broken pipe", wrap='"$@" | true'),
        Place("the folder is gone", wrap='mkdir gone; cd gone; rmdir ../gone; exec "$@"'),
        Place("a bare repository", prepare=_make_bare),
        Place("a read-only repository", prepare=_make_read_only,
              wrap='exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"',
              environment=(("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "safe.directory"),
                           ("GIT_CONFIG_VALUE_0", "*"))),
        Place("somebody else's repository", prepare=_open_to_all,
              wrap='exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"'),
        Place("a worktree", prepare=_make_worktree, folder=b"tree"),
        Place("a submodule", prepare=_make_submodule, folder=b"super/sub"),
        Place("GIT_DIR is relative", environment=(("GIT_DIR", ".git"), ("GIT_WORK_TREE", "."))),
        Place("GIT_DIR is somewhere else", environment=(("GIT_DIR", "/nowhere"),)),
        Place("inside .git", folder=b"work/.git"),
        Place("no repository", folder=b"empty"),
        Place("an empty repository", folder=b"unborn"),
        Place("umask 000", wrap='umask 000; exec "$@"'),
        Place("umask 777", wrap='umask 777; exec "$@"',),
        Place("a broken config", prepare=_break_config),
        Place("no git", wrap='PATH=/nowhere exec "$@"'),
    )  # fmt: skip


def run(count: int, seed: int, *, commands: int = 0) -> Tally:
    """Try every command in every place `count` times, in an order that the seed chooses.

    With `commands`, only so many in each place.
    """
    chance = random.Random(seed)  # noqa: S311 - an order, not a secret
    rounds = [
        (place, chance.sample(COMMANDS, commands or len(COMMANDS)))
        for _ in range(count)
        for place in places()
    ]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        tried = [one for found in pool.map(lambda each: _visit(*each), rounds) for one in found]
    faults = [(what, fault) for what, fault, _ in tried if fault]
    return Tally(
        tried=len(tried),
        exceptions=sum(fault != _HANGS for _, fault in faults),
        hangs=sum(fault == _HANGS for _, fault in faults),
        worst_seconds=max((seconds for *_, seconds in tried), default=0.0),
        peak_mb=resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        samples=tuple(f"{what}: {fault}" for what, fault in faults),
    )


def _visit(place: Place, commands: list[tuple[str, ...]]) -> list[tuple[str, str, float]]:
    """Try commands in one place; return what each was, its fault if any, and its seconds."""
    tried = []
    with tempfile.TemporaryDirectory(prefix="places-", ignore_cleanup_errors=True) as top:
        for command in commands:
            began = time.monotonic()
            fault = _try(place, command, Path(top))
            tried.append((f"{place.name}: {' '.join(command)}", fault, time.monotonic() - began))
    return tried


def _try(place: Place, command: tuple[str, ...], top: Path) -> str:
    """Run a command in a place; return what is wrong with what it did, or nothing."""
    _set_up(place, top)
    folder = top / os.fsdecode(place.folder)
    environment = {**os.environ, **_BASE, "HOME": str(top / "home"), "SCRIPTED_SPEECH": str(_SAID)}
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        environment.pop(name, None)
    for name, value in place.environment:
        environment.pop(name, None)
        if value is not None:
            environment[name] = value
    start = ["sh", "-c", place.wrap, "sh", sys.executable, "-m", "git_voicenote", *command]
    before = _strays(top)
    try:
        done = subprocess.run(
            start, cwd=folder, env=environment, input=b"um hello\n", capture_output=True,
            timeout=_PATIENCE, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return _HANGS
    printed = done.stdout + done.stderr
    for words in _BAD_WORDS:
        if words in printed:
            return printed[-400:].decode("utf-8", "replace")
    if done.returncode not in (0, 1, 128, 129, 130):
        return f"exit {done.returncode}: {printed[-300:].decode('utf-8', 'replace')}"
    strays = _strays(top) - before
    return f"left {sorted(strays)}" if strays else ""


def _strays(top: Path) -> set[str]:
    """Return the state folders that lie where no repository is."""
    found = {path.parent for path in top.rglob("voicenote") if path.is_dir()}
    ours = ("refs", "logs", "git-voicenote")
    return {
        str(folder)
        for folder in found
        if not (folder / "HEAD").exists() and not set(ours) & {*folder.parts}
    }


def _set_up(place: Place, top: Path) -> None:
    if (top / "home").is_dir():
        return
    (top / "home").mkdir()
    (top / "empty").mkdir()
    _git(top, "init", "--quiet", "unborn")
    work = top / os.fsdecode(place.folder)
    if place.folder.endswith(b".git"):
        work = work.parent
    if not work.exists() and place.folder not in (b"tree", b"super/sub"):
        work.mkdir()
        _repository(work)
    place.prepare(top)


def _repository(folder: Path) -> None:
    _git(folder, "init", "--quiet", "--initial-branch=main")
    for number in range(2):
        (folder / "file").write_text(f"line {number}\n")
        _git(folder, "add", "file")
        _git(folder, "commit", "--quiet", "-m", f"feat: change {number}")


def _git(folder: Path, *arguments: str) -> None:
    environment = {**os.environ, **_BASE, "GIT_CEILING_DIRECTORIES": str(folder.parent)}
    subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True,
                   capture_output=True)  # fmt: skip


def _xdg(value: str) -> tuple[tuple[str, str], ...]:
    names = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")
    return tuple((name, value) for name in names)


def _open_to_all(top: Path) -> None:
    for path in _below(top):
        path.chmod(0o777)


def _make_read_only(top: Path) -> None:
    for path in _below(top):
        path.chmod(0o555)


def _below(top: Path) -> Iterator[Path]:
    yield top
    yield from (path for path in top.rglob("*") if not path.is_symlink())


def _make_bare(top: Path) -> None:
    _git(top, "clone", "--quiet", "--bare", "work", "bare")
    shutil.rmtree(top / "work")
    (top / "bare").rename(top / "work")


def _make_worktree(top: Path) -> None:
    (top / "main").mkdir()
    _repository(top / "main")
    _git(top / "main", "worktree", "add", "--quiet", "../tree")


def _make_submodule(top: Path) -> None:
    (top / "sub").mkdir()
    (top / "super").mkdir()
    _repository(top / "sub")
    _repository(top / "super")
    _git(top / "super", "-c", "protocol.file.allow=always", "submodule", "add", "--quiet",
         str(top / "sub"), "sub")  # fmt: skip


def _break_config(top: Path) -> None:
    (top / "work/.git/config").write_text("[core\n")


if __name__ == "__main__":
    main(run, 1)
