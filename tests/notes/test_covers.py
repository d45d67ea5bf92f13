from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from git_voicenote.datatypes import Note
from git_voicenote.errors import GitError, UnknownRevisionError
from git_voicenote.git.repository import Repository
from git_voicenote.notes.covers import Covers
from git_voicenote.notes.format import render_note

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox

WHY = Note("Move retries.", ("20261122-101400-0001",), "moonshine", "en", 3.0)


def covers_of(sandbox: Sandbox, folder: Path | None = None) -> Covers:
    return Covers(Repository.discover(folder or sandbox.folder))


@pytest.mark.parametrize("key", ["main", "topic/a=b", "größe", "-x", "a.b/c"])
def test_a_cover_is_one_file_in_a_ref_of_its_own(repo: Sandbox, key: str) -> None:
    covers = covers_of(repo)
    covers.write(key, [WHY])

    assert covers.read(key) == (WHY,)
    assert covers.keys() == (key,)
    assert repo.git("show", f"refs/voicenote/cover/{key}:cover") + "\n" == render_note(WHY)
    assert repo.git("ls-tree", "--name-only", f"refs/voicenote/cover/{key}") == "cover"


def test_each_writing_is_a_commit_on_the_one_before(repo: Sandbox) -> None:
    covers = covers_of(repo)
    covers.write("main", [WHY])
    covers.write("main", [Note("Said better.")])

    assert covers.text("main") == "Said better.\n"
    log = repo.git("log", "--format=%an: %s", "refs/voicenote/cover/main")
    assert log.splitlines() == ["Ada Lovelace: voicenote: cover of main"] * 2
    assert "git voicenote: write the cover" in repo.git("reflog", "refs/voicenote/cover/main")


def test_a_removed_cover_is_gone(repo: Sandbox) -> None:
    covers = covers_of(repo)
    covers.write("main", [WHY])
    covers.remove("main")
    covers.remove("main")

    assert covers.read("main") == ()
    assert covers.text("main") is None
    assert covers.keys() == ()


def test_the_persons_own_description_is_not_touched(repo: Sandbox) -> None:
    repo.git("config", "branch.main.description", "kept by another tool")
    covers_of(repo).write("main", [WHY])

    assert repo.git("config", "branch.main.description") == "kept by another tool"


def test_the_key_is_the_branch_or_the_commit(repo: Sandbox) -> None:
    repo.git("tag", "main")  # makes git call the branch heads/main
    assert covers_of(repo).key_for_head() == "main"
    repo.git("checkout", "--quiet", "--detach")
    assert covers_of(repo).key_for_head() == "detached/" + repo.commit_id()


def test_an_unborn_branch_has_a_key_and_a_detached_nothing_has_none(sandbox: Sandbox) -> None:
    sandbox.git("init", "--quiet", "--initial-branch=topic")
    assert covers_of(sandbox).key_for_head() == "topic"

    sandbox.write(".git/HEAD", "1" * 40 + "\n")
    with pytest.raises(UnknownRevisionError, match="there are no commits yet"):
        covers_of(sandbox).key_for_head()


def test_the_cover_of_a_series_is_found_by_branch_tip_or_commit(repo: Sandbox) -> None:
    covers = covers_of(repo)
    tip = repo.commit_id()
    assert covers.key_for_tip(tip, "main") is None

    covers.write("detached/" + tip, [WHY])
    assert covers.key_for_tip(tip, "main") == "detached/" + tip
    repo.git("branch", "side")
    covers.write("side", [WHY])
    assert covers.key_for_tip(tip) == "side"
    covers.write("main", [WHY])
    assert covers.key_for_tip(tip) == "main"
    assert covers.key_for_tip(tip, "side") == "side"

    later = repo.commit("later")
    assert covers.key_for_tip(later) == "main"
    assert covers.key_for_tip(tip) == "side"


def test_the_cover_of_a_deleted_branch_makes_room_and_is_kept(repo: Sandbox) -> None:
    covers = covers_of(repo)
    covers.write("a", [Note("of a branch that is gone")])
    covers.write("a/b", [WHY])

    assert covers.keys() == ("a/b",)
    aside = repo.git("for-each-ref", "--format=%(refname)", "refs/voicenote/set-aside")
    assert repo.git("show", f"{aside}:cover") == "of a branch that is gone"

    covers.write("a", [Note("a again")])
    assert covers.keys() == ("a",)
    assert len(repo.git("for-each-ref", "refs/voicenote/set-aside").splitlines()) == 2


def test_the_cover_of_a_commit_is_never_moved_away(repo: Sandbox) -> None:
    covers = covers_of(repo)
    key = "detached/" + repo.commit_id()
    covers.write(key, [WHY])

    with pytest.raises(GitError, match=f"the cover of '{key}' is in the way") as caught:
        covers.write("detached", [WHY])

    assert f"git update-ref -d refs/voicenote/cover/{key}" in (caught.value.hint or "")
    assert covers.read(key) == (WHY,)


def test_covers_are_shared_by_worktrees_and_work_without_one(repo: Sandbox, tmp_path: Path) -> None:
    repo.git("worktree", "add", "--quiet", "-b", "topic", tmp_path / "tree")
    covers_of(repo, tmp_path / "tree").write("topic", [WHY])
    assert covers_of(repo).read("topic") == (WHY,)

    repo.git("clone", "--quiet", "--bare", ".", tmp_path / "bare.git")
    bare = covers_of(repo, tmp_path / "bare.git")
    bare.write(bare.key_for_head(), [WHY])
    assert bare.read("main") == (WHY,)


def test_a_cover_in_a_sha256_repository(sandbox: Sandbox) -> None:
    sandbox.git("init", "--quiet", "--object-format=sha256", "--initial-branch=main")
    sandbox.commit("start", {"a": "1\n"})
    covers = covers_of(sandbox)
    covers.write("main", [WHY])
    covers.write("main", [WHY, WHY])

    assert covers.read("main") == (WHY, WHY)


def test_a_locked_cover_is_named(repo: Sandbox) -> None:
    lock = repo.write(".git/refs/voicenote/cover/main.lock", "")

    with pytest.raises(GitError, match="refs/voicenote/cover/main is locked") as caught:
        covers_of(repo).write("main", [WHY])

    assert caught.value.hint == f"if no git process is running, `rm {lock}` removes the lock"


def test_a_cover_without_an_identity(repo: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.delenv(name)
    repo.git("config", "user.useConfigOnly", "true")

    with pytest.raises(GitError, match="does not know who you are"):
        covers_of(repo).write("main", [WHY])


def test_a_cover_follows_its_branch(repo: Sandbox) -> None:
    covers = covers_of(repo)
    repo.git("checkout", "--quiet", "-b", "topic")
    covers.write("topic", [WHY])
    repo.git("branch", "-m", "other")
    repo.git("branch", "-m", "größe/a=b")
    repo.git("branch", "bystander")

    assert covers.key_for_head() == "größe/a=b"
    assert covers.read("größe/a=b") == (WHY,)
    assert covers.key_for_tip(repo.commit_id()) == "größe/a=b"
    assert covers.text("bystander") is None
    assert covers.keys() == ("topic",)  # who reads it moves nothing
    covers.update("größe/a=b", lambda now: f"{now}\nMore.\n")
    assert covers.keys() == ("größe/a=b",)
    log = repo.git("log", "--format=%s", "refs/voicenote/cover/größe/a=b")
    assert len(log.splitlines()) == 2


@pytest.mark.parametrize(("before", "now"), [("a", "a/b"), ("a/b", "a")])
def test_a_cover_follows_where_git_cannot_keep_both_names(
    repo: Sandbox, before: str, now: str
) -> None:
    covers = covers_of(repo)
    repo.git("branch", before)
    covers.write(before, [WHY])
    repo.git("branch", "-m", before, now)
    assert covers.follow_renames() == ((before, now),)
    assert covers.read(now) == (WHY,)
    assert covers.keys() == (now,)
    assert covers.follow_renames() == ()


def test_a_cover_stays_with_a_branch_that_has_its_name_again(repo: Sandbox) -> None:
    covers = covers_of(repo)
    repo.git("branch", "topic")
    repo.git("branch", "-m", "topic", "other")
    repo.git("branch", "topic")
    covers.write("topic", [WHY])
    assert covers.text("other") is None
    assert covers.follow_renames() == ()


def test_the_cover_of_a_renamed_branch_is_removed_by_its_new_name(repo: Sandbox) -> None:
    covers = covers_of(repo)
    covers.write("main", [WHY])
    repo.git("branch", "-m", "topic")
    covers.remove("topic")
    assert (covers.keys(), covers.text("topic")) == ((), None)


def test_words_that_cannot_be_read_are_not_taken_for_none(repo: Sandbox) -> None:
    covers = covers_of(repo)
    covers.write("main", [WHY])
    blob = repo.commit_id("refs/voicenote/cover/main:cover")
    (repo.folder / f".git/objects/{blob[:2]}/{blob[2:]}").unlink()
    with pytest.raises(GitError, match=r"bad file|not a valid object|could not get object"):
        covers.text("main")


def test_covers_whose_branch_is_gone_are_named(repo: Sandbox) -> None:
    covers = covers_of(repo)
    for key in ("main", "gone", "detached/" + repo.commit_id()):
        covers.write(key, [WHY])
    repo.git("branch", "-m", "topic")
    assert [left.name for left in covers.orphaned()] == ["gone"]


def test_other_files_of_a_cover_stay(repo: Sandbox) -> None:
    covers = covers_of(repo)
    blob = repo.git("hash-object", "-w", "--stdin", stdin=b"x")
    tree = repo.git("mktree", stdin=f"100644 blob {blob}\tplan\n".encode())
    repo.git("update-ref", "refs/voicenote/cover/main", repo.git("commit-tree", "-m", "x", tree))
    covers.write("main", [WHY])
    names = repo.git("ls-tree", "--name-only", "refs/voicenote/cover/main")
    assert names.split() == ["cover", "plan"]


def test_the_cover_of_a_branch_that_is_gone_is_offered(repo: Sandbox) -> None:
    covers_of(repo).write("gone", [WHY])
    done = repo.voicenote("show", "--cover")
    assert done.returncode == 1
    assert done.stderr.decode() == (
        "error: no cover for main\n"
        "hint: record one with `git voicenote record --cover`; "
        "of deleted branches: `git voicenote show --cover gone`\n"
    )
