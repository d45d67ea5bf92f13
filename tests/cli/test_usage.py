"""Wrong usage is told as any other error: what is wrong, and what to type to learn more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from git_voicenote.cli.parsing.root import run
from git_voicenote.errors import UsageError

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

_USED = "shows its usage"


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        ("shwo", "git voicenote has no command 'shwo'",
         "did you mean show? `git voicenote -h` lists the commands"),
        ("format-patc", "git voicenote has no command 'format-patc'",
         "did you mean format-patch? `git voicenote -h` lists the commands"),
        ("xyzzy", "git voicenote has no command 'xyzzy'", "`git voicenote -h` lists the commands"),
        ("hook instal", "git voicenote hook has no command 'instal'",
         "did you mean install or uninstall? `git voicenote hook -h` lists the commands"),
        ("record --edti", "git voicenote record has no option --edti",
         "did you mean --edit or --no-edit? `git voicenote record -h` lists the options"),
        ("--nope", "git voicenote has no option --nope", "`git voicenote -h` lists the options"),
        ("record a b", "got unexpected extra argument (b)", f"`git voicenote record -h` {_USED}"),
        ("history show", "missing argument 'RECORDING'",
         f"`git voicenote history show -h` {_USED}"),
        ("hook run", "missing argument '{prepare-commit-msg|post-applypatch}'",
         f"`git voicenote hook run -h` {_USED}"),
        ("transcribe --format", "option '--format' requires an argument",
         f"`git voicenote transcribe -h` {_USED}"),
        ("hook run x",
         "'x' is not one of "
         "'prepare-commit-msg', 'post-applypatch'", f"`git voicenote hook run -h` {_USED}"),
        ("record --replace=3", "option '--replace' does not take a value",
         f"`git voicenote record -h` {_USED}"),
        ("record --cover HEAD",
         "--cover explains the series of the branch; it takes no commit",
         f"`git voicenote record -h` {_USED}"),
    ],
)  # fmt: skip
def test_usage_errors_are_told_in_our_style(arguments: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        run(arguments.split())
    assert (raised.value.message, raised.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (("shwo",), "error: git voicenote has no command 'shwo'\n"
                    "hint: did you mean show? `git voicenote -h` lists the commands\n"),
        (("format-patch", "--record=x"), "error: --record takes newest or cover, not 'x'\n"
                                         f"hint: `git voicenote format-patch -h` {_USED}\n"),
    ],
    ids=str,
)  # fmt: skip
def test_usage_errors_exit_with_129(
    repo: Sandbox, arguments: tuple[str, ...], printed: str
) -> None:
    done = repo.voicenote(*arguments)
    assert (done.returncode, done.stdout, done.stderr.decode()) == (129, b"", printed)


@pytest.mark.parametrize("arguments", [(), ("hook",), ("-v",)], ids=str)
def test_a_group_without_a_command_shows_its_help(
    sandbox: Sandbox, arguments: tuple[str, ...]
) -> None:
    done = sandbox.voicenote(*arguments)
    assert (done.returncode, done.stdout) == (129, b"")
    assert done.stderr.startswith(b"Usage: git voicenote")
