"""A message typed into the hook, in real git: where it lands, and that no commit is lost to it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.desk import QUESTION, Desk
from tests.support.sandbox import Sandbox
from tests.support.terminal import CTRL_C, CTRL_D, Terminal

if TYPE_CHECKING:
    from pathlib import Path

TYPED = "fix, scope parser. Empty input no longer crashes. Nobody checked. Closes issue forty two."
MESSAGE = "fix(parser): empty input no longer crashes\n\nNobody checked.\n\nCloses: #42\n"


def commit_typing(desk: Desk, *arguments: str | Path, cwd: Path | None = None) -> str:
    """Commit at a terminal with the message typed into the hook; return what the editor got."""
    environment = desk.sandbox.environment
    with Terminal(["git", *arguments], environment, cwd or desk.sandbox.folder) as terminal:
        terminal.expect(QUESTION)
        terminal.type(TYPED + "\n")
        assert terminal.wait() == 0, terminal.screen
    return desk.opened.read_text()


def test_the_editor_opens_on_the_message(desk: Desk) -> None:
    opened = commit_typing(desk, "commit")
    assert opened.startswith(MESSAGE + "\n# Please enter the commit message for your changes.")
    assert "#\tmodified:   README\n" in opened
    assert desk.message() == MESSAGE


@pytest.mark.parametrize("options", [["-v"], ["--cleanup=scissors"], ["--no-verify"], ["-q", "-a"]])
def test_options_of_commit_keep_what_they_show(desk: Desk, options: list[str]) -> None:
    desk.commit((QUESTION, "n\n"), options=options)
    untouched = desk.opened.read_text()
    desk.git("reset", "--quiet", "--soft", "HEAD~1")
    assert commit_typing(desk, "commit", *options) == MESSAGE + untouched
    assert desk.message() == MESSAGE


def test_sign_off_joins_the_trailers(desk: Desk) -> None:
    commit_typing(desk, "commit", "--signoff")
    signed = MESSAGE + "Signed-off-by: Ada Lovelace <ada@example.org>\n"
    assert desk.message() == signed
    trailers = desk.git("log", "-1", "--format=%(trailers:key=Closes)%(trailers:key=Signed-off-by)")
    assert trailers.splitlines() == signed.splitlines()[-2:]


def test_a_template_is_kept(desk: Desk) -> None:
    template = desk.sandbox.write("../template", "Why:\n\n# be brief\n")
    opened = commit_typing(desk, "commit", "-t", template)
    assert opened.startswith(f"{MESSAGE}\nWhy:\n\n# be brief\n")
    assert desk.message() == f"{MESSAGE}\nWhy:\n"


@pytest.mark.parametrize(
    ("setting", "template", "shown"),
    [(";", "; brief\n", ";"), ("auto", "# 1 is the\n# first\n", ";")],
)
def test_other_comment_characters(desk: Desk, setting: str, template: str, shown: str) -> None:
    desk.git("config", "core.commentChar", setting)
    desk.sandbox.write("../template", template)
    desk.commit(
        (QUESTION, f"fix, scope parser. Do it. {shown} is how a comment starts.\n"),
        options=("-t", "../template"),
    )
    opened = desk.opened.read_text()
    message = f"fix(parser): do it\n\n {shown} is how a comment starts.\n"
    assert opened.startswith(f"{message}\n{template}")
    assert f"\n{shown} Please enter" in opened
    assert desk.message().startswith(message.rstrip("\n"))


def test_the_index_of_a_partial_commit_is_the_one_that_counts(desk: Desk) -> None:
    desk.sandbox.write("tests/test_new.py", "new\n")
    desk.git("add", ".")
    desk.sandbox.write("README", "more\n")
    with desk.at_terminal("git", "commit", "README") as terminal:
        terminal.expect(QUESTION)
        terminal.type("say more\n")
        terminal.expect("type [docs]:")  # README alone, not the new test that is staged too
        terminal.type("\n")
        terminal.expect("scope (optional):")
        terminal.type("\n")
        assert terminal.wait() == 0
    assert desk.message() == "docs: say more\n"


def test_the_menu_offers_what_the_paths_look_like(desk: Desk) -> None:
    desk.sandbox.write("src/parser.py", "1\n")
    desk.git("add", ".")
    desk.commit(
        (QUESTION, "text\n"),
        ("message>", "Empty input no longer crashes.\n"),
        ("type [feat]:", "re\n"),
        ("a number or a name from the list", "1\n"),
        ("scope (- for none)", "HTTP client\n"),
    )
    assert desk.message() == "fix(http-client): empty input no longer crashes\n"


def test_worktrees_submodules_and_first_commits(desk: Desk) -> None:
    commit_typing(desk, "commit")
    desk.git("worktree", "add", "--quiet", "../tree")
    tree = Sandbox(desk.sandbox.folder.parent / "tree", desk.sandbox.home, desk.sandbox.extra)
    tree.write("folder/file", "1\n")
    tree.git("add", ".")
    commit_typing(desk, "commit", cwd=tree.folder / "folder")
    assert tree.git("log", "-1", "--format=%B") == MESSAGE

    desk.git(
        "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tree.folder), "sub"
    )
    sub = Sandbox(desk.sandbox.folder / "sub", desk.sandbox.home, desk.sandbox.extra)
    sub.voicenote("hook", "install")
    sub.write("file", "1\n")
    sub.git("add", ".")
    commit_typing(desk, "commit", cwd=sub.folder)
    assert sub.git("log", "-1", "--format=%B") == MESSAGE

    fresh = Sandbox(desk.sandbox.folder.parent / "fresh", desk.sandbox.home, desk.sandbox.extra)
    fresh.folder.mkdir()
    fresh.git("init", "--quiet")
    fresh.voicenote("hook", "install")
    fresh.write("file", "1\n")
    fresh.git("add", ".")
    commit_typing(desk, "commit", cwd=fresh.folder)
    assert fresh.git("log", "-1", "--format=%B") == MESSAGE


@pytest.mark.parametrize("answer", ["n\n", CTRL_C, CTRL_D], ids=["n", "ctrl-c", "ctrl-d"])
def test_a_person_may_decline(desk: Desk, answer: str) -> None:
    desk.commit((QUESTION, answer))
    assert desk.opened.read_text().startswith("\n# Please enter")
    assert desk.message() == "by hand\n"


def test_the_terminal_is_given_back_to_git_and_its_editor(desk: Desk) -> None:
    editor = desk.sandbox.write(
        "../asking-editor",
        '#!/bin/sh\nprintf "title? "\nread title </dev/tty\necho "$title" >"$1"\n',
    )
    editor.chmod(0o755)
    desk.commit((QUESTION, CTRL_C), ("title? ", "by keyboard\n"), GIT_EDITOR=str(editor))
    assert desk.message() == "by keyboard\n"


def test_words_outlive_ctrl_c_at_the_menu(desk: Desk) -> None:
    desk.commit((QUESTION, "Empty input no longer crashes.\n"), ("type [docs]:", CTRL_C))
    opened = desk.opened.read_text()
    assert "\n# voicenote heard:\n#   Empty input no longer crashes.\n# Please enter" in opened
    assert desk.message() == "by hand\n"


def test_words_below_the_scissors_are_cut_with_them(desk: Desk) -> None:
    desk.commit(
        (QUESTION, "Empty input no longer crashes.\n"),
        ("type [docs]:", CTRL_C),
        options=("--cleanup=scissors", "-v"),
    )
    opened = desk.opened.read_text()
    scissors, words = opened.index(" >8 "), opened.index("# voicenote heard:\n")
    assert scissors < words < opened.index("diff --git")
    assert desk.message() == "by hand\n"


@pytest.mark.parametrize("strict", [False, True])
def test_words_outlive_a_full_disk(desk: Desk, strict: bool) -> None:
    message = desk.sandbox.write(".git/COMMIT_EDITMSG", "\n# Please enter\n")
    desk.git("config", "voicenote.hook.strict", str(strict).lower())
    # no file may grow over 0 blocks: what a full disk is to whoever writes
    run = f"ulimit -f 0; git-voicenote hook run prepare-commit-msg {message}"
    with desk.at_terminal("sh", "-c", run) as terminal:
        terminal.expect(QUESTION)
        terminal.type(TYPED + "\n")
        status = terminal.wait()
    assert status == (128 if strict else 0)
    assert terminal.shows("COMMIT_EDITMSG cannot be written: File too large")
    assert "you said:\nfix, " in terminal.screen
    assert terminal.shows(f"you said: {TYPED}")
    assert message.read_text() == "\n# Please enter\n"
    assert [path.name for path in message.parent.glob("voicenote-*")] == []


def test_a_message_that_the_encoding_cannot_hold_is_not_lost(desk: Desk) -> None:
    desk.git("config", "i18n.commitEncoding", "latin-1")
    screen = desk.commit((QUESTION, "fix: 修复解析器 now\n"))
    assert "you said:\nfix: 修复解析器 now" in screen
    assert desk.message() == "by hand\n"


def test_a_message_in_another_encoding(desk: Desk) -> None:
    desk.git("config", "i18n.commitEncoding", "latin-1")
    desk.commit((QUESTION, "fix: der Überlauf\n"))
    assert b"fix: der \xdcberlauf" in desk.sandbox.run("git", "cat-file", "commit", "HEAD").stdout


def test_a_closed_terminal_ends_it(desk: Desk) -> None:
    with desk.at_terminal("git", "commit") as terminal:
        terminal.expect(QUESTION)
        terminal.hang_up()
        terminal.wait()
    assert desk.git("log", "--format=%s") == "start the project"
    desk.git("commit", "--quiet", "-m", "later")  # no lock was left behind


@pytest.mark.parametrize("strict", [False, True])
def test_a_missing_program_is_a_warning(desk: Desk, tmp_path: Path, strict: bool) -> None:
    desk.git("config", "voicenote.hook.strict", str(strict).lower())
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("git", "sh", "cp", "grep", "cat", "sed"):
        (programs / name).symlink_to(str(shutil.which(name)))
    with desk.at_terminal("git", "commit", PATH=str(programs)) as terminal:
        status = terminal.wait()
    assert terminal.shows("git-voicenote is not on PATH")
    assert status == (1 if strict else 0)
    assert desk.git("log", "-1", "--format=%s") == ("start the project" if strict else "by hand")


@pytest.mark.parametrize("death", ["kill -SEGV $$", "kill -KILL $$", "exit 1", "exit 130"])
def test_a_crash_is_a_warning(desk: Desk, tmp_path: Path, death: str) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "git-voicenote").write_text(f"#!/bin/sh\n{death}\n")
    (programs / "git-voicenote").chmod(0o755)
    path = f"{programs}:{desk.sandbox.environment['PATH']}"
    screen = desk.commit(PATH=path)
    assert "warning: git voicenote stopped with status" in screen
    assert desk.message() == "by hand\n"
