"""All that is printed goes through one door, where control characters show and do nothing."""

from __future__ import annotations

import ast
import json
from pathlib import Path

from git_voicenote.characters import json_text
from git_voicenote.terminal.colours import coloured, only_colours
from tests.support.source import MODULES, nodes_of

DOOR = frozenset(
    Path("terminal", name) for name in ("console.py", "colours.py", "drawing.py", "streams.py")
)
# processes of our own, whose stderr their parent reads
CHILDREN = frozenset({Path("audio/capture/recorder.py"), Path("server/browser/recorder.py")})
FORBIDDEN = frozenset(
    {
        "print", "click.echo", "click.secho", "click.confirm", "click.prompt", "click.pause",
        "click.echo_via_pager", "click.progressbar", "click.style", "click.edit",
        "rich.print", "traceback.print_exc", "traceback.print_exception", "warnings.warn", "input",
        "sys.stdout.write", "sys.stderr.write", "sys.stdout.writelines", "sys.stderr.writelines",
        "sys.stdout.buffer.write", "sys.stderr.buffer.write", "sys.__stdout__.write",
        "sys.__stderr__.write",
    }
)  # fmt: skip
# of rich, whatever can hold text: columns and the live display are given it
TEXT_OF_RICH = (
    "rich.console", "rich.text", "rich.markup", "rich.table", "rich.panel", "rich.prompt",
)  # fmt: skip


def dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def test_nothing_else_prints() -> None:
    found = set()
    for module in {*MODULES} - DOOR - CHILDREN:
        for node in nodes_of(module):
            if isinstance(node, ast.Attribute | ast.Name) and dotted(node) in FORBIDDEN:
                found.add(f"{module}:{node.lineno}: {dotted(node)}")
            if isinstance(node, ast.ImportFrom) and node.module in TEXT_OF_RICH:
                found.add(f"{module}:{node.lineno}: {node.module}")
    assert not found


HOSTILE = "a\x1b]0;owned\x07\x1b[31mb\x9b2J\u202ec\u200bd\x7f\r\udcff"
SHOWN = "a^[]0;owned^G^[[31mb<U+009B>2J<U+202E>c<U+200B>d^?^M\\xff"


def test_only_colours_of_ours_work() -> None:
    text = coloured(HOSTILE, "red", bold=True)
    assert text == f"\x1b[31m\x1b[1m{SHOWN}\x1b[0m"
    assert only_colours(text) == text
    assert only_colours(f"\x1b[8mhidden\x1b[2J{HOSTILE.replace(chr(27) + '[31m', '')}") == (
        f"^[[8mhidden^[[2J{SHOWN.replace('^[[31m', '')}"
    )


def test_json_holds_every_character_and_none_that_works() -> None:
    value = {HOSTILE: [HOSTILE, "é\n\t😀"]}
    text = json_text(value)
    assert text.replace("\n", "").isprintable()
    assert json.loads(text) == value
    assert "é" in text
