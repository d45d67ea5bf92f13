"""A series that `git voicenote am` began, or goes on with, and `git am` does the rest of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.applying import COVER, am, cover, mail, notes
from tests.support.series import make_branch, write_cover

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox

LEFT = "of what git am had applied (git voicenote show)\n"


@pytest.fixture
def mails(repo: Sandbox, bob: Sandbox, tmp_path: Path) -> list[Path]:
    """Five explained patches with a cover, of which Bob's files reject the second and fourth."""
    numbers = range(1, 6)
    make_branch(repo, [f"title {n}\n" for n in numbers], [f"Note {n}.\n" for n in numbers])
    write_cover(repo, COVER)
    bob.extra["GIT_AUTHOR_DATE"] = "2026-02-03T04:05:06Z"
    bob.commit("in the way", {"file-2": "x\n", "file-4": "x\n"})
    return mail(repo, tmp_path / "out")


def resolve(clone: Sandbox, number: int) -> None:
    clone.write(f"file-{number}", f"content {number}\n")
    clone.write("shared", "".join(f"line {line}\n" for line in range(1, number + 1)))
    clone.git("add", "--all")


def git_am(clone: Sandbox, *arguments: str | Path) -> int:
    done = clone.run("git", "am", *arguments, check=False)
    return done.returncode


def is_in_progress(clone: Sandbox) -> bool:
    return (clone.folder / ".git/rebase-apply").exists()


def shown(clone: Sandbox, *arguments: str) -> str:
    """Run a command that has nothing to do with am, and return what it says of it."""
    return clone.voicenote(*(arguments or ("show",))).stderr.decode()


def of_commits(clone: Sandbox) -> dict[str, str]:
    titles = clone.git("log", "--reverse", "--format=%s", "main..HEAD").split("\n")
    return dict(zip(titles, notes(clone), strict=True))


ALL = {"in the way": "", **{f"title {n}": f"Note {n}.\n" for n in range(1, 6)}}


@pytest.mark.parametrize(
    "command",
    [("show",), ("review", "main.."), ("format-patch", "--stdout", "-1"), ("sync", "bundle", "x")],
)
def test_git_am_does_the_rest(bob: Sandbox, mails: list[Path], command: tuple[str, ...]) -> None:
    assert "kept 1 note" in am(bob, *mails, status=128)
    for number in (2, 4):
        resolve(bob, number)
        git_am(bob, "--continue")
    assert not is_in_progress(bob)

    assert f"kept 4 notes and the cover of review {LEFT}" in shown(bob, *command)

    assert of_commits(bob) == ALL
    assert (cover(bob) or "").startswith("Move retries into the transport\n")
    assert "kept" not in shown(bob)
    assert not (bob.folder / ".git/voicenote/am").exists()


def test_now_the_one_and_then_the_other(bob: Sandbox, mails: list[Path]) -> None:
    am(bob, *mails, status=128)
    resolve(bob, 2)
    assert git_am(bob, "--continue") == 128
    assert f"kept 2 notes {LEFT}" in shown(bob)
    assert "kept" not in shown(bob)
    resolve(bob, 4)

    assert "kept 2 notes and the cover of review (git voicenote show)" in am(bob, "--continue")

    assert of_commits(bob) == ALL
    assert "kept" not in shown(bob)


def test_begun_with_git_am(bob: Sandbox, mails: list[Path]) -> None:
    git_am(bob, *mails[1:])
    resolve(bob, 2)
    git_am(bob, "--continue")
    resolve(bob, 4)

    assert f"kept 3 notes {LEFT}" in am(bob, "--continue")

    assert of_commits(bob) == ALL


def test_skip(bob: Sandbox, mails: list[Path]) -> None:
    am(bob, *mails, status=128)
    git_am(bob, "--skip")
    for number in (3, 4):
        assert is_in_progress(bob)
        resolve(bob, number)
        git_am(bob, "--continue")
    assert not is_in_progress(bob)

    shown(bob)

    found = of_commits(bob)
    assert found == {title: text for title, text in ALL.items() if title != "title 2"}


@pytest.mark.parametrize("step", ["--abort", "--quit"])
@pytest.mark.parametrize("is_ours", [True, False], ids=["voicenote", "git"])
def test_given_up(bob: Sandbox, mails: list[Path], step: str, is_ours: bool) -> None:
    before = bob.commit_id()
    am(bob, *mails, status=128)
    resolve(bob, 2)
    git_am(bob, "--continue")

    if is_ours:
        am(bob, step)
    else:
        git_am(bob, step)
    shown(bob)

    if step == "--abort":
        assert bob.commit_id() == before
        assert cover(bob) is None
    else:
        kept = {title: text for title, text in ALL.items() if title[-1] in "y123"}
        assert of_commits(bob) == kept
    assert not (bob.folder / ".git/voicenote/am").exists()


def test_a_note_that_was_edited_stays(bob: Sandbox, mails: list[Path]) -> None:
    am(bob, *mails, status=128)
    bob.git("notes", "--ref=voicenote", "add", "-f", "-m", "Mine.", "HEAD")
    for number in (2, 4):
        resolve(bob, number)
        git_am(bob, "--continue")

    shown(bob)

    assert of_commits(bob) == {**ALL, "title 1": "Mine.\n"}


def test_what_became_of_the_commits_meanwhile(bob: Sandbox, mails: list[Path]) -> None:
    """Others went on top, one got a new title, and the branch is not the current one."""
    am(bob, *mails, status=128)
    for number in (2, 4):
        resolve(bob, number)
        git_am(bob, "--continue")
    bob.git("commit", "--quiet", "--amend", "-m", "another title")
    bob.commit("on top", {"top": "x\n"})
    bob.git("checkout", "--quiet", "main")

    assert "kept 4 notes and the cover of review" in shown(bob)

    bob.git("checkout", "--quiet", "review")
    expected = dict(ALL)
    expected["another title"] = expected.pop("title 5")
    assert of_commits(bob) == {**expected, "on top": ""}
    assert cover(bob, "main") is None


def test_what_nothing_tells_apart_is_said(repo: Sandbox, bob: Sandbox, tmp_path: Path) -> None:
    make_branch(repo, ["same\n", "same\n", "same\n"], ["One.\n", "Two.\n", "Three.\n"])
    mails = mail(repo, tmp_path / "out")
    bob.commit("in the way", {"file-1": "x\n"})
    am(bob, *mails, status=128)
    bob.git("checkout", "--quiet", "--force", "HEAD")
    git_am(bob, "--skip")
    bob.write("shared", "line 1\nline 2\n")
    bob.write("file-2", "content 2\n")
    bob.git("add", "--all")
    git_am(bob, "--continue")

    told = shown(bob)

    assert "warning: the note of 'same' was not kept: it may belong to several commits" in told
    assert notes(bob) == ["", "", ""]


def test_no_note_can_be_written_at_first(bob: Sandbox, mails: list[Path]) -> None:
    am(bob, *mails, status=128)
    for number in (2, 4):
        resolve(bob, number)
        git_am(bob, "--continue")
    lock = bob.write(".git/refs/notes/voicenote.lock", "")

    assert "warning: the notes of the patches that git am applied could not be kept" in shown(bob)
    lock.unlink()
    shown(bob)

    assert of_commits(bob) == ALL


def test_another_series_of_git_am_in_between(
    repo: Sandbox, bob: Sandbox, mails: list[Path], tmp_path: Path
) -> None:
    am(bob, *mails, status=128)
    for number in (2, 4):
        resolve(bob, number)
        git_am(bob, "--continue")
    repo.git("checkout", "--quiet", "main")
    repo.git("branch", "-D", "topic")
    make_branch(repo, ["other\n"], ["Other.\n"])
    (other,) = mail(repo, tmp_path / "other", "--no-cover-letter")
    assert git_am(bob, other)  # it conflicts

    assert f"kept 4 notes and the cover of review {LEFT}" in shown(bob)
    resolve(bob, 1)
    bob.write("file-1", "other\n")
    bob.git("add", "--all")
    assert "kept 1 note (git" in am(bob, "--continue")
