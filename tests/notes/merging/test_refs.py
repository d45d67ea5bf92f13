"""Histories of notes that cross, in one repository with a notes ref for each person."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from git_voicenote.git.repository import Repository
from git_voicenote.notes.covers import COVER_PREFIX
from git_voicenote.notes.merging.refs import (
    Difference,
    Merge,
    NoteRefs,
    Tips,
    differences,
    local_tips,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.sandbox import Sandbox

COMMITS = tuple(digit * 40 for digit in "123")
"""What is explained; git does not ask whether there are such commits."""


@dataclass
class People:
    """Several people's notes refs, in one repository."""

    repo: Sandbox
    repository: Repository
    now: int = 1767323045
    seen: list[tuple[str, str]] = field(default_factory=list)

    def write(self, person: str, texts: dict[str, str]) -> None:
        """Commit a person's notes as these, and no others."""
        self.now += 1
        lines = [f"commit refs/notes/{person}\ncommitter {person} <x@y> {self.now} +0000\ndata 0\n"]
        if before := self.tip(person):
            lines.append(f"from {before}\n")
        lines.append("deleteall\n")
        for commit, text in texts.items():
            lines.append(f"M 100644 inline {commit}\ndata {len(text.encode())}\n{text}\n")
        self.repo.run("git", "fast-import", "--quiet", "--force", stdin="".join(lines).encode())

    def tip(self, person: str) -> str:
        return self.repo.git("for-each-ref", "--format=%(objectname)", f"refs/notes/{person}")

    def texts(self, person: str) -> dict[str, str]:
        names = self.repo.git("ls-tree", "--name-only", f"refs/notes/{person}").split()
        return {
            name: self.repo.run("git", "cat-file", "blob", f"refs/notes/{person}:{name}")
            .stdout.decode()
            for name in names
        }  # fmt: skip

    def fetch(self, person: str, tip: str) -> None:
        Merge(
            self.repository, NoteRefs(f"refs/notes/{person}"), Tips(tip, {}),
            f"refs/tracking/{person}/", source="elsewhere", is_whole=True,
        ).run()  # fmt: skip

    def cross(self, one: str, other: str) -> None:
        """Let two people fetch from one another at the same time."""
        tips = self.tip(one), self.tip(other)
        self.fetch(one, tips[1])
        self.fetch(other, tips[0])


@pytest.fixture
def people(repo: Sandbox) -> People:
    return People(repo, Repository.discover(repo.folder))


def note(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs) + "\n"


def start_and_cross(people: People) -> None:
    """Let Ada and Bob each say something of the same commit and of another, and fetch at once."""
    people.write("ada", {COMMITS[0]: note("One.")})
    people.fetch("bob", people.tip("ada"))
    people.write("ada", {COMMITS[0]: note("One.", "Ada's."), COMMITS[1]: note("By Ada.")})
    people.write("bob", {COMMITS[0]: note("One.", "Bob's."), COMMITS[2]: note("By Bob.")})
    people.cross("ada", "bob")
    assert people.texts("ada") == people.texts("bob") == {
        COMMITS[0]: note("One.", "Ada's.", "Bob's."),
        COMMITS[1]: note("By Ada."),
        COMMITS[2]: note("By Bob."),
    }  # fmt: skip
    bases = people.repo.git("merge-base", "--all", people.tip("ada"), people.tip("bob"))
    assert len(bases.split()) == 2


def test_what_either_removed_after_both_merged_stays_away(people: People) -> None:
    start_and_cross(people)
    people.write(
        "ada", {COMMITS[0]: note("One.", "Ada's.", "Ada again."), COMMITS[1]: note("By Ada.")}
    )
    people.write("bob", {COMMITS[0]: note("One.", "Bob again.", "Bob's."),
                         COMMITS[2]: note("By Bob.")})  # fmt: skip

    people.cross("ada", "bob")

    assert people.texts("ada") == people.texts("bob") == {
        COMMITS[0]: note("One.", "Bob again.", "Ada again.")
    }  # fmt: skip
    trees = {people.repo.commit_id(f"refs/notes/{name}^{{tree}}") for name in ("ada", "bob")}
    assert len(trees) == 1


def test_what_was_seen_by_both_is_no_difference(people: People) -> None:
    start_and_cross(people)
    people.write("ada", {COMMITS[0]: note("One.", "Ada's.", "Bob's.")})
    before = people.repo.git("count-objects")

    found = differences(
        people.repository, Tips(people.tip("ada"), {}), Tips(people.tip("bob"), {}), Tips(None, {})
    )

    # Bob has them and Ada had: she removed them, and has news for Bob
    here = [Difference("note", commit, "here") for commit in COMMITS[1:]]
    assert list(found) == here
    assert people.repo.git("count-objects") == before


def test_covers_cross_too(people: People) -> None:
    tips: dict[str, str] = {}

    def write(person: str, text: str) -> None:
        people.now += 1
        blob = people.repo.git("hash-object", "-w", "--stdin", stdin=text.encode())
        tree = people.repo.git("mktree", stdin=f"100644 blob {blob}\tcover\n".encode())
        parents = ("-p", tips[person]) if person in tips else ()
        dates = {"GIT_COMMITTER_DATE": f"{people.now} +0000"}
        done = people.repo.run(
            "git", "commit-tree", *parents, "-m", "x", tree, environment=dates
        )  # fmt: skip
        tips[person] = done.stdout.decode().strip()

    def merged(ours: str, theirs: str) -> str:
        people.repo.git("update-ref", COVER_PREFIX + "topic", ours)
        Merge(
            people.repository, NoteRefs("refs/notes/none"), Tips(None, {"topic": theirs}),
            "refs/tracking/", source="elsewhere", is_whole=True,
        ).run()  # fmt: skip
        return local_tips(people.repository, NoteRefs("refs/notes/none")).covers["topic"]

    def cross() -> None:
        tips["ada"], tips["bob"] = (
            merged(tips["ada"], tips["bob"]), merged(tips["bob"], tips["ada"]),
        )  # fmt: skip

    write("ada", "Title.\n")
    tips["bob"] = tips["ada"]
    write("ada", "Title.\n\nAda's.\n")
    write("bob", "Title.\n\nBob's.\n")
    cross()
    write("ada", "Title.\n\nAda's.\n")
    write("bob", "Title.\n\nBob's.\n")
    cross()

    shown = {people.repo.git("show", f"{tip}:cover") for tip in tips.values()}
    assert {text.partition("\n\nVoicenote")[0] for text in shown} == {"Title."}
    assert len(shown) == 1


@pytest.mark.parametrize("seed", range(4))
def test_all_that_was_said_and_not_removed_is_there(people: People, seed: int) -> None:
    """Whoever merges with whom, how often and in which order."""
    chance = random.Random(seed)  # noqa: S311 - a schedule, no secret
    names = ("ada", "bob", "eve")
    said: list[str] = []
    removed: set[str] = set()
    ordered: set[tuple[str, str]] = set()
    first = note("Start.")
    people.write("ada", {COMMITS[0]: first})
    for name in names[1:]:
        people.fetch(name, people.tip("ada"))

    def paragraphs(name: str) -> list[str]:
        return people.texts(name)[COMMITS[0]].removesuffix("\n").split("\n\n")

    def add(name: str, now: list[str]) -> list[str]:
        said.append(f"{name} {len(said)}.")
        now.insert(chance.randint(1, len(now)), said[-1])
        return now

    def remove(name: str, now: list[str]) -> list[str]:
        gone = chance.choice(now[1:] or [""])
        removed.add(gone)
        return [one for one in now if one != gone]

    for _ in range(25):
        name, *others = chance.sample(names, 3)
        match chance.choice(["add", "add", "remove", "cross", "fetch"]):
            case "cross":
                people.cross(name, others[0])
            case "fetch":
                people.fetch(name, people.tip(others[0]))
            case what:
                change: Callable[[str, list[str]], list[str]] = add if what == "add" else remove
                now = change(name, paragraphs(name))
                people.write(name, {COMMITS[0]: note(*now)})
                ordered |= {(one, two) for at, one in enumerate(now) for two in now[at + 1 :]}
    for one, other in (("ada", "bob"), ("ada", "eve"), ("bob", "ada"), ("eve", "ada")):
        people.fetch(one, people.tip(other))

    final = paragraphs("ada")
    assert people.tip("ada") == people.tip("eve")
    assert people.texts("bob") == people.texts("ada")
    assert sorted(final) == sorted({"Start.", *said} - removed)
    assert not {(one, two) for at, two in enumerate(final) for one in final[at + 1 :]} & ordered
