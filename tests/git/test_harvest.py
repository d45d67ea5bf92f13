"""What git knows of the words that a person may say, in every kind of repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from git_voicenote.git.harvest import (
    Surroundings,
    explained,
    read_change,
    read_head,
    read_surroundings,
)
from git_voicenote.git.repository import Repository
from git_voicenote.object_ids import ObjectId
from git_voicenote.targets import CommitTarget, CoverTarget, FileTarget, MessageTarget, Target

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.git.harvest import ChangedText
    from tests.support.sandbox import Sandbox

BEFORE = "int keep_me(void)\n{\n\treturn old_name();\n}\n"
AFTER = BEFORE.replace("old_name", "new_name")


def opened(sandbox: Sandbox) -> Repository:
    return Repository.discover(sandbox.folder)


def surroundings(sandbox: Sandbox) -> Surroundings:
    repository = opened(sandbox)
    return read_surroundings(repository, read_head(repository))


def change(sandbox: Sandbox, target: Target) -> ChangedText:
    repository = opened(sandbox)
    what = explained(repository, target)
    assert what is not None
    return read_change(repository, what)


def test_a_staged_change_is_read_from_the_index(repo: Sandbox) -> None:
    repo.commit("begin", {"lib/a.c": BEFORE})
    repo.write("lib/a.c", AFTER)
    assert explained(opened(repo), MessageTarget()) is None
    repo.git("add", "-A")
    repo.write("lib/a.c", "not staged")

    found = change(repo, MessageTarget())

    assert found.paths == ("lib/a.c",)
    assert found.changed.split() == ["return", "old_name();", "return", "new_name();"]
    assert "keep_me" in found.around
    assert found.touched == AFTER
    assert found.messages == ""


def test_its_key_follows_what_is_staged(repo: Sandbox) -> None:
    keys = set()
    for content in ("one", "two"):
        repo.write("a", content)
        repo.git("add", "a")
        what = explained(opened(repo), MessageTarget())
        assert what is not None
        keys.add(what.key)
    assert len(keys) == 2


def test_a_commit_is_compared_with_its_first_parent(repo: Sandbox) -> None:
    repo.commit("begin", {"a.c": BEFORE})
    commit = repo.commit("rename old_name\n\nIt was old.\n", {"a.c": AFTER})
    found = change(repo, CommitTarget(commit))
    assert "new_name" in found.changed
    assert found.messages.strip() == "rename old_name\n\nIt was old."


def test_the_first_commit_is_compared_with_nothing(repo: Sandbox) -> None:
    assert change(repo, CommitTarget(repo.commit_id())).changed == "hello"


def test_a_merge_brings_what_its_branch_brought(repo: Sandbox) -> None:
    repo.git("switch", "-qc", "topic")
    repo.commit("one", {"one.c": "topic_name\n"})
    repo.git("switch", "-q", "main")
    repo.commit("two", {"two.c": "main_name\n"})
    repo.git("merge", "-q", "--no-edit", "topic")
    assert change(repo, CommitTarget(repo.commit_id())).changed.split() == ["topic_name"]


def test_a_series_is_compared_with_its_base(repo: Sandbox) -> None:
    repo.git("switch", "-qc", "topic")
    for name in ("one", "two"):
        repo.commit(f"add {name}", {f"{name}.c": f"name_{name}\n"})
    found = change(repo, CoverTarget("topic"))
    assert found.paths == ("one.c", "two.c")
    assert "add one" in found.messages
    assert "add two" in found.messages
    repo.git("switch", "-q", "main")
    assert change(repo, CoverTarget("topic")) == found


@pytest.mark.parametrize(
    "target",
    [CommitTarget(ObjectId("0" * 40)), CoverTarget("main"), FileTarget("x.wav"), MessageTarget()],
)
def test_what_cannot_be_compared_is_nothing(repo: Sandbox, target: Target) -> None:
    assert explained(opened(repo), target) is None


def test_before_the_first_commit(sandbox: Sandbox) -> None:
    sandbox.git("init", "--quiet", "--initial-branch=main")
    repository = opened(sandbox)
    assert explained(repository, MessageTarget()) is None
    assert explained(repository, CommitTarget(ObjectId("0" * 40))) is None
    assert read_head(repository).key == "unborn main"
    assert read_surroundings(repository, read_head(repository)).paths == ()

    sandbox.write("first.c", "first_name")
    sandbox.git("add", "first.c")

    assert change(sandbox, MessageTarget()).changed == "first_name"
    assert read_surroundings(repository, read_head(repository)).paths == ("first.c",)


def test_in_a_bare_repository(repo: Sandbox, tmp_path: Path) -> None:
    repo.git("clone", "-q", "--bare", repo.folder, tmp_path / "bare.git")
    repository = Repository.discover(tmp_path / "bare.git")
    what = explained(repository, CommitTarget(repo.commit_id()))
    assert what is not None
    assert read_change(repository, what).paths == ("README",)
    assert read_surroundings(repository, read_head(repository)).paths == ("README",)


def test_binary_and_huge_files_and_long_lines_are_passed_over(repo: Sandbox) -> None:
    repo.write("a.bin", b"binary_name\0" * 100)
    repo.write("b.c", "big_name\n" * 100_000)
    repo.write("c.min.js", "x" * 2000 + ";\nshort_name\n")
    repo.git("add", "-A")
    found = change(repo, MessageTarget())
    assert found.paths == ("a.bin", "b.c", "c.min.js")
    assert "binary_name" not in found.changed + found.touched
    assert len(found.changed) <= 1_000_000
    assert found.touched == "short_name\n"


def test_a_diff_larger_than_the_limit_is_read_in_part(repo: Sandbox) -> None:
    for number in range(6):
        repo.write(f"big{number}.c", f"name_{number}\n" * 40_000)
    repo.git("add", "-A")
    found = change(repo, MessageTarget())
    assert len(found.paths) == 6
    assert 500_000 < len(found.changed) < 1_000_001


def test_names_that_are_not_utf8_harm_nothing(repo: Sandbox) -> None:
    blob = repo.git("hash-object", "-w", "--stdin", stdin=b"caf\xe9_name ok_name\n")
    repo.git(
        "update-index", "-z", "--index-info", stdin=f"100644 {blob} 0\t".encode() + b"d\xe9.c\0"
    )
    found = change(repo, MessageTarget())
    assert found.paths == ("d\ufffd.c",)
    assert "ok_name" in found.changed
    repo.git("commit", "-qm", "odd")
    assert "d\ufffd.c" in surroundings(repo).paths


def test_submodules_are_names_and_nothing_more(repo: Sandbox, tmp_path: Path) -> None:
    repo.git("clone", "-q", repo.folder, tmp_path / "other")
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add",
             str(tmp_path / "other"), "vendor/other_lib")  # fmt: skip
    found = change(repo, MessageTarget())
    assert set(found.paths) == {".gitmodules", "vendor/other_lib"}
    repo.git("commit", "-qm", "add other_lib")
    assert "vendor/other_lib" in surroundings(repo).paths


def test_what_a_person_set_for_their_own_eyes_changes_nothing(repo: Sandbox) -> None:
    repo.commit("begin", {"a.c": BEFORE})
    repo.commit("next", {"a.c": AFTER})
    plain = change(repo, CommitTarget(repo.commit_id())), surroundings(repo)
    for key, value in {
        "diff.noprefix": "true", "diff.external": "false", "color.ui": "always",
        "log.showSignature": "true", "diff.mnemonicPrefix": "true", "core.quotePath": "true",
    }.items():  # fmt: skip
        repo.git("config", key, value)
    assert (change(repo, CommitTarget(repo.commit_id())), surroundings(repo)) == plain


def test_surroundings_are_paths_refs_authors_and_messages(repo: Sandbox) -> None:
    repo.commit("second\n\nMore of it.\n", {"src/deep/file.c": "x"})
    repo.git("tag", "v1.0-fsmonitor")
    repo.git("switch", "-qc", "ada/NET-42")
    found = surroundings(repo)
    assert found.paths == ("README", "src/deep/file.c")
    assert found.branch == "ada/NET-42"
    assert found.branches == ("ada/NET-42", "main")
    assert found.tags == ("v1.0-fsmonitor",)
    assert found.authors == ("Ada Lovelace", "Ada Lovelace")
    assert [message.strip() for message in found.messages] == [
        "second\n\nMore of it.", "start the project",
    ]  # fmt: skip
