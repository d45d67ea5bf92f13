"""The vocabulary of real repositories: harvested, listed, remembered."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from git_voicenote.engines.base import Context
from git_voicenote.git.repository import Repository
from git_voicenote.targets import CommitTarget, MessageTarget, Target
from git_voicenote.workflows.vocabulary.harvested import vocabulary_for, with_keywords
from git_voicenote.workflows.vocabulary.lists import personal_list

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.workflows.vocabulary.harvested import Vocabulary
    from tests.support.sandbox import Sandbox

CACHE = ".git/voicenote/vocabulary"


def found(sandbox: Sandbox, target: Target | None = None) -> tuple[Vocabulary, list[str]]:
    told: list[str] = []
    repository = Repository.discover(sandbox.folder)
    target = target or CommitTarget(sandbox.commit_id())
    return vocabulary_for(repository, target, told.append), told


def texts(vocabulary: Vocabulary) -> list[str]:
    return [term.text for term in vocabulary.terms]


@pytest.fixture
def code(repo: Sandbox) -> Sandbox:
    """A repository with code in it, and a change on top."""
    repo.commit("store: add the oidtree\n\nThe oidtree keeps oids.", {
        "lib/oidtree.c": "int oidtree_insert(void);\nint far_away(void);\n",
        "docs/kwset.adoc": "kwset\n",
    })  # fmt: skip
    repo.commit("lib: add oidtree_clear", {
        "lib/oidtree.c": "int oidtree_insert(void);\nint oidtree_clear(void);\n",
    })  # fmt: skip
    return repo


def test_what_is_being_explained_comes_first(code: Sandbox) -> None:
    vocabulary, told = found(code)
    assert told == []
    names = texts(vocabulary)
    assert names[0] == "oidtree_clear"
    assert names.index("oidtree_insert") < names.index("kwset")
    assert vocabulary.hotwords[0] == "oidtree_clear"
    assert ("oidtree", "clear") in vocabulary.phrases
    assert "keeps oids" in vocabulary.prose


def test_what_is_staged_has_a_vocabulary_of_its_own(code: Sandbox) -> None:
    code.write("docs/kwset.adoc", "kwset_match\n")
    code.git("add", "-A")
    assert texts(found(code, MessageTarget())[0])[0] in ("kwset_match", "kwset")


def test_the_lists_come_before_all_else(code: Sandbox) -> None:
    code.write(".voicenote/vocabulary", "# ours\nkubectl\ncube cuttle => kubectl\n=>\n")
    personal_list().path.parent.mkdir(parents=True)
    personal_list().path.write_text("my pie => mypy\n")
    vocabulary, told = found(code)
    assert {*texts(vocabulary)[:2]} == {"kubectl", "mypy"}
    assert vocabulary.terms[0].aliases in (("cube cuttle",), ("my pie",))
    assert told == [f"{code.folder}/.voicenote/vocabulary has no term in line 4"]


def test_in_a_bare_repository_the_list_is_the_committed_one(code: Sandbox, tmp_path: Path) -> None:
    code.commit("list", {".voicenote/vocabulary": "zsh\n"})
    code.git("clone", "-q", "--bare", code.folder, tmp_path / "bare.git")
    bare = Repository.discover(tmp_path / "bare.git")
    assert "zsh" in texts(vocabulary_for(bare, CommitTarget(code.commit_id()), print))[0:3]


def test_outside_of_a_repository_there_is_the_personal_list(sandbox: Sandbox) -> None:
    assert vocabulary_for(None, MessageTarget(), print).terms == ()
    personal_list().path.parent.mkdir(parents=True)
    personal_list().path.write_text("kubectl\n")
    assert texts(vocabulary_for(None, MessageTarget(), print)) == ["kubectl"]


def test_a_list_that_cannot_be_read_is_told_and_the_rest_is_there(code: Sandbox) -> None:
    (code.folder / ".voicenote/vocabulary").mkdir(parents=True)
    vocabulary, told = found(code)
    assert "oidtree_clear" in texts(vocabulary)
    (text,) = told
    assert "cannot be read" in text


def test_it_is_remembered_until_something_changes(code: Sandbox) -> None:
    first = found(code)[0]
    kept = code.folder / CACHE / "repository.json"
    before = kept.stat().st_mtime_ns
    assert found(code)[0] == first
    assert kept.stat().st_mtime_ns == before

    code.write(".voicenote/vocabulary", "kubectl\n")
    assert texts(found(code)[0])[0] == "kubectl"
    assert kept.stat().st_mtime_ns == before

    code.commit("docs: mention the fsmonitor", {"docs/fsmonitor.adoc": "x"})
    assert "fsmonitor" in texts(found(code)[0])
    assert kept.stat().st_mtime_ns != before


@pytest.mark.parametrize("name", ["changes", "repository", "terms"])
@pytest.mark.parametrize("content", ["<html>", '{"version": 2, "values": [[KEY, {"seen": 3}]]}',
                                     '{"version": 2, "values": [[KEY, [[[1]]]]]}'])  # fmt: skip
def test_a_broken_cache_is_told_and_made_anew(code: Sandbox, name: str, content: str) -> None:
    first = found(code)[0]
    path = code.folder / CACHE / f"{name}.json"
    key = json.loads(path.read_text())["values"][-1][0]
    path.write_text(content.replace("KEY", json.dumps(key)))
    again, told = found(code)
    assert again == first
    assert len(told) == 1
    assert "rebuilt" in told[0]
    assert found(code) == (first, [])


def test_a_repository_that_cannot_be_written_has_a_vocabulary(code: Sandbox) -> None:
    (code.folder / ".git/voicenote").mkdir(exist_ok=True)
    code.write(CACHE, "in the way")
    vocabulary, told = found(code)
    assert "oidtree_clear" in texts(vocabulary)
    assert all("cannot" in text for text in told)
    assert told


def test_a_damaged_repository_leaves_the_lists(code: Sandbox) -> None:
    code.write(".voicenote/vocabulary", "kubectl\n")
    shutil.rmtree(code.folder / ".git/objects")
    (code.folder / ".git/objects").mkdir()
    vocabulary, _ = found(code)
    assert "kubectl" in texts(vocabulary)


def test_a_hundred_thousand_files_are_no_more_than_three_hundred_terms(repo: Sandbox) -> None:
    stream = ["blob\nmark :1\ndata 1\nx\n", "commit refs/heads/main\ncommitter A <a@b.c> 1 +0000\n",
              "data 5\nmany\nfrom refs/heads/main^0\n"]  # fmt: skip
    stream += [f"M 100644 :1 dir{n % 300}/mod_{n:06x}_part.c\n" for n in range(100_000)]
    repo.git("fast-import", "--quiet", stdin="".join(stream).encode())
    vocabulary, told = found(repo)
    assert told == []
    assert 0 < len(vocabulary.terms) <= 300
    assert len(vocabulary.hotwords) <= 50
    assert (repo.folder / CACHE / "repository.json").stat().st_size < 2_000_000


def test_terms_that_somebody_asks_for_come_before_all_others() -> None:
    context = Context(hotwords=("rename", "kwset"), phrases=(("re", "name"),))
    asked = with_keywords(context, ["kwset", "k w set => kwset", "", "git rebase"])
    assert asked.hotwords == ("kwset", "git rebase", "rename")
    assert ("k", "w", "set") in asked.phrases
    assert asked.phrases[-1] == ("re", "name")
    assert with_keywords(context, [" ", "--"]) is context
