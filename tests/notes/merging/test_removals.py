"""What was removed stays removed, wherever the same words still stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from git_voicenote.datatypes import Note
from git_voicenote.git.repository import Repository
from git_voicenote.notes.merging.refs import Merge, NoteRefs, local_tips
from git_voicenote.notes.store import Notes
from git_voicenote.object_ids import ObjectId
from git_voicenote.store.history import History
from git_voicenote.targets import CommitTarget

if TYPE_CHECKING:
    from collections.abc import Collection

    from git_voicenote.datatypes import FoundNote
    from tests.support.sandbox import Sandbox

REF = "refs/notes/voicenote"
WHY = Note("Why it is so.")
MORE = Note("Said better.")


def notes_of(sandbox: Sandbox) -> Notes:
    return Notes(Repository.discover(sandbox.folder))


@pytest.fixture
def twins(repo: Sandbox) -> tuple[ObjectId, ObjectId]:
    """Two commits with one patch on branches of their own; HEAD is the second one."""
    first = repo.commit("feat: jitter", {"a": "1\n"})
    repo.git("checkout", "--quiet", "-b", "topic", "HEAD~1")
    repo.commit("between")
    repo.git("cherry-pick", first)
    second = repo.commit_id()
    return first, second


def amended(sandbox: Sandbox) -> ObjectId:
    """HEAD with the same patch and another message."""
    sandbox.git("commit", "--quiet", "--amend", "--message", "feat: jitter again")
    return sandbox.commit_id()


@pytest.mark.parametrize("is_written", [True, False], ids=["its own note", "a note of its twin"])
def test_a_note_is_not_taken_again_from_a_twin(
    repo: Sandbox, twins: tuple[ObjectId, ObjectId], is_written: bool
) -> None:
    first, second = twins
    notes = notes_of(repo)
    notes.write(first, [WHY])
    if is_written:
        notes.write(second, [WHY])
    else:
        assert notes.find([second])

    assert list(notes.remove([second])) == [second] * is_written
    assert notes.read(first) == (WHY,)
    assert notes.find([second]) == {}
    assert notes.find([amended(repo)]) == {}
    assert repo.git("log", "-1", "--format=%N", f"--notes={REF}") == ""

    notes.write(first, [MORE])  # these words were not removed
    rebased = repo.commit_id()
    assert notes.find([rebased])[rebased].text == "Said better.\n"
    assert notes.find([second]) == {}
    notes.write(second, [MORE])
    assert notes.read(second) == (MORE,)


def test_what_the_history_remembers_of_a_removed_note_is_not_taken(
    repo: Sandbox, twins: tuple[ObjectId, ObjectId]
) -> None:
    _, second = twins
    notes, history = notes_of(repo), History(repo.folder / ".git/voicenote")
    notes.write(second, [WHY])
    gone = CommitTarget(ObjectId("1" * 40))  # git has forgotten the commit of that patch
    patch = repo.git("patch-id", "--stable", stdin=repo.git("show").encode() + b"\n").split()[0]

    def remembered(wanted: Collection[str]) -> dict[str, tuple[FoundNote, ...]]:
        return history.notes_of_patches(wanted)

    history.note_saved(gone, "once said\n", patch_id=patch)
    notes.remove([second])
    again = amended(repo)
    assert notes.find([again], remembered) == {}


def test_a_removal_by_git_itself_counts_too(
    repo: Sandbox, twins: tuple[ObjectId, ObjectId]
) -> None:
    first, second = twins
    notes = notes_of(repo)
    notes.write(first, [WHY])
    notes.write(second, [WHY])
    repo.git("notes", f"--ref={REF}", "remove", second)

    assert notes.find([second]) == {}


def test_a_removal_travels_and_meets_what_others_changed(
    repo: Sandbox, twins: tuple[ObjectId, ObjectId]
) -> None:
    first, second = twins
    notes = notes_of(repo)
    notes.write(first, [WHY])
    notes.write(second, [WHY])
    repo.git("update-ref", "refs/theirs/old", REF)
    notes.remove([second])

    def fetched(ref: str) -> list[str]:
        repository = Repository.discover(repo.folder)
        own = local_tips(repository, NoteRefs(REF))
        theirs = type(own)(repo.git("rev-parse", ref), {})
        merge = Merge(
            repository, NoteRefs(REF), theirs, "refs/tracked/", source="origin", is_whole=True
        )
        return merge.run().remarks

    # unchanged there: it stays removed, also beside words that are new there
    assert fetched("refs/theirs/old") == []
    theirs = Notes(Repository.discover(repo.folder), "refs/notes/theirs")
    repo.git("update-ref", theirs.ref, "refs/theirs/old")
    theirs.write(first, [MORE])
    assert fetched(theirs.ref) == []
    assert (notes.read(first), notes.read(second)) == ((MORE,), ())
    assert notes.find([second]) == {}

    # changed there: no word is lost, and it is said
    theirs.write(second, [MORE])
    (remark,) = fetched(theirs.ref)
    assert remark == (
        f"the note of {second[:7]} was removed on one side and changed on the other: it was kept"
    )
    assert notes.read(second) == (MORE,)
