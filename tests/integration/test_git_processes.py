"""How many processes of git a command starts: each costs a person some milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.engines import SCRIPTED
from tests.support.recording import SPOKEN
from tests.support.sandbox import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.desk import Desk
    from tests.support.sandbox import Sandbox


def started(trace: Path, since: str = "run_command: git-voicenote") -> list[str]:
    """Return the commands of git that were started after the line with `since`, as git says."""
    lines = trace.read_text().splitlines()
    first = next(number for number, line in enumerate(lines) if since in line)
    return [line.partition("built-in: ")[2] for line in lines[first:] if "built-in: " in line]


@pytest.mark.parametrize(
    ("arguments", "limit"),
    [
        (("record", "--from", str(SPOKEN), "--explain", "--no-edit"), 14),
        (("show",), 3),
    ],
    ids=["record", "show"],
)
def test_a_command_starts_few(scripted: Sandbox, arguments: tuple[str, ...], limit: int) -> None:
    scripted.git("tag", "v1")
    scripted.write("strbuf.c", "int strbuf_addch(int c);\n")
    scripted.git("add", "-A")
    scripted.git("commit", "--quiet", "-m", "feat: strbuf_addch")
    if arguments[0] != "record":
        scripted.voicenote("record", "--from", SPOKEN)
    trace = scripted.home / "trace"

    done = scripted.run("git", "voicenote", *arguments, environment={"GIT_TRACE": str(trace)})

    assert done.returncode == 0
    commands = started(trace)
    assert len(commands) <= limit, "\n".join(commands)


def test_dictating_a_message_starts_few(desk: Desk) -> None:
    words = desk.sandbox.home / "words"
    words.write_text("fix scope parser empty input no longer crashes\n")
    trace = desk.sandbox.home / "trace"
    environment = {
        "GIT_VOICENOTE_MICROPHONE": f"file:{CHECKOUT / 'examples/speech/commit-message.flac'}",
        "GIT_VOICENOTE_ENGINE": SCRIPTED,
        "GIT_VOICENOTE_SILENCE": "1.5",
        "GIT_VOICENOTE_HOOK_RECORD": "always",
        "SCRIPTED_SPEECH": str(words),
        "GIT_TRACE": str(trace),
    }

    with desk.at_terminal("git", "commit", **environment) as terminal:
        assert terminal.wait() == 0

    assert desk.message() == "fix(parser): empty input no longer crashes\n"
    commands = [
        command
        for command in started(trace, since="hooks/prepare-commit-msg")
        # what git itself does after the commit
        if not command.startswith(("git maintenance", "git gc", "git rev-list --objects"))
    ]
    assert len(commands) <= 10, "\n".join(commands)
