"""The parts of a note are attached to the parts of a diff."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_voicenote.characters import visible
from git_voicenote.datatypes import Note, Place
from git_voicenote.notes.format import parse_notes, render_note
from git_voicenote.text.diff.anchors import anchor, passages, placed_words
from git_voicenote.text.diff.diffs import FileDiff, Hunk, parse_diff
from git_voicenote.text.diff.places import DiffPosition, heading_of, lines_of, locate, place_of
from git_voicenote.text.prose import unwrap, wrap

DIFF = """\
diff --git a/http/transport.py b/http/transport.py
--- a/http/transport.py
+++ b/http/transport.py
@@ -40,3 +42,4 @@ def send(self, request):
 a
+b
 c
 d
@@ -90,2 +99,3 @@ class Client:
 x
+    def give_up(self):
 y
@@ -200,2 +210,2 @@ def send(self, request):
 x
-y
+z
diff --git a/README b/README
--- a/README
+++ b/README
@@ -1 +1,2 @@
 x
+z
diff --git a/old name.c b/new name.c
similarity index 100%
rename from old name.c
rename to new name.c
diff --git a/logo.png b/logo.png
index 1..2 100644
Binary files a/logo.png and b/logo.png differ
diff --git a/gone.c b/gone.c
deleted file mode 100644
--- a/gone.c
+++ /dev/null
@@ -1 +0,0 @@
-x
"""
FILES = parse_diff(DIFF)
FIRST = Place("http/transport.py", 42, 45, "def send(self, request):")
TRANSPORT, README, NEW = Place("http/transport.py"), Place("README"), Place("new name.c")


def read(text: str) -> list[tuple[Place | None, str]]:
    found = passages(text, FILES)
    assert "".join(one.anchor + one.text for one in found) == text
    return [(one.place, one.text.strip()) for one in found]


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (FIRST, "http/transport.py:42-45: def send(self, request):"),
        (Place("a.py", 7, 7), "a.py:7:"),
        (Place("a.py"), "a.py:"),
        (None, "The patch as a whole:"),
        (Place("new name.c"), "new name.c:"),
        (Place("文档/说明.md", 1, 2), "文档/说明.md:1-2:"),
        (Place("a:3", 1, 2), '"a:3":1-2:'),
        (Place('say "x"\\'), '"say\\040\\"x\\"\\\\":'),
        (Place("a\u202eb\n"), '"a\\342\\200\\256b\\012":'),
        (Place(" a"), '"\\040a":'),
        (Place("---"), '"---":'),
        (Place("a.c", 1, 2, "int a(" + "x" * 80), "a.c:1-2: int a(" + "x" * 54 + "..."),
        (Place("a" * 66, 1, 2, "int main(void)"), "a" * 66 + ":1-2:"),
        (Place("a.c", 1, 2, "a\x1b[31m\tb"), "a.c:1-2: a[31m b"),
    ],
)
def test_the_anchor_of_a_place(place: Place | None, line: str) -> None:
    assert anchor(place) == line
    assert wrap(line) == line


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("All of it.", [(None, "All of it.")]),
        (
            "All.\n\nhttp/transport.py:42-45: def send(self, request):\n\nA loop.\n\nIt ends.\n",
            [(None, "All."), (FIRST, "A loop.\n\nIt ends.")],
        ),
        # as people write them by hand
        ("README: is new.", [(README, "is new.")]),
        ("README:\nis new.\n\nAnd more.", [(README, "is new.\n\nAnd more.")]),
        ("  README:1:\n\nWords", [(Place("README", 1, 1), "Words")]),
        ("README:1:5: compilers say so", [(Place("README", 1, 1), "compilers say so")]),
        ("README:1-2", [(Place("README", 1, 2), "")]),
        ('"README": words', [(README, "words")]),
        ("old name.c: moved", [(NEW, "moved")]),
        ("new name.c:\n\nmoved", [(NEW, "moved")]),
        (
            "http/transport.py:42-45: def send(self, request):\nWords.",
            [(FIRST, "Words.")],
        ),
        (
            "http/transport.py:42-45: def send(sel...\n\nWords.",
            [(FIRST, "Words.")],
        ),
        # the heading before the commit was amended
        (
            "README:1: def gone(self):\n\nWords.",
            [(Place("README", 1, 1, "def gone(self):"), "Words.")],
        ),
        # one after another, and back
        (
            "README:\n\nOne.\n\nlogo.png:\n\nTwo.\n\nThe patch as a whole:\n\nThree.",
            [(README, "One."), (Place("logo.png"), "Two."), (None, "Three.")],
        ),
        (
            "README:\n\nWords.\n\nthe patch as\na whole: Fine.",
            [(README, "Words."), (None, "Fine.")],
        ),
        # an anchor takes precedence over names
        ("README:\n\nAs in transport.py.", [(README, "As in transport.py.")]),
        # wrapped for mail
        ("http/trans\nport.py:42: words", [(Place("http/transport.py", 42, 42), "words")]),
        ("new\nname.c:1: words", [(Place("new name.c", 1, 1), "words")]),
    ],
)  # fmt: skip
def test_anchors_are_read(text: str, found: list[tuple[Place | None, str]]) -> None:
    assert read(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "other.py:42-45: def send():\n\nWords.",  # not a file of the diff
        "ransport.py:42: words",
        "Note: this is a trailer of sorts.",
        "http://transport.py:42",
        "Words.\nREADME: in the middle of a paragraph",
        "    README:1: quoted, or code",
        "```\nx\n\nREADME:1: error\n\n```",
        "the patch as a whole is good",
        "",
        "\n\n",
        '"README',
        ":",
        "a  b" * 3000 + '"',
    ],
)
def test_other_lines_are_text(text: str) -> None:
    assert all(one.anchor == "" for one in passages(text, FILES))
    assert "".join(one.text for one in passages(text, FILES)) == text


# by name


@pytest.mark.parametrize(
    ("sentence", "place"),
    [
        ("In transport.py we try again.", TRANSPORT),
        ("In http/transport.py we try again.", TRANSPORT),
        ("See `transport.py`.", TRANSPORT),
        ("transport.py's loop is gone.", TRANSPORT),
        ("(transport.py, that is)", TRANSPORT),
        ("transport.py:99 is where it fails.", Place("http/transport.py", 99, 99)),
        ("The README tells it.", README),
        ('We moved "old name.c" away.', NEW),
        ("We moved `new name.c` away.", NEW),
        ("The function send gives up.", FIRST),
        ("The send method gives up.", FIRST),
        ("Then `send` gives up.", FIRST),
        ("Then send() gives up.", FIRST),
        ("Then Client.send gives up.", FIRST),
        ("Then client.send() gives up.", FIRST),
        ("Then transport.send gives up.", FIRST),
        ("Then `self.send(request)` gives up.", FIRST),
        ("Then `def send` gives up.", FIRST),
        ("Then give_up is called.", Place("http/transport.py", 99, 101, "class Client:")),
        ("The class Client has a way out.", Place("http/transport.py", 99, 101, "class Client:")),
        ("In transport.py, send() gives up.", FIRST),
        ("The logo.png is smaller.", Place("logo.png")),
        ("在transport.py里我们重试。", TRANSPORT),
        ("函数send会放弃。", FIRST),
        ("这个send函数会放弃。", FIRST),
        ("这里`send`会放弃。", FIRST),
        ("関数sendは諦める。", FIRST),
        ("这里send()会放弃。", FIRST),
        ("문서.md에서 README를 봅니다.", README),
        ("gone.c is gone.", Place("gone.c")),
    ],
)
def test_a_sentence_names_a_place(sentence: str, place: Place) -> None:
    assert read(f"It starts here. {sentence} It goes on.\n\nBack.") == [
        (None, "It starts here."),
        (place, f"{sentence} It goes on."),
        (None, "Back."),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "We send more now.",
        "Send it again.",
        "The client sends more.",
        "A Client pays for it.",
        "The class sends what we send.",
        "It is in transport.",
        "The transport is new.",
        "We transport python.",
        "The read me is old, and so is the logo.",
        "The new function is here, a class has it.",
        "In mytransport.py and transport.pyc we did nothing.",
        "In other/transport.py2 there is nothing.",
        "voicenote.send and transport.sending are others, and so is send(2).",
        "我们send更多，这个文件send没有。",
        "A struct field, a function call.",
        "Sender, resend and send_all are others.",
        "`sending` is another.",
        '"send" is a word.',
        "x " * 20_000 + "transport.py",
    ],
)
def test_ordinary_words_do_not_name_a_place(text: str) -> None:
    assert read(text) == [(None, text.strip())]


def test_a_place_ends_at_the_next_name_or_paragraph() -> None:
    text = "In transport.py it was. The README is next. So it is. See gone.c.\n\nAll of it."
    assert read(text) == [
        (TRANSPORT, "In transport.py it was."),
        (README, "The README is next. So it is."),
        (Place("gone.c"), "See gone.c."),
        (None, "All of it."),
    ]


TWO = parse_diff(
    """\
diff --git a/a/x.py b/a/x.py
--- a/a/x.py
+++ b/a/x.py
@@ -1,1 +1,2 @@
+def run_all():
 x
diff --git a/b/x.py b/b/x.py
--- a/b/x.py
+++ b/b/x.py
@@ -1,1 +1,2 @@
+def run_all():
 x
@@ -9,1 +10,2 @@ def run_all():
+y
 x
"""
)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("x.py changes.", [None]),  # which of them?
        ("run_all changes.", [None]),
        ("a/x.py changes.", [Place("a/x.py")]),
        ("In b/x.py run_all changes.", [Place("b/x.py", 1, 2)]),  # where it is defined
        ("a/x.py is old. And run_all too.", [Place("a/x.py"), Place("a/x.py", 1, 2)]),
    ],
)
def test_a_name_in_two_files_refers_to_the_named_file(
    text: str, places: list[Place | None]
) -> None:
    assert [one.place for one in passages(text, TWO)] == places


# where a place is


@pytest.mark.parametrize(
    ("place", "hunk"),
    [
        (FIRST, 0),
        (Place("http/transport.py", 44, 60), 0),  # overlaps
        (Place("http/transport.py", 60, 60), 0),  # nearest
        (Place("http/transport.py", 90, 90), 1),
        (Place("http/transport.py", 9000, 9000), 2),
        (Place("http/transport.py", 99, 101, "def send(self, request):"), 1),  # exactly these lines
        (Place("http/transport.py", 95, 99, "def send(self, request):"), 0),  # moved
        (Place("http/transport.py", 180, 183, "def send(self, request):"), 2),
        (Place("http/transport.py", 40, 41, "class Cl..."), 1),
        (Place("http/transport.py", 40, 41, "def gone():"), 0),
        (Place("http/transport.py", None, None, "class Client:"), 1),
        (Place("http/transport.py"), None),
        (Place("logo.png", 3, 4), None),
        (Place("gone.c", 1, 1), None),
        (Place("old name.c", 1, 1), None),
    ],
)
def test_a_place_is_found(place: Place, hunk: int | None) -> None:
    spot = locate(place, FILES)
    assert spot is not None
    assert spot.hunk == hunk
    assert place.path in (FILES[spot.file].path, FILES[spot.file].old_path)


def test_text_is_never_attached_to_another_file() -> None:
    assert locate(Place("transport.py", 42, 45, "def send(self, request):"), FILES) is None
    assert locate(Place("http"), FILES) is None


def test_text_of_several_notes_is_placed() -> None:
    notes = ["All. The README is new.", "http/transport.py:43:\n\nMore.\n\nlogo.png:\n\n", "End."]
    assert [(one.spot, one.words, one.is_anchored) for one in placed_words(notes, FILES)] == [
        (DiffPosition(1, None), "The README is new.", False),
        (DiffPosition(0, 0), "More.", True),
    ]


# whatever the names are

paths = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)
headings = st.one_of(st.just(""), st.text(st.characters(codec="utf-8", exclude_characters="\n\0")))
words = st.lists(
    st.sampled_from(["lorem", "ipsum.", "dolor", "the patch", "42:", "…", "再试", "a.b:3:"]),
    min_size=1,
).map(" ".join)


@st.composite
def diffs(draw: st.DrawFn) -> tuple[FileDiff, ...]:
    files = []
    for path in draw(
        st.lists(paths, min_size=1, max_size=3, unique_by=lambda p: "".join(p.split()))
    ):
        hunks = []
        start = 1
        for heading in draw(st.lists(headings, max_size=3)):
            start += draw(st.integers(0, 10**6))
            lines = (" x",) * draw(st.integers(1, 9))
            hunks.append(Hunk(f"@@ -1 +{start},{len(lines)} @@ {heading}", lines, start))
            start += len(lines)
        files.append(FileDiff(path, None, (), tuple(hunks), ()))
    return tuple(files)


@given(files=diffs(), said=st.lists(st.tuples(st.integers(0), words), min_size=1, max_size=5))
def test_written_anchors_are_read_back(
    files: tuple[FileDiff, ...], said: list[tuple[int, str]]
) -> None:
    places: list[Place | None] = [None]
    places += [place_of(file, hunk) for file in files for hunk in (None, *file.hunks)]
    wanted = [(places[number % len(places)], text) for number, text in said]
    text = "\n\n".join(f"{anchor(place)}\n\n{words}" for place, words in wanted)

    (note,) = parse_notes(render_note(Note(wrap(text))))
    for written in (note.text, unwrap(note.text)):
        found = passages(written, files)
        assert [one.place and locate(one.place, files) for one in found if one.anchor] == [
            place and locate(place, files) for place, _ in wanted
        ]
        assert ["".join(one.text.split()) for one in found if one.anchor] == [
            "".join(text.split()) for _, text in wanted
        ]


@given(files=diffs(), text=st.text(), data=st.data())
def test_no_text_is_lost(files: tuple[FileDiff, ...], text: str, data: st.DataObject) -> None:
    parts = data.draw(
        st.permutations([text, files[0].path, f"\n\n{files[-1].path}:3: ", "\n```\n"])
    )
    for note in ("".join(parts), DIFF + text):
        assert "".join(one.anchor + one.text for one in passages(note, files)) == note
        assert "".join(one.anchor + one.text for one in passages(note, FILES)) == note


@given(hunk=st.builds(Hunk, st.text(), st.lists(st.text()).map(tuple), st.integers(0, 99)))
def test_any_hunk_has_lines_and_a_heading(hunk: Hunk) -> None:
    first, last = lines_of(hunk)
    assert first <= last
    assert visible(heading_of(hunk)) == heading_of(hunk)


def test_a_hostile_note_takes_linear_time() -> None:
    for text in (" " * 200_000, "a" + " " * 200_000 + '"', "(" * 200_000, "a. " * 60_000,
                 '"' * 200_000, "`" * 200_000, "README:" * 30_000, "x\n\n" * 50_000):  # fmt: skip
        assert "".join(one.anchor + one.text for one in passages(text, FILES)) == text
