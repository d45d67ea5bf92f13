"""`git voicenote vocabulary`, and what engines are told."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.engines import SCRIPTED
from tests.support.speech import SPEECH

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox


@pytest.fixture
def code(repo: Sandbox) -> Sandbox:
    repo.commit("lib: add oidtree_clear", {"lib/oidtree.c": "int oidtree_clear(void);\n"})
    return repo


def out(sandbox: Sandbox, *arguments: str) -> str:
    done = sandbox.voicenote("vocabulary", *arguments)
    none = b"no terms were found; `git voicenote vocabulary add TERM` adds one\n"
    assert (done.returncode, done.stderr) == (0, b"" if done.stdout else none)
    return done.stdout.decode()


def test_terms_are_listed_and_those_that_are_told_are_marked(code: Sandbox) -> None:
    code.write(".voicenote/vocabulary", "engine\n")
    assert out(code) == (
        "  engine         project list\n"
        "> oidtree_clear  changed lines, message, touched files, history\n"
        "> oidtree        changed paths, paths\n"
        "> oidtree.c      changed paths\n"
        "> Lovelace       authors\n"
        "> README         paths\n"
    )
    assert out(code, "list", "--for", "HEAD") == out(code)
    assert "> oidtree_clear  history\n" in out(code, "--for", "HEAD~1")


def test_what_is_staged_is_what_is_about_to_be_explained(code: Sandbox) -> None:
    code.write("lib/kwset.c", "kwset_match\n")
    code.git("add", "-A")
    assert "> kwset_match" in out(code).splitlines()[0]
    assert "kwset_match" not in out(code, "--for", "HEAD")


def test_as_json(code: Sandbox) -> None:
    listed = json.loads(out(code, "--json"))
    assert [term["rank"] for term in listed] == list(range(1, len(listed) + 1))
    assert listed[0]["term"] == "oidtree_clear"
    assert listed[0]["told"] is True
    assert listed[0]["found"][0] == {"place": "changed lines", "count": 1, "worth": 10.0}
    assert json.loads(out(code, "explain", "--json", "oidtree_clear")) == listed[0]


def test_a_term_is_explained(code: Sandbox) -> None:
    code.write(".voicenote/vocabulary", "oh eye dee tree => oidtree\n")
    assert out(code, "explain", "OIDTREE") == (
        "oidtree\n"
        "rank:   1 of 5 (worth 48.5)\n"
        "found:  project list, once (worth 40.0)\n"
        "        changed paths, once (worth 8.0)\n"
        "        paths, once (worth 0.5)\n"
        "said:   object i d tree, o i d tree, oid tree, oidtree\n"
        "heard:  oh eye dee tree\n"
        "engine: passed, as number 1 of 5\n"
    )


@pytest.mark.parametrize(
    ("term", "words"),
    [("return", "'return' is an ordinary English word"), ("zork", "'zork' is not among the terms")],
)
def test_what_is_no_term_is_explained_too(code: Sandbox, term: str, words: str) -> None:
    done = code.voicenote("vocabulary", "explain", term)
    assert done.returncode == 1
    assert words in done.stderr.decode()
    assert f"hint: `git voicenote vocabulary add {term}`" in done.stderr.decode()


def test_terms_are_added_and_removed(code: Sandbox) -> None:
    path = code.write(".voicenote/vocabulary", "# ours\nkubectl")
    for entry, said in (
        ("cube  cuttle =>kubectl", "cube cuttle => kubectl added to"),
        ("nginx", "nginx added to"),
        ("nginx", "nginx is already in"),
    ):
        done = code.voicenote("vocabulary", "add", entry, cwd=path.parent)
        assert (done.returncode, done.stdout) == (0, b"")
        assert done.stderr.decode().startswith(said)
    assert path.read_text() == "# ours\nkubectl\ncube cuttle => kubectl\nnginx\n"

    done = code.voicenote("vocabulary", "remove", "kubectl")
    assert (done.returncode, done.stderr.decode()) == (0, f"kubectl removed from {path}\n")
    assert path.read_text() == "# ours\nnginx\n"

    done = code.voicenote("vocabulary", "remove", "kubectl")
    assert done.returncode == 1
    assert f"'kubectl' is not in {path}" in done.stderr.decode()


def test_a_personal_list_holds_outside_of_repositories(sandbox: Sandbox) -> None:
    done = sandbox.voicenote("vocabulary", "add", "my pie => mypy", "--personal")
    path = sandbox.home / ".config/git-voicenote/vocabulary"
    assert (done.returncode, done.stderr.decode()) == (0, f"my pie => mypy added to {path}\n")
    assert out(sandbox) == "> mypy  personal list\n"
    assert sandbox.voicenote("vocabulary", "remove", "mypy", "--personal").returncode == 0
    assert out(sandbox) == ""


@pytest.mark.parametrize("entry", ["", "=>", "a =>", "# no", "a\nb", "...", "x" * 200])
def test_what_is_no_entry_is_refused(code: Sandbox, entry: str) -> None:
    done = code.voicenote("vocabulary", "add", "--", entry)
    assert done.returncode == 129
    assert not (code.folder / ".voicenote").exists()


def test_without_a_list_to_edit_the_way_out_is_named(sandbox: Sandbox, tmp_path: Path) -> None:
    done = sandbox.voicenote("vocabulary", "add", "x_y")
    assert done.returncode == 128
    assert "--personal" in done.stderr.decode()
    assert sandbox.voicenote("vocabulary", "--for", "HEAD").returncode == 128
    sandbox.git("init", "-q", "--bare", tmp_path / "bare.git")
    done = sandbox.voicenote("vocabulary", "add", "x_y", cwd=tmp_path / "bare.git")
    assert done.returncode == 128
    assert "a bare repository has no files to edit" in done.stderr.decode()
    assert out(sandbox.__class__(tmp_path / "bare.git", sandbox.home)) == ""


def test_a_list_that_cannot_be_written_is_an_error(code: Sandbox) -> None:
    code.write(".voicenote", "a file")
    done = code.voicenote("vocabulary", "add", "x_y")
    assert done.returncode == 128
    assert "cannot be" in done.stderr.decode()


def test_an_unknown_revision_is_named(code: Sandbox) -> None:
    done = code.voicenote("vocabulary", "--for", "nowhere")
    assert done.returncode == 128
    assert "nowhere" in done.stderr.decode()


@pytest.fixture
def told(code: Sandbox) -> Path:
    lines = code.home / "lines"
    lines.write_text("one thing\nand another\n")
    hotwords = code.home / "hotwords"
    code.extra |= {
        "GIT_VOICENOTE_ENGINE": SCRIPTED,
        "SCRIPTED_SPEECH": str(lines),
        "ENGINE_HOTWORDS": str(hotwords),
    }
    return hotwords


RECORD = ("record", "--from", str(SPEECH / "rename.flac"))


def test_the_engine_is_told_the_terms_of_the_commit(code: Sandbox, told: Path) -> None:
    assert code.voicenote(*RECORD).returncode == 0
    assert told.read_text().splitlines() == [
        "oidtree_clear",
        "oidtree",
        "oidtree.c",
        "Lovelace",
        "README",
    ]


def test_the_engine_is_told_while_the_person_speaks(code: Sandbox, told: Path) -> None:
    code.extra["GIT_VOICENOTE_MICROPHONE"] = f"file:{SPEECH / 'rename.flac'}"
    done = code.voicenote("record", "--silence", "1", "--max-duration", "2")
    assert done.returncode == 0, done.stderr
    assert told.read_text().splitlines()[0] == "oidtree_clear"


def test_record_explains_what_was_found_told_and_corrected(code: Sandbox, told: Path) -> None:
    code.write(".voicenote/vocabulary", "cube cuttle => kubectl\n")
    (code.home / "lines").write_text("cube cuttle is slow\n")
    done = code.voicenote(*RECORD, "--explain")
    assert done.returncode == 0
    names = "kubectl, oidtree_clear, oidtree, oidtree.c, Lovelace, README"
    assert (
        f"terms: 6 found, {names}\n"
        "found in: changed paths 2, project list 1, changed lines 1, authors 1, paths 1\n"
        f"passed to the engine: {names}\n"
        'vocabulary:alias (1.00): "cube cuttle" -> "kubectl"\n'
    ) in done.stderr.decode()


def test_the_vocabulary_can_be_turned_off(code: Sandbox, told: Path) -> None:
    code.git("config", "voicenote.vocabulary", "off")
    done = code.voicenote(*RECORD, "--explain")
    assert done.returncode == 0
    assert told.read_text() == ""
    assert "terms: none, voicenote.vocabulary is off\n" in done.stderr.decode()


def test_a_broken_list_is_a_warning_and_the_words_are_kept(code: Sandbox, told: Path) -> None:
    code.write(".voicenote/vocabulary", "=>\n")
    code.extra["GIT_VOICENOTE_MICROPHONE"] = f"file:{SPEECH / 'rename.flac'}"
    done = code.voicenote("record", "--silence", "1", "--max-duration", "2")
    assert done.returncode == 0
    (warning,) = (line for line in done.stderr.decode().splitlines() if "warning: " in line)
    assert warning.endswith("vocabulary has no term in line 1")
    assert "One thing." in code.git("notes", "--ref=voicenote", "show")


def test_help_imports_no_harvest(sandbox: Sandbox) -> None:
    code = (
        "import sys, git_voicenote.cli.parsing.root; "
        "print([m for m in sys.modules if 'harvest' in m])"
    )
    assert sandbox.run(sys.executable, "-c", code).stdout == b"[]\n"
