"""Find and open the user's editor, which may be configured as `git voicenote dictate`."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.errors import GitError
from git_voicenote.git.configuration import Configuration
from git_voicenote.git.running.process import run_git
from git_voicenote.terminal.jobs.foreground import run_in_foreground
from git_voicenote.workflows.dictate.command import is_dictation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from git_voicenote.git.repository import Repository

_FALLBACKS = ("editor", "vi")
"""Git's fallbacks: Debian's, then its own."""
_DICTATING = "GIT_VOICENOTE_DICTATING"
"""Names the files that are being dictated into, for child processes of the editor."""


def git_editor(folder: Path) -> str:
    """Return git's editor in a folder. Raises GitError if there is none."""
    return os.fsdecode(run_git("var", "GIT_EDITOR", cwd=folder)).removesuffix("\n")


def real_editor(repository: Repository | None, preferred: str | None = None) -> str:
    """Return the editor that git would open, or the next one if that is `git voicenote dictate`.

    `preferred` comes before all others. The order is git's: GIT_EDITOR, core.editor, VISUAL,
    EDITOR (git-var(1)). Raises GitError if there is none.
    """
    if preferred and not is_dictation(preferred):
        return preferred
    here = repository.cwd if repository else Path.cwd()
    usual = git_editor(here)
    if not is_dictation(usual):
        return usual
    configuration = repository.configuration if repository else Configuration(here)
    is_dumb = (
        os.environ.get("TERM", "dumb") == "dumb"
    )  # in a dumb terminal, git opens no full-screen editor
    names = ("EDITOR",) if is_dumb else ("VISUAL", "EDITOR")
    variables = (os.environ.get(name) for name in names)
    candidates = (*reversed(configuration.values("core.editor")), *variables)
    defaults = (name for name in _FALLBACKS if not is_dumb and shutil.which(name))
    for editor in (*candidates, *defaults):
        if editor and not is_dictation(editor):
            return editor
    raise GitError(
        "there is no editor besides `git voicenote dictate`",
        hint="`git voicenote settings set editor COMMAND` names the one to open",
    )


def editor_command(editor: str, paths: Sequence[Path]) -> list[str | Path]:
    """Return the command that opens files in an editor.

    It goes through the shell, as in git, so that an editor may have arguments (`code --wait`). The
    trap keeps the shell from dying of a ^C that its editor handled.
    """
    return ["sh", "-c", f'trap : INT QUIT; {editor} "$@"', editor, *paths]


def open_editor(editor: str, paths: Sequence[Path]) -> int:
    """Open files in an editor, on our own streams; return its exit status, as in a shell."""
    environment = {**os.environ, _DICTATING: _joined(paths)}
    status = run_in_foreground(editor_command(editor, paths), env=environment)
    return 128 - status if status < 0 else status


def is_already_editing(paths: Sequence[Path], environment: Mapping[str, str]) -> bool:
    """Return whether an editor from `open_editor` is editing the same files already."""
    return environment.get(_DICTATING) == _joined(paths)


def _joined(paths: Sequence[Path]) -> str:
    return os.pathsep.join(str(path.absolute()) for path in paths)
