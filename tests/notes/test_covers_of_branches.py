"""Covers go with their branches, which git renames, replaces and deletes without telling us."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from git_voicenote.datatypes import Note
from git_voicenote.git.repository import Repository
from git_voicenote.notes.covers import Covers
from git_voicenote.notes.merging.refs import Merge, NoteRefs, Tips

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox


def covers_of(sandbox: Sandbox) -> Covers:
    return Covers(Repository.discover(sandbox.folder))


def branch(sandbox: Sandbox, name: str) -> None:
    """Make a branch with one commit above main and a cover, and check it out."""
    sandbox.git("checkout", "--quiet", "-b", name, "main")
    sandbox.commit(f"work on {name}", {name.replace("/", "-"): "1\n"})
    covers_of(sandbox).write(name, [Note(f"About {name}.")])


def replace(sandbox: Sandbox, before: str, now: str) -> None:
    sandbox.git("checkout", "--quiet", "main")  # git replaces no branch that is checked out
    sandbox.git("branch", "-M", before, now)


def cover_of(sandbox: Sandbox, name: str) -> str | None:
    return covers_of(sandbox).text(name)


def left(sandbox: Sandbox) -> list[str]:
    covers = covers_of(sandbox)
    return [covers.text_of(one).strip() for one in covers.orphaned()]


def test_a_branch_that_replaces_another_brings_its_own_cover(repo: Sandbox) -> None:
    branch(repo, "old")
    branch(repo, "new")
    replace(repo, "old", "new")

    assert cover_of(repo, "new") == "About old.\n"
    assert left(repo) == ["About new."]
    covers = covers_of(repo)
    assert covers.follow_renames() == (("old", "new"),)
    assert covers.keys() == ("new",)
    assert (cover_of(repo, "new"), left(repo)) == ("About old.\n", ["About new."])


def test_a_branch_without_a_cover_that_replaces_another_has_none(repo: Sandbox) -> None:
    branch(repo, "new")
    repo.git("branch", "plain", "main")
    replace(repo, "plain", "new")

    assert (cover_of(repo, "new"), left(repo)) == (None, ["About new."])
    covers_of(repo).write("new", [Note("Said later.")])
    assert (cover_of(repo, "new"), left(repo)) == ("Said later.\n", ["About new."])


def test_branches_that_swap_their_names_swap_their_covers(repo: Sandbox) -> None:
    branch(repo, "a")
    branch(repo, "b")
    for before, now in (("a", "x"), ("b", "a"), ("x", "b")):
        repo.git("branch", "-m", before, now)

    assert (cover_of(repo, "a"), cover_of(repo, "b")) == ("About b.\n", "About a.\n")
    covers_of(repo).follow_renames()
    assert (cover_of(repo, "a"), cover_of(repo, "b")) == ("About b.\n", "About a.\n")
    assert (covers_of(repo).keys(), left(repo)) == (("a", "b"), [])


def test_a_branch_renamed_in_another_worktree(repo: Sandbox, tmp_path: Path) -> None:
    branch(repo, "topic")
    repo.git("checkout", "--quiet", "main")
    repo.git("worktree", "add", "--quiet", tmp_path / "tree", "topic")
    repo.git("-C", tmp_path / "tree", "branch", "-m", "team/topic")

    assert cover_of(repo, "team/topic") == "About topic.\n"
    covers_of(repo).update("team/topic", lambda now: f"{now}\nMore.\n")
    assert covers_of(repo).keys() == ("team/topic",)


def test_a_copy_of_a_branch_is_another_branch(repo: Sandbox) -> None:
    branch(repo, "topic")
    repo.git("branch", "-c", "topic", "copy")

    assert (cover_of(repo, "topic"), cover_of(repo, "copy")) == ("About topic.\n", None)


@pytest.mark.parametrize("has_reflogs", [True, False])
def test_the_cover_of_a_deleted_branch_is_not_that_of_the_next_one(
    repo: Sandbox, has_reflogs: bool
) -> None:
    repo.git("config", "core.logAllRefUpdates", str(has_reflogs).lower())
    branch(repo, "topic")
    repo.git("checkout", "--quiet", "main")
    repo.git("merge", "--quiet", "topic") if has_reflogs else None
    repo.git("branch", "-D", "topic")
    assert (cover_of(repo, "topic"), left(repo)) == ("About topic.\n", ["About topic."])

    repo.git("checkout", "--quiet", "-b", "topic", "main")
    repo.commit("other work", {"other": "1\n"})
    covers = covers_of(repo)
    assert (covers.text("topic"), covers.read("topic")) == (None, ())
    assert covers.key_for_tip(repo.commit_id(), "topic") is None
    (one,) = covers.orphaned_for("topic")
    before = repo.commit_id("refs/voicenote/cover/topic")

    covers.write("topic", [Note("Other words.")])
    assert (covers.text("topic"), left(repo)) == ("Other words.\n", ["About topic."])
    assert repo.commit_id("refs/voicenote/cover/topic~1") == before  # sync goes forwards
    covers.adopt(covers.orphaned()[0], "topic")
    assert (covers.text("topic"), left(repo)) == ("About topic.\n", ["Other words."])
    assert one.tip == before


def test_a_branch_that_is_made_again_at_its_commits_has_its_cover_again(repo: Sandbox) -> None:
    branch(repo, "topic")
    tip = repo.commit_id()
    repo.git("checkout", "--quiet", "main")
    repo.git("branch", "-D", "topic")
    repo.git("branch", "topic", tip)

    assert cover_of(repo, "topic") == "About topic.\n"
    assert covers_of(repo).is_restored("topic")
    covers_of(repo).update("topic", lambda now: f"{now}\nMore.\n")
    assert not covers_of(repo).is_restored("topic")


def test_an_amended_and_rebased_branch_keeps_its_cover(repo: Sandbox) -> None:
    branch(repo, "topic")
    repo.git("commit", "--quiet", "--amend", "--message", "better")
    repo.git("checkout", "--quiet", "main")
    repo.commit("meanwhile", {"m": "1\n"})
    repo.git("rebase", "--quiet", "main", "topic")

    assert cover_of(repo, "topic") == "About topic.\n"
    assert left(repo) == []


def test_a_removed_cover_does_not_come_back_by_itself(repo: Sandbox) -> None:
    branch(repo, "topic")
    tip = repo.commit_id("refs/voicenote/cover/topic")
    covers = covers_of(repo)
    assert covers.remove("topic") == tip
    assert (covers.remove("topic"), left(repo)) == (None, [])

    def fetched(tip: str) -> list[str]:
        repository = Repository.discover(repo.folder)
        merge = Merge(
            repository, NoteRefs("refs/notes/voicenote"), Tips(None, {"topic": tip}),
            "refs/voicenote/remotes/far/", source="far", is_whole=True,
        )  # fmt: skip
        return merge.run().remarks

    assert fetched(tip) == []
    assert cover_of(repo, "topic") is None

    blob = repo.git("hash-object", "-w", "--stdin", stdin=b"Changed there.\n")
    tree = repo.git("mktree", stdin=f"100644 blob {blob}\tcover\n".encode())
    changed = repo.git("commit-tree", "-p", tip, "-m", "voicenote: cover of topic", tree)
    assert fetched(changed) == [
        "the cover of topic was removed here, but changed in far: it was restored"
    ]
    assert cover_of(repo, "topic") == "Changed there.\n"


def test_what_was_left_behind_is_named_taken_and_removed(repo: Sandbox) -> None:
    branch(repo, "topic")
    repo.git("checkout", "--quiet", "-b", "again")
    repo.git("branch", "-D", "topic")

    done = repo.voicenote("format-patch", "main", "--cover-letter", "-o", "out")
    assert done.returncode == 128  # a letter without words is not made
    assert (
        'the cover of topic, a deleted branch ("About topic.") is not used; '
        "`git voicenote show --cover topic --adopt` adopts it"
    ) in done.stderr.decode().splitlines()

    shown = repo.voicenote("status").stdout.decode()
    assert "the deleted branch topic has a cover: `git voicenote show --cover topic" in shown

    done = repo.voicenote("show", "--cover", "topic", "--adopt")
    assert (done.returncode, done.stdout) == (0, b"About topic.\n")
    assert done.stderr.decode().splitlines() == ["cover of again saved"]
    assert (cover_of(repo, "again"), left(repo)) == ("About topic.\n", [])

    done = repo.voicenote("remove", "--cover")
    tip = repo.git("for-each-ref", "--format=%(objectname:short=7)", "refs/voicenote/removed")
    assert done.stderr.decode().splitlines() == [
        f"cover of again removed (its text: git show {tip}:cover)"
    ]
    assert repo.git("show", f"{tip}:cover") == "About topic."
    done = repo.voicenote("remove", "--cover")
    assert done.returncode == 1
    assert done.stderr.decode() == "error: no cover for again: nothing was removed\n"
