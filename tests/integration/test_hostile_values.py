"""Values of strangers, printed by every command: they show, and do nothing to the terminal."""

from __future__ import annotations

import json
import os
import re
import shutil
import unicodedata
from typing import TYPE_CHECKING

import click
import pytest

from git_voicenote.cli.parsing.root import root
from tests.support.engines import SCRIPTED
from tests.support.recording import SPOKEN
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.sandbox import Sandbox

# a title for the window, the clipboard, a link, colours that hide, 8-bit controls, bidi, blanks
WORKS = (
    "\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07\x1b]8;;http://x\x1b\\\x1b[8m\x9b2J\x7f\b\u202e\u2066"
)
# what a ref's name may hold of that
IN_REF = "x\x9b2J\u202e\u2066red]"
MARKUP = "[bold red][link=http://x]"
EVIL = f"a{WORKS}b{MARKUP}"
EVIL_FILE = f"f{WORKS.replace('/', '')}.flac"

# each command with its arguments; those of a `with-pty` set print a product as it is into a pipe
SCENARIOS: dict[str, tuple[tuple[str, ...], ...]] = {
    "record": (("--from", str(SPOKEN), "--explain"), ("--from", EVIL), (EVIL,), ("--engine", EVIL)),
    "show": ((), ("--json",), ("HEAD~1..HEAD",), ("--cover",), (EVIL,), ("--cover", EVIL)),
    "edit": ((), (EVIL,), ("--cover", EVIL)),
    "review": (("HEAD~1..",), ("--json",), ("evil.mbox",), ("evil.mbox", "--json"), (EVIL,),
               ("--color=always", "HEAD~1.."), ("--reply", "--patch", "1", "--from", str(SPOKEN)),
               ("evil.mbox", "--reply", "--patch", "1", "--from", str(SPOKEN), "-o", EVIL_FILE)),
    "play": ((), (EVIL,)),
    "transcribe": ((EVIL_FILE,), (EVIL_FILE, "nothing" + EVIL_FILE), ("--json", EVIL_FILE),
                   ("-o", "out" + EVIL_FILE, EVIL_FILE), ("broken" + EVIL_FILE,)),
    "history list": ((), ("--json",)),
    "history search": (("file",), (EVIL,)),
    "history show": (("{recording}",), (EVIL,)),
    "history delete": ((EVIL,), ("{recording}", "--yes")),
    "history export": ((), ("--format", "json"), ("--format", "srt", "{recording}")),
    "sync fetch": ((), (EVIL,), ("./" + EVIL,)),
    "sync push": ((),),
    "sync status": ((), ("--json",)),
    "sync bundle": (("out" + EVIL_FILE,), ("other.bundle", EVIL)),
    "sync unbundle": (("evil" + EVIL_FILE,), (EVIL,)),
    "hook install": ((), ("--manual",)),
    "hook uninstall": ((),),
    "hook status": ((), ("--json",)),
    "hook run": (("prepare-commit-msg", EVIL), (EVIL,), ("post-applypatch",)),
    "vocabulary list": ((), ("--json",), ("--for", EVIL)),
    "vocabulary add": ((EVIL,), (f"heard{EVIL} => {EVIL}",)),
    "vocabulary remove": ((EVIL,),),
    "vocabulary explain": ((EVIL,),),
    "text": (("--explain",), ("--pass", EVIL)),
    "devices": ((), ("--json",)),
    "models list": ((), ("--json",)),
    "models fetch": (("no/" + EVIL,),),
    "models import": ((EVIL,), ("evil" + EVIL_FILE,)),
    "models verify": ((), (EVIL,), ("m" + EVIL_FILE,)),
    "models path": ((), (EVIL,)),
    "remove": ((), (EVIL,), ("--cover",), ("--cover", EVIL)),
    "dictate": (("--from", str(SPOKEN)), ("--from", str(SPOKEN), EVIL_FILE), ("--from", EVIL)),
    "status": ((), ("--json",), (EVIL,), (f"HEAD~1..{EVIL}",)),
    "doctor": (("--no-microphone",), ("--no-microphone", "--json")),
    "settings list": ((), ("--json",)),
    "settings get": (("engine",), (EVIL,)),
    "settings set": (("language", EVIL), ("engine", EVIL), (EVIL, EVIL)),
    "settings unset": (("language",), (EVIL,)),
    "uninstall": (("--dry-run",), ("--all", "--yes")),
    "kit": (("--platform", EVIL, "kit" + EVIL_FILE),),
    "completion": ((EVIL,),),
    "help": ((EVIL,), ("--man-path",)),
    "serve": (("--token-file", EVIL), ("--socket", "nowhere/" + EVIL_FILE), ("--port", EVIL)),
    "format-patch": (("-1", "--stdout"), ("-1", "-o", EVIL_FILE + "d"), (EVIL,)),
    "am": (("evil.mbox",), (EVIL,)),
    "": (("-h",), (EVIL,), ("--" + EVIL,)),
}  # fmt: skip


def commands(group: click.Group, path: str = "") -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{path}{name} ")
        else:
            yield path + name


def test_every_command_is_tried() -> None:
    assert set(commands(root)) == set(SCENARIOS) - {""}


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository full of what a stranger may have chosen; copied for each command."""
    from tests.support.sandbox import Sandbox

    top = tmp_path_factory.mktemp("strangers")
    for name in ("home", "work", "up"):
        (top / name).mkdir()
    repo = Sandbox(top / "work", top / "home", _environment(top))
    Sandbox(top / "up", top / "home").git("init", "--quiet", "--bare")
    repo.git("init", "--quiet", f"--initial-branch=main{IN_REF}")
    repo.git("config", "remote.origin.url", "../up")
    repo.commit(f"feat: first {EVIL}", {"README": "hello\n"})
    repo.write(".voicenote/vocabulary", f"{EVIL}\nheard{EVIL} => term{EVIL}\n")
    repo.write(".commitlintrc.json", json.dumps({"rules": {"type-enum": [2, "always", [EVIL]]}}))
    repo.write(EVIL_FILE, SPOKEN.read_bytes())
    repo.write("broken" + EVIL_FILE, f"no sound {EVIL}")
    repo.write("evil" + EVIL_FILE, f"# v2 git bundle\n{EVIL}\n\n")
    repo.write(f"m{EVIL_FILE}/model.txt", EVIL)
    repo.write(f"code{WORKS.replace('/', '')}.py", f"def f():\n    '{EVIL}'\n")
    repo.git("add", ".")
    repo.extra["GIT_AUTHOR_NAME"] = f"Eve {EVIL}"
    repo.commit(f"feat: second {EVIL}\n\nbody {EVIL}\n")
    spoken = repo.voicenote("record", "--from", str(SPOKEN))
    assert spoken.returncode == 0, spoken.stderr
    assert repo.voicenote("record", "--cover", "--from", str(SPOKEN)).returncode == 0
    repo.write("note", f"Said {EVIL}\n\nVoicenote-Reviewer: Eve{EVIL} <e@x>\n")
    repo.git("notes", "--ref=voicenote", "append", "--file=note", "HEAD")
    repo.git("notes", "--ref=voicenote-review", "add", "--file=note", "HEAD")
    mail = repo.git("format-patch", "-1", "--stdout", "HEAD~0")
    repo.write("evil.mbox", mail.encode("utf-8", "surrogateescape") + b"\n")
    (top / "home/.local/share/git-voicenote/models" / EVIL_FILE).mkdir(parents=True)
    return top


def _environment(top: Path) -> dict[str, str]:
    lines = top / "home/lines"
    lines.write_text("".join(f"We write file {number} {EVIL}.\n" for number in range(9)))
    return {"GIT_VOICENOTE_ENGINE": SCRIPTED, "SCRIPTED_SPEECH": str(lines), "GIT_EDITOR": "true",
            "GIT_PAGER": "cat"}  # fmt: skip


def _copy(strangers: Path, tmp_path: Path) -> Sandbox:
    from tests.support.sandbox import Sandbox

    top = tmp_path / "copy"
    shutil.copytree(strangers, top, symlinks=True)
    return Sandbox(top / "work", top / "home", _environment(top))


def _arguments(repo: Sandbox, command: str, variant: tuple[str, ...]) -> list[str]:
    (recording, *_) = sorted((repo.folder / ".git/voicenote/recordings").glob("*"))
    return [*command.split(), *(one.replace("{recording}", recording.stem) for one in variant)]


def _obeyed(shown: str) -> set[str]:
    """What in a text a terminal would obey, or an eye would not see."""
    return {
        repr(one) for one in shown
        if one not in "\n\t" and unicodedata.category(one) in ("Cc", "Cf", "Cs")
    }  # fmt: skip


CASES = [(command, variant) for command, some in SCENARIOS.items() for variant in some]


@pytest.mark.parametrize("number", range(len(CASES)))
def test_on_a_terminal_it_does_nothing(strangers: Path, tmp_path: Path, number: int) -> None:
    command, variant = CASES[number]
    repo = _copy(strangers, tmp_path)
    arguments = _arguments(repo, command, variant)
    with repo.at_terminal(*arguments) as terminal:
        terminal.type("\n\n\nq\n\x04\x04")
        terminal.wait()
        shown = os.fsdecode(terminal.raw.encode()).replace("\r\n", "\n")
        if "--color=always" in variant:
            shown = re.sub(r"\x1b\[(?:0|1|3\d|9\d)m", "", shown)
    assert not _obeyed(shown), f"{arguments}: {shown!r}"
    assert "Traceback" not in shown
    assert "unexpected " not in shown, shown


# commands whose stdout is a product; what the others print is the same in a pipe
PRODUCTS = (
    "transcribe",
    "text",
    "format-patch",
    "history export",
    "sync bundle",
    "show",
    "dictate",
)
PIPED = [case for case in CASES if "json" in " ".join(case[1]) or case[0] in PRODUCTS]


@pytest.mark.parametrize("number", range(len(PIPED)))
def test_in_a_pipe_only_a_product_holds_it(strangers: Path, tmp_path: Path, number: int) -> None:
    command, variant = PIPED[number]
    repo = _copy(strangers, tmp_path)
    done = repo.voicenote(*_arguments(repo, command, variant), stdin=f"um {EVIL}\n".encode())
    assert not _obeyed(os.fsdecode(done.stderr)), done.stderr
    if "--json" in variant or "json" in variant:
        assert not _obeyed(os.fsdecode(done.stdout)), done.stdout
        json.loads(done.stdout or "0")


SETTINGS = ("engine", "model", "device", "language", "microphone", "notesRef", "text", "silence",
            "recordingFormat", "edit")  # fmt: skip
RECORD = ("record", "--from", str(SPOKEN))


@pytest.mark.parametrize(
    ("setting", "command"),
    [
        *((setting, RECORD) for setting in SETTINGS), ("microphone", ("devices",)),
        ("text", ("text",)), ("model", ("models", "list")), ("model", ("models", "path")),
        ("engine", ("models", "path")), ("notesRef", ("show",)),
    ],
)  # fmt: skip
def test_settings_show_and_do_nothing(
    repo: Sandbox, setting: str, command: tuple[str, ...]
) -> None:
    repo.git("config", f"voicenote.{setting}", EVIL)
    done = repo.voicenote(*command, stdin=b"um\n")
    assert not _obeyed(os.fsdecode(done.stderr + done.stdout))
    assert b"Traceback" not in done.stderr
    assert b"unexpected " not in done.stderr


def test_types_that_a_repository_names_are_only_shown(repo: Sandbox) -> None:
    repo.write(".commitlintrc.json", json.dumps(
        {"rules": {"type-enum": [2, "always", [EVIL, "fix"]], "scope-enum": [2, "always", [EVIL]]}}
    ))  # fmt: skip
    repo.git("add", ".")
    repo.voicenote("hook", "install")
    spoken = {"GIT_EDITOR": "true", "GIT_VOICENOTE_MICROPHONE": "file:none.wav"}
    environment = {**repo.environment, **spoken}
    with Terminal(("git", "commit"), environment, repo.folder) as person:
        person.expect("speak the message?")
        person.type("this is what it does\n")
        person.expect("type [")
        person.type("\n\n\n\x03")
        person.wait()
        assert not _obeyed(person.raw.replace("\r\n", "\n")), repr(person.raw)


def test_what_git_format_patch_itself_says_is_harmless(repo: Sandbox) -> None:
    """Git escapes the controls of ASCII in its errors, and neither C1 nor bidi."""
    repo.commit("a second one", {"README": "again\n"})
    done = repo.voicenote("format-patch", "--subject-prefix", f"x{WORKS}", f"no{IN_REF}")
    assert done.returncode == 128
    told = done.stderr.decode("utf-8", "surrogateescape")
    assert "fatal: " in told
    assert not _obeyed(told)

    repo.extra["GIT_PROGRESS_DELAY"] = "0"
    done = repo.voicenote("format-patch", "-1", "--progress", "--stdout")
    assert done.returncode == 0
    assert done.stderr.decode().startswith("Generating patches: 100% (1/1)")
