"""An engine learns a repository's language from its history: in the background, once in a while.

    python -P -m git_voicenote.workflows.vocabulary.learning FOLDER TOKENS [SECONDS]

makes the adaptation of the repository around a folder, in the tokens that a file lists, or gives up
after so many seconds; this is what runs in the background.
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.engines.moonshine.tokenizer_file import read_tokens
from git_voicenote.errors import GitError, StoreError, VoicenoteError
from git_voicenote.git.harvest import commits_since, history_messages
from git_voicenote.git.repository import Repository
from git_voicenote.processes import start_module
from git_voicenote.store.language_cache import LanguageCache
from git_voicenote.text.vocabulary.pronunciation import spoken_sentences

if TYPE_CHECKING:
    from collections.abc import Callable

    from git_voicenote.store.language_cache import Kept

VERSION = 4
"""Changes when what is made of the same history does."""
_FORMER = "language.bin"
"""A file of what an engine learned that is no more."""
_FEWEST = 30
"""Commits that say enough about how people talk here."""
_OLD = 200
"""Commits after which it is time to learn anew."""
_PATIENCE = 300.0
"""Seconds that it may take; five million words of history take 15, more where others compute."""


def adaptation_for(
    repository: Repository, tokens: Path, tell: Callable[[str], None]
) -> Path | None:
    """Return what an engine learned of a repository, None where that is not there yet.

    `tokens` is the file with the engine's tokens. Where nothing is learned, or long ago, a process
    in the background begins to; it will be there the next time. What is wrong is told.
    """
    cache = LanguageCache(repository.state_dir)
    cache.discard(_FORMER)
    kept, fault = cache.current()
    if fault:
        tell(f"the repository's language: {fault}")
    try:
        made_of = _made_of(tokens)
        if _is_due(repository, kept, made_of) and not cache.is_being_made():
            _start(repository, tokens)
    except (GitError, OSError) as exc:
        tell(f"the repository's language is not learned: {exc}")
        return None
    return kept.folder if kept and _of(kept)[0] == made_of else None


def make_now(repository: Repository, tokens: Path) -> Kept | None:
    """Make the adaptation of a repository; None where another process is about it.

    Raises EngineError, GitError, StoreError.
    """
    from git_voicenote.engines.moonshine.learning import learn
    from git_voicenote.engines.moonshine.tokenizer import Tokenizer

    cache = LanguageCache(repository.state_dir)
    head, messages = history_messages(repository)
    folder = cache.begin()
    if folder is None:
        return None
    try:
        learn(spoken_sentences(messages), Tokenizer(read_tokens(tokens)), folder)
        return cache.finish(f"{_made_of(tokens)} {head}")
    except OSError as exc:
        raise StoreError(f"{folder} cannot be written: {exc.strerror}") from exc
    finally:
        cache.abandon()


def _made_of(tokens: Path) -> str:
    """Return what an adaptation depends on besides the history: how it is made, and the tokens."""
    return f"{VERSION}:{hashlib.sha256(tokens.read_bytes()).hexdigest()[:16]}"


def _is_due(repository: Repository, kept: Kept | None, made_of: str) -> bool:
    before, head = _of(kept) if kept else ("", "")
    if before != made_of:
        return (commits_since(repository, None, _FEWEST) or 0) >= _FEWEST
    since = commits_since(repository, head, _OLD)
    # None: the commit is gone, after a history was rewritten
    return since is None or since >= _OLD


def _of(kept: Kept) -> tuple[str, str]:
    """Return what was kept is made of, and the newest commit that it knows."""
    made_of, _, head = kept.key.partition(" ")
    return made_of, head


def _start(repository: Repository, tokens: Path) -> None:
    """Start to make it, apart from this process and its terminal."""
    start_module(
        "git_voicenote.workflows.vocabulary.learning",
        str(repository.cwd.absolute()), str(tokens.absolute()),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def main() -> int:
    """Make the adaptation that the arguments name; return the exit status."""
    os.nice(19)  # recording and hearing go first
    repository = Repository.discover(Path(sys.argv[1]))

    def give_up(*_: object) -> None:
        LanguageCache(repository.state_dir).abandon()
        os._exit(1)

    signal.signal(signal.SIGALRM, give_up)
    signal.signal(signal.SIGTERM, give_up)
    patience = float(sys.argv[3]) if sys.argv[3:] else _PATIENCE
    signal.setitimer(signal.ITIMER_REAL, patience)
    try:
        make_now(repository, Path(sys.argv[2]))
    except VoicenoteError:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
