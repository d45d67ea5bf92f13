from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_voicenote.text.diff.diffs import change_summary, diffstat, parse_diff

TWO = """\
diff --git a/one b/one
index 7898192..6178079 100644
--- a/one
+++ b/one
@@ -1,2 +1,2 @@ def f():
-a
+b
 c
@@ -9 +9 @@
--- a/not a file
+++ b/neither
\\ No newline at end of file
diff --git "a/na\\303\\257ve" "b/na\\303\\257ve"
new file mode 100644
Binary files /dev/null and b/x differ
"""


def test_files_and_hunks() -> None:
    one, two = parse_diff(TWO)

    assert [(file.path, file.added, file.removed, file.is_binary) for file in (one, two)] == [
        ("one", 2, 2, False),
        ("naïve", 0, 0, True),
    ]
    assert [hunk.heading for hunk in one.hunks] == ["@@ -1,2 +1,2 @@ def f():", "@@ -9 +9 @@"]
    assert [hunk.start for hunk in one.hunks] == [1, 9]
    assert one.hunks[1].lines[-1] == "\\ No newline at end of file"
    assert change_summary((one, two)) == "2 files changed, 2 insertions(+), 2 deletions(-)"
    assert diffstat((one, two)) == (
        " one   | 4 ++--\n naïve | Bin\n 2 files changed, 2 insertions(+), 2 deletions(-)\n"
    )


@pytest.mark.parametrize(
    ("diff", "path", "old_path"),
    [
        ("diff --git a/x b/y\nrename from x\nrename to y\n", "y", "x"),
        ("diff --git a/x b/x\ndeleted file mode 100644\n--- a/x\n+++ /dev/null\n", "x", None),
        ("diff --git a/x y b/x y\nold mode 100644\nnew mode 100755\n", "x y", None),
        ("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", "x", None),
        ("diff -ru old/x new/x\n--- old/x\n+++ new/x\n", "new/x", None),
    ],
)
def test_file_names_are_parsed(diff: str, path: str, old_path: str | None) -> None:
    (file,) = parse_diff(diff)
    assert (file.path, file.old_path) == (path, old_path)


def test_a_long_diffstat_fits_the_width() -> None:
    long = "d/" * 60 + "f"
    body = "".join("+x\n" for _ in range(900))
    diff = f"diff --git a/{long} b/{long}\n--- a/{long}\n+++ b/{long}\n@@ -0,0 +1,900 @@\n{body}"

    stat = diffstat(parse_diff(diff))

    assert max(map(len, stat.splitlines())) <= 72
    assert " | 900 +++" in stat


PIECES = st.sampled_from(
    [*TWO.splitlines(keepends=True), "@@ -0,0 +1,99999 @@\n", "@@ -5", "GIT binary patch\n", "x"]
)


@given(st.lists(PIECES | st.text(max_size=5)).map("".join))
def test_no_line_is_lost(diff: str) -> None:
    files = parse_diff(diff)

    lines = [
        line
        for file in files
        for line in (
            *file.headers,
            *(line for hunk in file.hunks for line in (hunk.heading, *hunk.lines)),
            *file.rest,
        )
    ]
    assert lines == diff.removesuffix("\n").split("\n") if diff else not lines
    assert diffstat(files).count("\n") == (len(files) + 1 if files else 0)
