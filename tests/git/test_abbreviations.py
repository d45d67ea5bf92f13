"""Names of objects are abbreviated as git does it: by core.abbrev, and so that they are unique."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from git_voicenote.git.abbreviations import Abbreviations
from git_voicenote.git.repository import Repository
from tests.integration.test_git_processes import started
from tests.support.engines import SCRIPTED
from tests.support.recording import SPOKEN

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox


def many_commits(repo: Sandbox, count: int) -> list[str]:
    """Make so many commits that four digits are not enough for all of them; return their names."""
    lines = []
    for number in range(count):
        lines.append(
            "commit refs/heads/main\ncommitter A <a@example.org> 1767323045 +0000\n"
            f"data <<.\nchange {number}\n.\n"
        )
        if number == 0:
            lines.append("from refs/heads/main^0\n")
        lines.append("\n")
    repo.git("fast-import", "--quiet", stdin="".join(lines).encode())
    return repo.git("log", "--format=%H").splitlines()


@pytest.mark.parametrize("form", ["sha1", "sha256"])
@pytest.mark.parametrize("abbrev", ["auto", "12", "no", "4"])
def test_commits_are_named_as_git_log_names_them(sandbox: Sandbox, form: str, abbrev: str) -> None:
    sandbox.git("init", "--quiet", f"--object-format={form}", "--initial-branch=main")
    sandbox.commit("start", {"a": "1\n"})
    names = many_commits(sandbox, 1500)
    sandbox.git("config", "core.abbrev", abbrev)
    shorts = sandbox.git("log", "--format=%h").splitlines()
    if abbrev == "4":
        assert len({len(one) for one in shorts}) > 1
    repository = Repository.discover(sandbox.folder)

    assert repository.commit("HEAD").short == shorts[0]
    assert repository.short(names[7]) == shorts[7]
    assert list(repository.abbreviated(names).values()) == shorts


def test_what_is_no_commit_here_is_abbreviated_too(repo: Sandbox) -> None:
    repo.git("config", "core.abbrev", "9")
    blob = repo.git("rev-parse", "HEAD:README")
    absent = [f"{number:040x}" for number in (1, 2)]

    found = Abbreviations(repo.folder).of([repo.commit_id(), blob, *absent])

    assert list(found.values()) == [repo.commit_id()[:9], blob[:9], *(2 * ["000000000"])]


@pytest.mark.parametrize("place", ["empty", "bare"])
def test_head_need_not_be_known(repo: Sandbox, tmp_path: Path, place: str) -> None:
    folder = tmp_path / "a\nplace"
    options = ["--bare"] if place == "bare" else []
    repo.git("init", "--quiet", *options, folder)
    repository = Repository.discover(folder)

    assert repository.worktree == (None if options else folder)
    assert repository.short(repo.commit_id()) == repo.commit_id()[:7]


def test_no_command_asks_for_each_commit(repo: Sandbox) -> None:
    """All that are shown are abbreviated at once."""
    repo.extra |= {"GIT_VOICENOTE_ENGINE": SCRIPTED, "SCRIPTED_SPEECH": str(repo.home / "lines")}
    (repo.home / "lines").write_text("it waits\n")
    for number in range(8):
        repo.commit(f"fix: change {number}", {"README": f"{number}\n"})
    repo.voicenote("record", "HEAD~2", "--from", SPOKEN, "--no-edit")
    repo.git("notes", "--ref=voicenote", "copy", "HEAD~2", "HEAD~3")
    repo.git("notes", "--ref=voicenote", "copy", "HEAD~2", "HEAD~4")
    repo.git("config", "core.abbrev", "11")
    named = [repo.git("rev-parse", f"HEAD~{back}")[:11] for back in range(5)]
    trace = repo.home / "trace"

    for command, shown, limit in (
        (("show", "HEAD~5.."), named, 8),
        (("status", "HEAD~5.."), named[::-1], 24),
        (("history", "list"), [named[2]], 4),
        (("show", "HEAD~2", "HEAD~3"), named[2:4], 8),
    ):
        trace.unlink(missing_ok=True)
        done = repo.run(
            "git", "voicenote", *command, environment={"GIT_TRACE": str(trace)}, check=False
        )
        words = done.stdout.decode().split()
        assert [one for one in words if one in named] == shown, done.stdout.decode()
        assert len(started(trace)) <= limit, "\n".join(started(trace))


def test_ids_are_abbreviated_for_other_programs_too(repo: Sandbox) -> None:
    repo.git("config", "core.abbrev", "10")
    short = repo.git("rev-parse", "HEAD")[:10]
    repo.git("notes", "--ref=voicenote", "add", "-m", "why")

    page = repo.voicenote("review", "HEAD", "--html", "-").stdout.decode()
    assert short in page
    (value,) = json.loads(repo.voicenote("review", "HEAD", "--json").stdout)["patches"]
    assert repo.commit_id() in value.values()
    removed = repo.voicenote("remove").stderr.decode()
    assert f"note for {short} removed (its text: git cat-file -p " in removed
    missing = repo.voicenote("show")
    assert f"`git voicenote record {short}`" in missing.stderr.decode()
