"""The Chinese pages: their commands are those of the English pages, and they are set as Chinese is.

A paragraph is one line there: a line break between two Chinese characters is shown as a space.
"""

from __future__ import annotations

import ast
import json
import re
import shlex
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.support.sandbox import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Iterator

COUNTERPARTS = {
    "README.zh-CN.md": ("README.md", "docs/nano.md"),
    "docs/zh-CN/install.md": ("docs/install.md", "docs/upgrading.md"),
    "docs/zh-CN/air-gapped.md": ("docs/air-gapped.md",),
    "docs/zh-CN/nano.md": ("docs/nano.md",),
    "docs/zh-CN/service.md": ("docs/service.md",),
}
INDEX = "docs/zh-CN/README.md"
PAGES = (*COUNTERPARTS, INDEX)
PARTLY = frozenset({"README.zh-CN.md"})
"""Pages that show a part of what their counterparts do."""

_BLOCK = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_HAN = "[\u4e00-\u9fff]"
_WIDE = "[，。；：！？、（）“”《》…—]"


def page(name: str) -> str:
    return (CHECKOUT / name).read_text()


def command_lines(text: str) -> Iterator[str]:
    """The command lines in blocks, without their comments."""
    for block in _BLOCK.findall(text):
        lines = block.replace("\\\n", " ").splitlines()
        is_session = any(line.startswith("$ ") for line in lines)
        for line in lines:
            command = line.removeprefix("$ ") if line.startswith("$ ") or not is_session else ""
            if command and not command.startswith("#"):
                yield " ".join(re.sub(r"\s#\s.*", "", command).split())


def verbs(lines: Iterator[str]) -> set[str]:
    """The commands of git voicenote in command lines, with those of groups."""
    found = set()
    for line in lines:
        for arguments in re.findall(r"(?:git voicenote|git-voicenote) ([^)|]*)", line):
            words = shlex.split(arguments.replace('"', ""))
            named = [word for word in words[:2] if re.fullmatch(r"[a-z][a-z-]*", word)]
            is_group = words[0] in ("sync", "models", "hook", "settings", "vocabulary")
            found.add(" ".join(named[: 1 + is_group]))
    return found


def prose(text: str) -> Iterator[tuple[int, str]]:
    """The lines outside of blocks, by their numbers; code is an `x`."""
    blank = _BLOCK.sub(lambda block: "\n" * block[0].count("\n"), text)
    for number, line in enumerate(blank.splitlines(), 1):
        yield number, _SPAN.sub("`x`", line)


@pytest.mark.parametrize("name", COUNTERPARTS)
def test_each_command_stands_in_an_english_page(name: str) -> None:
    english = {
        line
        for path in (CHECKOUT / "README.md", *CHECKOUT.glob("docs/*.md"))
        for line in command_lines(path.read_text())
    }
    assert [line for line in command_lines(page(name)) if line not in english] == []


@pytest.mark.parametrize("name", COUNTERPARTS)
def test_no_command_of_the_english_page_is_left_out(name: str) -> None:
    english = {verb for each in COUNTERPARTS[name] for verb in verbs(command_lines(page(each)))}
    chinese = verbs(command_lines(page(name)))
    assert chinese
    if name in PARTLY:
        assert {"record", "format-patch", "models fetch", "settings set"} <= chinese
    else:
        assert english - chinese == set()


@pytest.mark.parametrize("name", COUNTERPARTS)
def test_commands_in_sentences_stand_in_an_english_page(name: str) -> None:
    english = "\n".join(
        " ".join(path.read_text().split())
        for path in (CHECKOUT / "README.md", *CHECKOUT.glob("docs/*.md"))
    )
    named = [
        span for span in _SPAN.findall(page(name)) if re.match(r"git voicenote|make|pipx?|--", span)
    ]
    assert [span for span in named if span not in english] == []


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    folder = (CHECKOUT / name).parent
    for target in re.findall(r"\]\(([^)#]+)", page(name)):
        assert (folder / target).exists(), target


def test_each_page_is_in_the_index_and_says_where_the_english_one_is() -> None:
    for path in (CHECKOUT / "docs/zh-CN").glob("*.md"):
        if path.name != "README.md":
            assert f"({path.name})" in page(INDEX)
            assert "](../" in "\n".join(path.read_text().splitlines()[:4])


@pytest.mark.parametrize("name", PAGES)
def test_chinese_is_set_as_it_should_be(name: str) -> None:
    examples = {
        line for path in CHECKOUT.glob("docs/*.md") for line in path.read_text().splitlines()
    }
    rules = {
        "no space between Chinese and Latin": rf"{_HAN}[A-Za-z0-9`]|[A-Za-z0-9`%]{_HAN}",
        "a half-width mark after Chinese": rf"{_HAN}\s?[,;:?!](?!\w)|{_HAN}\.(?:\s|$)",
        "a space beside a full-width mark": rf"{_WIDE} (?!\|)|(?<![|-]) {_WIDE}",
        "half-width parentheses in Chinese": rf"(?<!\])\([^)]*{_HAN}|{_HAN}\(",
        "straight quotes in Chinese": rf'"{_HAN}|{_HAN}"',
    }
    source = page(name).splitlines()
    wrong = [
        f"{name}:{number}: {rule}: {source[number - 1]}"
        for number, line in prose(page(name))
        for rule, pattern in rules.items()
        if source[number - 1] not in examples and re.search(pattern, line)
    ]
    assert wrong == []


@pytest.mark.parametrize("name", PAGES)
def test_a_paragraph_is_one_line(name: str) -> None:
    lines = [line for _, line in prose(page(name))]
    broken = [
        after
        for before, after in pairwise(lines)
        if re.match(rf"{_HAN}|`|\w", before) and re.match(rf"{_HAN}|`|\w", after)
    ]
    assert broken == []


def test_each_message_that_the_page_translates_is_one_of_the_program() -> None:
    script = (CHECKOUT / "templates/page/strings/messages-zh.js").read_text()
    messages: dict[str, str] = json.loads(script.partition("export default ")[2].strip("; \n"))
    program = set(_texts_of_the_program())

    def is_known(english: str) -> bool:  # the name of a file may be put before what is said of it
        return bool({english, english.removeprefix("{} ")} & program)

    forms = {english: re.sub(r"\{\w+\}", "{}", english) for english in messages}
    assert [english for english, form in forms.items() if not is_known(form)] == []
    for english, chinese in messages.items():
        assert sorted(_values(english)) == sorted(_values(chinese)), english
        assert re.search(_HAN, chinese), english


def _values(text: str) -> list[str]:
    return re.findall(r"\{(\w+)\}", text)


def _texts_of_the_program() -> Iterator[str]:
    """The texts in the source, with {} for each value that is filled in."""
    for path in (CHECKOUT / "git_voicenote").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.JoinedStr):
                yield "".join(
                    str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
