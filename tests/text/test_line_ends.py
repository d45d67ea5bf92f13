"""All passes accept lines that end in a line feed, a carriage return or both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.attack.chain import passed
from benchmarks.attack.texts import chains
from git_voicenote.text.spans import with_line_feeds

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

ENDS = ["\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"]
SAID = ["the loop moved", "scratch that", "correction", "", "bullet one", "new line", "dash dash x"]


@pytest.mark.parametrize("end", ENDS)
def test_every_line_end_is_a_line_feed_to_the_chain(end: str) -> None:
    chain = chains()["en"]
    assert passed(end.join(SAID), chain) == passed("\n".join(SAID), chain)
    assert with_line_feeds(f"a{end}b") == "a\nb"


@pytest.mark.parametrize("sign", [*ENDS, "\0", "\t", "\ufeff", "\udcff", " \r ", "\n\r"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_pass_fails_on_a_character_next_to_its_commands(sign: str, language: str) -> None:
    commands = (
        "correction", "scratch that", "quote", "unquote", "bullet", "new line", "literal", "um",
        "dash dash", "snake case", "backtick", "one hundred", "dot", "更正", "删掉这句", "嗯", "点",
    )  # fmt: skip
    for _, step in chains()[language]:
        for command in commands:
            for text in (
                f"the{sign}{command}{sign}",
                f"{sign}{command} {sign} the",
                command + sign,
            ):
                step(text)


def test_the_command_accepts_windows_line_ends(sandbox: Sandbox) -> None:
    done = sandbox.voicenote(
        "text", stdin=b"the\r\ncorrection\r\num\r\nbullet one\r\nbullet two\r\n"
    )
    assert done.stdout.splitlines()[0] == b"the"
    assert b"\r" not in done.stdout
