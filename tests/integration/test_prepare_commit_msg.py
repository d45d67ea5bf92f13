"""The hook in real git: when it asks, when it does not, and that no commit is lost to it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.support.engines import FAILING, SCRIPTED
from tests.support.sandbox import CHECKOUT, Sandbox
from tests.support.terminal import CTRL_C, CTRL_D, Terminal

if TYPE_CHECKING:
    from pathlib import Path

QUESTION = "speak the message? [Y/n/text]"
TYPED = "fix, scope parser. Empty input no longer crashes. Nobody checked. Closes issue forty two."
MESSAGE = "fix(parser): empty input no longer crashes\n\nNobody checked.\n\nCloses: #42\n"

# an editor that writes a message only where there is none, and keeps what it was opened on
EDITOR = """\
#!/bin/sh
cp "$1" "$OPENED"
grep -v "^[#;]" "$1" | grep -q . || { echo "by hand"; cat "$1"; } >"$1.new"
[ ! -s "$1.new" ] || mv "$1.new" "$1"
rm -f "$1.new"
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
    if not at_terminal:
        # setsid: the tests themselves may run at a terminal
        done = here.sandbox.run("setsid", "--wait", "sh", "-c", command, check=False)
        assert QUESTION.encode() not in done.stdout + done.stderr
        return outcome(here, done.returncode)
    with here.at_terminal("sh", "-c", command) as terminal:
        if hook and asks:
            terminal.expect(QUESTION)
            terminal.type("n\n")
        status = terminal.wait()
    assert (QUESTION in terminal.screen) == (hook and asks)
    return outcome(here, status)
