from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.datatypes import Place
from git_voicenote.git.repository import Repository
from git_voicenote.workflows.explain.walk_pages import files_of, pages_of, patch_of

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

ESCAPE = "\x1b]0;title\x07\u202e"


def test_each_hunk_is_a_page_and_what_has_none_is_one_too(repo: Sandbox) -> None:
    lines = [f"line {number}\n" for number in range(60)]
    before = {"a.py": "".join(lines), "moved": "".join(lines), "gone": "x\n", "run": "x\n"}
    repo.commit("chore: begin", before)
    repo.write("a.py", "".join([f"new{ESCAPE}\n", *lines[:50], "def f():\n", *lines[50:]]))
    repo.write("logo.png", b"\x89PNG\x00")
    (repo.folder / "run").chmod(0o755)
    repo.git("mv", "moved", "moved there")
    repo.git("rm", "--quiet", "gone")
    repo.git("add", ".")
    repo.git("commit", "--quiet", "-m", f"feat: much{ESCAPE}\n\nWhy.{ESCAPE}")
    repository = Repository.discover(repo.folder)

    patch = patch_of(repository, repo.commit_id())
    assert patch is not None
    pages = pages_of(patch)

    assert [(page.label, page.place) for page in pages] == [
        ("the patch as a whole · 6 hunks follow", None),
        ("hunk 1 of 6 · a.py:1", Place("a.py", 1, 4)),
        ("hunk 2 of 6 · a.py:49", Place("a.py", 49, 55, "line 46")),
        ("hunk 3 of 6 · gone", Place("gone")),
        ("file 4 of 6 · logo.png", Place("logo.png")),
        ("file 5 of 6 · moved there", Place("moved there")),
        ("file 6 of 6 · run", Place("run")),
    ]
    assert pages[0].head == ("feat: much]0;title", "")
    assert pages[0].lines[:2] == ("Why.]0;title", "")
    assert pages[0].lines[-1] == " 5 files changed, 2 insertions(+), 1 deletion(-)"
    assert pages[1].head == ("a.py", "@@ -1,3 +1,4 @@")
    assert pages[1].lines[0] == "+new^[]0;title^G<U+202E>"
    assert pages[4].head[:2] == ("logo.png", "new file mode 100644")
    assert pages[5].head[1:3] == ("similarity index 100%", "rename from moved")
    assert pages[6].head == ("run", "old mode 100644", "new mode 100755", "")


def test_what_changes_nothing_has_no_pages(repo: Sandbox) -> None:
    repository = Repository.discover(repo.folder)
    empty = repo.commit("chore: nothing")
    patch = patch_of(repository, empty)
    assert patch is not None
    assert pages_of(patch) == ()
    assert files_of(repository, empty) == ()
