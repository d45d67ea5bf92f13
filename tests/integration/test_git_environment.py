"""A repository is where git says it is: GIT_DIR, --work-tree, core.worktree, and the like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from git_voicenote.git.pending_commit import PendingCommit
from git_voicenote.git.repository import Repository
from tests.support.engines import SCRIPTED
from tests.support.recording import SPOKEN
from tests.support.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Layout = Callable[[Sandbox, Path], tuple[Sandbox, tuple[str, ...]]]


def at(repo: Sandbox, folder: Path, **environment: str) -> Sandbox:
    folder.mkdir(parents=True, exist_ok=True)
    return Sandbox(folder, repo.home, {**repo.extra, **environment})


def dotfiles(repo: Sandbox, place: Path) -> tuple[Sandbox, tuple[str, ...]]:
    """A manager of dotfiles: a work tree without .git, and both named on the command line."""
    (repo.folder / ".git").rename(place / "dotfiles.git")
    repo.git(f"--git-dir={place}/dotfiles.git", "config", "core.bare", "true")
    return repo, (f"--git-dir={place}/dotfiles.git", f"--work-tree={repo.folder}")


def relative(repo: Sandbox, place: Path) -> tuple[Sandbox, tuple[str, ...]]:
    """All of it in the environment, seen from a folder below."""
    (repo.folder / ".git").rename(place / "there.git")
    folder = repo.folder / "folder"
    named = {
        "GIT_DIR": "../../place/there.git",
        "GIT_WORK_TREE": "..",
        "GIT_OBJECT_DIRECTORY": str(place / "there.git/objects"),
        "GIT_INDEX_FILE": str(place / "index"),
    }
    return at(repo, folder, **named), ()


def core_worktree(repo: Sandbox, place: Path) -> tuple[Sandbox, tuple[str, ...]]:
    repo.git("config", "core.worktree", place / "tree")
    (place / "tree").mkdir()
    return repo, ()


def from_afar(repo: Sandbox, place: Path) -> tuple[Sandbox, tuple[str, ...]]:
    return at(repo, place / "elsewhere", GIT_CEILING_DIRECTORIES=str(place)), (
        "-C", str(repo.folder),
    )  # fmt: skip


def bare(repo: Sandbox, place: Path) -> tuple[Sandbox, tuple[str, ...]]:
    repo.run("git", "clone", "--quiet", "--bare", repo.folder, place / "bare.git")
    return at(repo, place / "bare.git"), ()


def worktree(repo: Sandbox, place: Path) -> tuple[Sandbox, tuple[str, ...]]:
    repo.git("worktree", "add", "--quiet", place / "tree")
    return at(repo, place / "tree/folder"), ()


def submodule(repo: Sandbox, place: Path) -> tuple[Sandbox, tuple[str, ...]]:
    outer = at(repo, place / "outer")
    outer.git("init", "--quiet")
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", repo.folder, "sub")
    return at(repo, place / "outer/sub"), ()


def inside_git_dir(repo: Sandbox, _place: Path) -> tuple[Sandbox, tuple[str, ...]]:
    return at(repo, repo.folder / ".git"), ()


LAYOUTS: tuple[Layout, ...] = (
    dotfiles, relative, core_worktree, from_afar, bare, worktree, submodule, inside_git_dir,
)  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: str(layout.__name__))
def test_notes_are_saved_and_packed_wherever_git_says(
    repo: Sandbox, tmp_path: Path, layout: Layout
) -> None:
    lines = repo.home / "lines"
    lines.write_text("We now write a new file.\n" * 9)
    repo.extra |= {"GIT_VOICENOTE_ENGINE": SCRIPTED, "SCRIPTED_SPEECH": str(lines)}
    place = tmp_path / "place"
    place.mkdir()
    here, options = layout(repo, place)
    commit = here.git(*options, "rev-parse", "HEAD")

    def voicenote(*arguments: str | Path) -> str:
        # as git starts it: `git` is what makes an environment of its options
        done = here.run("git", *options, "voicenote", *arguments, check=False)
        assert done.returncode == 0, (done.stdout + done.stderr).decode()
        return done.stdout.decode()

    voicenote("record", commit, "--from", SPOKEN)
    assert "We now write a new file." in here.git(*options, "notes", "--ref=voicenote", "show")
    voicenote("record", "--cover", "--from", SPOKEN)
    voicenote("show", "--cover")
    voicenote("sync", "bundle", tmp_path / "stick", "--audio")

    common = here.git(*options, "rev-parse", "--path-format=absolute", "--git-common-dir")
    other = at(repo, tmp_path / "other")
    other.run("git", "clone", "--quiet", common, ".")
    taken = other.voicenote("sync", "unbundle", tmp_path / "stick").stderr
    assert taken.startswith(b"1 note and 1 cover from stick\n2 recordings imported\n"), taken
    assert "We now write a new file." in other.git("notes", "--ref=voicenote", "show", commit)


def test_a_bundle_is_taken_in_whatever_urls_and_protocols_are_for(
    repo: Sandbox, tmp_path: Path
) -> None:
    repo.git("notes", "--ref=voicenote", "add", "-m", "Why.")
    assert repo.voicenote("sync", "bundle", tmp_path / "stick").returncode == 0
    other = at(repo, tmp_path / "other=1", GIT_ALLOW_PROTOCOL="https")
    other.git("init", "--quiet")
    other.git("config", "url.https://example.org/.insteadOf", "/")
    other.git("config", "protocol.allow", "never")
    done = other.voicenote("sync", "unbundle", tmp_path / "stick")
    assert (done.returncode, done.stderr.splitlines()[0]) == (0, b"1 note from stick"), done.stderr


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ({"GIT_DIR": "nowhere"}, "not a git repository: 'nowhere'"),
        ({"GIT_CONFIG_GLOBAL": "broken"}, "bad config line 1 in file broken"),
        ({"GIT_CONFIG_COUNT": "1"}, "GIT_CONFIG_KEY_0"),
    ],
)
def test_a_repository_that_cannot_be_opened_is_not_taken_for_none(
    repo: Sandbox, broken: dict[str, str], words: str
) -> None:
    """Else what was said would be kept outside of it, without a word."""
    repo.write("broken", "[[\n")
    for command in (("show",), ("transcribe", SPOKEN), ("history", "list")):
        done = repo.voicenote(*command, environment=broken)
        assert (done.returncode, words in done.stderr.decode()) == (128, True), done.stderr


def test_a_submodule_is_among_the_staged_whatever_is_ignored(repo: Sandbox, tmp_path: Path) -> None:
    repo.git("config", "diff.ignoreSubmodules", "all")
    at(repo, tmp_path / "inner").git("clone", "--quiet", str(repo.folder), ".")
    repo.git(
        "-c", "protocol.file.allow=always", "submodule", "--quiet", "add",
        str(tmp_path / "inner"), "sub",
    )  # fmt: skip
    pending = PendingCommit(Repository.discover(repo.folder), repo.folder / "message", None)
    assert pending.staged()[0] == (".gitmodules", "sub")


def test_the_file_that_git_config_alone_is_given_counts_for_nothing(repo: Sandbox) -> None:
    """Every other git command ignores GIT_CONFIG."""
    repo.write("other", "[voicenote]\n\tlanguage = de\n")
    named = {"GIT_CONFIG": str(repo.folder / "other")}
    done = repo.voicenote("settings", "set", "language", "en", environment=named)
    assert done.returncode == 0, done.stderr
    assert repo.git("config", "voicenote.language") == "en"
    assert b"language = en" in repo.voicenote("settings", environment=named).stdout
