"""What a person waits for before anything happens: the help, and a commit that is not dictated.

    python -m benchmarks.start_up [TIMES]

Prints a markdown table. The commit with our hook is timed in turn with one whose hook is an empty
shell script, so the difference is what our hook costs where it stays out of the way.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import machine, markdown_table, paired
from tests.support.sandbox import Sandbox
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BIN = Path(sys.executable).parent
TIMES = 41


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else TIMES
    print(f"{machine()}; medians of {times}, in turn\n")
    print(markdown_table(["ms", "ours", "compared with", "theirs", "ratio", "difference"], [
        *help_rows(times), *commit_rows(times),
    ]))  # fmt: skip


def help_rows(times: int) -> list[list[object]]:
    """Compare both programs as a person starts them."""
    ours = quietly(["git", "voicenote", "-h"])
    return [
        row("git voicenote -h", "b4 --help", paired(ours, quietly([BIN / "b4", "--help"]), times))
    ]


def commit_rows(times: int) -> list[list[object]]:
    """Compare commits that are not dictated, each refused at another step of the hook."""
    with tempfile.TemporaryDirectory() as folder:
        ours, empty = (repository(Path(folder) / name) for name in ("ours", "empty"))
        ours.voicenote("hook", "install")
        hook = empty.write(".git/hooks/prepare-commit-msg", "#!/bin/sh\n")
        hook.chmod(0o755)
        cases: list[tuple[str, Callable[[Sandbox], Callable[[], object]]]] = [
            ("git commit -m", lambda repo: commit(repo, "-m", "x")),
            ("git commit --amend --no-edit", lambda repo: commit(repo, "--amend", "--no-edit")),
            ("git commit, no terminal", commit_in_editor),
            ("git commit, never, terminal", commit_at_terminal),
        ]
        rows = []
        for name, make in cases:
            if "never" in name:
                ours.git("config", "voicenote.hook.record", "never")
            rows.append(row(name, "an empty sh hook", paired(make(ours), make(empty), times)))
        return rows


def repository(folder: Path) -> Sandbox:
    (folder / "work").mkdir(parents=True)
    (folder / "home").mkdir()
    repo = Sandbox(folder / "work", folder / "home")
    repo.git("init", "--quiet", "--initial-branch=main")
    repo.git("config", "gc.auto", "0")
    repo.commit("start", {"file": "1\n"})
    editor = folder / "home/editor"
    editor.write_text('#!/bin/sh\necho x >"$1"\n')
    editor.chmod(0o755)
    repo.extra["GIT_EDITOR"] = str(editor)
    return repo


def commit(repo: Sandbox, *arguments: str) -> Callable[[], object]:
    return lambda: repo.git("commit", "--quiet", "--allow-empty", *arguments)


def commit_in_editor(repo: Sandbox) -> Callable[[], object]:
    return lambda: repo.run("setsid", "--wait", "git", "commit", "--quiet", "--allow-empty")


def commit_at_terminal(repo: Sandbox) -> Callable[[], object]:
    def run() -> None:
        command = ["git", "commit", "--quiet", "--allow-empty"]
        with Terminal(command, repo.environment, repo.folder) as terminal:
            assert terminal.process.wait() == 0

    return run


def quietly(command: Sequence[str | Path]) -> Callable[[], object]:
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    return lambda: subprocess.run(command, env=environment, capture_output=True, check=True)


def row(name: str, other: str, medians: tuple[float, float]) -> list[object]:
    ours, theirs = (1000 * median for median in medians)
    return [name, ours, other, theirs, ours / theirs, ours - theirs]


if __name__ == "__main__":
    main()
