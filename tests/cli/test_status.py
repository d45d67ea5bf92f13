"""`git voicenote status` says what lacks a note, what was not finished, and what was not sent."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from git_voicenote.store.kept_texts import Purpose, keep_text
from git_voicenote.store.recordings import Recordings
from git_voicenote.targets import CommitTarget
from tests.support.series import write_cover
from tests.support.sound import tone, write_sound

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox

RECORDING = "20261122-101400-3f2a"


def status(repo: Sandbox, *arguments: str) -> tuple[int, str]:
    done = repo.voicenote("status", *arguments)
    assert done.stderr == b""
    return done.returncode, re.sub(r"\b[0-9a-f]{7}\b", "COMMIT", done.stdout.decode())


def note(repo: Sandbox, commit: str) -> None:
    repo.git("notes", "--ref=voicenote", "add", "-m", "Words.", commit)


def test_each_commit_of_the_branch_is_listed_with_what_it_lacks(repo: Sandbox) -> None:
    repo.git("switch", "--quiet", "--create", "topic")
    first = repo.commit("feat: one\n", {"one": "1\n"})
    second = repo.commit("feat: two\n", {"two": "2\n"})

    assert status(repo) == (
        1,
        "branch topic: 2 commits since main\n"
        "  COMMIT  no note    feat: one\n"
        "  COMMIT  no note    feat: two\n"
        "cover: none (git voicenote record --cover)\n"
        "2 commits lack a note (git voicenote record COMMIT)\n"
        "\n"
        "sync: this repository has no remote\n",
    )

    note(repo, first)
    repo.git("switch", "--quiet", "--detach")
    code, shown = status(repo)
    assert code == 1
    assert shown.startswith("HEAD detached at COMMIT: 2 commits since main\n")
    assert "  COMMIT  note       feat: one\n  COMMIT  no note    feat: two\n" in shown

    # the cover of a detached HEAD is named by an abbreviated id, which commands take
    write_cover(repo, "Why.\n", f"detached/{second}")
    short = repo.git("rev-parse", "--short", second)
    named = f"git voicenote show --cover detached/{short}"
    assert f"cover: recorded ({named})\n" in repo.voicenote("status").stdout.decode()
    assert repo.voicenote(*named.split()[2:]).stdout == b"Why.\n"

    # the note of a twin counts: format-patch uses it
    repo.git("switch", "--quiet", "--create", "other", "main")
    repo.commit("something else\n", {"three": "3\n"})
    note(repo, second)
    repo.git("cherry-pick", second)
    code, shown = status(repo, "other")
    assert code == 1
    assert "  COMMIT  elsewhere  feat: two\n" in shown
    assert "`git voicenote show --adopt COMMIT` keeps its note\ncover: none" in shown
    assert "\n1 commit lacks a note" in shown
    code, shown = status(repo, "main..topic")
    assert code == 0
    assert shown.startswith("main..topic: 2 commits\n")
    assert "no commit lacks a note\n" in shown
    code, shown = status(repo, "topic~1")
    assert code == 0
    assert shown.startswith("COMMIT: 1 commit\n  COMMIT  note       feat: one\n")

    done = repo.voicenote("status", "--json", "other")
    value: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == 1
    assert value["branch"] == "other"
    assert value["base"]["name"] == "main"
    assert [one["has_note"] for one in value["commits"]] == [False, False]
    assert [one["found_on"] for one in value["commits"]] == [None, second]
    assert value["lacking"] == 1


def test_a_branch_is_named_as_a_shell_reads_it(repo: Sandbox) -> None:
    """The command is there to be pasted; a clone names its branches."""
    repo.git("switch", "--quiet", "--create", "x;reboot")
    tip = repo.git("rev-parse", "HEAD")
    repo.git("update-ref", "refs/voicenote/cover/x;reboot", tip)
    assert "(git voicenote show --cover 'x;reboot')" in status(repo)[1]


def test_a_branch_without_upstream_or_commits_is_named_as_such(sandbox: Sandbox) -> None:
    sandbox.git("init", "--quiet", "--initial-branch=main")
    assert status(sandbox)[1].startswith("branch main: no commits yet\n")

    sandbox.commit("start\n", {"README": "hello\n"})
    code, shown = status(sandbox)
    assert code == 1
    assert shown.startswith(
        "branch main: it has no upstream, and there is no main branch to compare with: "
        "its last commit\n  COMMIT  no note    start\n"
    )
    sandbox.git("switch", "--quiet", "--orphan", "fresh")
    assert status(sandbox)[1].startswith("branch fresh: no commits yet\n")
    done = sandbox.voicenote("status", "nowhere")
    assert done.returncode == 128
    assert b"no commit is named 'nowhere'" in done.stderr


def test_what_sync_would_send_is_told_without_asking_the_remote(
    repo: Sandbox, tmp_path: Path
) -> None:
    repo.git("init", "--quiet", "--bare", tmp_path / "origin.git")
    repo.git("remote", "add", "origin", tmp_path / "origin.git")
    repo.git("push", "--quiet", "--set-upstream", "origin", "main")
    code, shown = status(repo)
    assert (code, shown) == (
        0,
        "branch main: no commits since origin/main\n\n"
        "sync push has nothing to send to origin, never synced\n",
    )

    note(repo, "main")
    assert repo.voicenote("sync", "push").returncode == 0
    repo.git("switch", "--quiet", "--create", "topic")
    note(repo, repo.commit("feat: one\n", {"one": "1\n"}))
    repo.git("notes", "--ref=voicenote", "append", "-m", "More.", "main")
    repo.git("remote", "set-url", "origin", tmp_path / "gone.git")

    code, shown = status(repo)

    assert code == 0
    assert shown.endswith(
        "sync push would send 1 note to origin, as of the last sync\n"
        "it would hold back 1 note: origin does not have the commits (sync push --all)\n"
    )


def test_what_was_not_finished_is_named_with_the_way_on(repo: Sandbox) -> None:
    state = repo.folder / ".git/voicenote"
    write_sound(Recordings(state).new_path(RECORDING), tone(1.5))
    head = repo.commit_id()
    kept = keep_text(state, "Typed words.\n", Purpose(CommitTarget(head), "the project"))
    repo.git("switch", "--quiet", "--create", "topic")
    repo.commit("change it\n", {"README": "one\n"})
    mail = repo.git("format-patch", "--stdout", "-1")
    repo.git("switch", "--quiet", "--create", "other", "main")
    repo.commit("change it, too\n", {"README": "two\n"})
    repo.run("git", "am", stdin=mail.encode() + b"\n", check=False)

    _, shown = status(repo)

    assert (
        "\nunfinished:\n"
        "  git am stopped at patch 1 of 1 (git voicenote am --continue, --skip or --abort)\n"
        "  a recording of "
    ) in shown
    assert f"(0:02) was not finished\n    `git voicenote record --from {RECORDING}` resumes it" in (
        shown
    )
    assert f", was not saved: {kept}\n    `git voicenote edit COMMIT` resumes" in shown
    value = json.loads(repo.voicenote("status", "--json").stdout)["unfinished"]
    assert value["am"] == {"patch": 1, "total": 1}
    assert [one["id"] for one in value["recordings"]] == [RECORDING]
    assert [one["path"] for one in value["texts"]] == [str(kept)]
