"""What `git am` has applied after `git voicenote am` had stopped: its notes are kept later."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from git_voicenote.errors import VoicenoteError
from git_voicenote.terminal.console import say, settings, warn
from git_voicenote.workflows.kept_texts import mention_kept_texts

if TYPE_CHECKING:
    from git_voicenote.git.repository import Repository


def keep_rest(repository: Repository) -> None:
    """Keep the notes that a series still lacks, where git am went on without us; say so.

    Texts that were edited and not saved are named, too. What fails is a warning: the command that
    was asked for has nothing to do with it.
    """
    mention_kept_texts(repository)
    if not (repository.git_dir / "voicenote" / "am").is_dir():
        return  # as ever; who shows a note does not pay for what reads mails
    from git_voicenote.series.incoming.unfinished import UnfinishedAm

    try:
        kept = UnfinishedAm(repository).keep(settings().notes_ref)
    except (VoicenoteError, OSError) as exc:
        warn(f"what was said of the patches that git am applied could not be kept: {exc}")
        return
    if kept.running is not None and not _is_alive(kept.running):
        warn("git am goes on, though the git voicenote that started it was killed; the notes of")
        say("its patches are kept by the first command of git voicenote after it has ended")
    say_kept(kept.notes, kept.cover, "of what git am had applied")
    for title in kept.unclear:
        warn(f"the note of {title!r} is not kept: it is not clear which commit it belongs to")


def say_kept(notes: int, cover: str | None, of_what: str = "") -> None:
    """Say how many notes were kept, and of which series the cover, if any."""
    parts = [f"{notes} {'note' if notes == 1 else 'notes'}"] if notes else []
    parts += [f"the cover of {cover}"] if cover else []
    if parts:
        say(" ".join(["kept", " and ".join(parts), *filter(None, [of_what])])
            + " (git voicenote show)")  # fmt: skip


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it is somebody else's
        return True
    return True
