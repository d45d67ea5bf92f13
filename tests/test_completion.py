"""The completions are rendered from the commands, and work in the shells that they are for."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from git_voicenote.cli.commands import COMMANDS
from git_voicenote.config import SETTINGS
from git_voicenote.store.seen_devices import remember_devices
from scripts.completion.lines import command_lines
from scripts.completion.render import render_completions
from tests.support.sandbox import CHECKOUT
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

COMPLETIONS = CHECKOUT / "completions"
BASH_COMPLETION = Path("/usr/share/bash-completion/bash_completion")
GIT_COMPLETION = Path("/usr/share/bash-completion/completions/git")
RECORDING = "20261122-101400-3f2a"

# what is typed, some of what is offered, and something that is not
CASES = (
    ("rec", ["record"], "show"),
    ("record --", ["--cover", "--from", "--no-edit", "--help"], "--html"),
    ("record top", ["topic"], "main"),
    ("record --from 2", [RECORDING], "--from"),
    ("show --cover to", ["topic"], "main"),
    ("play 20", [RECORDING], "topic"),
    ("play to", ["topic"], RECORDING),
    ("sync bundle notes.vn to", ["topic"], "mirror"),
    ("history ", ["list", "search", "delete"], "record"),
    ("history show ", [RECORDING], "topic"),
    ("transcribe --format ", ["text", "json", "vtt"], "flac"),
    ("settings set hook.", ["hook.record", "hook.strict"], "engine"),
    ("settings set hook.record ", ["ask", "always", "never"], "true"),
    ("settings set microphone ", ["Yeti"], "true"),
    ("sync push ", ["mirror"], "topic"),
    ("hook install ", ["prepare-commit-msg", "post-applypatch"], "topic"),
    ("models path ", ["tiny-en", "my-model"], "topic"),
    ("help se", ["serve", "settings"], "record"),
    ("format-patch --rec", ["--record"], "--cover"),
)


@pytest.fixture
def place(repo: Sandbox) -> Sandbox:
    """A repository in which there is something to complete of each kind."""
    repo.git("branch", "topic")
    repo.git("remote", "add", "mirror", "/nowhere")
    repo.write(f".git/voicenote/recordings/{RECORDING}.flac", "")
    remember_devices(["Yeti"])
    (repo.home / ".local/share/git-voicenote/models/my-model").mkdir(parents=True)
    return repo


def offered(printed: str) -> dict[str, list[str]]:
    """What was offered for each line, in the form `== LINE`, then one a line."""
    found: dict[str, list[str]] = {}
    for part in printed.split("== ")[1:]:
        typed, *words = part.splitlines()
        found[typed] = [word.partition("\t")[0].strip() for word in words]
    return found


def check(found: dict[str, list[str]], prefix: str) -> None:
    for typed, some, other in CASES:
        words = found[f"{prefix} {typed}"]
        assert [word for word in some if word not in words] == [], (typed, words)
        assert other not in words, typed


def test_the_scripts_are_not_stale() -> None:
    """`make man` renders them."""
    rendered = render_completions()
    assert {path.name: path.read_text() for path in COMPLETIONS.iterdir()} == rendered


def test_every_command_option_and_setting_is_in_each_script() -> None:
    lines = [*command_lines()]
    assert {line.path[0] for line in lines if line.path} == set(COMMANDS)
    for text in render_completions().values():
        for setting in SETTINGS:
            assert setting.name in text
        for name in {name for line in lines for one in line.options for name in one.long}:
            assert name in text or f"-l {name[2:]} " in text, name


def test_the_command_prints_the_script(sandbox: Sandbox) -> None:
    for shell, name in (("bash", "git-voicenote.bash"), ("zsh", "_git-voicenote")):
        done = sandbox.voicenote("completion", shell)
        assert done.stdout == (COMPLETIONS / name).read_bytes()
    assert sandbox.voicenote("completion", "tcsh").returncode == 129


@pytest.mark.skipif(
    not (BASH_COMPLETION.exists() and GIT_COMPLETION.exists()),
    reason="git's completion for bash is not installed (Debian: bash-completion)",
)
def test_bash_completes_through_git(place: Sandbox) -> None:
    """The script is found as people install it, by its name."""
    folder = place.home / ".local/share/bash-completion/completions"
    folder.mkdir(parents=True)
    shutil.copy(COMPLETIONS / "git-voicenote.bash", folder / "git-voicenote")
    script = f"""
        . {BASH_COMPLETION}
        . {GIT_COMPLETION}
        try () {{
            COMP_LINE="$*" COMP_POINT=${{#COMP_LINE}} COMPREPLY=()
            eval "COMP_WORDS=($*)"
            case "$COMP_LINE" in *" ") COMP_WORDS+=("") ;; esac
            COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
            __git_wrap__git_main
            echo "== $COMP_LINE"
            printf '%s\\n' "${{COMPREPLY[@]}}"
        }}
    """
    lines = [f"git voicenote {typed}" for typed, _, _ in CASES]
    head = place.git("rev-parse", "HEAD")
    more = ["git voicenote show main..to", "git voicenote transcribe --format=j"]
    more += ["git -C . voicenote -v dev", f"git voicenote record {head[:4]}"]
    place.git("branch", "odd;$(id)")
    commands = ("record", "show --cover", "status", "edit", "format-patch")
    odd = [f"git voicenote {typed} od" for typed in commands]
    more += odd
    script += "\n".join(f"try {shlex.quote(line)}" for line in (*lines, *more))

    done = place.run("bash", "--norc", "-c", script)

    found = offered(done.stdout.decode())
    check(found, "git voicenote")
    assert found[more[0]] == ["main..topic"]
    assert found[more[1]] == ["json"]
    assert found[more[2]] == ["devices"]
    assert any(head.startswith(one) for one in found[more[3]] if one)
    for line in odd:  # nothing that a shell would run
        assert found[line] == [r"odd\;\$\(id\)"], line


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_fish_completes_through_git_and_alone(place: Sandbox) -> None:
    folder = place.home / ".config/fish/conf.d"
    folder.mkdir(parents=True)
    shutil.copy(COMPLETIONS / "git-voicenote.fish", folder)
    lines = [
        f"{program} {typed}"
        for program in ("git voicenote", "git-voicenote")
        for typed, _, _ in CASES
    ]
    script = "\n".join(f"echo '== {line}'; complete -C {shlex.quote(line)}" for line in lines)
    done = subprocess.run(
        ["fish", "-c", script], cwd=place.folder, env=place.environment, capture_output=True,
        check=False, text=True, timeout=120,
    )  # fmt: skip
    assert done.stderr == ""
    found = offered(done.stdout)
    check(found, "git voicenote")
    check(found, "git-voicenote")


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
@pytest.mark.parametrize("program", ["git voicenote", "git-voicenote"])
def test_zsh_completes_through_git_and_alone(place: Sandbox, program: str) -> None:
    """In a terminal, where zsh's completion lives."""
    folder = place.home / "functions"
    folder.mkdir()
    shutil.copy(COMPLETIONS / "_git-voicenote", folder)
    (place.home / ".zshrc").write_text(
        f"PS1='> '; fpath=({folder} $fpath)\n"
        f"autoload -Uz compinit && compinit -u -d {place.home}/dump\n"
        "unsetopt prompt_cr prompt_sp beep zle_bracketed_paste\n"
    )
    typed = {
        "sta": "status",
        "record --fr": "--from=",
        "record top": "topic",
        "history sho": "show",
        "history show 2": RECORDING,
        "settings set hook.record al": "always",
        "sync push m": "mirror",
        "hook install pre": "prepare-commit-msg",
        "help sett": "settings",
    }
    with Terminal(
        ["zsh", "-d", "-i"], {**place.environment, "ZDOTDIR": str(place.home)}, place.folder
    ) as terminal:
        terminal.expect("> ")
        for line, completed in typed.items():
            terminal.type(f"{program} {line}\t")
            terminal.expect(completed)
            terminal.type("\x15")
        terminal.type("exit 0\n")
        assert terminal.wait() == 0
