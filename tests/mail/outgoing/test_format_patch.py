from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from git_voicenote.git.repository import Repository
from git_voicenote.mail.outgoing.format_patch import (
    Arguments,
    find_walk,
    has_several,
    range_diff_environment,
)
from tests.support.series import make_branch

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox


@pytest.mark.parametrize(
    ("arguments", "operands"),
    [
        (("-o", "main", "-3"), ("-3",)),
        (("-omain", "main"), ("main",)),
        (("--subject-prefix", "topic", "main..topic"), ("main..topic",)),
        (("--subject-prefix=topic", "main"), ("main",)),
        (("-v", "2", "main", "--", "main"), ("main",)),
        (("--end-of-options", "main", "--", "x"), ("main",)),
        (("--max-count=2", "main"), ("--max-count=2", "main")),
        (("-o",), ()),
    ],
)
def test_values_of_options_are_not_taken_for_revisions(
    arguments: tuple[str, ...], operands: tuple[str, ...]
) -> None:
    parsed = Arguments.parse(arguments)

    assert parsed.operands == operands
    assert (*parsed.options, *parsed.rest) == arguments


@pytest.mark.parametrize(
    ("flag", "is_quiet"),
    [
        ("-q", True),
        ("--quiet", True),
        ("-sq", True),
        ("-nkq", True),
        ("-v2", False),
        ("-oq", False),
    ],
)
def test_quiet(flag: str, is_quiet: bool) -> None:
    assert Arguments.parse((flag,)).is_quiet == is_quiet


@pytest.mark.parametrize(
    ("arguments", "output"),
    [
        (("--output=x", "-1"), "x"),
        (("--output", "x"), "x"),
        (("--output",), None),
        (("-o", "x"), None),
        ((), None),
    ],
)
def test_output(arguments: tuple[str, ...], output: str | None) -> None:
    assert Arguments.parse(arguments).output == output


@pytest.mark.parametrize(
    ("arguments", "revisions", "branch", "several"),
    [
        (("main",), ("HEAD", "^main"), "topic", True),
        (("-2",), ("-2", "HEAD"), "topic", True),
        (("-1",), ("-1", "HEAD"), "topic", False),
        (("--max-count=1", "main"), ("--max-count=1", "main"), "main", False),
        (("main..a=b",), ("a=b", "^main"), "a=b", True),
        (("main..a=b~1",), ("a=b~1", "^main"), "a=b", False),
        (("main..heads/a=b",), ("heads/a=b", "^main"), "a=b", True),
        (("main..",), ("HEAD", "^main"), "topic", True),
        (("-1", "topic~1"), ("-1", "topic~1"), "topic", False),
        (("--root",), ("HEAD",), "topic", True),
        (("--root", "topic~2"), ("topic~2",), "topic", False),
        ((), ("HEAD", "^HEAD"), "topic", False),
        (("topic", "a=b", "^main"), ("topic", "a=b", "^main"), None, True),
        (("-o", "main", "-q", "main", "--", "file-1"), ("HEAD", "^main"), "topic", False),
        (("nosuch",), ("HEAD", "^HEAD"), "topic", False),
    ],
)
def test_the_walk_is_the_one_of_git(
    repo: Sandbox,
    arguments: tuple[str, ...],
    revisions: tuple[str, ...],
    branch: str | None,
    several: bool,
) -> None:
    make_branch(repo, ["a\n", "b\n"], branch="a=b")
    repo.git("checkout", "--quiet", "main")
    make_branch(repo, ["a\n", "b\n"])
    repository = Repository.discover(repo.folder)
    parsed = Arguments.parse(arguments)

    walk = find_walk(repository, parsed)

    assert walk.revisions == revisions
    assert walk.branch == branch
    assert has_several(repository, walk, parsed) == several


@pytest.mark.parametrize(
    ("arguments", "setting", "is_set"),
    [
        (("--range-diff=x",), {}, True),
        (("--range-diff", "x"), {}, True),
        ((), {}, False),
        (("--range-diff=x", "--notes"), {}, False),
        (("--range-diff=x", "--notes=mine"), {}, True),
        (("--range-diff=x",), {"format.notes": None}, False),
        (("--range-diff=x",), {"format.notes": "mine"}, True),
    ],
)
def test_a_range_diff_has_our_notes_for_its_default(
    arguments: tuple[str, ...], setting: dict[str, str | None], is_set: bool
) -> None:
    found = range_diff_environment(Arguments.parse(arguments), setting, "refs/notes/x")

    assert bool(found) == is_set
