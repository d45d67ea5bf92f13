"""The manual is rendered from prose and options, and shown wherever somebody asks for it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING

import click
import pytest

from git_voicenote.cli.commands import COMMANDS
from git_voicenote.text.manual import page_as_text
from scripts.manual.pages import render_pages
from tests.support.sandbox import CHECKOUT
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.sandbox import Sandbox

MAN = CHECKOUT / "man"
PAGES = sorted((MAN / "man1").iterdir())


@cache
def rendered() -> dict[str, str]:
    return render_pages(MAN)


def options_of(command: click.Command) -> Iterator[click.Option]:
    yield from (one for one in command.params if isinstance(one, click.Option))
    if isinstance(command, click.Group):
        for sub in command.commands.values():
            yield from options_of(sub)


def test_the_pages_are_those_of_the_commands_and_are_not_stale() -> None:
    """`make man` renders them."""
    assert {path.name: path.read_text() for path in PAGES} == rendered()


def test_each_piece_of_prose_belongs_to_a_command() -> None:
    assert {path.stem for path in MAN.glob("*.md")} == {"git-voicenote", *COMMANDS}


@pytest.mark.parametrize("name", [one.name for one in COMMANDS.values() if not one.takes_all])
def test_each_option_is_explained_on_its_page(name: str) -> None:
    page = page_as_text(rendered()[f"git-voicenote-{name}.1"], 80, str)
    options = [*options_of(COMMANDS[name].load())]

    assert [one.name for one in options if not one.help] == []
    for option in (text for one in options for text in (*one.opts, *one.secondary_opts)):
        assert re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", page), option


@pytest.mark.parametrize("name", [one.name for one in COMMANDS.values() if one.takes_all])
def test_options_of_commands_without_click_are_explained_too(name: str, sandbox: Sandbox) -> None:
    page = page_as_text(rendered()[f"git-voicenote-{name}.1"], 80, str)
    shown = sandbox.voicenote(name, "-h").stdout.decode()
    own = set(re.findall(r"(?<![\w-])--[a-z][\w-]+", shown)) - {"--stdout", "--empty"}
    assert {option for option in own if option not in page} == set()


@pytest.mark.skipif(shutil.which("man") is None, reason="man is not installed")
def test_man_reads_the_pages_without_a_warning() -> None:
    for command in (
        ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z"],
        ["mandoc", "-Tlint"],
    ):
        if shutil.which(command[0]):
            done = subprocess.run([*command, *PAGES], capture_output=True, check=False)
            assert done.stderr == b""
            assert command[0] == "man" or done.stdout == b""


ROFF = r"""
.TH X 1
.SH OPTIONS
The \fBfirst\fR words of a long paragraph, \(gawrapped\(ga
at the width\-given.
.TP
\fB\-a\fR
Short.
.TP
\fB\-\-longer\fR \fIVALUE\fR
Below, \[u201C]quoted\[u201D].
.IP
More of it.
.PP
.RS
.nf
  code \(ga as it is, in a line of its own that nothing wraps
.fi
.RE
"""
TEXT = """\
OPTIONS
       The *first* words of a long
       paragraph, `wrapped` at the
       width-given.

       *-a*     Short.

       *--longer* VALUE
              Below, “quoted”.

              More of it.

                code ` as it is, in a line of its own that nothing wraps
"""


def test_a_page_is_text_where_there_is_no_man() -> None:
    assert page_as_text(ROFF, 40, lambda text: f"*{text}*").replace("*OPTIONS*", "OPTIONS") == TEXT


@pytest.mark.parametrize(
    ("arguments", "title"),
    [
        (("help",), "explain a patch by speaking"),
        (("--help",), "explain a patch by speaking"),
        (("help", "record"), "explain a commit, or a series, by speaking"),
        (("help", "sync", "push"), "exchange notes and covers"),
        (("sync", "push", "--help"), "exchange notes and covers"),
        (("format-patch", "--help"), "make patches that include the notes"),
    ],
)
def test_each_way_to_ask_shows_the_page(
    sandbox: Sandbox, arguments: tuple[str, ...], title: str
) -> None:
    done = sandbox.voicenote(*arguments)
    assert done.stdout.startswith(b"NAME\n       git-voicenote")
    assert title in " ".join(done.stdout.decode().split())


@pytest.mark.parametrize("has_man", [True, False])
def test_a_terminal_gets_the_page_with_and_without_man(
    sandbox: Sandbox, tmp_path: Path, *, has_man: bool
) -> None:
    """The page is that of the package: MANPATH does not matter."""
    if has_man and not shutil.which("man"):
        pytest.skip("man is not installed")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("git", "sh", "cat"):
        (programs / name).symlink_to(str(shutil.which(name)))
    environment = {
        **sandbox.environment, "MANPATH": str(tmp_path), "MANPAGER": "cat", "GIT_PAGER": "cat -",
    }  # fmt: skip
    if not has_man:
        environment["PATH"] = str(programs)
    command = [sys.executable, "-m", "git_voicenote", "edit", "--help"]

    with Terminal(command, environment, sandbox.folder) as terminal:
        assert terminal.wait() == 0
        assert "Lines that begin with #" in " ".join(terminal.screen.split())
        assert ("GIT-VOICENOTE-EDIT(1)" in terminal.screen) == has_man
        assert ("\x1b[1mNAME\x1b[0m" in terminal.raw) != has_man
