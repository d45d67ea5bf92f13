"""/api/repository, notes, cover, series and answers, on a real repository."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from git_voicenote.git.repository import Repository
from git_voicenote.notes.store import Notes
from git_voicenote.store.history import History
from tests.cli.test_history import FIRST, fill
from tests.support.serving import Client, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.sandbox import Sandbox

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def client(repo: Sandbox) -> Iterator[Client]:
    """A service in a repository with a branch of two commits, and a recording."""
    repo.commit("feat: begin", {"a.py": "one\ntwo\n"})
    repo.git("checkout", "-q", "-b", "topic")
    repo.commit("feat: <b>first</b>", {"a.py": "one\n2\n"})
    repo.commit("fix: second", {"b.py": "print('\u202e')\n"})
    state = repo.folder / ".git/voicenote"
    fill(state)
    with serving(repo.folder.parent, state=state, folder=repo.folder) as found:
        yield found


def send(client: Client, method: str, path: str, **values: object) -> Any:  # noqa: ANN401 - JSON
    return client.request(method, path, json.dumps(values).encode(), JSON)


def test_words_are_read_saved_merged_and_removed(client: Client, repo: Sandbox) -> None:
    listed = client.request(path="/api/repository").json
    assert (listed["branch"], listed["upstream"]) == ("topic", "main")
    assert [one["subject"] for one in listed["commits"]] == ["fix: second", "feat: <b>first</b>"]
    second, first = (one["id"] for one in listed["commits"])
    notes = Notes(Repository.discover(repo.folder))

    # a dictation's words get the trailers of the recording, and the history knows the note
    path = f"/api/notes/{first}"
    there = client.request(path=path).json
    assert (there["text"], there["subject"]) == (None, "feat: <b>first</b>")
    saved = send(client, "PUT", path, text="It is slow.", base=there["base"], dictation=FIRST).json
    assert saved["words"] == "It is slow."
    assert saved["text"] == notes.text(first)
    assert notes.read(first)[0].recording_ids == (FIRST,)
    assert notes.read(first)[0].engine == "moonshine"
    entry = History(client.folder).entry(FIRST)
    assert entry is not None
    assert entry.notes[-1].text == saved["text"]

    # appended; then two people change different paragraphs, and both stay
    both = send(client, "PUT", path, text="And old.", how="append").json
    assert both["words"] == "It is slow.\n\nAnd old."
    mine = both["text"].replace("It is slow.", "It is very slow.")
    theirs = both["text"].replace("And old.", "And very old.")
    notes.write_text(first, theirs)
    merged = send(client, "PUT", path, text=mine, base=both["base"]).json
    assert (merged["words"], merged["is_merged"]) == ("It is very slow.\n\nAnd very old.", True)

    # the same paragraph twice: both versions are kept, to be read over
    notes.write_text(first, merged["text"].replace("very slow", "fast"))
    mine = merged["text"].replace("very slow", "slowest")
    kept = send(client, "PUT", path, text=mine, base=merged["base"]).json
    assert kept["is_merged"]
    assert "It is fast." in kept["words"]
    assert "It is slowest." in kept["words"]

    # removed meanwhile: nothing is written, and the client has both
    notes.remove([first])
    conflict = send(client, "PUT", path, text=mine, base=kept["base"])
    assert (conflict.status, conflict.json["error"]["code"]) == (409, "changed_meanwhile")
    assert (conflict.json["text"], conflict.json["mine"]) == (None, mine)
    assert notes.text(first) is None
    again = send(client, "PUT", path, text=mine, base=conflict.json["base"])
    assert again.json["words"].startswith("It is slowest.")

    assert client.request("DELETE", path).status == 204
    assert notes.text(first) is None
    assert client.request("DELETE", path).code == "not_found"

    # the cover of the branch
    assert client.request(path="/api/cover").json["text"] is None
    cover = send(client, "PUT", "/api/cover", text="Both belong together.").json
    assert cover["words"] == "Both belong together."
    there = client.request(path="/api/repository").json["cover"]
    assert there == {"has_note": True, "series": "topic"}
    # words for a branch that is no longer checked out go to no other one
    refused = send(client, "PUT", "/api/cover", text="Of another.", series="elsewhere")
    assert (refused.status, refused.code) == (409, "branch_switched")
    assert send(client, "PUT", "/api/cover", text=cover["words"], series="topic").status == 200

    # a series with notes beside its hunks, and an answer
    send(client, "PUT", f"/api/notes/{second}", text="b.py:1:\nThis prints.")
    answer = send(client, "POST", f"/api/answers/{second}", text="Why print?", at="b.py:1")
    assert (answer.status, answer.json["reviewer"]) == (201, "Ada Lovelace <ada@example.org>")
    series = client.request(path="/api/series").json
    assert series["cover"]["text"].startswith("Both belong together")
    assert [one["subject"] for one in series["patches"]] == ["feat: <b>first</b>", "fix: second"]
    patch = series["patches"][1]
    hunk = patch["diff"][0]["hunks"][0]
    pieces = [["", "print("], ["s", "'<U+202E>'"], ["", ")"]]
    assert hunk["lines"] == [
        {"kind": "added", "text": "print('<U+202E>')", "pieces": pieces, "old": None, "new": 1}
    ]
    assert hunk["at"].endswith(":1-1")
    assert [(one["by"], one["text"]) for one in hunk["notes"]] == [
        (None, "This prints."), ("Ada Lovelace", "Why print?"),
    ]  # fmt: skip
    assert patch["answers"][0]["reviewer"] == "Ada Lovelace"
    assert client.request("DELETE", "/api/cover").status == 204
    assert client.request(path=f"/api/series?range={second}").json["patches"][0]["number"] == 1
    assert client.warnings == []


def test_what_cannot_be_is_refused(client: Client) -> None:
    for name in ("no-such-commit", "--output=/tmp/x", "HEAD:a.py", "a\0b"):
        assert client.request(path=f"/api/notes/{quote(name)}").status == 404
    for named in ("nothing..here", "--output=/tmp/x", "--all"):
        assert client.request(path=f"/api/series?range={quote(named)}").status == 404
        assert client.request(path=f"/api/repository?range={quote(named)}").status == 404
    assert send(client, "PUT", "/api/notes/HEAD", text=" ").code == "invalid_value"
    assert send(client, "PUT", "/api/notes/HEAD", text="x", base="zzz").code == "invalid_value"
    assert send(client, "PUT", "/api/notes/HEAD", text="x", how="eat").code == "invalid_value"
    assert send(client, "PUT", "/api/notes/HEAD", text="x", dictation="../x").code == "not_found"
    assert send(client, "POST", "/api/answers/HEAD", text="x", at="nope:9").code == "invalid_value"
    assert client.request(path="/api/notes/HEAD").json["text"] is None


def test_outside_of_a_repository_there_are_no_notes(tmp_path: Path) -> None:
    with serving(tmp_path) as client:
        for path in ("/api/repository", "/api/notes/HEAD", "/api/cover", "/api/series"):
            answer = client.request(path=path)
            assert (answer.status, answer.code) == (404, "no_repository")
