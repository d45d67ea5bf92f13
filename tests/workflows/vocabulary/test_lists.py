"""A list of terms in a hostile repository: nothing is written or read outside of it."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from git_voicenote.errors import StoreError
from git_voicenote.git.repository import Repository
from git_voicenote.targets import CommitTarget
from git_voicenote.workflows.vocabulary.harvested import vocabulary_for
from git_voicenote.workflows.vocabulary.lists import personal_list, project_list

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.workflows.vocabulary.lists import VocabularyList
    from tests.support.sandbox import Sandbox


def _list_of(repo: Sandbox) -> VocabularyList:
    found = project_list(Repository.discover(repo.folder))
    assert found
    return found


def _add(repo: Sandbox, text: str = "kubectl\n") -> None:
    _list_of(repo).edit(lambda before: before + text)


def test_a_term_is_added(repo: Sandbox) -> None:
    _add(repo)
    assert (repo.folder / ".voicenote/vocabulary").read_text() == "kubectl\n"
    assert not _list_of(repo).edit(lambda before: before)


@pytest.mark.parametrize("link", ["vocabulary", "vocabulary.new"])
def test_a_committed_link_does_not_lead_to_git_s_config(repo: Sandbox, link: str) -> None:
    config = (repo.folder / ".git/config").read_bytes()
    (repo.folder / ".voicenote").mkdir()
    (repo.folder / ".voicenote" / link).symlink_to("../.git/config")
    payload = "[core]\n\tfsmonitor = touch /tmp/payload\n"
    if link == "vocabulary":
        with pytest.raises(StoreError, match="symbolic link"):
            _add(repo, payload)
    else:
        _add(repo, payload)
    assert (repo.folder / ".git/config").read_bytes() == config


@pytest.mark.parametrize("target", ["../elsewhere", ".git", "/"])
def test_a_folder_that_is_a_link_leads_nowhere(repo: Sandbox, target: str) -> None:
    (repo.folder.parent / "elsewhere").mkdir()
    (repo.folder / ".voicenote").symlink_to(target)
    with pytest.raises(StoreError, match="symbolic link"):
        _add(repo)
    assert not list((repo.folder.parent / "elsewhere").iterdir())
    assert not (repo.folder / ".git" / "vocabulary").exists()


@pytest.mark.parametrize("target", ["/dev/stdin", "/dev/zero", "/etc/passwd", "../.git/config"])
def test_a_link_out_of_the_repository_is_told_and_not_read(repo: Sandbox, target: str) -> None:
    (repo.folder / ".voicenote").mkdir()
    (repo.folder / ".voicenote/vocabulary").symlink_to(target)
    told: list[str] = []
    terms = vocabulary_for(
        Repository.discover(repo.folder), CommitTarget(repo.commit_id()), told.append
    ).terms
    assert ["symbolic link" in line for line in told] == [True]
    assert not any(term.text in ("root", "repositoryformatversion") for term in terms)


def test_a_list_without_end_is_refused(repo: Sandbox) -> None:
    repo.write(".voicenote/vocabulary", "kubectl\n" * 30_000)
    with pytest.raises(StoreError, match="larger than 200 kB"):
        _list_of(repo).read()


def test_a_committed_list_without_end_is_refused(repo: Sandbox, tmp_path: Path) -> None:
    repo.commit("list", {".voicenote/vocabulary": "kubectl\n" * 30_000})
    repo.git("clone", "-q", "--bare", repo.folder, tmp_path / "bare.git")
    told: list[str] = []
    vocabulary_for(
        Repository.discover(tmp_path / "bare.git"), CommitTarget(repo.commit_id()), told.append
    )
    assert told == ["HEAD:.voicenote/vocabulary is larger than 200 kB; it is not read"]


def test_a_personal_list_may_be_a_link_to_dotfiles(sandbox: Sandbox, tmp_path: Path) -> None:
    dotfiles = tmp_path / "dotfiles"
    dotfiles.mkdir()
    (dotfiles / "words").write_text("kubectl\n")
    personal_list().path.parent.mkdir(parents=True)
    personal_list().path.symlink_to(dotfiles / "words")
    assert personal_list().edit(lambda before: before + "mypy\n")
    assert (dotfiles / "words").read_text() == "kubectl\nmypy\n"
    assert personal_list().read() == "kubectl\nmypy\n"


def test_a_list_keeps_its_mode(repo: Sandbox) -> None:
    repo.write(".voicenote/vocabulary", "kubectl\n")
    path = repo.folder / ".voicenote/vocabulary"
    path.chmod(0o664)
    _add(repo, "mypy\n")
    assert path.stat().st_mode & 0o777 == 0o664


def test_a_list_in_a_work_tree_that_git_is_told_of(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    sandbox.git("init", "-q", "--bare", tmp_path / "dotfiles.git")
    (tree / ".voicenote").symlink_to(tmp_path)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "dotfiles.git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tree))
    chosen = project_list(Repository.discover(tree))
    assert chosen
    with pytest.raises(StoreError, match="symbolic link"):
        chosen.edit(lambda before: before + "kubectl\n")
    assert not os.path.lexists(tmp_path / "vocabulary")


def test_terms_that_are_added_at_once_are_all_there(repo: Sandbox) -> None:
    terms = [f"term_{number}" for number in range(6)]
    commands = [
        subprocess.Popen(
            ["git-voicenote", "vocabulary", "add", term],
            cwd=repo.folder, env=repo.environment, stderr=subprocess.DEVNULL,
        )
        for term in terms
    ]  # fmt: skip
    assert [command.wait() for command in commands] == [0] * len(terms)
    assert sorted(_list_of(repo).read().split()) == terms
