from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from git_voicenote.errors import UnknownRevisionError
from git_voicenote.git.commits import (
    commit_details,
    commit_summary,
    commits_in,
    series_summary,
)
from git_voicenote.git.repository import Repository
from git_voicenote.object_ids import ObjectId

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

OFFSET = timezone(timedelta(hours=-9, minutes=-30))


@pytest.fixture(params=["sha1", "sha256"])
def any_repo(sandbox: Sandbox, request: pytest.FixtureRequest) -> Sandbox:
    sandbox.git("init", "--quiet", f"--object-format={request.param}", "--initial-branch=main")
    sandbox.commit("start", {"a": "1\n"})
    return sandbox


def test_a_wrong_value_in_the_configuration_is_not_taken_for_an_unknown_commit(
    repo: Sandbox,
) -> None:
    repo.git("config", "log.mailmap", "perhaps")
    for command in (("show", "HEAD^..HEAD"), ("review", "HEAD")):
        done = repo.voicenote(*command)
        assert done.returncode == 128
        assert b"bad boolean config value 'perhaps' for 'log.mailmap'" in done.stderr, done.stderr


def test_a_configuration_that_gitpython_cannot_read_does_not_matter(any_repo: Sandbox) -> None:
    any_repo.git("config", "includeIf.gitdir:/**.path", "elsewhere")
    repository = Repository.discover(any_repo.folder)
    assert commit_details(repository, any_repo.commit_id()).message == "start"
    with pytest.raises(UnknownRevisionError):
        commit_details(repository, ObjectId("1" * 40))


def test_a_commit_is_known_with_author_date_parents_and_message(any_repo: Sandbox) -> None:
    parent = any_repo.commit_id()
    any_repo.extra["GIT_AUTHOR_NAME"] = "Zoë"
    any_repo.extra["GIT_AUTHOR_DATE"] = "2026-01-02T03:04:05-09:30"
    commit_id = any_repo.commit("fix: größe\n\nA body.\n")

    repository = Repository.discover(any_repo.folder)
    details = commit_details(repository, commit_id)

    assert details.commit == repository.as_commit(commit_id, "fix: größe")
    assert (details.author, details.parents) == ("Zoë", (parent,))
    assert details.authored_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=OFFSET)
    assert details.authored_at.utcoffset() == OFFSET.utcoffset(None)
    assert details.message == "fix: größe\n\nA body.\n"


def test_a_commit_that_is_not_there_is_an_error(any_repo: Sandbox) -> None:
    missing = ObjectId("1" * len(any_repo.commit_id()))

    with pytest.raises(UnknownRevisionError):
        commit_details(Repository.discover(any_repo.folder), missing)


def test_a_commit_in_summary_for_an_editor(any_repo: Sandbox) -> None:
    any_repo.git("config", "color.ui", "always")
    commit_id = any_repo.commit("feat: more", {"a": "1\n2\n"})

    assert commit_summary(Repository.discover(any_repo.folder), commit_id) == (
        f"{commit_id[:7]} feat: more\nAda Lovelace, 2026-01-02 03:04\n\n"
        " a | 1 +\n 1 file changed, 1 insertion(+)"
    )


def test_a_series_in_summary_begins_where_its_branch_did(repo: Sandbox) -> None:
    repository = Repository.discover(repo.folder)
    assert series_summary(repository) == ""
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.commit("one", {"a": "1\n"})
    repo.commit("two", {"b": "1\n"})

    assert series_summary(repository) == (
        "Ada Lovelace (2):\n  one\n  two\n\n"
        " a | 1 +\n b | 1 +\n 2 files changed, 2 insertions(+)\n"
        " create mode 100644 a\n create mode 100644 b"
    )
    repo.git("branch", "--quiet", "upstream", "HEAD~1")
    repo.git("branch", "--quiet", "--set-upstream-to=upstream")
    assert series_summary(repository).startswith("Ada Lovelace (1):\n  two\n")
    assert series_summary(repository, "main") == ""


def test_revisions_are_read_as_git_show_does(repo: Sandbox) -> None:
    start = repo.commit_id()
    first, second = repo.commit("one"), repo.commit("two")
    repository = Repository.discover(repo.folder)

    assert commits_in(repository, (first, start)) == (
        repository.as_commit(first, "one"),
        repository.as_commit(start, "start the project"),
    )
    assert commits_in(repository, ("HEAD~2..HEAD",)) == (
        repository.as_commit(second, "two"),
        repository.as_commit(first, "one"),
    )
    assert commits_in(repository, ("HEAD..HEAD",)) == ()
    for wrong in ("nope", "--all", "-x"):
        with pytest.raises(UnknownRevisionError, match=f"no commit is named '{wrong}'"):
            commits_in(repository, (wrong,))
