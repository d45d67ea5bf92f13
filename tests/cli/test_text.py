"""`git voicenote text`, as a filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

HEARD = b"um the dash dash force flag\nnew paragraph\nsnake case foo bar in main dot py\n"


def test_what_is_said_comes_out_as_it_is_written(sandbox: Sandbox) -> None:
    done = sandbox.voicenote("text", stdin=HEARD)
    assert done.stdout.decode() == "the --force flag\n\nfoo_bar in main.py\n"
    assert (done.returncode, done.stderr) == (0, b"")


def test_explain_tells_each_replacement_on_stderr(sandbox: Sandbox) -> None:
    done = sandbox.voicenote("text", "--explain", stdin=HEARD)
    assert done.stderr.decode().splitlines() == [
        'fillers:filler: "um " -> ""',
        'edits:new_paragraph: "\\nnew paragraph\\n" -> "\\n\\n"',
        'itn:flag: "dash dash force" -> "--force"',
        'itn:path: "main dot py" -> "main.py"',
        'identifiers:snake: "snake case foo bar" -> "foo_bar"',
    ]
    done = sandbox.voicenote("text", "--explain", stdin=b"plain words\n")
    assert (done.stdout, done.stderr) == (b"plain words\n", b"nothing was changed\n")


def test_one_pass_alone(sandbox: Sandbox) -> None:
    done = sandbox.voicenote("text", "--pass", "itn", stdin=b"um main dot py\n")
    assert done.stdout == b"um main.py\n"
    both = ("--pass", "itn", "--pass", "fillers")
    assert sandbox.voicenote("text", *both, stdin=b"um main dot py\n").stdout == b"main.py\n"


def test_a_pass_that_there_is_not_is_a_wrong_call(sandbox: Sandbox) -> None:
    done = sandbox.voicenote("text", "--pass", "itm")
    assert done.returncode == 129
    assert b"'fillers', 'edits', 'vocabulary', 'itn', 'identifiers'" in done.stderr


def test_the_passes_are_listed_in_their_order(sandbox: Sandbox) -> None:
    listed = sandbox.voicenote("text", "--list").stdout.decode().splitlines()
    assert [line.split()[0] for line in listed] == [
        "fillers",
        "edits",
        "vocabulary",
        "itn",
        "identifiers",
    ]


def test_the_language_is_what_is_asked_for(sandbox: Sandbox) -> None:
    heard = "嗯，四十二个测试\n".encode()
    assert sandbox.voicenote("text", "--language", "zh", stdin=heard).stdout.decode() == (
        "42个测试\n"
    )
    assert sandbox.voicenote("text", stdin=heard).stdout == heard


def test_bytes_that_are_no_text_and_lines_pass_through(sandbox: Sandbox) -> None:
    heard = b"\n\nplain \xff\xfe words\r\n\n  set in\n\n"
    assert sandbox.voicenote("text", stdin=heard).stdout == heard


def test_terms_of_the_repository_are_written(repo: Sandbox) -> None:
    repo.commit("add terms", {".voicenote/vocabulary": "cube cuttle => kubectl\n"})
    done = repo.voicenote("text", "--explain", stdin=b"run cube cuttle dot yaml\n")
    assert done.stdout == b"run kubectl.yaml\n"
    assert done.stderr.startswith(b"vocabulary")


def test_settings_choose_the_passes(repo: Sandbox) -> None:
    repo.git("config", "voicenote.text", "fillers")
    assert repo.voicenote("text", stdin=b"um dash x\n").stdout == b"dash x\n"
    repo.git("config", "voicenote.text", "off")
    assert repo.voicenote("text", stdin=b"um dash x\n").stdout == b"um dash x\n"
    assert repo.voicenote("text", "--pass", "itn", stdin=b"dash x\n").stdout == b"-x\n"
    repo.git("config", "voicenote.text", "itn, itm")
    done = repo.voicenote("text", stdin=b"um dash x\n")
    assert done.returncode == 128
    assert done.stderr.startswith(b"error: there is no text pass 'itm'\nhint: they are fillers,")
