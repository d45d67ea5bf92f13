"""Where notes are pushed to, what the other side says of it, and what the person configured."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.clones import Pair, cover, note, refs, sync, write_cover, write_note

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox


def bare(repo: Sandbox, path: Path) -> Path:
    repo.run("git", "init", "--quiet", "--bare", path)
    return path


def server_hook(server: Path, name: str, text: str) -> None:
    path = server / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.mark.parametrize("places", [1, 2])
def test_each_pushurl_is_pushed_to_and_asked(pair: Pair, tmp_path: Path, places: int) -> None:
    urls = [bare(pair.ada, tmp_path / f"push={number}.git") for number in range(places)]
    for url in urls:
        pair.ada.git("config", "--add", "remote.origin.pushurl", url)
    write_note(pair.ada, "Why.\n")
    write_cover(pair.ada, "The series.\n")

    title = f"to push   note    {pair.commit[:7]} start the project"
    told = sync(pair.ada, "status", status=1)
    assert sorted(told.splitlines()) == sorted(
        line for url in urls for line in (f"{title}  ({url})", f"to push   cover   main  ({url})")
    )
    assert sync(pair.ada, "push") == "".join(
        f"notes pushed to {url}\ncover of main pushed to {url}\n" for url in urls
    )
    pushed = ", ".join(map(str, urls))
    assert sync(pair.ada, "status") == f"in sync with origin (pushed to: {pushed})\n"
    assert sync(pair.ada, "push") == "".join(
        f"nothing to push: {url} has everything\n" for url in urls
    )
    assert "refs/notes" not in pair.ada.run("git", "for-each-ref", cwd=pair.server).stdout.decode()

    # what somebody else pushed there is told, and the way to it
    for url in urls[-1:]:
        pair.bob.git("config", "remote.origin.pushurl", url)
        write_note(pair.bob, "Bob's.\n")
        refused = sync(pair.bob, "push", status=1)
        assert f"error: notes not pushed to {url}: [rejected] (fetch first)" in refused
        assert f"hint: `git voicenote sync fetch {url}` merges the notes there" in refused
        assert sync(pair.bob, "fetch", url).startswith("1 note and 1 cover from ")
        assert f"notes pushed to {url}" in sync(pair.bob, "push")
        asked = json.loads(sync(pair.ada, "status", "--json", status=1))
        assert asked["pushed_to"] == [str(one) for one in urls]
        assert [(one["side"], one["place"]) for one in asked["differences"]] == [
            ("there", str(url))
        ]


def test_a_cover_that_was_removed_here_is_removed_where_it_was_pushed(
    pair: Pair, tmp_path: Path
) -> None:
    url = bare(pair.ada, tmp_path / "push.git")
    pair.ada.git("config", "remote.origin.pushurl", url)
    write_cover(pair.ada, "The series.\n")
    sync(pair.ada, "push")
    pair.ada.git("update-ref", "-d", "refs/voicenote/cover/main")
    assert sync(pair.ada, "push") == f"cover of main removed from {url}\n"
    assert sync(pair.ada, "status").startswith("in sync with origin")


@pytest.mark.parametrize("key", ["remote.pushDefault", "branch.main.pushRemote"])
def test_a_remote_for_pushes_is_pushed_to_and_asked(pair: Pair, tmp_path: Path, key: str) -> None:
    pair.ada.git("remote", "add", "fork", bare(pair.ada, tmp_path / "fork.git"))
    pair.ada.git("config", key, "fork")
    write_note(pair.ada, "Why.\n")
    assert sync(pair.ada, "push") == "notes pushed to fork\n"
    assert sync(pair.ada, "status") == "in sync with origin (pushed to: fork)\n"
    # unless the person names one
    assert "to push   note" in sync(pair.ada, "status", "origin", status=1)
    assert sync(pair.ada, "push", "origin") == "notes pushed\n"


@pytest.mark.parametrize("remote", ["origin", "other:project"])
def test_where_urls_are_rewritten_the_place_pushed_to_is_asked(
    pair: Pair, tmp_path: Path, remote: str
) -> None:
    folder = bare(pair.ada, tmp_path / "there" / "project")
    pair.ada.git("config", f"url.{tmp_path}/there/.pushInsteadOf", "other:")
    pair.ada.git("config", f"url.{tmp_path}/nowhere/.pushInsteadOf", "oth")
    pair.ada.git("config", f"url.{tmp_path}/server.git.insteadOf", "other:project")
    # a rewritten URL is not rewritten once more
    pair.ada.git("config", "url.https://example.org/.insteadOf", f"{tmp_path}/there/")
    pair.ada.git("config", "remote.origin.url", "other:project")
    write_note(pair.ada, "Why.\n")
    assert f"notes pushed to {folder}\n" in sync(pair.ada, "push", "--all", remote)
    assert sync(pair.ada, "status", remote).startswith("in sync with ")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("remote.origin.mirror", "true"),  # the others are in support/hostile_settings.py
        ("remote.origin.pruneTags", "true"),
        ("push.pushOption", "merge_request.create"),
    ],
)
def test_what_a_person_set_for_their_own_pushes_and_fetches_means_no_note(
    pair: Pair, key: str, value: str
) -> None:
    pair.ada.git("tag", "-a", "-m", "x", "mine")
    for clone in (pair.ada, pair.bob):
        clone.git("config", key, value)
        clone.git("config", "remote.origin.prune", "true")
    write_note(pair.ada, "Why.\n")
    assert sync(pair.ada, "push") == "notes pushed\n"
    assert sync(pair.ada, "status") == "in sync with origin\n"
    assert sync(pair.bob, "fetch") == "1 note from origin\n"
    there = pair.ada.run("git", "for-each-ref", "--format=%(refname)", cwd=pair.server)
    assert there.stdout.split() == [b"refs/heads/main", b"refs/notes/voicenote"]
    assert pair.ada.git("tag") == "mine"


REFUSALS = {
    "update": "echo 'notes are kept elsewhere:' >&2; echo 'see https://wiki' >&2; exit 1",
    "pre-receive": "echo 'the quota is used up' >&2; exit 1",
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_a_server_says_when_it_refuses_reaches_the_person(pair: Pair, name: str) -> None:
    server_hook(pair.server, name, REFUSALS[name])
    write_note(pair.ada, "Why.\n")
    told = sync(pair.ada, "push", status=1)
    said = [line.split("'")[1] for line in REFUSALS[name].split(";") if "echo" in line]
    assert told.startswith("".join(f"remote: {line}\n" for line in said))
    assert "error: notes not pushed: [remote rejected] (" in told
    assert "hook declined)" in told
    assert "failed to push some refs" not in told
    assert "to push   note" in sync(pair.ada, "status", status=1)


def test_what_a_server_says_when_it_takes_a_push_does_too(pair: Pair) -> None:
    server_hook(pair.server, "post-receive", "printf 'thanks \\033[31m\\n' >&2")
    write_note(pair.ada, "Why.\n")
    assert sync(pair.ada, "push") == "remote: thanks [31m\nnotes pushed\n"


def test_a_removal_that_a_server_refuses(pair: Pair) -> None:
    write_cover(pair.ada, "The series.\n")
    sync(pair.ada, "push")
    server_hook(pair.server, "update", '[ "$3" != 0000000000000000000000000000000000000000 ]')
    pair.ada.git("update-ref", "-d", "refs/voicenote/cover/main")
    told = sync(pair.ada, "push", status=1)
    assert "error: cover of main not removed: [remote rejected] (hook declined)" in told


SSH = {
    "authentication": "git@host: Permission denied (publickey).",
    "host key": "Host key verification failed.",
    "unknown host": "ssh: Could not resolve hostname host: Name or service not known",
}


@pytest.mark.parametrize(("what", "action"), [*zip(SSH, ("push", "fetch", "status"), strict=True)])
def test_why_no_connection_came_about_is_told_in_all_words(
    pair: Pair, what: str, action: str
) -> None:
    pair.ada.write("../ssh", f"#!/bin/sh\necho '{SSH[what]}' >&2\nexit 255\n").chmod(0o755)
    pair.ada.git("config", "core.sshCommand", pair.ada.folder.parent / "ssh")
    pair.ada.git("config", "remote.origin.url", "git@host:project")
    write_note(pair.ada, "Why.\n")
    told = sync(pair.ada, action, status=128)
    assert told.startswith(f"error: git could not read from origin:\n  {SSH[what]}\n")
    assert "  Please make sure you have the correct access rights\n" in told


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("{}/nowhere.git", "does not appear to be a git repository"),
        ("{}/empty", "does not appear to be a git repository"),
        ("unknown::address", "'remote-unknown' is not a git command"),
        ("https://ada:secret@127.0.0.1:1/project", "127.0.0.1"),
    ],
)
def test_a_place_that_is_no_repository(pair: Pair, tmp_path: Path, url: str, words: str) -> None:
    (tmp_path / "empty").mkdir()
    told = sync(pair.ada, "fetch", url.format(tmp_path), status=128)
    assert told.startswith("error: git could not read from ")
    assert words in told
    assert "secret" not in told


def test_one_of_two_places_that_cannot_be_reached(pair: Pair, tmp_path: Path) -> None:
    url = bare(pair.ada, tmp_path / "push.git")
    pair.ada.git("config", "remote.origin.pushurl", f"{tmp_path}/nowhere")
    pair.ada.git("config", "--add", "remote.origin.pushurl", url)
    write_note(pair.ada, "Why.\n")
    told = sync(pair.ada, "push", status=128)
    assert f"error: git could not read from {tmp_path}/nowhere:" in told
    assert told.endswith(f"notes pushed to {url}\n")
    assert "error: " in sync(pair.ada, "status", status=128)


def test_other_words_of_git_do_not_change_what_is_said(pair: Pair) -> None:
    write_note(pair.ada, "Why.\n")
    sync(pair.ada, "push")
    write_note(pair.bob, "Why not.\n")
    pair.bob.extra["LANGUAGE"] = "de"
    assert "hint: `git voicenote sync fetch` merges" in sync(pair.bob, "push", status=1)


def test_a_remote_that_has_no_notes_any_more(pair: Pair) -> None:
    write_note(pair.ada, "Why.\n")
    sync(pair.ada, "push")
    pair.ada.run("git", "update-ref", "-d", "refs/notes/voicenote", cwd=pair.server)
    told = sync(pair.ada, "fetch")
    assert "warning: origin has no notes any more; the local ones were kept\n" in told
    assert note(pair.ada) == "Why.\n"


def test_a_cover_that_was_removed_there_and_changed_here(pair: Pair) -> None:
    write_cover(pair.ada, "The series.\n")
    sync(pair.ada, "push")
    sync(pair.bob, "fetch")
    pair.ada.git("update-ref", "-d", "refs/voicenote/cover/main")
    sync(pair.ada, "push")
    write_cover(pair.bob, "The series, in short.\n")
    told = sync(pair.bob, "fetch")
    assert "the cover of main was removed in origin, but changed here: it was kept" in told
    assert cover(pair.bob) == "The series, in short.\n"


def test_a_cover_follows_its_branch_to_the_other_side(pair: Pair) -> None:
    write_cover(pair.ada, "The series.\n")
    sync(pair.ada, "push")
    pair.ada.git("branch", "-m", "main", "topic")
    assert "the cover of main follows its branch: topic" in sync(pair.ada, "status", status=1)
    assert sync(pair.ada, "push") == "cover of topic pushed\ncover of main removed\n"
    assert sync(pair.ada, "status") == "in sync with origin\n"


@pytest.mark.parametrize("content", ["", "0000\n"])
def test_a_ref_that_a_crash_broke_is_not_taken_for_none(pair: Pair, content: str) -> None:
    write_note(pair.ada, "Why.\n")
    (pair.ada.folder / ".git/refs/notes/voicenote").write_text(content)
    before = refs(pair.ada)
    for command in ("push", "fetch", "status"):
        assert "the ref refs/notes/voicenote is broken" in sync(pair.ada, command, status=128)
    done = pair.ada.voicenote("show")
    assert (done.returncode, b"is broken" in done.stderr) == (128, True)
    assert refs(pair.ada) == before
