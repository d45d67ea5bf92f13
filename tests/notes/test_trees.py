"""Notes trees that other tools made: a note at two fan-outs, files that are no notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from git_voicenote.errors import GitError
from git_voicenote.git.repository import Repository
from git_voicenote.notes.merging.refs import Merge, NoteRefs, Outcome, Tips, differences
from git_voicenote.notes.store import Notes
from git_voicenote.notes.trees import TextTree, read_note_tree, write_note_tree
from git_voicenote.object_ids import ObjectId

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

REF = "refs/notes/voicenote"
ID = ObjectId("ab" * 20)
FAN_OUTS = (ID, f"ab/{ID[2:]}", f"ab/ab/{ID[4:]}")


def commit(repo: Sandbox, files: dict[str, str], *parents: str, at: int = 0) -> str:
    """Commit a tree of these files, beside all branches; return the commit's name."""
    given = "".join(f"from {parents[0]}\n" if parents else "")
    stream = f"commit refs/scratch\ncommitter A <a@b> {1767323045 + at} +0000\ndata 0\n{given}"
    stream += "deleteall\n"
    for path, text in files.items():
        stream += f"M 100644 inline {path}\ndata {len(text.encode())}\n{text}\n"
    if not parents:
        repo.git("update-ref", "-d", "refs/scratch")
    repo.run("git", "fast-import", "--quiet", "--force", stdin=stream.encode())
    return repo.commit_id("refs/scratch")


def merge(repo: Sandbox, ours: str, theirs: str) -> Outcome:
    repo.git("update-ref", REF, ours)
    merging = Merge(
        Repository.discover(repo.folder), NoteRefs(REF), Tips(theirs, {}),
        "refs/tracking/", source="elsewhere", is_whole=True,
    )  # fmt: skip
    return merging.run()


def listed(repo: Sandbox) -> dict[str, str]:
    names = repo.git("ls-tree", "-r", "--name-only", REF).splitlines()
    return {name: repo.git("cat-file", "blob", f"{REF}:{name}") for name in names}


@pytest.mark.parametrize("paths", [FAN_OUTS[:2], FAN_OUTS[1:], FAN_OUTS, FAN_OUTS[::2]])
def test_a_note_at_two_fan_outs_is_read_as_git_shows_it(
    repo: Sandbox, paths: tuple[str, ...]
) -> None:
    tip = commit(repo, {path: f"at {path.count('/')}\n" for path in paths})
    repo.git("update-ref", REF, tip)
    here = Repository.discover(repo.folder)
    tree = read_note_tree(here, tip)
    assert tree.has_twins
    shown = repo.run("git", "notes", "--ref=voicenote", "show", ID).stdout
    assert repo.run("git", "cat-file", "blob", tree.texts[ID]).stdout == shown
    assert Notes(here).texts([ID]) == {ID: shown.decode()}


def test_a_merge_drops_neither_of_two_fan_outs(repo: Sandbox) -> None:
    ours = commit(repo, {FAN_OUTS[0]: "Flat.\n", FAN_OUTS[1]: "Deep.\n"})
    theirs = commit(repo, {FAN_OUTS[1]: "Theirs.\n", "cd" * 20: "Another.\n"}, at=60)
    merge(repo, ours, theirs)
    notes = listed(repo)
    assert set(notes) == {ID, "cd" * 20}
    assert [notes[ID].count(words) for words in ("Flat.", "Deep.", "Theirs.")] == [1, 1, 1]


def test_saving_a_note_keeps_what_stood_at_two_fan_outs(repo: Sandbox) -> None:
    other = repo.commit_id()
    files = {FAN_OUTS[0]: "Flat.\n", FAN_OUTS[1]: "Deep.\n", "README": "what this is\n"}
    repo.git("update-ref", REF, commit(repo, files))
    notes = Notes(Repository.discover(repo.folder))
    notes.write_text(other, "New.\n")
    assert listed(repo) == {ID: "Deep.\n\nFlat.", other: "New.", "README": "what this is"}
    notes.update_text(other, lambda now: f"{now}\nMore.\n")
    assert listed(repo)[other] == "New.\n\nMore."


def test_files_that_are_no_notes_stay(repo: Sandbox) -> None:
    base = {"README": "one\n", "gone/here": "x\n", "gone/there": "x\n", ID: "Why.\n"}
    root = commit(repo, base)
    ours = commit(
        repo, {"README": "one\n", "gone/there": "x\n", ID: "Why, ours.\n", "tools/a": "a\n"}, root
    )
    theirs = commit(
        repo, {"README": "two\n", "gone/here": "x\n", ID: "Why.\n", "b": "b\n"}, root, at=60
    )
    outcome = merge(repo, ours, theirs)
    assert listed(repo) == {"README": "two", "tools/a": "a", "b": "b", ID: "Why, ours."}
    assert sorted(outcome.files) == ["README", "b"]
    assert outcome.remarks == []


def test_a_file_that_both_sides_changed_is_told_of(repo: Sandbox) -> None:
    root = commit(repo, {"README": "one\n"})
    ours = commit(repo, {"README": "ours\n"}, root, at=30)
    theirs = commit(repo, {"README": "theirs\n"}, root, at=60)
    (remark,) = merge(repo, ours, theirs).remarks
    assert remark.startswith("the file README in the notes tree was changed on both sides")
    other = remark.partition("git show ")[2].removesuffix(")")
    assert (listed(repo)["README"], repo.git("show", other)) == ("theirs", "ours")


def test_a_file_is_named_as_a_shell_reads_it(repo: Sandbox) -> None:
    root = commit(repo, {"x;reboot": "one\n"})
    ours = commit(repo, {"x;reboot": "ours\n"}, root, at=30)
    theirs = commit(repo, {"x;reboot": "theirs\n"}, root, at=60)
    (remark,) = merge(repo, ours, theirs).remarks
    assert f"git show '{ours[:7]}:x;reboot'" in remark


def test_such_a_file_is_a_difference(repo: Sandbox) -> None:
    ours, theirs = commit(repo, {"README": "one\n"}), commit(repo, {ID: "Why.\n"})
    found = differences(
        Repository.discover(repo.folder), Tips(ours, {}), Tips(theirs, {}), Tips(None, {})
    )
    assert {(one.kind, one.name, one.side) for one in found} == {
        ("file", "README", "here"), ("note", ID, "there")
    }  # fmt: skip


def test_a_file_in_the_way_of_a_folder_is_told_of(repo: Sandbox) -> None:
    names = {f"{number:040x}": "x" for number in range(257)}
    with pytest.raises(GitError, match="the file 00 in the notes has the name of a folder"):
        write_note_tree(Repository.discover(repo.folder), TextTree(names, {"00": ("100644", "x")}))


def test_a_note_that_was_removed_on_one_side_and_changed_on_the_other_is_told_of(
    repo: Sandbox,
) -> None:
    root = commit(repo, {ID: "Why.\n", "cd" * 20: "Another.\n"})
    ours = commit(repo, {"cd" * 20: "Another.\n"}, root, at=30)
    theirs = commit(repo, {ID: "Why, in short.\n", "cd" * 20: "Another.\n"}, root, at=60)
    outcome = merge(repo, ours, theirs)
    assert outcome.remarks == [
        "the note of abababa was removed on one side and changed on the other: it was kept"
    ]
    assert listed(repo)[ID] == "Why, in short."


def test_letters_of_a_note_that_is_no_utf_8_survive(repo: Sandbox) -> None:
    notes = Notes(Repository.discover(repo.folder))
    head = repo.commit_id()
    repo.git("notes", "--ref=voicenote", "add", "-F", "-", stdin="Größe.\n".encode("latin-1"))
    assert notes.text(head) == "Größe.\n"
    notes.update_text(head, lambda now: f"{now}\nMore.\n")
    assert repo.git("notes", "--ref=voicenote", "show") == "Größe.\n\nMore."
