"""An engine learns a repository's language from its history: in the background, once in a while.

    python -m git_voicenote.adaptation FOLDER [SECONDS]

makes the adaptation of the repository around a folder, or gives up after so many seconds; this is
what runs in the background.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.engines.pocketsphinx_adaptation import VERSION, make_adaptation
from git_voicenote.errors import GitError, StoreError, VoicenoteError
from git_voicenote.repo.harvest import commits_since, history_messages
from git_voicenote.repo.repository import Repository
from git_voicenote.store.language_cache import LanguageCache
from git_voicenote.text.as_spoken import spoken_sentences

if TYPE_CHECKING:
    from collections.abc import Callable

    from git_voicenote.store.language_cache import Kept

_FEWEST = 30
"""Commits that say enough about how people talk here."""
_OLD = 200
"""Commits after which it is time to learn anew."""
_PATIENCE = 300.0
"""Seconds that it may take; a million words of history take 10, or 30 where others compute."""


def adaptation_for(repository: Repository, tell: Callable[[str], None]) -> Path | None:
    """Return what an engine learned of a repository, None where that is not there yet.

    Where there is none, or an old one, a process in the background begins to make one; it will be
    there the next time. What is wrong is told.
    """
    cache = LanguageCache(repository.state_dir)
    kept, fault = cache.current()
    if fault:
        tell(f"the repository's language: {fault}")
    try:
        if _is_due(repository, kept) and not cache.is_being_made():
            _start(repository)
    except (GitError, OSError) as exc:
        tell(f"the repository's language is not learned: {exc}")
    return kept.folder if kept and _version(kept) == VERSION else None


def make_now(repository: Repository) -> Kept | None:
    """Make the adaptation of a repository; None where another process is about it.

    Raises EngineError, GitError, StoreError.
    """
    cache = LanguageCache(repository.state_dir)
    head, messages = history_messages(repository)
    folder = cache.begin()
    if folder is None:
        return None
    try:
        make_adaptation(spoken_sentences(messages), folder)
        return cache.finish(f"{VERSION} {head}")
    except OSError as exc:
        raise StoreError(f"{folder} cannot be written: {exc.strerror}") from exc
    finally:
        cache.abandon()


def _is_due(repository: Repository, kept: Kept | None) -> bool:
    if kept is None or _version(kept) != VERSION:
        return (commits_since(repository, None, _FEWEST) or 0) >= _FEWEST
    since = commits_since(repository, kept.key.partition(" ")[2], _OLD)
    # None: the commit is gone, after a history was rewritten
    return since is None or since >= _OLD


def _version(kept: Kept) -> int:
    number = kept.key.partition(" ")[0]
    return int(number) if number.isdecimal() else 0


def _start(repository: Repository) -> None:
    """Start to make it, apart from this process and its terminal."""
    subprocess.Popen(
        [sys.executable, "-m", "git_voicenote.adaptation", str(repository.cwd)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip


def main() -> int:
    """Make the adaptation of the repository around the folder named; return the exit status."""
    os.nice(19)  # recording and hearing go first
    repository = Repository.discover(Path(sys.argv[1]))

    def give_up(*_: object) -> None:
        LanguageCache(repository.state_dir).abandon()
        os._exit(1)

    signal.signal(signal.SIGALRM, give_up)
    signal.signal(signal.SIGTERM, give_up)
    patience = float(sys.argv[2]) if sys.argv[2:] else _PATIENCE
    signal.setitimer(signal.ITIMER_REAL, patience)
    try:
        make_now(repository)
    except VoicenoteError:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
