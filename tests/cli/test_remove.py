from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.datatypes import Note
from git_voicenote.git.repository import Repository
from git_voicenote.notes.store import Notes

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

RECORDING = "20261122-101400-0001"


def notes_of(sandbox: Sandbox) -> Notes:
    return Notes(Repository.discover(sandbox.folder))


def test_notes_are_removed_and_named(repo: Sandbox) -> None:
    ids = [repo.commit(f"change {n}", {"a": f"{n}\n"}) for n in range(4)]
    notes = notes_of(repo)
    for commit_id in ids[1:]:
        notes.write(commit_id, [Note(f"About {commit_id}.", (RECORDING,))])
    repo.write(f".git/voicenote/recordings/{RECORDING}.opus", "")

    done = repo.voicenote("remove", "HEAD", "HEAD~3")  # one of them has none: all stay
    assert done.returncode == 1
    assert done.stderr.decode().splitlines()[0] == (
        f"error: no note for {ids[0][:7]}: nothing was removed"
    )
    assert set(notes.annotated()) == set(ids[1:])

    done = repo.voicenote("remove")
    first, stays = done.stderr.decode().splitlines()
    assert (done.returncode, done.stdout) == (0, b"")
    assert first.startswith(f"note for {ids[3][:7]} removed (its text: git cat-file -p ")
    blob = first.rpartition(" ")[2].removesuffix(")")
    assert repo.git("cat-file", "-p", blob).startswith(f"About {ids[3]}.")
    assert stays == (
        f"the recording and its entry in the history stay: "
        f"`git voicenote history delete {RECORDING}` deletes them"
    )

    done = repo.voicenote("remove", "main~4..main")
    assert [line.split()[2] for line in done.stderr.decode().splitlines()[:-1]] == [
        ids[2][:7], ids[1][:7],
    ]  # fmt: skip
    assert notes.annotated() == ()
    done = repo.voicenote("remove", "main~4..main")
    assert (done.returncode, done.stderr.decode()) == (
        1, "error: none of the 4 commits of this range has a note\n",
    )  # fmt: skip


def test_the_note_of_a_commit_that_git_has_forgotten_is_removed(repo: Sandbox) -> None:
    gone = repo.commit("gone", {"a": "1\n"})
    notes_of(repo).write(gone, [Note("Of nothing.")])
    repo.git("reset", "--quiet", "--hard", "HEAD~1")
    repo.git("reflog", "expire", "--expire=now", "--all")
    repo.git("prune", "--expire=now")

    done = repo.voicenote("remove", gone[:10])
    assert done.returncode == 0, done.stderr
    assert notes_of(repo).annotated() == ()
