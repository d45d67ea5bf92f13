"""Learn a repository's language for an engine from its history, in the background.

    python -P -m git_voicenote.workflows.vocabulary.learning FOLDER TOKENS [SECONDS]

This background process learns the language of the repository around FOLDER, in the tokens of the
file TOKENS, and gives up after SECONDS.
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
from git_voicenote.log import Log
from git_voicenote.processes import start_module
from git_voicenote.store.language_cache import LanguageCache
from git_voicenote.text.vocabulary.pronunciation import spoken_sentences

if TYPE_CHECKING:
    from collections.abc import Callable

    from git_voicenote.store.language_cache import CachedFolder

_log = Log("git_voicenote.workflows.vocabulary.learning")  # also run as a program

VERSION = 4
"""Incremented when the result for the same history changes."""
_OBSOLETE = "language.bin"
"""The adaptation of an engine that no longer exists."""
_MIN_COMMITS = 30
"""Fewer words are not enough to learn from."""
_STALE_AFTER = 200
"""New commits after which the language is learned again."""
_TIMEOUT_SECONDS = 300.0
"""Five million words of history take 15 s, more on a busy machine."""


def adaptation_for(
    repository: Repository, tokens: Path, tell: Callable[[str], None]
) -> Path | None:
    """Return the folder with what was learned of a repository, or None if there is none yet.

    `tokens` is the file with the engine's tokens. If nothing was learned, or long ago, a
    background process starts to learn for the next time. Failures are reported with `tell`.
    """
    cache = LanguageCache(repository.state_dir)
    cache.discard(_OBSOLETE)
    kept, fault = cache.current()
    if fault:
        tell(f"the repository's language: {fault}")
    try:
        made_of = _made_of(tokens)
        if _is_due(repository, kept, made_of) and not cache.is_being_made():
            _start(repository, tokens)
    except (GitError, OSError) as exc:
        tell(f"the repository's language was not learned: {exc}")
        return None
    return kept.folder if kept and _of(kept)[0] == made_of else None


def make_now(repository: Repository, tokens: Path) -> CachedFolder | None:
    """Adapt to a repository; return None if another process is doing so.

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
    """Return the inputs of an adaptation besides the history: our version and the tokens."""
    return f"{VERSION}:{hashlib.sha256(tokens.read_bytes()).hexdigest()[:16]}"


def _is_due(repository: Repository, kept: CachedFolder | None, made_of: str) -> bool:
    before, head = _of(kept) if kept else ("", "")
    if before != made_of:
        return (commits_since(repository, None, _MIN_COMMITS) or 0) >= _MIN_COMMITS
    since = commits_since(repository, head, _STALE_AFTER)
    # None: the commit is gone, after a history was rewritten
    return since is None or since >= _STALE_AFTER


def _of(kept: CachedFolder) -> tuple[str, str]:
    """Return the inputs of an adaptation, and the newest commit in it."""
    made_of, _, head = kept.key.partition(" ")
    return made_of, head


def _start(repository: Repository, tokens: Path) -> None:
    """Start the background process, detached from this one and its terminal.

    It logs its failures.
    """
    start_module(
        "git_voicenote.workflows.vocabulary.learning",
        str(repository.cwd.absolute()), str(tokens.absolute()),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def main() -> int:
    """Adapt to the repository that the arguments name; return the exit status."""
    os.nice(19)  # recording and transcription go first
    repository = Repository.discover(Path(sys.argv[1]))

    def give_up(number: int, _: object) -> None:
        late = f"it took longer than {timeout:g} s"
        reason = late if number == signal.SIGALRM else f"signal {number} ended it"
        _log.failed(f"the repository's language was not learned: {reason}")
        LanguageCache(repository.state_dir).abandon()
        os._exit(1)

    timeout = float(sys.argv[3]) if sys.argv[3:] else _TIMEOUT_SECONDS
    signal.signal(signal.SIGALRM, give_up)
    signal.signal(signal.SIGTERM, give_up)
    signal.setitimer(signal.ITIMER_REAL, timeout)
    try:
        make_now(repository, Path(sys.argv[2]))
    except VoicenoteError as exc:
        _log.failed("the repository's language was not learned", exc)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
