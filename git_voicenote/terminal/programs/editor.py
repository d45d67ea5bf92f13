"""Edit a text in git's editor, with comments below it."""

from __future__ import annotations

import shutil
import signal
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.characters import harmless
from git_voicenote.errors import Cancelled, GitError, StoreError
from git_voicenote.files.failures import store_error
from git_voicenote.git.configuration import Configuration
from git_voicenote.store.kept_texts import above, held_text, keep_text
from git_voicenote.terminal.console import say
from git_voicenote.terminal.jobs.foreground import run_in_foreground
from git_voicenote.terminal.programs.editors import editor_command, real_editor
from git_voicenote.workflows.hearing.archive import state_root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_voicenote.git.repository import Repository
    from git_voicenote.workflows.dialogue import Draft

_SCISSORS = " ------------------------ >8 ------------------------"
_BELOW = "Do not modify or remove the line above.\nEverything below it will be ignored.\n"


def edit_text(repository: Repository | None, draft: Draft) -> str | None:
    """Open a text in git's editor; return it with one newline at the end, or None if it is blank.

    Comments are below a scissors line, as with `git commit --cleanup=scissors`: only the lines
    below it are removed, so the text may contain lines that begin with `#`. Editors recognize the
    file names NOTES_EDITMSG and COMMIT_EDITMSG.

    Raises GitError if the editor fails and Cancelled if it is interrupted; the text is then kept in
    a file whose name is reported. If this process is killed, the next command names it.
    """
    marker = _comment_prefix(repository) + _SCISSORS
    purpose = replace(draft.purpose, marker=marker)
    root = state_root(repository)
    shown = f"{draft.text.rstrip()}\n\n{_commented(repository, marker, draft.comments)}"
    try:
        with held_text(root, draft.name, shown, purpose) as (buffer, handle):
            _run_editor(repository, buffer, handle)
            edited = above(buffer.read_bytes().decode("utf-8", "replace"), marker)
    except OSError as exc:
        error = store_error(f"{root} cannot be written to, so there is no text to edit", exc)
        if draft.text.strip():
            path = keep_text(root, draft.text, purpose, name=draft.name)
            error = StoreError(f"{error.message}\nthe text is kept in {path}", hint=error.hint)
        raise error from exc
    shutil.rmtree(buffer.parent, ignore_errors=True)
    return f"{edited.rstrip()}\n" if edited.strip() else None


def _run_editor(repository: Repository | None, buffer: Path, handle: int) -> None:
    here = repository.cwd if repository else Path.cwd()
    editor = real_editor(repository)
    kept = f"the text is kept in {buffer}"
    with ExitStack() as stack, _said_where(kept):
        status = run_in_foreground(
            editor_command(editor, [buffer]),
            cwd=(repository.worktree if repository else None) or here,
            stdin=_terminal(stack),
            pass_fds=(handle,),
            stdout=None
            if sys.stdout.isatty()
            else sys.stderr.fileno(),  # our stdout is for the result
        )
        if status in (-signal.SIGINT, 128 + signal.SIGINT):
            raise KeyboardInterrupt
    if status:
        raise GitError(f"the editor {editor!r} stopped with exit status {status}", hint=kept)


@contextmanager
def _said_where(kept: str) -> Iterator[None]:
    """Raise Cancelled for ^C, in or before the editor, and name the kept text."""
    try:
        yield
    except KeyboardInterrupt:
        say(kept)
        raise Cancelled from None


def _terminal(stack: ExitStack) -> int | None:
    """Return the terminal for the editor to read from, if our stdin is not the terminal."""
    if sys.stdin.isatty():
        return None
    try:
        return stack.enter_context(Path("/dev/tty").open("rb")).fileno()
    except OSError:
        return None


def _comment_prefix(repository: Repository | None) -> str:
    """Return the prefix of a comment. Any is safe for the text, but editors colour git's own."""
    configuration = repository.configuration if repository else Configuration(Path.cwd())
    settings = configuration.matching(r"^core\.comment(char|string)$")
    chosen = settings.get("core.commentstring") or settings.get("core.commentchar")
    return chosen if chosen and chosen != "auto" else "#"


def _commented(repository: Repository | None, marker: str, comments: str) -> str:
    prefix = _comment_prefix(repository)
    lines = (_BELOW + "\n" + harmless(comments)).rstrip().split("\n")
    return "\n".join([marker, *(f"{prefix} {line}".rstrip() for line in lines), ""])
