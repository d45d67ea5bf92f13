"""When the hook asks for a message, in real git, and when it does not."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.desk import QUESTION, Desk, set_up
from tests.support.engines import SCRIPTED
from tests.support.sandbox import Sandbox

if TYPE_CHECKING:
    from pathlib import Path

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


def test_a_background_job_is_not_asked(desk: Desk) -> None:
    with desk.at_terminal("bash", "-c", "set -m; git commit & wait $!") as terminal:
        assert terminal.wait() == 0
    assert QUESTION not in terminal.screen
    assert desk.message() == "by hand\n"


def test_magit_is_not_asked(desk: Desk) -> None:
    screen = desk.commit(INSIDE_EMACS="29.1,magit")
    assert QUESTION not in screen


@pytest.mark.parametrize("where", ["config", "environment"])
def test_never(desk: Desk, where: str) -> None:
    if where == "config":
        desk.git("config", "voicenote.hook.record", "never")
    environment = {"GIT_VOICENOTE_HOOK_RECORD": "never"} if where == "environment" else {}
    screen = desk.commit(**environment)
    assert QUESTION not in screen
    assert desk.message() == "by hand\n"


def test_a_wrong_setting_is_a_warning(desk: Desk) -> None:
    desk.git("config", "voicenote.hook.record", "sometimes")
    screen = desk.commit()
    assert "voicenote.hook.record is 'sometimes'" in screen
    assert desk.message() == "by hand\n"
