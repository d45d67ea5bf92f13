"""`git voicenote am`: run `git am`, and keep the notes and the cover in the mails."""

from __future__ import annotations

from git_voicenote.git.repository import Repository
from git_voicenote.terminal.console import put, settings
from git_voicenote.terminal.dialogue import TerminalDialogue
from git_voicenote.terminal.relayed import show_relayed
from git_voicenote.workflows.apply import AmRun

_HELP = """\
Usage: git voicenote am [OPTIONS OF GIT AM] [MBOX | MAILDIR | FILE]...
       git voicenote am --continue | --skip | --abort

  Apply mailed patches as git am does, and keep their notes: each note on the
  commit that was made from its patch, and the cover letter as the cover of
  this branch.

  Every option of git am passes through (git am -h lists them). A cover letter
  among the mails is skipped (--empty=drop, unless you choose otherwise). After
  a conflict, continue with git voicenote am --continue. If you continue with
  git am --continue, the next git voicenote command keeps the other notes.

  `git voicenote hook install --am` does the same for those who type `git am`.
"""


def am(arguments: tuple[str, ...]) -> int:
    """Apply mails, keep their notes and cover, and return git's exit status.

    Raises VoicenoteError if nothing can be applied. A later failure is only a warning, because the
    commits exist.
    """
    if "-h" in arguments:
        put(_HELP, end="")
        return 0
    return _applying().run(arguments)


def keep_note_of_applied() -> None:
    """Keep the note of the patch that git am has just applied; its hook calls this."""
    _applying().keep_note_of_applied()


def _applying() -> AmRun:
    repository = Repository.discover()
    dialogue = TerminalDialogue(repository)
    return AmRun(repository, settings(repository), dialogue, show_relayed)
