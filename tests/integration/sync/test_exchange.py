"""Notes and covers between clones, over a bare repository."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.support.clones import FIRST, Pair, cover, note, refs, sync, write_cover, write_note
from tests.support.sandbox import Sandbox


def test_there_and_back(pair: Pair) -> None:
    write_note(pair.ada, f"Why.\n\n{FIRST}")
    write_cover(pair.ada, "The series.\n")

    assert sync(pair.ada, "push") == "notes pushed\ncover of main pushed\n"
    assert sync(pair.bob, "fetch") == "1 note and 1 cover from origin\n"

    assert note(pair.bob) == f"Why.\n\n{FIRST}"
    assert cover(pair.bob) == "The series.\n"
    assert sync(pair.bob, "status") == "in sync with origin\n"
    assert sync(pair.bob, "fetch") == "nothing new in origin\n"
    assert sync(pair.bob, "push") == "nothing to push: origin has everything\n"
    assert sync(pair.ada, "status") == "in sync with origin\n"
    assert "incoming" not in refs(pair.bob)


def test_both_edited_the_same_note(pair: Pair) -> None:
    write_note(pair.ada, f"One.\n\nTwo.\n\n{FIRST}")
    write_cover(pair.ada, "A title.\n\nBody.\n")
    sync(pair.ada, "push")
    sync(pair.bob, "fetch")
    write_note(pair.ada, f"One.\n\nFrom Ada.\n\nTwo.\n\n{FIRST}", at=60)
    write_note(pair.bob, f"One.\n\nTwo.\n\nFrom Bob.\n\n{FIRST}", at=120)
    write_cover(pair.ada, "A title.\n\nFrom Ada.\n\nBody.\n")
    write_cover(pair.bob, "A title.\n\nBody.\n\nFrom Bob.\n")
    sync(pair.ada, "push")

    refused = sync(pair.bob, "push", status=1)
    assert "error: notes not pushed: [rejected] (fetch first)" in refused
    assert "hint: `git voicenote sync fetch` merges the notes there; then push again" in refused

    told = sync(pair.bob, "fetch")
    assert told == (
        "1 note and 1 cover from origin, 2 of them changed on both sides: every paragraph is kept\n"
    )
    merged = f"One.\n\nFrom Ada.\n\nTwo.\n\nFrom Bob.\n\n{FIRST}"
    assert note(pair.bob) == merged
    assert cover(pair.bob) == "A title.\n\nFrom Ada.\n\nBody.\n\nFrom Bob.\n"
    parents = pair.bob.git("log", "-1", "--format=%P", "refs/notes/voicenote").split()
    assert parents[1] == pair.bob.commit_id("refs/voicenote/remotes/origin/notes")
    assert sync(pair.bob, "push") == "notes pushed\ncover of main pushed\n"
    sync(pair.ada, "fetch")
    assert note(pair.ada) == merged
    assert sync(pair.ada, "status") == "in sync with origin\n"


def test_it_does_not_matter_who_merges(pair: Pair) -> None:
    write_note(pair.ada, "From Ada.\n", at=60)
    write_note(pair.bob, "From Bob.\n", at=0)

    sync(pair.ada, "fetch", pair.bob.folder)
    before = pair.ada.commit_id("refs/notes/voicenote^1")
    pair.ada.git("update-ref", "refs/notes/other", before)
    pair.bob.git("fetch", "--quiet", pair.ada.folder, "refs/notes/other")
    pair.server.joinpath("refs/notes").mkdir()
    pair.bob.git("push", "--quiet", "origin", "FETCH_HEAD:refs/notes/voicenote")
    sync(pair.bob, "fetch")

    assert note(pair.bob) == note(pair.ada) == "From Bob.\n\nVoicenote-Typed: yes\n\nFrom Ada.\n"
    trees = [clone.commit_id("refs/notes/voicenote^{tree}") for clone in (pair.ada, pair.bob)]
    assert trees[0] == trees[1]
    # both merged at once: the two merges come together with nothing said twice
    sync(pair.bob, "push")
    sync(pair.ada, "fetch")
    assert note(pair.ada) == note(pair.bob)
    sync(pair.ada, "push")
    sync(pair.bob, "fetch")
    assert sync(pair.bob, "status") == "in sync with origin\n"


def test_notes_of_different_commits(pair: Pair) -> None:
    for clone, name in ((pair.ada, "a"), (pair.bob, "b")):
        for number in range(300):
            blob = clone.git("hash-object", "-w", "--stdin", stdin=f"{name} {number}\n".encode())
            if number == 0:
                stream = b"commit refs/notes/voicenote\ncommitter A <a@b> 0 +0000\ndata 0\n"
            stream += f"M 100644 {blob} {number:039x}{name}\n".encode()
        clone.run("git", "fast-import", "--quiet", stdin=stream)

    sync(pair.ada, "push", "--all")
    sync(pair.bob, "fetch")

    listed = pair.bob.git("notes", "--ref=voicenote", "list").splitlines()
    assert len(listed) == 600
    assert pair.bob.git("notes", "--ref=voicenote", "show", f"{7:039x}a") == "a 7"
    write_note(pair.bob, "one more\n")
    assert len(pair.bob.git("notes", "--ref=voicenote", "list").splitlines()) == 601


def test_a_removed_note_does_not_come_back(pair: Pair) -> None:
    other = pair.ada.commit("another")
    for commit in (pair.commit, other):
        write_note(pair.ada, "Why.\n", commit)
    write_cover(pair.ada, "The series.\n")
    write_cover(pair.ada, "Another.\n", "other")
    sync(pair.ada, "push", "--all")
    sync(pair.bob, "fetch")
    pair.bob.git("notes", "--ref=voicenote", "remove", pair.commit, other)
    pair.bob.git("update-ref", "-d", "refs/voicenote/cover/main")
    pair.bob.git("update-ref", "-d", "refs/voicenote/cover/other")
    write_note(pair.ada, "Why.\n\nAnd how.\n", other)
    write_cover(pair.ada, "Another.\n\nWith more.\n", "other")
    sync(pair.ada, "push", "--all")

    sync(pair.bob, "fetch")

    assert note(pair.bob, pair.commit) is None
    assert note(pair.bob, other) == "Why.\n\nAnd how.\n"
    assert cover(pair.bob) is None
    assert cover(pair.bob, "other") == "Another.\n\nWith more.\n"
    assert "cover of main removed" in sync(pair.bob, "push")
    told = sync(pair.ada, "fetch")
    assert "warning: the cover of main was removed in origin, and here too" in told
    assert (note(pair.ada, pair.commit), cover(pair.ada)) == (None, None)
    words = told.partition("git show ")[2].partition(")")[0]
    assert pair.ada.git("show", words) == "The series."


def test_status_tells_what_each_side_lacks(pair: Pair) -> None:
    assert sync(pair.ada, "status") == "in sync with origin\n"
    others = [pair.ada.commit(f"feat: part {number}") for number in range(2)]
    write_note(pair.ada, "Why.\n", others[0])
    sync(pair.ada, "push", "--all")
    sync(pair.bob, "fetch")
    write_note(pair.ada, "There.\n", others[1])
    write_note(pair.ada, "Why, says Ada.\n", others[0])
    sync(pair.ada, "push", "--all")
    write_note(pair.bob, "Here.\n")
    write_note(pair.bob, "Why, says Bob.\n", others[0])
    write_cover(pair.bob, "The series.\n")
    before = refs(pair.bob)

    told = sync(pair.bob, "status", status=1)
    asked = json.loads(sync(pair.bob, "status", "--json", status=1))

    assert sorted(told.splitlines()) == sorted(
        [
            f"both      note    {others[0][:7]} (a commit not in this repository)",
            f"to fetch  note    {others[1][:7]} (a commit not in this repository)",
            f"to push   note    {pair.commit[:7]} start the project",
            "to push   cover   main",
        ]
    )
    assert (asked["in_step"], len(asked["differences"])) == (False, 4)
    assert refs(pair.bob) == before


def test_covers_that_git_cannot_keep_together(pair: Pair) -> None:
    write_cover(pair.ada, "Theirs.\n", "topic/part")
    sync(pair.ada, "push", "--all")
    write_cover(pair.bob, "Ours.\n", "topic")

    told = sync(pair.bob, "fetch", status=1)

    assert "the cover of topic/part was not imported: its ref conflicts with that of topic" in told
    assert cover(pair.bob, "topic") == "Ours.\n"
    pair.bob.git("update-ref", "-d", "refs/voicenote/cover/topic")
    sync(pair.bob, "fetch")
    assert cover(pair.bob, "topic/part") == "Theirs.\n"


def test_a_cover_without_words(pair: Pair) -> None:
    empty = pair.ada.git("commit-tree", "-m", "x", pair.ada.git("mktree"))
    pair.ada.git("push", "--quiet", "origin", f"{empty}:refs/voicenote/cover/evil")
    assert "warning: the cover of evil in origin has no text" in sync(pair.bob, "fetch", status=1)
    assert cover(pair.bob, "evil") is None


def test_notes_that_are_no_commit(pair: Pair) -> None:
    write_note(pair.bob, "Ours.\n")
    blob = pair.ada.git("hash-object", "-w", "--stdin", stdin=b"x")
    pair.ada.git("push", "--quiet", "origin", f"{blob}:refs/notes/voicenote")
    before = refs(pair.bob)
    assert "error: " in sync(pair.bob, "fetch", status=128)
    assert refs(pair.bob) == before


def test_no_remote(repo: Sandbox) -> None:
    for command in ("push", "fetch", "status"):
        told = sync(repo, command, status=128)
        assert "error: this repository has no remote\nhint: `git remote add origin URL`" in told


def test_a_remote_that_is_not_there(pair: Pair) -> None:
    shutil.rmtree(pair.server)
    for command in ("push", "fetch", "status"):
        told = sync(pair.ada, command, status=128)
        assert told.startswith("error: git could not read from origin:\n  fatal: ")
        assert "server.git' does not appear to be a git repository\n" in told
    assert "there is no remote 'nowhere'" in sync(pair.ada, "fetch", "nowhere", status=128)
    assert "'--upload-pack=x' is not a remote" in sync(
        pair.ada, "fetch", "--", "--upload-pack=x", status=129
    )


def test_several_remotes(repo: Sandbox) -> None:
    repo.git("remote", "add", "one", "/nowhere")
    repo.git("remote", "add", "two", "/nowhere")
    told = sync(repo, "fetch", status=128)
    assert "there are 2 remotes and none of them is the default\nhint: name one: one, two" in told


def test_nothing_anywhere(pair: Pair) -> None:
    told = sync(pair.ada, "fetch")
    assert told.startswith("nothing new in origin\nhint: origin has none yet")
    assert sync(pair.ada, "push") == "nothing to push: origin has everything\n"


def test_detached_and_bare(pair: Pair) -> None:
    write_note(pair.ada, "Why.\n")
    pair.ada.git("checkout", "--quiet", "--detach")
    assert sync(pair.ada, "push") == "notes pushed\n"
    bare = Sandbox(pair.ada.folder.parent / "bare.git", pair.ada.home)
    bare.folder.mkdir()
    bare.git("init", "--quiet", "--bare")
    bare.git("remote", "add", "origin", pair.server)
    assert sync(bare, "fetch") == "1 note from origin\n"
    assert bare.git("cat-file", "-t", "refs/notes/voicenote") == "commit"
    assert sync(bare, "status") == "in sync with origin\n"


def test_another_notes_ref(pair: Pair) -> None:
    for clone in (pair.ada, pair.bob):
        clone.git("config", "voicenote.notesRef", "words")
    pair.ada.git("notes", "--ref=words", "add", "-m", "Why.")
    sync(pair.ada, "push")
    sync(pair.bob, "fetch")
    assert pair.bob.git("notes", "--ref=words", "show") == "Why."


def test_nothing_but_notes_and_covers_is_sent(pair: Pair) -> None:
    write_note(pair.ada, "Why.\n")
    pair.ada.commit("not yet")
    pair.ada.git("tag", "-a", "-m", "x", "v1")
    pair.ada.git("config", "push.followTags", "true")
    sync(pair.ada, "push")
    assert pair.ada.run(
        "git", "for-each-ref", "--format=%(refname)", cwd=pair.server
    ).stdout.decode().split() == ["refs/heads/main", "refs/notes/voicenote"]


ANSWER = "{words}\n\nVoicenote-Reviewer: {name} <{name}@example.org>\n"


def answer(clone: Sandbox, name: str, words: str, *, at: int = 0) -> None:
    text = ANSWER.format(name=name, words=words)
    before = answers(clone)
    clone.run(
        "git", "notes", "--ref=voicenote-review", "add", "-f", "-F", "-", "HEAD",
        stdin=(f"{before}\n{text}" if before else text).encode(),
        environment={"GIT_COMMITTER_DATE": f"{1767323045 + at} +0000"},
    )  # fmt: skip


def answers(clone: Sandbox) -> str:
    done = clone.run("git", "notes", "--ref=voicenote-review", "show", check=False)
    return done.stdout.decode()


def test_answers_of_reviewers_travel_as_notes_do(pair: Pair) -> None:
    answer(pair.ada, "ada", "Why?")
    assert (
        sync(pair.ada, "status", status=1)
        == f"to push   answer  {pair.commit[:7]} start the project\n"
    )
    assert "answers pushed\n" in sync(pair.ada, "push")
    assert sync(pair.ada, "status") == "in sync with origin\n"
    said = sync(pair.bob, "fetch")
    assert said == "the answers to 1 commit from origin\n"
    assert answers(pair.bob) == answers(pair.ada)

    answer(pair.bob, "bob", "Why?", at=10)
    answer(pair.ada, "ada", "And how?", at=20)
    write_note(pair.ada, "Words.\n")
    sync(pair.ada, "push")
    assert "answers not pushed" in sync(pair.bob, "push", status=1)
    said = sync(pair.bob, "fetch")
    assert said.startswith("1 note and the answers to 1 commit from origin, 1 of them changed on")
    sync(pair.bob, "push")
    sync(pair.ada, "fetch")
    assert answers(pair.ada) == answers(pair.bob)
    assert [answers(pair.ada).count(words) for words in ("Why?", "And how?")] == [2, 1]
    assert answers(pair.ada).count("bob <bob@example.org>") == 1


def test_two_refs_that_are_one_are_refused(pair: Pair) -> None:
    pair.ada.git("config", "voicenote.reviewRef", "voicenote")
    assert "which has the authors' own notes" in sync(pair.ada, "push", status=128)


@pytest.mark.parametrize("action", ["status", "fetch", "push"])
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("remote.origin.fetch", "+refs/notes/*:refs/notes/*"),
        ("remote.origin.fetch", "+refs/*:refs/*"),
        ("remote.origin.fetch", "+refs/voicenote/*:refs/voicenote/*"),
        ("remote.origin.mirror", "true"),
        ("remote.origin.prune", "true"),
        ("fetch.prune", "true"),
    ],
)
def test_what_a_person_set_for_their_own_fetches_costs_no_note(
    pair: Pair, action: str, key: str, value: str
) -> None:
    write_note(pair.ada, f"Why.\n\n{FIRST}")
    write_cover(pair.ada, "The series.\n")
    sync(pair.ada, "push")
    other = pair.bob.commit("feat: another")
    write_note(pair.bob, "Not yet published.\n", other)
    pair.bob.git("config", "--add", key, value)
    pair.bob.git("config", "--add", "remote.origin.fetch", "+refs/notes/*:refs/notes/*")
    pair.bob.voicenote("sync", action)
    assert note(pair.bob, other) == "Not yet published.\n"
    assert pair.bob.commit_id("main") == other
