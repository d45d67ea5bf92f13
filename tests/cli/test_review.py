from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from git_voicenote.datatypes import Note, Segment
from git_voicenote.git.repository import Repository
from git_voicenote.notes.covers import Covers
from tests.support.review import RECORDING, remember_recording
from tests.support.series import NOTE_TRAILERS, make_branch, write_cover
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

MESSAGES = ("feat: retry\n\nOnce more.\n", "feat: jitter\n")
NOTES = ("Retry moved.\n" + NOTE_TRAILERS, None)
HOSTILE = "a\x1b[31mred\x1b]0;title\x07 \u202egnp.exe\u202c zero\u200bwidth\r\nover"


@pytest.fixture
def series(repo: Sandbox) -> Sandbox:
    """A branch of two commits, a note, a cover, and the recording of the note."""
    make_branch(repo, MESSAGES, NOTES)
    write_cover(repo, "Move retries. The old loop lived in the client.")
    segments = (Segment(0.0, 0.4, "Retry"), Segment(0.5, 0.9, "moved."))
    remember_recording(repo, 1.0, segments)
    return repo


def shown(repo: Sandbox, *arguments: str, stdin: bytes = b"") -> str:
    done = repo.voicenote("review", *arguments, stdin=stdin)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


COVER = """\
[0/2] Move retries
Ada Lovelace <ada@example.org> Fri, 2 Jan 2026 03:04:05 +0000

The old loop lived in the client.

   1 feat: retry · said
   2 feat: jitter

"""
FIRST = """\
[1/2] feat: retry
Ada Lovelace <ada@example.org> Fri, 2 Jan 2026 03:04:05 +0000

    Once more.

said (0:14)
│ Retry moved.

recording 20260102-030405-beef

 file-1 | 1 +
 shared | 1 +
 2 files changed, 2 insertions(+)

diff --git a/file-1 b/file-1
new file mode 100644
"""


@pytest.mark.parametrize("arguments", [(), ("topic",), ("main..topic",), ("main..",)], ids=str)
def test_a_branch_is_laid_out(series: Sandbox, arguments: tuple[str, ...]) -> None:
    text = shown(series, *arguments)

    assert text.startswith(COVER + FIRST)
    assert text.count("\x1b") == 0
    assert "[2/2] feat: jitter\n" in text


def test_mails_are_laid_out_as_commits_are(series: Sandbox) -> None:
    """With the recording, where the note that came is the one that is here."""
    mails = series.voicenote("format-patch", "--stdout", "main..topic").stdout

    text = shown(series, "-", stdin=mails)

    assert text.partition("\n\n")[2].startswith("The old loop lived in the client.\n")
    assert FIRST in text
    assert "Ada Lovelace (2):" in text
    forged = mails.replace(b"Retry moved", b"Something else")
    assert RECORDING not in shown(series, "-", stdin=forged)


def test_one_commit_alone(series: Sandbox) -> None:
    text = shown(series, "topic~1")

    assert text.startswith("[1/1] feat: retry\n")
    assert "jitter" not in text


def test_settings_for_ones_own_eyes_change_nothing(series: Sandbox) -> None:
    plain = shown(series, "main"), shown(series, "main..topic")
    for name, value in [
        ("log.showRoot", "false"), ("diff.noprefix", "true"), ("diff.external", "false"),
        ("log.showSignature", "true"), ("format.pretty", "oneline"), ("diff.renames", "false"),
        ("log.date", "relative"), ("color.ui", "always"), ("color.diff", "never"),
    ]:  # fmt: skip
        series.git("config", name, value)

    assert (shown(series, "main"), shown(series, "main..topic")) == plain
    assert "+hello" in plain[0]


def test_mails_are_read_outside_of_repositories(series: Sandbox, sandbox: Sandbox) -> None:
    mails = series.voicenote("format-patch", "--stdout", "main..topic").stdout
    elsewhere = series.folder.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "series.mbox").write_bytes(mails)

    done = series.voicenote("review", "series.mbox", cwd=elsewhere)

    assert done.returncode == 0
    assert "Retry moved." in done.stdout.decode()
    for arguments in ((), ("missing",)):
        done = series.voicenote("review", *arguments, cwd=elsewhere)
        assert done.returncode == 128
        assert "this is no git repository" in done.stderr.decode()


def test_diffs_are_coloured_as_asked(series: Sandbox) -> None:
    assert "\x1b[32m+content 1\x1b[0m" in shown(series, "--color", "always")
    series.git("config", "color.diff", "always")
    assert "\x1b[32m+content 1" in shown(series)
    assert "\x1b" not in shown(series, "--color", "never")


def test_text_of_strangers_does_nothing_to_a_terminal(repo: Sandbox) -> None:
    make_branch(repo, [f"feat: {HOSTILE}\n\n{HOSTILE}\n"], [HOSTILE])
    repo.git("checkout", "--quiet", "-B", "diffs", "main")
    repo.commit("feat: hidden", {"x": f"if a: # {HOSTILE}\n"})

    for text in (shown(repo, "main..topic"), shown(repo, "main..diffs")):
        assert not set("\x1b\x07\r\u202e\u202c\u200b") & set(text)
    assert "^[[31mred^[]0;title^G <U+202E>gnp.exe<U+202C> zero<U+200B>width^M" in text


def test_json_for_tools(series: Sandbox) -> None:
    value = json.loads(shown(series, "--json"))

    first, second = value["patches"]
    assert list(value) == ["title", "cover", "patches", "remarks"]
    assert value["cover"]["subject"] == "Move retries"
    assert (first["subject"], first["note"]) == ("feat: retry", NOTES[0])
    assert first["commit"] == series.commit_id("topic~1")
    assert first["recordings"][0]["id"] == RECORDING
    assert first["recordings"][0]["path"].endswith(f"{RECORDING}.wav")
    assert first["recordings"][0]["segments"][1] == {
        "start": 0.5, "end": 0.9, "text": "moved.", "confidence": None, "words": [],
    }  # fmt: skip
    assert [file["path"] for file in first["files"]] == ["file-1", "shared"]
    assert (second["note"], second["recordings"]) == (None, [])


def test_a_pipe_gets_all_with_remarks_on_stderr(series: Sandbox) -> None:
    mails = series.voicenote("format-patch", "--stdout", "main..topic").stdout
    _, _, last = mails.rpartition(b"\nFrom ")

    done = series.voicenote("review", "-", stdin=b"From " + last)

    assert done.stdout.decode().startswith("[2/2] feat: jitter\n")
    assert done.stderr.decode() == "1 of 2 patches missing: 1\n"


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("topic..main",), 1, "there are no commits in topic..main"),
        (("nothing",), 128, "no file and no commit is named 'nothing'"),
        (
            ("merged",),
            1,
            "merged is a merge, which has no diff of its own\nhint: `git voicenote "
            "review merged^1..merged` shows the merged commits",
        ),
        (("empty.mbox",), 128, "empty.mbox is empty"),
        (("page.html",), 128, "page.html is a web page"),
        (("both",), 129, "'both' is the name of a file and of a commit"),
        (("--color", "pink"), 129, "--color"),
    ],
)
def test_what_cannot_be_reviewed_is_named(
    series: Sandbox, arguments: tuple[str, ...], status: int, said: str
) -> None:
    series.write("empty.mbox", "")
    series.write("page.html", "<html>no</html>")
    series.write("both", "x")
    series.git("branch", "both")
    tree, sides = "main^{tree}", ("-p", "main", "-p", "topic", "-m", "Merge")
    series.git("update-ref", "refs/tags/merged", series.git("commit-tree", tree, *sides))

    done = series.voicenote("review", *arguments)

    assert (done.returncode, done.stdout) == (status, b"")
    assert said in done.stderr.decode()


def terminal(series: Sandbox, *arguments: str, pager: str = "cat") -> Terminal:
    command = [sys.executable, "-m", "git_voicenote", "review", *arguments]
    return Terminal(command, {**series.environment, "GIT_PAGER": pager}, series.folder)


def test_a_person_steps_jumps_searches_and_quits(series: Sandbox) -> None:
    with terminal(series) as person:
        person.expect("[0/2] Move retries")
        person.expect("cover · n next")
        person.type("n")
        person.expect("[1/2] feat: retry")
        person.expect("l listen")
        person.type("n")
        person.expect("[2/2] feat: jitter")
        person.expect("q quit")
        person.type("n")
        person.expect("that was the last patch")
        person.expect("q quit")
        person.type("p")
        person.expect("[1/2] feat: retry")
        person.expect("q quit")
        person.type("0")
        person.expect("[0/2] Move retries")
        person.expect("q quit")
        person.type("2")
        person.expect("[2/2] feat: jitter")
        person.expect("q quit")
        person.type("9")
        person.expect("there is no patch 9")
        person.expect("q quit")
        person.type("/")
        person.type("RETRY MOVED\n")
        person.expect("[1/2] feat: retry")
        person.expect("q quit")
        person.type("?")
        person.expect("listen to the recording")
        person.expect("q quit")
        person.type("q")
        assert person.wait() == 0


def test_listening_without_a_loudspeaker_goes_on(series: Sandbox) -> None:
    alsa = series.home / "asound.conf"
    alsa.write_text("pcm.nothing.type pulse\n")
    series.extra |= {"PULSE_SERVER": "unix:/nonexistent", "ALSA_CONFIG_PATH": str(alsa)}
    with terminal(series) as person:
        person.expect("q quit")
        person.type("l")
        person.expect("this part has no recording")
        person.expect("q quit")
        person.type("n")
        person.expect("q quit")
        person.type("l")
        person.expect(f"playing {RECORDING}")
        person.expect("no loudspeaker to play on")
        person.expect("q quit")
        person.type("q")
        assert person.wait() == 0


def test_the_pager_of_git_p_gets_colours(series: Sandbox) -> None:
    paged: dict[str, str | None] = {"GIT_PAGER_IN_USE": "true", "TERM": "xterm"}
    assert b"\x1b[" in series.voicenote("review", "main..topic", environment=paged).stdout
    assert b"\x1b[" not in series.voicenote("review", "main..topic").stdout


def test_gits_pager_shows_it(series: Sandbox) -> None:
    with terminal(series, "--all", pager="sed 's/^/> /'; echo $GIT_PAGER_IN_USE $LESS") as person:
        person.expect("> [0/2] Move retries")
        person.expect("> [2/2] feat: jitter")
        person.expect("true FRX")
        assert person.wait() == 0


def test_the_keys_stand_in_the_pager(series: Sandbox) -> None:
    """They are the prompt of less as git runs it, or the first line."""
    less = series.home / "bin/less"
    less.parent.mkdir()
    less.write_text('#!/bin/sh\necho "LESS is $LESS"; exec head -n 2\n')
    less.chmod(0o755)
    keys = "q leaves the pager; then: n next  p back  ? keys  q quit"
    prompt = keys.replace(":", r"\:").replace("?", r"\?")
    for lesson, pager, shown in (
        ({}, f"{less} -S", f"LESS is FRXPs{prompt}?e (END).$\n[0/2] Move"),
        ({"LESS": "-R"}, str(less), f"LESS is -R\n{keys}\n"),
        ({}, "head -n 2", f"{keys}\n"),
    ):
        series.extra |= lesson
        with terminal(series, pager=pager) as person:
            person.expect(shown)
            person.expect("q quit ")
            person.type("q")
            assert person.wait() == 0
        series.extra.pop("LESS", None)


def test_a_pager_that_leaves_early_is_no_error(series: Sandbox) -> None:
    series.commit("feat: much", {"much": "line\n" * 100_000})
    with terminal(series, "--all", pager="head -n 1") as person:
        assert person.wait() == 0
        assert "Broken" not in person.screen


def test_the_cover_of_a_series_has_its_recording(series: Sandbox) -> None:
    covers = Covers(Repository.discover(series.folder))
    covers.write("topic", [Note("Move retries. Words.", (RECORDING,))])

    assert json.loads(shown(series, "--json"))["cover"]["recordings"][0]["id"] == RECORDING
