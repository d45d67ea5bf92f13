"""What is sent: that of commits which the other side has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.clones import cover, note, sync, write_cover, write_note
from tests.support.sandbox import Sandbox

if TYPE_CHECKING:
    from tests.support.clones import Pair


def test_notes_of_commits_that_were_not_pushed_are_not_sent(pair: Pair) -> None:
    ada = pair.ada
    write_note(ada, "Shown.\n")
    ada.git("checkout", "--quiet", "-b", "topic")
    secret = ada.commit("feat: not shown yet", {"file": "1\n"})
    write_note(ada, "Secret.\n")
    write_cover(ada, "Secret series.\n", "topic")
    shown = f"note    {pair.commit[:7]} start the project\n"

    listed = ada.voicenote("sync", "push", "--dry-run")
    assert listed.stdout.decode() == shown
    assert listed.stderr.decode() == (
        "1 note and 1 cover not sent: their commits or branches are not in origin\n"
        "hint: `git push` the branch first, or name it; --all sends everything\n"
    )
    assert "voicenote" not in ada.git("ls-remote", "origin")
    status = sync(ada, "status", status=1)
    assert f"to push   {shown}" in status
    assert f"held      note    {secret[:7]} feat: not shown yet\n" in status
    assert "held      cover   topic\n" in status

    assert sync(ada, "push").startswith("notes pushed\n1 note and 1 cover not sent:")
    server = Sandbox(pair.server, ada.home)
    assert server.run("git", "grep", "-q", "Secret", "refs/notes/voicenote", check=False).returncode
    assert "Secret" not in server.git("log", "-p", "--all")
    assert (note(ada, pair.commit), note(ada, secret)) == ("Shown.\n", "Secret.\n")
    assert "to push" not in sync(ada, "status")  # exit 0: a push would send no more
    assert "nothing to push: origin has the rest" in sync(ada, "push")

    # what both sides do next is merged over what was sent
    sync(pair.bob, "fetch")
    write_note(pair.bob, "Shown.\n\nFrom Bob.\n", at=60)
    sync(pair.bob, "push")
    write_note(ada, "Shown.\n\nFrom Ada.\n", pair.commit, at=120)
    sync(ada, "push", status=1)
    sync(ada, "fetch")
    assert note(ada, pair.commit) in (
        "Shown.\n\nFrom Bob.\n\nFrom Ada.\n", "Shown.\n\nFrom Ada.\n\nFrom Bob.\n"
    )  # fmt: skip
    assert note(ada, secret) == "Secret.\n"
    ada.git("notes", "--ref=voicenote", "remove", pair.commit)
    assert sync(ada, "push").startswith("notes pushed\n")
    sync(pair.bob, "fetch")
    assert note(pair.bob, pair.commit) is None

    # a branch that is named, or pushed
    assert sync(ada, "push", "origin", "topic") == "notes pushed\ncover of topic pushed\n"
    assert sync(ada, "push", "origin", "nope", status=128).startswith("error: no branch is named")
    assert sync(ada, "status") == "in sync with origin\n"
    sync(pair.bob, "fetch")
    assert note(pair.bob, secret) == "Secret.\n"
    assert cover(pair.bob, "topic") == "Secret series.\n"


def test_a_branch_that_is_pushed_takes_its_notes_along_and_all_takes_everything(
    pair: Pair,
) -> None:
    ada = pair.ada
    ada.git("checkout", "--quiet", "-b", "topic")
    ada.commit("feat: pushed", {"file": "1\n"})
    write_note(ada, "Why.\n")
    write_cover(ada, "The series.\n", "topic")
    assert sync(ada, "push").startswith("nothing to push: origin has the rest\n1 note and 1 cover")
    ada.git("push", "--quiet", "origin", "topic")
    assert sync(ada, "push") == "notes pushed\ncover of topic pushed\n"

    ada.git("checkout", "--quiet", "-b", "other")
    ada.commit("feat: not pushed", {"file": "2\n"})
    write_note(ada, "Later.\n")
    assert "1 note not sent: its commit or branch is not in origin" in sync(ada, "push")
    assert sync(ada, "push", "--all") == "notes pushed\n"
    assert sync(ada, "push", "--all", "origin", "topic", status=129).startswith("error: --all")
    assert sync(ada, "status") == "in sync with origin\n"


def test_a_cover_stays_there_when_its_branch_is_deleted_until_it_is_removed(pair: Pair) -> None:
    ada, server = pair.ada, Sandbox(pair.server, pair.ada.home)
    for branch in ("topic", "never-pushed"):
        ada.git("checkout", "--quiet", "-b", branch, "main")
        ada.commit(f"feat: {branch}", {"file": f"{branch}\n"})
        write_cover(ada, f"About {branch}.\n", branch)
    ada.git("push", "--quiet", "origin", "topic")
    assert sync(ada, "push", "origin", "topic").startswith("cover of topic pushed\n1 cover not")
    ada.git("checkout", "--quiet", "main")
    ada.git("branch", "--quiet", "-D", "topic", "never-pushed")
    ada.git("push", "--quiet", "origin", ":topic")

    for arguments in ((), ("--dry-run",)):
        assert sync(ada, "push", *arguments).endswith(
            "the cover of never-pushed, a branch that is gone, is not sent\n"
            "hint: `git voicenote remove --cover never-pushed` removes it; --all sends everything\n"
        )
    assert server.git("for-each-ref", "--format=%(refname)", "refs/voicenote").split() == [
        "refs/voicenote/cover/topic"
    ]
    sync(pair.bob, "fetch")
    assert cover(pair.bob, "topic") == "About topic.\n"

    ada.voicenote("remove", "--cover", "never-pushed")
    ada.voicenote("remove", "--cover", "topic")
    assert sync(ada, "push", "--dry-run") == "cover   topic (removed)\n"
    assert sync(ada, "status", status=1) == "to push   cover   topic (removed)\n"
    assert sync(ada, "push") == "cover of topic removed\n"
    assert server.git("for-each-ref", "refs/voicenote") == ""
