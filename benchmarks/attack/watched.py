"""Every command of the README in a hostile repository, with all that it asks of the system watched.

    python -m benchmarks.attack.watched

strace reports each file that is opened for writing, made, renamed or removed, and each socket, of
the command and of all that it starts. A file elsewhere than where the command was asked to write,
and a socket of the network, are violations.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.attack.tally import Tally, main
from tests.support.hostile import COMMANDS, lay_traps
from tests.support.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_CALLS = (
    "open,openat,creat,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,symlink,"
    "symlinkat,link,linkat,mknod,mknodat,truncate,chmod,fchmodat,socket,connect,bind,sendto"
)
_WRITES = re.compile(r"O_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND)")
_CALL = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)(?:<([^>]*)>)?")
_NAMED = re.compile(r'(?:AT_FDCWD<([^>]*)>|\d+<([^>]*)>)?(?:, )?"((?:[^"\\]|\\.)*)"')
_ANYWHERE = ("/dev/null", "/dev/tty", "/dev/shm/", "/proc/", "/dev/pts/")  # noqa: S108 - not made

# the files at the top of the work tree that commands were asked to write
_ASKED = ("outgoing", "page.html", "texts", ".voicenote", ".husky")


def run(count: int = 1, seed: int = 0) -> Tally:
    """Run every command `count` times; `seed` is not used, for nothing is random here."""
    del seed
    if shutil.which("strace") is None:
        raise SystemExit("error: strace is not installed")
    tried, violations, slowest = 0, [], 0.0
    for _ in range(count):
        with tempfile.TemporaryDirectory(prefix="attack-") as folder:
            person = _person(Path(folder))
            for command in (each for variants in COMMANDS.values() for each in variants):
                started = time.monotonic()
                found = _watch(person, command)
                slowest = max(slowest, time.monotonic() - started)
                tried += 1
                violations += [f"{' '.join(map(str, command))}: {what}" for what in found]
        violations += [] if not (Path(folder) / "traps").exists() else ["code was run"]
    return Tally(
        tried=tried, exceptions=len(violations), worst_seconds=slowest, samples=tuple(violations)
    )


def _person(root: Path) -> Sandbox:
    for name in ("work", "home", "tmp"):
        (root / name).mkdir()
    sandbox = Sandbox(root / "work", root / "home")
    sandbox.git("init", "--quiet", "--initial-branch=main")
    sandbox.commit("start the project", {"README": "hello\n"})
    lay_traps(sandbox, root / "traps")
    return Sandbox(
        sandbox.folder, sandbox.home,
        {"PYTHONPATH": "", "GIT_EDITOR": "true", "TMPDIR": str(root / "tmp")},
    )  # fmt: skip


def _watch(person: Sandbox, command: Sequence[str | Path]) -> list[str]:
    root = person.folder.parent
    log = root / "strace.log"
    person.run(
        "strace", "-f", "-y", "-qq", "-s", "4096", "-e", f"trace={_CALLS}", "-o", log,
        "git-voicenote", *command,
        check=False, stdin=b"rename the store\n",
    )  # fmt: skip
    lines = log.read_text("utf-8", "replace").splitlines()
    return sorted({what for line in lines for what in _violations(line, root)})


def _violations(line: str, root: Path) -> Iterator[str]:
    found = _CALL.match(line)
    if found is None or found[3].startswith("-"):
        return
    call, arguments = found[1], found[2]
    if call in ("socket", "connect", "bind", "sendto"):
        if "AF_INET" in arguments or "AF_NETLINK" in arguments:
            yield f"{call}({arguments})"
        return
    if call in ("open", "openat", "creat"):
        if call != "creat" and not _WRITES.search(arguments):
            return
        paths = [found[4] or ""]
    else:
        named = [_joined(root / "work", *each.groups()) for each in _NAMED.finditer(arguments)]
        paths = named[-1:] if call.startswith("symlink") else named  # the first is what it holds
    for path in paths:
        if not _is_allowed(path, root):
            yield f"{call} {path}"


def _joined(work: Path, here: str | None, folder: str | None, name: str) -> str:
    """Return a path; what is relative to the working folder is git's, which works at the top."""
    return os.path.normpath(Path(here or folder or work, name))


def _is_allowed(path: str, root: Path) -> bool:
    work = root / "work"
    allowed = [root / "home", root / "tmp", root / "stick.bundle", work / ".git"]
    allowed += [work / name for name in _ASKED]
    if "__pycache__" in path and not path.startswith(str(work)):
        return True  # Python's own, beside the modules of the installation
    if path.startswith(_ANYWHERE) or ".git-voicenote-" in Path(path).name:
        return True
    return any(Path(path).is_relative_to(each) for each in allowed)


if __name__ == "__main__":
    main(run, 1)
