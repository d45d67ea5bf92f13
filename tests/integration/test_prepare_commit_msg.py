"""The hook in real git: when it asks, when it does not, and that no commit is lost to it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from git_voicenote.datatypes import MARK
from tests.support.engines import CRASHING, FAILING, SCRIPTED
from tests.support.sandbox import CHECKOUT, Sandbox
from tests.support.terminal import CTRL_C, CTRL_D, Terminal

QUESTION = "speak the message? [Y/n/text]"
TYPED = "fix, scope parser. Empty input no longer crashes. Nobody checked. Closes issue forty two."
MESSAGE = "fix(parser): empty input no longer crashes\n\nNobody checked.\n\nCloses: #42\n"

# an editor that writes a message only where there is none, and keeps what it was opened on
EDITOR = """\
#!/bin/sh
cp "$1" "$OPENED"
sed '/ >8 /,$d' "$1" | grep -q '^[^#;]' || { echo 'by hand'; cat "$OPENED"; } >"$1"
"""
SEQUENCE_EDITOR = "#!/bin/sh\nsed -i.bak '2s/^pick/'$VERB'/' \"$1\"\n"


@dataclass
class Desk:
    """A repository with the hook in it, and an editor."""

    sandbox: Sandbox
    opened: Path

    def git(self, *arguments: str | Path) -> str:
        return self.sandbox.git(*arguments)

    def at_terminal(self, *command: str | Path, **environment: str) -> Terminal:
        return Terminal(command, {**self.sandbox.environment, **environment}, self.sandbox.folder)

    def message(self) -> str:
        return self.git("log", "-1", "--format=%B")


def set_up(repo: Sandbox, *, hook: bool = True) -> Desk:
    editor = repo.home / "editor"
    editor.write_text(EDITOR)
    editor.chmod(0o755)
    sequence = repo.home / "sequence-editor"
    sequence.write_text(SEQUENCE_EDITOR)
    sequence.chmod(0o755)
    opened = repo.home / "opened"
    repo.extra |= {
        "GIT_EDITOR": str(editor),
        "GIT_SEQUENCE_EDITOR": str(sequence),
        "OPENED": str(opened),
    }
    if hook:
        repo.voicenote("hook", "install")
    return Desk(repo, opened)


@pytest.fixture
def desk(repo: Sandbox) -> Desk:
    desk = set_up(repo)
    repo.write("README", "changed\n")
    repo.git("add", "README")
    return desk


# what is prepared (without a terminal), the command that is watched, and whether it asks
TRIGGERS = {
    "commit": ("", "git commit", True),
    "commit -v": ("", "git commit -v", True),
    "commit --cleanup=scissors": ("", "git commit --cleanup=scissors", True),
    "commit --no-verify": ("", "git commit --no-verify", True),
    "commit -a": ("echo more >>README", "git commit -a", True),
    "commit FILE": ("echo more >>README; echo 1 >new; git add new", "git commit README", True),
    "commit -t": ("echo '# be brief' >../template", "git commit -t ../template", True),
    "commit.template": (
        "echo '# be brief' >../template; git config commit.template ../template",
        "git commit",
        True,
    ),
    "commit --no-edit": ("", "git commit --no-edit", False),
    "commit -m": ("", "git commit -m said", False),
    "commit -m -e": ("", "git commit -e -m said", False),
    "commit -F": ("echo said >../said", "git commit -F ../said", False),
    "commit --fixup": ("", "git commit --fixup HEAD", False),
    "commit --amend -m": ("", "git commit --amend -m said", False),
    "commit --amend": ("", "git commit --amend", False),
    "commit -c": ("", "git commit -c HEAD", False),
    "commit --amend --no-edit": ("", "git commit --amend --no-edit", False),
    "commit -C": ("", "git commit -C HEAD", False),
    "merge": ("git commit -qm ours", "git merge side", False),
    "merge --no-edit": ("git commit -qm ours", "git merge --no-edit side", False),
    "conflicted merge": (
        "git commit -qm ours; git merge clash; git checkout -q --ours README; git add README",
        "git commit",
        False,
    ),
    "conflicted pick": (
        "git commit -qm ours; git cherry-pick clash; echo x >README; git add README",
        "git commit",
        False,
    ),
    "pick --continue": (
        "git commit -qm ours; git cherry-pick clash; echo x >README; git add README",
        "git cherry-pick --continue",
        False,
    ),
    "conflicted revert": (
        "git commit -qm ours; echo y >README; git commit -qam more; git revert HEAD~1;"
        "echo x >README; git add README",
        "git commit",
        False,
    ),
    "merge --squash": ("git commit -qm ours; git merge --squash side", "git commit", False),
    "pick": ("git commit -qm ours", "git cherry-pick side", False),
    "pick -e": ("git commit -qm ours", "git cherry-pick -e side", False),
    "revert": ("git commit -qm ours", "git revert --no-edit HEAD", False),
    "revert -e": ("git commit -qm ours", "git revert HEAD", False),
    "rebase": ("git commit -qm ours", "git rebase side", False),
    "rebase reword": ("git commit -qm ours", "VERB=reword git rebase -i HEAD~2", False),
    "rebase squash": ("git commit -qm ours", "VERB=squash git rebase -i HEAD~2", False),
    "commit in a rebase": (
        "git commit -qm ours; VERB=edit git rebase -q -i HEAD~2; echo 1 >new; git add new",
        "git commit",
        False,
    ),
    "am": ("git commit -qm ours; git format-patch -1 side -o ..", "git am ../0001*", False),
    "stash": ("", "git stash", False),
    "tag": ("", "git tag -a v1", False),
    "notes": ("", "git notes add HEAD", False),
}


def outcome(desk: Desk, status: int) -> list[object]:
    """All that a person could tell two runs apart by, in git."""
    refs = desk.git("for-each-ref", "--format=%(refname) %(objectname)")
    log = desk.git("log", "--format=%B%T", "--all")
    opened = desk.opened.read_text() if desk.opened.exists() else None
    return [status, refs, log, desk.git("status", "--porcelain"), opened]


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_it_asks_only_for_a_message_that_nobody_has_written(
    trigger: str, repo: Sandbox, tmp_path: Path
) -> None:
    preparation, command, asks = TRIGGERS[trigger]
    repo.git("checkout", "--quiet", "-b", "side")
    repo.commit("on the side", {"other": "1\n"})
    repo.git("checkout", "--quiet", "-b", "clash", "main")
    repo.commit("clashing", {"README": "clash\n"})
    repo.git("checkout", "--quiet", "main")
    repo.commit("second", {"second": "2\n"})
    repo.write("README", "changed\n")
    repo.git("add", "README")
    desk = set_up(repo, hook=False)
    repo.run("setsid", "--wait", "sh", "-c", preparation, check=False)

    for at_terminal in (False, True):  # git itself opens some editors only at a terminal
        without, with_hook = (
            run_copy(desk, tmp_path / f"{at_terminal}-{hook}", command, hook, at_terminal, asks)
            for hook in (False, True)
        )
        assert without == with_hook


def run_copy(
    desk: Desk, folder: Path, command: str, hook: bool, at_terminal: bool, asks: bool
) -> list[object]:
    """Run a command in a copy of the repository; answer the question, if it comes, with no."""
    folder.mkdir()
    work = folder / "work"
    shutil.copytree(desk.sandbox.folder, work, symlinks=True)
    for beside in desk.sandbox.folder.parent.glob("*"):
        if beside.is_file():
            shutil.copy(beside, folder)
    here = Desk(Sandbox(work, desk.sandbox.home, desk.sandbox.extra), desk.opened)
    desk.opened.unlink(missing_ok=True)
    if hook:
        here.sandbox.voicenote("hook", "install")
    calls = folder / "calls"
    here.sandbox.extra = here.sandbox.extra | {
        "GIT_VOICENOTE_ENGINE": SCRIPTED,
        "GIT_VOICENOTE_MICROPHONE": f"file:{folder}/none.wav",
        "ENGINE_CALLS": str(calls),
        # where it may not ask, it may not record unasked either
        "GIT_VOICENOTE_HOOK_RECORD": "ask" if asks and at_terminal else "always",
    }
    result = watch(here, command, at_terminal, hook and asks)
    assert not calls.exists()
    return result


def watch(here: Desk, command: str, at_terminal: bool, asks: bool) -> list[object]:
    """Run a command, answer the question with no where it must come, and say what became."""
    if not at_terminal:
        # setsid: the tests themselves may run at a terminal
        done = here.sandbox.run("setsid", "--wait", "sh", "-c", command, check=False)
        assert QUESTION.encode() not in done.stdout + done.stderr
        return outcome(here, done.returncode)
    with here.at_terminal("sh", "-c", command) as terminal:
        if asks:
            terminal.expect(QUESTION)
            terminal.type("n\n")
        status = terminal.wait()
    assert (QUESTION in terminal.screen) == asks
    return outcome(here, status)


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
    with desk.at_terminal("git", "commit", *options) as terminal:
        terminal.expect(QUESTION)
        terminal.type("n\n")
        assert terminal.wait() == 0
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
    with desk.at_terminal("git", "commit", "-t", "../template") as terminal:
        terminal.expect(QUESTION)
        terminal.type(f"fix, scope parser. Do it. {shown} is how a comment starts.\n")
        assert terminal.wait() == 0
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
    with desk.at_terminal("git", "commit") as terminal:
        terminal.expect(QUESTION)
        terminal.type("text\n")
        terminal.expect("message>")
        terminal.type("Empty input no longer crashes.\n")
        terminal.expect("type [feat]:")
        terminal.type("re\n")
        terminal.expect("a number or a name of the list")
        terminal.type("1\n")
        terminal.expect("scope (- for none)")
        terminal.type("HTTP client\n")
        assert terminal.wait() == 0
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
    with desk.at_terminal("git", "commit") as terminal:
        terminal.expect(QUESTION)
        terminal.type(answer)
        assert terminal.wait() == 0
    assert desk.opened.read_text().startswith("\n# Please enter")
    assert desk.message() == "by hand\n"


def test_the_terminal_is_given_back_to_git_and_its_editor(desk: Desk) -> None:
    editor = desk.sandbox.write(
        "../asking-editor",
        '#!/bin/sh\nprintf "title? "\nread title </dev/tty\necho "$title" >"$1"\n',
    )
    editor.chmod(0o755)
    with desk.at_terminal("git", "commit", GIT_EDITOR=str(editor)) as terminal:
        terminal.expect(QUESTION)
        terminal.type(CTRL_C)
        terminal.expect("title? ")
        terminal.type("by keyboard\n")
        assert terminal.wait() == 0
    assert desk.message() == "by keyboard\n"


def test_words_outlive_ctrl_c_at_the_menu(desk: Desk) -> None:
    with desk.at_terminal("git", "commit") as terminal:
        terminal.expect(QUESTION)
        terminal.type("Empty input no longer crashes.\n")
        terminal.expect("type [docs]:")
        terminal.type(CTRL_C)
        assert terminal.wait() == 0
    opened = desk.opened.read_text()
    assert "\n# voicenote heard:\n#   Empty input no longer crashes.\n# Please enter" in opened
    assert desk.message() == "by hand\n"


def test_words_below_the_scissors_are_cut_with_them(desk: Desk) -> None:
    with desk.at_terminal("git", "commit", "--cleanup=scissors", "-v") as terminal:
        terminal.expect(QUESTION)
        terminal.type("Empty input no longer crashes.\n")
        terminal.expect("type [docs]:")
        terminal.type(CTRL_C)
        assert terminal.wait() == 0
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
    assert "COMMIT_EDITMSG cannot be written: File too large" in terminal.screen
    assert f"what was said:\n{TYPED}" in terminal.screen
    assert message.read_text() == "\n# Please enter\n"
    assert [path.name for path in message.parent.glob("voicenote-*")] == []


def test_a_message_that_the_encoding_cannot_hold_is_not_lost(desk: Desk) -> None:
    desk.git("config", "i18n.commitEncoding", "latin-1")
    with desk.at_terminal("git", "commit") as terminal:
        terminal.expect(QUESTION)
        terminal.type("fix: 修复解析器 now\n")
        assert terminal.wait() == 0
    assert "what was said:\nfix: 修复解析器 now" in terminal.screen
    assert desk.message() == "by hand\n"


def test_a_message_in_another_encoding(desk: Desk) -> None:
    desk.git("config", "i18n.commitEncoding", "latin-1")
    with desk.at_terminal("git", "commit") as terminal:
        terminal.expect(QUESTION)
        terminal.type("fix: der Überlauf\n")
        assert terminal.wait() == 0
    assert b"fix: der \xdcberlauf" in desk.sandbox.run("git", "cat-file", "commit", "HEAD").stdout


def test_a_background_job_is_not_asked(desk: Desk) -> None:
    with desk.at_terminal("bash", "-c", "set -m; git commit & wait $!") as terminal:
        assert terminal.wait() == 0
    assert QUESTION not in terminal.screen
    assert desk.message() == "by hand\n"


def test_magit_is_not_asked(desk: Desk) -> None:
    with desk.at_terminal("git", "commit", INSIDE_EMACS="29.1,magit") as terminal:
        assert terminal.wait() == 0
    assert QUESTION not in terminal.screen


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
    assert "git-voicenote is not on PATH" in terminal.screen
    assert status == (1 if strict else 0)
    assert desk.git("log", "-1", "--format=%s") == ("start the project" if strict else "by hand")


@pytest.mark.parametrize("death", ["kill -SEGV $$", "kill -KILL $$", "exit 1", "exit 130"])
def test_a_crash_is_a_warning(desk: Desk, tmp_path: Path, death: str) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "git-voicenote").write_text(f"#!/bin/sh\n{death}\n")
    (programs / "git-voicenote").chmod(0o755)
    path = f"{programs}:{desk.sandbox.environment['PATH']}"
    with desk.at_terminal("git", "commit", PATH=path) as terminal:
        assert terminal.wait() == 0
    assert "warning: git voicenote stopped with status" in terminal.screen
    assert desk.message() == "by hand\n"


@pytest.mark.parametrize("where", ["config", "environment"])
def test_never(desk: Desk, where: str) -> None:
    if where == "config":
        desk.git("config", "voicenote.hook.record", "never")
    environment = {"GIT_VOICENOTE_HOOK_RECORD": "never"} if where == "environment" else {}
    with desk.at_terminal("git", "commit", **environment) as terminal:
        assert terminal.wait() == 0
    assert QUESTION not in terminal.screen
    assert desk.message() == "by hand\n"


def test_a_wrong_setting_is_a_warning(desk: Desk) -> None:
    desk.git("config", "voicenote.hook.record", "sometimes")
    with desk.at_terminal("git", "commit") as terminal:
        assert terminal.wait() == 0
    assert "voicenote.hook.record is 'sometimes'" in terminal.screen
    assert desk.message() == "by hand\n"


@pytest.fixture
def spoken(desk: Desk) -> dict[str, str]:
    """The environment in which somebody speaks into the microphone, and what the engine hears."""
    recording = CHECKOUT / "examples/speech/commit-message.flac"
    words = desk.sandbox.home / "words"
    words.write_text("fix scope parser empty input no longer crashes\n")
    return {
        "GIT_VOICENOTE_MICROPHONE": f"file:{recording}",
        "GIT_VOICENOTE_ENGINE": SCRIPTED,
        "GIT_VOICENOTE_SILENCE": "1.5",
        "SCRIPTED_SPEECH": str(words),
        "ENGINE_CALLS": str(desk.sandbox.home / "calls"),
    }


@pytest.mark.parametrize("record", ["ask", "always"])
def test_a_message_is_spoken(desk: Desk, spoken: dict[str, str], record: str) -> None:
    desk.git("config", "voicenote.hook.record", record)
    with desk.at_terminal("git", "commit", **spoken) as terminal:
        if record == "ask":
            terminal.expect(QUESTION)
            terminal.type("\n")
        terminal.expect("speak now")
        assert terminal.wait() == 0
    assert (QUESTION in terminal.screen) == (record == "ask")
    assert desk.message() == "fix(parser): empty input no longer crashes\n"
    assert (desk.sandbox.home / "calls").exists()
    found = desk.sandbox.voicenote("history", "search", "crashes").stdout.decode()
    assert "the message of this commit" in found or "empty input" in found


@pytest.mark.parametrize("line", [0, 1])
def test_a_stretch_that_fails_is_told_and_marked_below_the_subject(
    desk: Desk, spoken: dict[str, str], line: int
) -> None:
    lines = ["fix scope parser empty input no longer crashes"]
    lines.insert(line, "!!out of memory")
    Path(spoken["SCRIPTED_SPEECH"]).write_text("\n".join(lines))
    with desk.at_terminal(
        "git", "commit", GIT_VOICENOTE_HOOK_RECORD="always", **spoken
    ) as terminal:
        terminal.expect("not understood] (out of memory)")
        assert terminal.wait() == 0
    subject, empty, body = desk.message().removesuffix("\n").split("\n")
    assert (subject, empty) == ("fix(parser): empty input no longer crashes", "")
    assert MARK.fullmatch(body)


def test_where_all_that_was_said_fails_git_goes_on_without(
    desk: Desk, spoken: dict[str, str]
) -> None:
    Path(spoken["SCRIPTED_SPEECH"]).write_text("!!out of memory\n")
    with desk.at_terminal(
        "git", "commit", GIT_VOICENOTE_HOOK_RECORD="always", **spoken
    ) as terminal:
        assert terminal.wait() == 0
    assert "nothing of what was said was understood: out of memory" in terminal.screen
    assert desk.message() == "by hand\n"


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"GIT_VOICENOTE_ENGINE": FAILING}, "error: the engine broke down; the recording is kept"),
        ({"GIT_VOICENOTE_MICROPHONE": "file:none.wav"}, "none.wav"),
        ({"GIT_VOICENOTE_ENGINE": "none"}, "error: no engine is named 'none'"),
        ({"GIT_VOICENOTE_ENGINE": CRASHING}, "warning: git voicenote stopped with status 137"),
    ],
    ids=["engine fails", "no microphone", "no engine", "crash"],
)
def test_a_failure_while_speaking_is_a_warning(
    desk: Desk, spoken: dict[str, str], fault: dict[str, str], said: str, strict: bool
) -> None:
    desk.git("config", "voicenote.hook.strict", str(strict).lower())
    with desk.at_terminal("git", "commit", **(spoken | fault)) as terminal:
        terminal.expect(QUESTION)
        terminal.type("y\n")
        if fault.get("GIT_VOICENOTE_ENGINE") == FAILING:
            terminal.expect("speak now")
            # the sound is worth keeping all the same: recording goes on until it is stopped
            terminal.press("\n", until="the recording is kept")
        status = terminal.wait()
    assert said in terminal.screen
    assert (status == 0) == (not strict)
    assert desk.git("log", "-1", "--format=%s") == ("start the project" if strict else "by hand")


def test_nothing_heard_is_no_failure(desk: Desk, spoken: dict[str, str]) -> None:
    desk.git("config", "voicenote.hook.strict", "true")
    (desk.sandbox.home / "words").write_text("")
    with desk.at_terminal("git", "commit", **spoken) as terminal:
        terminal.expect(QUESTION)
        terminal.type("y\n")
        assert terminal.wait() == 0
    assert "warning: git goes on without a spoken message" in terminal.screen
    assert desk.message() == "by hand\n"


def test_ctrl_c_while_speaking_keeps_the_recording_and_the_commit(
    desk: Desk, spoken: dict[str, str]
) -> None:
    with desk.at_terminal("git", "commit", **spoken) as terminal:
        terminal.expect(QUESTION)
        terminal.type("y\n")
        terminal.expect("speak now")
        terminal.type(CTRL_C)
        assert terminal.wait() == 0
    assert "is kept" in terminal.screen
    assert desk.opened.read_text().startswith("\n# Please enter")
    assert desk.message() == "by hand\n"
    assert [*(desk.sandbox.folder / ".git/voicenote/recordings").iterdir()]


def test_words_outlive_a_failure_after_they_were_heard(desk: Desk, spoken: dict[str, str]) -> None:
    (desk.sandbox.home / "words").write_text("empty input no longer crashes\n")
    with desk.at_terminal("git", "commit", **spoken) as terminal:
        terminal.expect(QUESTION)
        terminal.type("y\n")
        terminal.expect("type [docs]:")
        terminal.type(CTRL_C)
        assert terminal.wait() == 0
    assert "\n# voicenote heard:\n#   empty input no longer crashes\n" in desk.opened.read_text()
    assert "it is kept in recording" in terminal.screen


def test_the_embedded_engine_hears_a_whole_message(desk: Desk, spoken: dict[str, str]) -> None:
    with desk.at_terminal(
        "git", "commit", **(spoken | {"GIT_VOICENOTE_ENGINE": "auto"})
    ) as terminal:
        terminal.expect(QUESTION)
        terminal.type("\n")
        assert terminal.wait() == 0, terminal.screen
    assert desk.message().startswith(
        "fix(network): the server no longer stops when the name is empty\n"
    )
    assert desk.message().endswith("\n\nCloses: #42\n")
