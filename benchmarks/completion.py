"""How long a TAB takes, in bash, zsh and fish, without the time that the shell takes to start.

    python -m benchmarks.completion [--commits 2000] [--branches 200] [--times 20]

Works in a repository with that many commits and branches, and with 200 recordings. The median of
the times is printed for each command line, in milliseconds.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import machine, markdown_table
from benchmarks.status import Place
from tests.support.terminal import Terminal

CHECKOUT = Path(__file__).parents[1]
GIT = Path("/usr/share/bash-completion/completions/git")
LINES = (
    "rec", "record --", "record top", "record a", "record --from 2", "show main..", "sync push ",
    "settings set ", "settings set hook.record ", "format-patch --",
)  # fmt: skip
BASH = """
. {library}
. {git}
. {ours}
for line in {lines}; do
    for ((run = 0; run < {times}; run++)); do
        COMP_LINE="git voicenote $line" COMP_POINT=${{#COMP_LINE}} COMPREPLY=()
        eval "COMP_WORDS=($COMP_LINE)"
        case "$COMP_LINE" in *" ") COMP_WORDS+=("") ;; esac
        COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
        start=$EPOCHREALTIME
        __git_wrap__git_main
        end=$EPOCHREALTIME
        echo "$line|$((${{end/./}} - ${{start/./}}))"
    done
done
"""
FISH = """
source {ours}
complete -C "git voicenote " >/dev/null
for line in {lines}
    for run in (seq {times})
        set -l start (date +%s%N)
        complete -C "git voicenote $line" >/dev/null
        set -l end (date +%s%N)
        echo "$line|"(math "($end - $start) / 1000")
    end
end
"""

# its completion runs in its line editor alone: a key of ours completes every line there
ZSH = """
PS1='ready> ' LISTMAX=100000
fpath=({functions} $fpath)
autoload -Uz compinit && compinit -u -d $ZDOTDIR/dump
zmodload zsh/datetime
measure () {{
    local line run start
    for line in {lines}; do
        for ((run = 0; run <= {times}; run++)); do
            BUFFER="git voicenote $line" CURSOR=$#BUFFER
            start=$EPOCHREALTIME
            zle list-choices
            # the first one loads functions, as the first TAB of a shell does
            ((run)) && print -r -- "$line|$(((EPOCHREALTIME - start) * 1000000))" >>$ZDOTDIR/taken
        done
    done
    exit
}}
zle -N measure
bindkey '^T' measure
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--commits", type=int, default=2000)
    parser.add_argument("--branches", type=int, default=200)
    parser.add_argument("--times", type=int, default=20)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        place.environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        ids = place.branch(chosen.commits, 20)
        place.git(
            "update-ref", "--stdin",
            stdin="".join(
                f"create refs/heads/topic-{number} {ids[-number - 1]}\n"
                for number in range(chosen.branches)
            ),
        )  # fmt: skip
        recordings = place.folder / ".git/voicenote/recordings"
        recordings.mkdir(parents=True)
        for number in range(200):
            (recordings / f"20261122-101400-{number:04x}.flac").touch()
        times = {"bash": measure(place, "bash", chosen.times)} if GIT.exists() else {}
        if shutil.which("zsh"):
            times["zsh"] = measure_zsh(place, chosen.times)
        if shutil.which("fish"):
            times["fish"] = measure(place, "fish", chosen.times)
    rows = [
        (f"git voicenote {line}", *(one.get(line.strip(), 0.0) for one in times.values()))
        for line in LINES
    ]
    print(f"{machine()}; {chosen.commits} commits, {chosen.branches} branches\n")
    print(markdown_table(("line", *(f"{shell} (ms)" for shell in times)), rows))


def measure(place: Place, shell: str, times: int) -> dict[str, float]:
    """Return the median of milliseconds for each line."""
    script = (BASH if shell == "bash" else FISH).format(
        library=GIT.parents[1] / "bash_completion",
        git=GIT,
        ours=CHECKOUT / "completions" / f"git-voicenote.{shell}",
        lines=" ".join(map(shlex.quote, LINES)),
        times=times,
    )
    done = subprocess.run(
        [shell, "-c", script], cwd=place.folder, env=place.environment, capture_output=True,
        check=False, text=True,
    )  # fmt: skip
    if done.returncode:
        sys.exit(done.stderr)
    return medians(done.stdout)


def measure_zsh(place: Place, times: int) -> dict[str, float]:
    """Return the median of milliseconds for each line, from a zsh in a terminal."""
    dotfiles = place.folder.parent / "zsh"
    functions = dotfiles / "functions"
    functions.mkdir(parents=True)
    shutil.copy(CHECKOUT / "completions/_git-voicenote", functions)
    lines = " ".join(map(shlex.quote, LINES))
    script = ZSH.format(functions=shlex.quote(str(functions)), lines=lines, times=times)
    (dotfiles / ".zshrc").write_text(script)
    environment = {**place.environment, "ZDOTDIR": str(dotfiles), "TERM": "xterm"}
    with Terminal(["zsh", "-d", "-i"], environment, place.folder) as terminal:
        terminal.expect("ready>")
        terminal.type("\x14")
        terminal.wait(timeout=600)
    return medians((dotfiles / "taken").read_text())


def medians(printed: str) -> dict[str, float]:
    """Return the median of milliseconds for each line of rows such as `record --|31000`."""
    found: dict[str, list[float]] = {}
    for row in printed.splitlines():
        line, _, taken = row.rpartition("|")
        found.setdefault(line.strip(), []).append(float(taken) / 1000)
    return {line: statistics.median(several) for line, several in found.items()}


if __name__ == "__main__":
    main()
