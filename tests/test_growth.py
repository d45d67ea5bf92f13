"""Time grows as the text does, whatever the text: thousands of every function's own words."""

from __future__ import annotations

import ast
import importlib
import random
import re
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import git_voicenote
from git_voicenote.notes.merging.sequences import merge_sequences
from git_voicenote.notes.merging.texts import lost_paragraphs
from tests.support.growth import USUAL, fragments_of, grows
from tests.support.text_functions import FUNCTIONS, many_notes

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

_MOST = 24
"""Fragments of a function that are tried, always the same ones."""
_PATIENCE = 60
"""Seconds of the processor after which a function counts as hanging."""

SAMPLE = """\
fix scope parser, um the user_id of Jane Doe in main.py line 3 closes issue 42. reviewed by jane doe
> quoted
diff --git a/x b/x
--- a/x
+++ b/x
@@ -1 +1 @@ def f():
-a
+b
x:1-2:

Voicenote-Duration: 0:14
--\x20
2.39
\u4e00\u767e\u70b9\u4e8c
"""
# what a function takes that reads from git or from the disk: its time is not that of its text
SOURCES = ("Repository", "Objects", "Configuration", "Path", "Arguments", "Mail")
EXEMPT = {
    "text.passes.correction.corrector": "makes a pass, which is tried",
    "text.passes.fillers.fillers": "makes a pass, which is tried",
    "text.passes.itn.normaliser.normaliser": "makes a pass, which is tried",
    "text.passes.spoken_edits.spoken_edits": "makes a pass, which is tried",
    "text.passes.edit_commands.edit_commands": "makes patterns for a pass, which is tried",
    "text.passes.chain.build_chain": "takes a setting of the person's own",
    "text.passes.chain.named_passes": "takes a setting of the person's own",
    "text.passes.chain.polish": "runs the passes, which are tried",
    "text.passes.running.run_chain": "runs the passes, which are tried",
    "text.commit_message.rules.commitizen_rules": "takes what `bounded` has limited",
    "text.commit_message.rules.commitlint_rules": "takes what `bounded` has limited",
    "text.vocabulary.ranking.ranked": "takes counted names; counting them is tried",
    "text.vocabulary.ranking.hotwords": "takes counted names; counting them is tried",
    "text.vocabulary.ranking.phrases": "takes counted names; counting them is tried",
    "text.vocabulary.ranking.worth_keeping": "takes counted names; counting them is tried",
    "mail.outgoing.mails.finish_reading_commits": "takes a process",
    "notes.changing.until_unmoved": "takes functions",
    "notes.removals.removal_message": "takes ids",
    "notes.trees.note_paths": "takes ids",
    "text.manual.page_as_text": "takes a page of our own",
    **{
        f"text.tables.{name}": "reads a table of our own, once in a process"
        for name in ("table", "section", "strings", "numbers", "words")
    },
    "notes.remotes.transport_error": "takes a finished process",
    "mail.incoming.mailinfo.mailinfo_command": "takes options",
    "mail.incoming.versions.assemble": "takes mails that were read, within the limits of a series",
}


def takers_of_text() -> dict[str, tuple[str, str]]:
    """Return the public functions of text, notes and mail that take text: file and name by path."""
    package = Path(git_voicenote.__file__).parent
    found = {}
    for file in (
        path for top in ("text", "notes", "mail") for path in (package / top).rglob("*.py")
    ):
        module = ".".join(file.relative_to(package).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.parse(file.read_text()).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            kinds = [ast.unparse(each.annotation) for each in node.args.args if each.annotation]
            takes = any(re.search(r"\b(str|bytes)\b", kind) for kind in kinds)
            if takes and not any(kind in SOURCES for kind in kinds):
                found[f"{module}.{node.name}"] = (str(file), node.name)
    return found


def test_every_function_that_takes_text_is_tried() -> None:
    """A new function of text, notes or mail needs a row in FUNCTIONS, or a reason in EXEMPT."""
    _forget_cached()
    ran: set[tuple[str, str]] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            ran.add((frame.f_code.co_filename, frame.f_code.co_name))

    before = sys.getprofile()
    for _, call in FUNCTIONS.values():
        sys.setprofile(note)
        try:
            call(SAMPLE)
        finally:
            sys.setprofile(before)
    missing = [name for name, function in takers_of_text().items() if function not in ran]
    assert sorted(set(missing) - set(EXEMPT)) == []


def _forget_cached() -> None:
    """Empty the caches of functions: one that another test has called is else not called."""
    for name, module in [*sys.modules.items()]:
        if name.startswith("git_voicenote."):
            for value in vars(module).values():
                if callable(forget := getattr(value, "cache_clear", None)):
                    forget()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_time_grows_as_the_text_does(name: str) -> None:
    module, call = FUNCTIONS[name]
    own = fragments_of(importlib.import_module(f"git_voicenote.{module}"))
    source = random.Random(name)  # noqa: S311 - no secret
    every = list(dict.fromkeys((*own, *USUAL)))
    chosen = source.sample(every, min(len(every), _MOST))

    def hang(*_: object) -> None:
        pytest.fail(f"{name} does not come to an end")

    before = signal.signal(signal.SIGVTALRM, hang)
    signal.setitimer(signal.ITIMER_VIRTUAL, _PATIENCE)
    try:
        assert [str(found) for found in grows(call, chosen)] == []
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("edits", "quote " + " " * 20_000),
        ("mailed_cover", "body\n-- \n" + "\n".join("x" * 20 for _ in range(1_000))),
        ("mailed_cover", "-- \n" * 200 + "x\n" * 1_000),
        ("learner", "a " + "@" * 40_000),
        ("learner", "1" * 20_000),
        ("itn", "one " * 5_000),
        ("itn", "1" * 5_000 + ".1.1.1"),
        ("names", "1" * 5_000),
        ("notes", "x\n\nVoicenote-Duration: " + "9" * 5_000 + ":00\n"),
        ("answers", "=?utf-8?q?" * 3_000),
        ("answers", "Zo <z@example.org>, =?utf-\u00e9?q?Zo=C3=AB?= <zoe@example.org>"),
    ],
)
def test_what_once_took_minutes_or_failed(name: str, text: str) -> None:
    FUNCTIONS[name][1](text)


def test_time_grows_with_the_number_of_notes() -> None:
    assert [str(found) for found in grows(many_notes, ["a ", "a"])] == []


def _swapped(text: str) -> object:
    """Merge numbers of which one side has swapped each pair."""
    numbers = list(range(len(text)))
    swapped = [number ^ 1 for number in numbers]
    return merge_sequences(numbers, swapped, [*numbers, -1])


def _many_paragraphs(text: str) -> object:
    paragraphs = "\n\n".join(map(str, range(len(text))))
    return lost_paragraphs(None, paragraphs, paragraphs)


@pytest.mark.parametrize("call", [_swapped, _many_paragraphs])
def test_time_grows_with_the_number_of_paragraphs(call: Callable[[str], object]) -> None:
    assert [str(found) for found in grows(call, ["a"])] == []


def _each_part(text: str) -> object:
    return [sorted(text[:at]) for at in range(0, len(text), 4)]


def _each_sign_once(text: str) -> object:
    return sorted(f"{sign}{at}" for at, sign in enumerate(text))


@pytest.mark.parametrize(
    ("call", "found"),
    [
        (_each_part, ["a"]),
        (re.compile(r"a*b").search, ["a"]),
        (_each_sign_once, []),
        (str.split, []),
    ],
)
def test_the_check_finds_what_it_is_for(call: Callable[[str], object], found: list[str]) -> None:
    assert [each.fragment for each in grows(call, ["a"])] == found
