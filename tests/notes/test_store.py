from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from git_voicenote.datatypes import FoundNote, Note
from git_voicenote.errors import GitError, StoreError
from git_voicenote.git.configuration import Configuration
from git_voicenote.git.repository import Repository
from git_voicenote.notes.format import render_note
from git_voicenote.notes.removals import Removals
from git_voicenote.notes.store import Notes, rewrite_ref_is_set, set_rewrite_ref
from git_voicenote.object_ids import ObjectId

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from tests.support.sandbox import Sandbox

REF = "refs/notes/voicenote"
WHY = Note("Why it is so.", ("20261122-101400-0001",), "moonshine", "en", 3.0)
MORE = Note("And more.", ("20261122-101500-0002",), "moonshine", "en", 4.0)


def notes_of(sandbox: Sandbox) -> Notes:
    return Notes(Repository.discover(sandbox.folder))


def head(sandbox: Sandbox) -> ObjectId:
    return sandbox.commit_id()


def test_a_note_is_a_git_note_that_people_can_read(repo: Sandbox) -> None:
    notes_of(repo).write(head(repo), [WHY])

    assert notes_of(repo).read(head(repo)) == (WHY,)
    assert repo.git("notes", "--ref=voicenote", "show") + "\n" == render_note(WHY)
    assert "Notes (voicenote):\n    Why it is so.\n" in repo.git("log", "--notes=voicenote")


@pytest.mark.parametrize(
    "text", ["# only a comment\n", "a\r\n\n\n\nb  \n\n\n", "\n\n  x", "日本語 é\n", "no newline"]
)
def test_every_text_is_kept_to_the_letter(repo: Sandbox, text: str) -> None:
    notes_of(repo).write_text(head(repo), text)

    assert notes_of(repo).text(head(repo)) == text


def test_nothing_is_read_where_nothing_is(repo: Sandbox) -> None:
    notes = notes_of(repo)

    assert notes.read(head(repo)) == ()
    assert notes.text(head(repo)) is None
    assert notes.texts([head(repo)]) == {}
    assert notes.annotated() == ()
    assert notes.find([head(repo)]) == {}


def test_a_removed_note_is_gone_but_for_the_history_of_the_ref(repo: Sandbox) -> None:
    notes = notes_of(repo)
    notes.write(head(repo), [WHY])
    notes.remove([head(repo)])
    notes.remove([head(repo)])

    assert notes.read(head(repo)) == ()
    assert "Why it is so." in repo.git("log", "-p", REF)


def test_more_notes_are_removed_than_one_argument_can_name(repo: Sandbox) -> None:
    """On Linux, an argument has at most 128 KiB, and all of a command 2 MiB."""
    stream = b"".join(
        b"commit refs/heads/many\nmark :%d\ncommitter A <a@b> 0 +0000\ndata 0\n" % number
        for number in range(1, 1501)
    )
    stream += b"commit %s\ncommitter A <a@b> 0 +0000\ndata 0\n" % REF.encode()
    stream += b"".join(b"N inline :%d\ndata 5\nwords\n" % number for number in range(1, 1501))
    repo.git("fast-import", "--quiet", stdin=stream)
    commit_ids = [ObjectId(one) for one in repo.git("rev-list", "many").split()]

    assert set(notes_of(repo).remove(commit_ids)) == set(commit_ids)
    assert notes_of(repo).annotated() == ()
    others = [ObjectId(f"{number:040x}") for number in range(12_000)]
    removals = Removals(Repository.discover(repo.folder), REF)
    assert removals.of_commits([*others, *commit_ids]) == set(commit_ids)


def test_many_are_read_at_once(repo: Sandbox) -> None:
    commit_ids = [repo.commit(f"change {n}") for n in range(3)]
    notes = notes_of(repo)
    notes.write(commit_ids[0], [WHY])
    notes.write(commit_ids[2], [WHY])

    assert notes.texts([*commit_ids, ObjectId("0" * 40)]) == {
        commit_ids[0]: render_note(WHY),
        commit_ids[2]: render_note(WHY),
    }
    assert set(notes.annotated()) == {commit_ids[0], commit_ids[2]}


def test_another_ref_is_another_set_of_notes(repo: Sandbox) -> None:
    other = Notes(Repository.discover(repo.folder), "refs/notes/review/voice")
    other.write(head(repo), [WHY])

    assert other.read(head(repo)) == (WHY,)
    assert notes_of(repo).read(head(repo)) == ()


def test_notes_work_in_a_sha256_repository(sandbox: Sandbox) -> None:
    sandbox.git("init", "--quiet", "--object-format=sha256", "--initial-branch=main")
    commit_id = sandbox.commit("start", {"a": "1\n"})
    notes = notes_of(sandbox)
    notes.write(commit_id, [WHY])
    sandbox.git("commit", "--amend", "--quiet", "--message=other")

    assert len(commit_id) == 64
    assert notes.read(commit_id) == (WHY,)
    assert notes.find([head(sandbox)]) == {head(sandbox): FoundNote(render_note(WHY), commit_id)}


WRITER = """
import sys
from git_voicenote.datatypes import Note
from git_voicenote.notes.store import Notes
from git_voicenote.git.repository import Repository
Notes(Repository.discover()).write(sys.argv[1], [Note(sys.argv[1])])
"""


def test_two_terminals_do_not_lose_one_anothers_notes(repo: Sandbox) -> None:
    commit_ids = [repo.commit(f"change {n}") for n in range(6)]
    processes = [
        subprocess.Popen([sys.executable, "-c", WRITER, commit_id], cwd=repo.folder)
        for commit_id in commit_ids
    ]

    assert [process.wait() for process in processes] == [0] * 6
    assert set(notes_of(repo).annotated()) == set(commit_ids)


# --- git rewrites commits -------------------------------------------------------------------


@pytest.fixture
def topic(repo: Sandbox) -> Sandbox:
    """Branch topic with two explained commits above main; git is asked to keep notes."""
    repo.git("checkout", "--quiet", "-b", "topic")
    notes = notes_of(repo)
    notes.write(repo.commit("first", {"a": "1\n"}), [WHY])
    notes.write(repo.commit("second", {"b": "1\n"}), [MORE])
    set_rewrite_ref(notes.repository, REF)
    return repo


def rebase(sandbox: Sandbox, *options: str, todo: str = "true") -> None:
    done = sandbox.run(
        "git", "rebase", "--quiet", *options,
        environment={"GIT_SEQUENCE_EDITOR": todo, "GIT_EDITOR": "true"},
    )  # fmt: skip
    assert done.returncode == 0


def test_a_note_survives_amend(topic: Sandbox) -> None:
    topic.git("commit", "--amend", "--quiet", "--message=second, better said")

    assert notes_of(topic).read(head(topic)) == (MORE,)


def test_notes_survive_rebase(topic: Sandbox) -> None:
    before = head(topic)
    topic.git("checkout", "--quiet", "main")
    topic.commit("meanwhile", {"c": "1\n"})
    topic.git("checkout", "--quiet", "topic")
    rebase(topic, "main")

    assert head(topic) != before
    assert notes_of(topic).read(head(topic)) == (MORE,)
    assert notes_of(topic).read(topic.commit_id("HEAD~1")) == (WHY,)


@pytest.mark.parametrize("action", ["fixup", "squash"])
def test_both_notes_survive_fixup_and_squash(topic: Sandbox, action: str) -> None:
    rebase(topic, "--interactive", "main", todo=f"sed -i '2s/pick/{action}/'")

    assert topic.git("rev-list", "--count", "main..HEAD") == "1"
    assert notes_of(topic).read(head(topic)) == (WHY, MORE)


# --- found again by their patch -------------------------------------------------------------


def test_a_note_lost_to_cherry_pick_is_found(topic: Sandbox) -> None:
    lost = head(topic)
    topic.git("checkout", "--quiet", "main")
    topic.git("cherry-pick", "--no-edit", lost)
    notes = notes_of(topic)

    assert notes.read(head(topic)) == ()
    found = {head(topic): FoundNote(render_note(MORE), lost)}
    assert notes.find([head(topic), lost]) == found


def test_a_note_lost_to_reset_and_commit_is_found(topic: Sandbox) -> None:
    lost = head(topic)
    topic.git("reset", "--quiet", "--soft", "HEAD~1")
    again = topic.commit("second, written anew")

    assert notes_of(topic).find([again]) == {again: FoundNote(render_note(MORE), lost)}


def test_another_change_finds_nothing(topic: Sandbox) -> None:
    topic.git("checkout", "--quiet", "main")
    other = topic.commit("another change", {"b": "2\n"})
    empty = topic.commit("an empty one")

    assert notes_of(topic).find([other, empty]) == {}


def test_changes_of_binary_files_are_told_apart(repo: Sandbox) -> None:
    repo.write("image", b"\0" * 100)
    repo.git("add", "image")
    base = repo.commit("an image")
    repo.write("image", b"\0one" * 100)
    repo.git("add", "image")
    notes_of(repo).write(repo.commit("one"), [WHY])
    repo.git("reset", "--quiet", "--hard", base)
    repo.write("image", b"\0two" * 100)
    repo.git("add", "image")

    assert notes_of(repo).find([repo.commit("two")]) == {}


def test_the_settings_of_a_person_change_no_patch_id(topic: Sandbox) -> None:
    lost = head(topic)
    topic.git("checkout", "--quiet", "main")
    topic.git("cherry-pick", "--no-edit", lost)
    for name, value in {
        "diff.noprefix": "true", "diff.external": "false", "color.ui": "always",
        "log.showSignature": "true", "diff.context": "0",
    }.items():  # fmt: skip
        topic.git("config", name, value)

    assert notes_of(topic).find([head(topic)]) == {head(topic): FoundNote(render_note(MORE), lost)}


def test_an_explained_ancestor_with_the_same_patch_is_not_what_was_lost(repo: Sandbox) -> None:
    notes = notes_of(repo)
    notes.write(repo.commit("on", {"switch": "on\n"}), [WHY])
    repo.git("revert", "--no-edit", "HEAD")
    again = repo.commit("on again", {"switch": "on\n"})

    assert notes.find([again]) == {}


def test_what_is_remembered_of_a_forgotten_commit_is_found(repo: Sandbox) -> None:
    gone = ObjectId("1" * 40)

    def remembered(patch_ids: Collection[str]) -> dict[str, tuple[FoundNote, ...]]:
        return dict.fromkeys(patch_ids, (FoundNote("from the history\n", gone),))

    assert notes_of(repo).find([head(repo)], remembered) == {
        head(repo): FoundNote("from the history\n", gone)
    }


def test_what_stands_in_git_beats_what_is_remembered(topic: Sandbox) -> None:
    lost = head(topic)
    topic.git("checkout", "--quiet", "main")
    topic.git("cherry-pick", "--no-edit", lost)

    def remembered(patch_ids: Collection[str]) -> dict[str, tuple[FoundNote, ...]]:
        return dict.fromkeys(patch_ids, (FoundNote("older words\n", lost),))

    notes = notes_of(topic)
    assert notes.find([head(topic)], remembered) == {
        head(topic): FoundNote(render_note(MORE), lost)
    }
    # removed on purpose: the words are not brought back
    notes.remove([lost])
    assert notes.find([head(topic)], remembered) == {}
    assert notes.find([lost], remembered) == {}


# --- notes.rewriteRef -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "is_set"),
    [
        (REF, True),
        ("refs/notes/*", True),
        ("refs/notes/commits", False),
        ("refs/notes/voicenote/*", False),
    ],
)
def test_the_rewrite_ref_is_asked_of_git(repo: Sandbox, value: str, is_set: bool) -> None:
    repository = Repository.discover(repo.folder)
    assert not rewrite_ref_is_set(Configuration(repository.cwd), REF)

    repo.git("config", "--global", "notes.rewriteRef", value)

    assert rewrite_ref_is_set(Configuration(repository.cwd), REF) is is_set


def test_the_rewrite_ref_is_added_to_others_once(repo: Sandbox) -> None:
    repository = Repository.discover(repo.folder)
    repo.git("config", "notes.rewriteRef", "refs/notes/commits")

    set_rewrite_ref(repository, REF)
    set_rewrite_ref(repository, REF)

    values = repo.git("config", "--local", "--get-all", "notes.rewriteRef")
    assert values.splitlines() == ["refs/notes/commits", REF]


def test_the_environment_beats_the_config_as_in_git(
    repo: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = Repository.discover(repo.folder)
    set_rewrite_ref(repository, REF)
    monkeypatch.setenv("GIT_NOTES_REWRITE_REF", "refs/notes/a:refs/notes/b")

    assert not rewrite_ref_is_set(Configuration(repository.cwd), REF)


# --- when git cannot write ------------------------------------------------------------------


def test_without_an_identity_the_error_says_how_to_set_one(
    repo: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.delenv(name)
    repo.git("config", "user.useConfigOnly", "true")

    with pytest.raises(GitError, match="does not know who you are") as caught:
        notes_of(repo).write(head(repo), [WHY])

    assert "git config --global user.name" in (caught.value.hint or "")


def test_a_locked_ref_is_named(repo: Sandbox) -> None:
    lock = repo.write(f".git/{REF}.lock", "")

    with pytest.raises(GitError, match="is locked") as caught:
        notes_of(repo).write(head(repo), [WHY])

    assert caught.value.hint == f"if no git process is running, `rm {lock}` removes the lock"


def test_a_ref_that_cannot_be_is_an_error_in_gits_words(repo: Sandbox) -> None:
    repo.write(".git/refs/notes", "a file where a folder should be")

    with pytest.raises(GitError, match="refs/notes/voicenote could not be written: "):
        notes_of(repo).write(head(repo), [WHY])


def test_a_missing_object_is_named(repo: Sandbox) -> None:
    notes_of(repo).write(head(repo), [WHY])
    blob = repo.git("notes", "--ref=voicenote", "list", "HEAD")
    (repo.folder / ".git/objects" / blob[:2] / blob[2:]).unlink()

    with pytest.raises(GitError, match=f"the object {blob}, which holds a note, is missing"):
        notes_of(repo).read(head(repo))


def test_a_read_only_repository_is_called_so(
    repo: Sandbox, read_only: Callable[[Path], tuple[str, ...]]
) -> None:
    done = repo.run(*read_only(repo.folder), sys.executable, "-c", WRITER, head(repo), check=False)

    assert f"{StoreError.__name__}: {repo.folder}/.git cannot be written to".encode() in done.stderr
