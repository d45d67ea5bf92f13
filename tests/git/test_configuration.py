"""Git's configuration, read once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.git.configuration import Configuration

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

CONFIG = b"""\
[voicenote]
\tEdit
\tengine = one
\tengine = two
[Branch "To\nPic"]
\tDescription = "two\\nlines"
[notes]
\trewriteRef = refs/notes/a
\trewriteRef = refs/notes/b
"""


def test_entries_are_found_by_their_keys(repo: Sandbox) -> None:
    config = repo.folder / ".git/config"
    config.write_bytes(config.read_bytes() + CONFIG.replace(b"To\nPic", b"ToPic"))
    found = Configuration(repo.folder)

    assert found.matching(r"^voicenote\.") == {"voicenote.edit": None, "voicenote.engine": "two"}
    assert found.matching(r"^branch\.") == {"branch.ToPic.description": "two\nlines"}
    assert found.values("notes.rewriteref") == ("refs/notes/a", "refs/notes/b")
    assert found.values("notes.nothing") == ()


def test_a_file_is_named_in_full_from_any_folder(repo: Sandbox) -> None:
    config = repo.folder / ".git/config"
    repo.git("config", "voicenote.silence", "soon")
    deeper = repo.folder / "deeper"
    deeper.mkdir()

    for folder in (repo.folder, deeper):
        found = Configuration(folder)
        assert [one.place for one in found.assignments("silence")] == [str(config)]
        assert found.origin_of("voicenote.silence") == str(config)


def test_it_is_read_once(repo: Sandbox) -> None:
    found = Configuration(repo.folder)
    assert found.values("voicenote.engine") == ()
    repo.git("config", "voicenote.engine", "x")
    assert found.values("voicenote.engine") == ()
    assert Configuration(repo.folder).values("voicenote.engine") == ("x",)
