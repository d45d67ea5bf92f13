"""The hooks that `git voicenote hook` installs: one table.

A hook is a row here and a script of its name in hooks/, which decides in the shell whether Python
is needed at all.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.errors import Cancelled, NegativeAnswer, UsageError, VoicenoteError
from git_voicenote.git.repository import Repository
from git_voicenote.terminal.console import print_error, say, settings, warn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True)
class GitHook:
    """One hook: its name in git, its meaning, and its function, which gets git's arguments."""

    name: str
    meaning: str
    run: Callable[[Sequence[str]], None]


def _offer_to_dictate(arguments: Sequence[str]) -> None:
    """Offer to dictate the message of the commit that git is about to make.

    A commit is never lost: a failure is a warning, and git continues with the unchanged message
    file, unless voicenote.hook.strict is set.
    """
    from git_voicenote.config import Settings
    from git_voicenote.git.pending_commit import PendingCommit
    from git_voicenote.terminal.dialogue import TerminalDialogue
    from git_voicenote.terminal.programs.editors import git_editor
    from git_voicenote.terminal.tty import has_terminal, take_terminal
    from git_voicenote.workflows.commit_message.dictate import dictate_message
    from git_voicenote.workflows.dictate.command import is_dictation

    if not arguments:
        raise UsageError("git did not pass the file of the message")
    message_file, source = Path(arguments[0]), arguments[1] if arguments[1:] else None
    chosen = Settings()
    try:
        repository = Repository.discover()
        chosen = settings(repository)
        commit = PendingCommit(repository, message_file, source)
        # our script checks this too, but other scripts may call this hook
        if (
            chosen.hook_record == "never"
            or not commit.awaits_message(os.environ)
            or not has_terminal()
            or is_dictation(git_editor(repository.cwd))  # that command records by itself
        ):
            return
        take_terminal()
        dictate_message(commit, chosen, TerminalDialogue(repository))
    except (Cancelled, KeyboardInterrupt):
        say("\nthe message is left as it was")
    except VoicenoteError as exc:
        if chosen.hook_strict and not isinstance(exc, NegativeAnswer):
            raise
        print_error(exc)
        warn("git continues without a spoken message")


def _keep_note(arguments: Sequence[str]) -> None:  # noqa: ARG001 - git passes none
    """Keep the note of the patch that `git am` has just applied."""
    from git_voicenote.cli.am import keep_note_of_applied

    keep_note_of_applied()


DICTATION = GitHook(
    "prepare-commit-msg", "lets you dictate the message of a commit", _offer_to_dictate
)
AM = GitHook("post-applypatch", "keeps the notes of patches that git am applies", _keep_note)
HOOKS = {hook.name: hook for hook in (DICTATION, AM)}
"""The hooks by git's names for them."""
