"""Messages fit 80 columns, and what has to be pasted stays whole."""

from __future__ import annotations

import io
import re
import shlex
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_voicenote import cli
from git_voicenote.cli.commands import COMMANDS
from git_voicenote.columns import columns
from git_voicenote.terminal.fitting import MAX_COLUMNS, cut, fitted, row_width, width_of
from tests.support.speech import SPEECH

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox

SOUND = SPEECH / "rename.flac"
LONG = "a-branch-whose-name-is-as-long-as-those-that-trackers-of-issues-make-of-the-title"
ONE_PIECE = re.compile(r"""(error: |warning: |hint: )?\W*(`[^`]*`|\(git [^()]*\)|\S+)\W*""")
"""What may be wider than a terminal: a path, or a command to paste, on a line of its own."""


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("error: short", ["error: short"]),
        (
            "error: one two three four five",
            ["error: one two", "       three", "       four", "       five"],
        ),
        ("  a list entry with words", ["  a list entry", "    with words"]),
        (
            "hint: see `git a b c d e f` first",
            ["hint: see", "      `git a b c d e f`", "      first"],
        ),
        ("saved now · git voicenote show x", ["saved now ·", "git voicenote show x"]),
        ("no cover (git voicenote record)", ["no cover", "(git voicenote record)"]),
        ("cannot read 'a b/c d e' here", ["cannot read", "'a b/c d e'", "here"]),
        ("it isn't what it's for, is it", ["it isn't what", "it's for, is it"]),
        ("/a/path/that/is/long: no", ["/a/path/that/is/long:", "no"]),
        ("error: 修改修复了网络问题", ["error: 修改修复", "       了网络问", "       题"]),
        ('said "one two three four"', ['said "one two', 'three four"']),
        ("one\ntwo", ["one", "two"]),
        (f"error: {'(' * 30}", [f"error: {'(' * 30}"]),
    ],
)
def test_lines_are_broken_at_words(text: str, lines: list[str]) -> None:
    assert fitted(text, 15).split("\n") == lines


def test_a_path_with_blanks_stays_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "my own talks"
    folder.mkdir()
    (folder / "on a train.wav").touch()
    monkeypatch.chdir(folder)

    for path in (folder, folder / "on a train.wav", folder / "missing.wav", "on a train.wav"):
        text = f"error: the text of what was said is kept in {path}: no space is left"
        assert str(path) in fitted(text, 30)
        assert f"({path})," in fitted(f"voicenote: kept for another day ({path}), as it is", 30)


@pytest.mark.parametrize("columns_set", ["", "0", "-5", "wide", "9" * 5000, "\u0663"])
def test_a_setting_that_is_no_width_is_ignored(
    columns_set: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns_set)
    assert width_of(io.StringIO()) == MAX_COLUMNS


@given(st.lists(st.text("abc`'\"()/重·", max_size=30)), st.integers(20, 80))
def test_nothing_is_lost(words: list[str], width: int) -> None:
    text = "error: " + " ".join(words)
    assert "".join(fitted(text, width).split()) == "".join(text.split())


@given(st.lists(st.text("abc重试é", max_size=12)), st.integers(20, 80))
def test_words_fit(words: list[str], width: int) -> None:
    shown = fitted("warning: " + " ".join(words), width)
    assert max(map(columns, shown.split("\n"))) <= max(width, 24)


def test_a_row_is_cut_to_a_terminal() -> None:
    assert cut("one two three", 9) == "one two…"
    assert cut("重试修改", 6) == "重试…"
    assert cut("one", None) == cut("one", 3) == "one"
    assert row_width(io.StringIO()) is None


def test_the_width_is_what_git_takes_it_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for chosen, width in (("60", 60), ("200", 200), ("0", MAX_COLUMNS), ("wide", MAX_COLUMNS)):
        monkeypatch.setenv("COLUMNS", chosen)
        assert width_of(io.StringIO()) == width
    monkeypatch.delenv("COLUMNS")
    assert width_of(io.StringIO()) == MAX_COLUMNS


def test_every_help_fits(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("COLUMNS")
    for name in COMMANDS:
        assert cli.run_command([name, "-h"]) == 0
    below = {"sync": "fetch push status bundle unbundle", "hook": "install uninstall status run",
             "history": "list search show export delete", "settings": "list get set unset",
             "models": "list fetch import verify path",
             "vocabulary": "list add remove explain"}  # fmt: skip
    for name, commands in below.items():
        for command in commands.split():
            assert cli.run_command([name, command, "-h"]) == 0
    assert cli.run_command(["-h"]) == 0
    shown = capsys.readouterr().out
    assert not [line for line in shown.splitlines() if columns(line) > MAX_COLUMNS]
    assert not re.search(r"^  [a-z]+ .*\.\.\.$", shown, re.MULTILINE)  # a summary that was cut


FAILING = f"""
nope | recrod | record --nope | record --replace --append | record main..topic | record nope
record --from /nowhere/at/all.wav | record --from - --walk | record --cover HEAD
record HEAD HEAD | record --engine nope --from {SOUND} | record --language tlh --from {SOUND}
record --silence -1 | record --microphone nope | show nope | show main.. | show HEAD~9
show --cover {LONG} | show | show --format nope | show --cover a b | show HEAD..HEAD | edit
edit nope | edit --cover | play | play nope | play 20260101-000000-abcd | play --at 1:99
play --at 1 --doubt 2 | remove | remove nope | remove --cover {LONG} | remove a b c
status nope | status nope..{LONG} | review nope | review nope.mbox | review - --audio
review --html x --json | review --patch 3 | review main..main
review --reply --patch 1 --from {SOUND} {LONG} | am nope.mbox | am --continue
format-patch nope | format-patch -3 --nope | format-patch {LONG}..HEAD | sync
sync fetch | sync push | sync push nope | sync push --all nope b | sync status nope
sync bundle | sync bundle /nowhere/file | sync unbundle /nowhere/file | sync unbundle README
sync bundle x {LONG} | hook install nope | hook status | hook run nope
hook install --force --manual | transcribe | transcribe /nowhere/a.wav | transcribe README
transcribe -o . | transcribe {LONG} | transcribe {SOUND} --format nope
transcribe {SOUND} --engine nope | history nope | history show x
history search nothing-that-was-said | history export nope | history export --format srt
history delete | history delete nope | history delete --all x | history delete --older-than soon
history delete 3..9 | history list -n 0 | settings get nope | settings set nope 1
settings set silence x | settings unset nope | settings get engien
settings set hook.record perhaps | vocabulary explain nope | vocabulary explain the
vocabulary remove nope | vocabulary add '=>' | vocabulary list --for nope | models verify nope
models path nope | models import /nowhere | models import README | models fetch a/b/c
text --pass nope | text --list --pass itn | devices --nope | doctor --nope
doctor --no-microphone | uninstall | uninstall --all --hooks | uninstall --hooks | kit
kit /nowhere/file --platform vax | kit x --python 2.7 | serve --port 99999999 | serve --nope
completion | completion tcsh | help nope | dictate --nope | dictate --from /nowhere.wav
dictate a b | sync fetch {LONG} | record {LONG}
"""


def test_every_line_of_a_hundred_failures_fits(
    repo: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("COLUMNS")
    monkeypatch.chdir(repo.folder)
    commands = [one.strip() for line in FAILING.strip().splitlines() for one in line.split("|")]
    failed, wide = 0, {}
    for command in commands:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO()))
        failed += cli.run_command(shlex.split(command)) != 0
        printed = capsys.readouterr()
        assert not re.search(r"unexpected \w+: ", printed.err), (command, printed.err)
        for line in (printed.err + printed.out).splitlines():
            is_by_git = line.startswith("fatal: ")  # shown as git wrote it
            if columns(line) > MAX_COLUMNS and not is_by_git and not ONE_PIECE.fullmatch(line):
                wide[command] = line
    assert not wide
    assert failed > 100
