"""`git voicenote am`: git's own, and the notes and the cover of the mails are kept."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.cli.am_rest import keep_rest, say_kept
from git_voicenote.cli.console import print_error, say, settings
from git_voicenote.errors import VoicenoteError
from git_voicenote.repo.process import try_git
from git_voicenote.repo.repository import Repository
from git_voicenote.series.applying import Applied, copy_mails, keep_cover, keep_notes
from git_voicenote.series.unfinished_am import UnfinishedAm

if TYPE_CHECKING:
    from collections.abc import Sequence

_HELP = """\
Usage: git voicenote am [OPTIONS OF GIT AM] [MBOX | MAILDIR | FILE]...
       git voicenote am --continue | --skip | --abort

  Apply mailed patches as git am does, and keep what was said about them: each
  note on the commit that its patch became, the cover letter as the cover of
  this branch.

  Every option of git am passes through (git am -h lists them). A cover letter
  among the mails is passed over, not stopped at (--empty=drop, unless you say
  otherwise). After a conflict, go on with git voicenote am --continue. If you go on with
  git am --continue, the next git voicenote command keeps the notes of the rest.

  `git voicenote hook install --am` does the same for those who type `git am`.
"""
_HOOK = """\
#!/bin/sh
# git am has made a commit: keep what it knows of the mail, whatever key is pressed
trap '' INT
spool={spool}
state=$(git rev-parse --git-path rebase-apply) &&
    number=$(cat "$state/next") && commit=$(git rev-parse HEAD) &&
    cp "$state/patch" "$spool/applied/$number-$commit" &&
    {{ [ -e "$spool/copied" ] || cp "$state"/[0-9]* "$spool/mails/"; }} &&
    : >"$spool/copied"
trap - INT
{then}
"""
_INTERRUPTED = 130
_STEPS = frozenset(("--abort", "--quit"))


def am(arguments: tuple[str, ...]) -> int:
    """Apply mails, keep their notes and cover, and return git's exit status.

    Raises VoicenoteError where nothing can be applied. What fails later is a warning: the commits
    stand.
    """
    if "-h" in arguments or "--help" in arguments:
        sys.stdout.write(_HELP)
        return 0
    repository, notes_ref = Repository.discover(), settings().notes_ref
    state = repository.git_dir / "rebase-apply"
    unfinished = UnfinishedAm(repository)
    if "--abort" not in arguments:
        if unfinished.is_at_it and not unfinished.is_remembered:  # it was begun with git am
            began = unfinished.commit("ORIG_HEAD")
            unfinished.remember(began, began)
        keep_rest(repository)
    start = unfinished.commit("HEAD")
    with tempfile.TemporaryDirectory(prefix="git-voicenote-") as folder:
        spool = Path(folder)
        for name in ("applied", "mails", "hooks"):
            (spool / name).mkdir()
        if state.is_dir():
            copy_mails(state, spool / "mails")
        _make_hooks(repository, spool)
        status = _run(spool, arguments)
        if state.is_dir():
            copy_mails(state, spool / "mails")
        is_over = not state.is_dir() and not _STEPS & set(arguments)
        try:
            _keep(repository, notes_ref, spool, is_over=is_over)
        except VoicenoteError as exc:
            say("the patches are applied, but what was said of them could not be kept:")
            print_error(exc)
        if unfinished.is_at_it:
            unfinished.remember(start, unfinished.commit("HEAD"))
        else:
            unfinished.forget()
        if status and state.is_dir():
            say("hint: go on with `git voicenote am --continue`: it keeps the notes of the rest")
    return status


def keep_note_of_applied() -> None:
    """Keep the note of the patch that git am has just applied; its hook calls this."""
    repository, notes_ref = Repository.discover(), settings().notes_ref
    state = repository.git_dir / "rebase-apply"
    number = (state / "next").read_text().strip()
    applied = Applied(
        repository.commit("HEAD").id, (state / "patch").read_bytes(), state / f"{int(number):04}"
    )
    keep_notes(repository, notes_ref, (applied,))
    keep_cover(repository, state)


def _run(spool: Path, arguments: Sequence[str]) -> int:
    command = ["git", "-c", f"core.hooksPath={spool / 'hooks'}", "am"]
    if not any(argument.startswith("--em") for argument in arguments) and _knows_empty():
        command.append("--empty=drop")  # or git am would stop at the cover letter
    environment = {**os.environ, "GIT_VOICENOTE_AM": "1"}
    # Ctrl-C goes to git am as well, and what it has applied until then is kept; a handler and not
    # SIG_IGN, which git would inherit
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        status = subprocess.run([*command, *arguments], env=environment, check=False).returncode
    finally:
        signal.signal(signal.SIGINT, before)
    return status if status >= 0 else _INTERRUPTED


def _knows_empty() -> bool:
    done = try_git("am", "-h", cwd=Path.cwd())  # since git 2.35
    return b"--empty" in done.stdout + done.stderr


def _make_hooks(repository: Repository, spool: Path) -> None:
    """Put hooks that run the person's own beside ours; these are found as if nothing were between.

    Each runs by its real path: a hook may look for its files beside itself.
    """
    top = str(repository.worktree or repository.cwd)
    told = repository.run("-C", top, "rev-parse", "--path-format=absolute", "--git-path", "hooks")
    theirs = Path(os.fsdecode(told.removesuffix(b"\n")))
    found = {}
    if theirs.is_dir():
        found = {path.name: path for path in theirs.iterdir() if os.access(path, os.X_OK)}
    hooks = {
        name: f'#!/bin/sh\nexec {shlex.quote(str(path))} "$@"\n'
        for name, path in found.items()
        if path.is_file()
    }
    own = found.get("post-applypatch")
    then = f'exec {shlex.quote(str(own))} "$@"' if own else "exit 0"
    hooks["post-applypatch"] = _HOOK.format(spool=shlex.quote(str(spool)), then=then)
    for name, script in hooks.items():
        path = spool / "hooks" / name
        path.write_bytes(os.fsencode(script))
        path.chmod(0o700)


def _keep(repository: Repository, notes_ref: str, spool: Path, *, is_over: bool) -> None:
    applied = []
    for path in (spool / "applied").iterdir():
        number, _, commit_id = path.name.partition("-")
        applied.append(Applied(commit_id, path.read_bytes(), spool / "mails" / f"{int(number):04}"))
    kept = keep_notes(repository, notes_ref, applied)
    key = None
    if is_over and (applied or any((spool / "mails").iterdir())) and _has_grown(repository):
        key = keep_cover(repository, spool / "mails")
    say_kept(kept, key)


def _has_grown(repository: Repository) -> bool:
    """Return whether git am has applied anything: it notes where it began."""
    names = try_git("rev-parse", "HEAD", "ORIG_HEAD", cwd=repository.cwd).stdout.split()
    return len(set(names)) != 1
