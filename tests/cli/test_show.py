from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from git_voicenote.datatypes import Note
from git_voicenote.git.repository import Repository
from git_voicenote.notes.covers import Covers
from git_voicenote.notes.format import render_note
from git_voicenote.notes.store import Notes

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.object_ids import ObjectId
    from tests.support.sandbox import Sandbox

WHY = Note("Why it is so.", ("20261122-101400-0001",), "moonshine", "en", 3.0)


@pytest.fixture
def explained(repo: Sandbox) -> Sandbox:
    """A repository whose HEAD has a note."""
    note(repo, repo.commit("feat: jitter", {"a": "1\n"}), WHY)
    return repo


def note(sandbox: Sandbox, commit_id: ObjectId, *notes: Note) -> None:
    Notes(Repository.discover(sandbox.folder)).write(commit_id, notes)


def test_a_note_goes_to_stdout_and_nothing_else_does(explained: Sandbox) -> None:
    for arguments in ([], ["HEAD"], ["main"]):
        done = explained.voicenote("show", *arguments)

        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.decode() == render_note(WHY)


def test_no_note_is_a_negative_answer_with_a_way_out(explained: Sandbox) -> None:
    short = explained.git("rev-parse", "--short=7", "HEAD~1")

    done = explained.voicenote("show", "HEAD~1")

    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode() == (
        f"error: no note for {short}\nhint: record one with `git voicenote record {short}`\n"
    )


@pytest.mark.parametrize(
    ("arguments", "status", "error"),
    [
        (["nope"], 128, "error: no commit is named 'nope'\n"),
        (["HEAD~1..HEAD~1"], 1, "error: HEAD~1..HEAD~1 contains no commits\n"),
        (["--cover"], 1, "error: no cover for main\n"),
        (["--cover", "nope"], 1, "error: no cover for nope\n"),
        (["--cover", "a", "b"], 129, "--cover takes one branch"),
    ],
)
def test_what_is_not_there_is_named(
    explained: Sandbox, arguments: list[str], status: int, error: str
) -> None:
    done = explained.voicenote("show", *arguments)

    assert (done.returncode, done.stdout) == (status, b"")
    assert error in done.stderr.decode()


def test_an_unborn_branch_has_nothing_to_show(sandbox: Sandbox) -> None:
    sandbox.git("init", "--quiet")

    done = sandbox.voicenote("show")

    assert done.returncode == 128
    assert done.stderr.decode().splitlines()[0] == "error: there are no commits yet"


def test_outside_of_a_repository(sandbox: Sandbox) -> None:
    done = sandbox.voicenote("show")

    assert done.returncode == 128
    assert "not a git repository" in done.stderr.decode()


def test_a_range_is_shown_commit_by_commit(explained: Sandbox) -> None:
    middle = explained.commit("docs: say more")
    last = explained.commit("fix: typed")
    note(explained, last, Note("One line.\n\nAnother."))
    first = explained.git("rev-parse", "--short=7", "HEAD~2")

    done = explained.voicenote("show", "HEAD~3..")

    assert done.stdout.decode() == (
        f"{last[:7]} fix: typed\n\n    One line.\n\n    Another.\n\n"
        f"{middle[:7]} docs: say more\n\n    no note\n\n"
        f"{first} feat: jitter\n\n    Why it is so.\n\n"
        "    Voicenote-Recording: 20261122-101400-0001\n"
        "    Voicenote-Engine: moonshine\n"
        "    Voicenote-Language: en\n"
        "    Voicenote-Duration: 0:03\n"
    )


def test_json_is_one_object_or_a_list(explained: Sandbox) -> None:
    commit_id = explained.commit_id()
    expected = {
        "commit": commit_id,
        "subject": "feat: jitter",
        "found_on": None,
        "answers": [],
        "notes": [
            {
                "text": "Why it is so.",
                "recordings": ["20261122-101400-0001"],
                "engine": "moonshine",
                "language": "en",
                "duration": 3.0,
            }
        ],
    }

    assert json.loads(explained.voicenote("show", "--json").stdout) == expected
    assert json.loads(explained.voicenote("show", "--json", "HEAD~1..").stdout) == [expected]


def test_answers_of_reviewers_are_told_of(explained: Sandbox) -> None:
    answer = Note("Why not?\x1b[31m", reviewer="Grace Hopper <grace@example.org>")
    store = Notes(Repository.discover(explained.folder), "refs/notes/voicenote-review")
    for revision in ("HEAD", "HEAD~1"):
        store.write(explained.commit_id(revision), [answer, Note("And?")])
    short, first = (explained.git("rev-parse", "--short=7", name) for name in ("HEAD", "HEAD~1"))

    done = explained.voicenote("show")
    assert done.stdout.decode() == render_note(WHY)
    told = "{0} was answered by Grace Hopper, somebody \u00b7 git voicenote review {0}\n"
    assert done.stderr.decode() == told.format(short)
    done = explained.voicenote("show", "HEAD~1")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode().startswith(told.format(first) + "error: no note for")
    value = json.loads(explained.voicenote("show", "--json").stdout)
    assert [one["reviewer"] for one in value["answers"]] == [answer.reviewer, None]


def test_a_cover_is_shown_for_head_or_a_branch(explained: Sandbox) -> None:
    Covers(Repository.discover(explained.folder)).write("main", [WHY])
    explained.git("checkout", "--quiet", "-b", "other")

    assert explained.voicenote("show", "--cover").returncode == 1
    assert explained.voicenote("show", "--cover", "main").stdout.decode() == render_note(WHY)
    explained.git("checkout", "--quiet", "main")
    assert explained.voicenote("show", "--cover").stdout.decode() == render_note(WHY)
    shown = json.loads(explained.voicenote("show", "--cover", "--json").stdout)
    assert (shown["cover"], shown["notes"][0]["text"]) == ("main", "Why it is so.")


def test_a_lost_note_is_shown_and_kept_when_asked(explained: Sandbox) -> None:
    old = explained.commit_id()
    explained.git("commit", "--amend", "--quiet", "--message=feat: jitter, better said")
    new = explained.commit_id()

    shown = explained.voicenote("show")
    assert shown.stdout.decode() == render_note(WHY)
    assert shown.stderr.decode() == (
        f"{new[:7]} has no note; found by its patch on {old[:7]}\n"
        f"hint: `git voicenote show --adopt {new[:7]}` keeps it here\n"
    )
    assert json.loads(explained.voicenote("show", "--json").stdout)["found_on"] == old

    adopted = explained.voicenote("show", "--adopt")
    assert adopted.stdout.decode() == render_note(WHY)
    assert explained.voicenote("show").stderr == b""
    assert explained.git("notes", "--ref=voicenote", "show", new) + "\n" == render_note(WHY)


def test_the_history_remembers_what_git_forgot(explained: Sandbox) -> None:
    explained.run(
        "git", "voicenote", "edit", environment={"GIT_EDITOR": "echo Words of its own. >"}
    )
    explained.git("commit", "--amend", "--quiet", "--message=another")
    explained.git("update-ref", "-d", "refs/notes/voicenote")
    explained.git("reflog", "expire", "--expire=now", "--all")
    explained.git("gc", "--quiet", "--prune=now")

    done = explained.voicenote("show")

    assert done.stdout == b"Words of its own.\n"
    assert "found by its patch on" in done.stderr.decode()


def test_a_damaged_history_hides_no_note(explained: Sandbox) -> None:
    explained.git("commit", "--amend", "--quiet", "--message=another")
    explained.write(".git/voicenote/history.db", 1000 * "<html>")

    done = explained.voicenote("show")

    assert (done.returncode, done.stdout.decode()) == (0, render_note(WHY))
    assert "is damaged" in done.stderr.decode()


def test_a_strangers_note_does_not_talk_to_the_terminal(explained: Sandbox) -> None:
    explained.git("notes", "--ref=voicenote", "add", "-f", "-m", "a\x1b]0;title\x07b")

    assert explained.voicenote("show").stdout == b"a]0;titleb\n"


@pytest.mark.parametrize("place", ["subfolder", "worktree", "bare", "submodule"])
def test_it_works_wherever_git_does(explained: Sandbox, tmp_path: Path, place: str) -> None:
    folder = tmp_path / place
    match place:
        case "subfolder":
            folder = explained.folder / "deep/er"
            folder.mkdir(parents=True)
        case "worktree":
            explained.git("worktree", "add", "--quiet", "--detach", folder)
        case "bare":
            explained.git("clone", "--quiet", "--mirror", ".", folder)
        case "submodule":
            explained.git("init", "--quiet", folder)
            allow = ("-c", "protocol.file.allow=always")
            explained.git(
                "-C", folder, *allow, "submodule", "--quiet", "add", explained.folder, "s"
            )
            folder = folder / "s"
            explained.git("-C", folder, "fetch", "--quiet", "origin", "refs/notes/*:refs/notes/*")

    done = explained.voicenote("show", cwd=folder)

    assert done.stdout.decode() == render_note(WHY), done.stderr


def test_it_starts_light(explained: Sandbox) -> None:
    code = (
        "import sys\n"
        "sys.argv = ['git-voicenote', 'show']\n"
        "from git_voicenote.cli import main\n"
        "try:\n    main()\nexcept SystemExit as exc:\n    assert not exc.code\n"
        "heavy = ('git_voicenote.engines', 'git_voicenote.text.passes.itn', 'numpy', 'rich')\n"
        "print([name for name in sys.modules if name.startswith(heavy)], file=sys.stderr)"
    )

    assert explained.run("python", "-c", code).stderr.endswith(b"[]\n")
