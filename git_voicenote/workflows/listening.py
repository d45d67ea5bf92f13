"""The speech engine that a person chose, what it is told, and what it could not do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.engines.base import Context, EngineOptions
from git_voicenote.engines.registry import make_engine
from git_voicenote.git.harvest import explained
from git_voicenote.terminal.console import warn
from git_voicenote.text.passes.chain import named_passes
from git_voicenote.text.passes.spoken_commands import spoken_commands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from git_voicenote.config import Settings
    from git_voicenote.datatypes import Segment
    from git_voicenote.engines.base import Engine
    from git_voicenote.git.repository import Repository


MESSAGE = "message:"
"""The target of a commit's message; what is staged is what it is about."""


def chosen_engine(settings: Settings) -> Engine:
    """Return the engine of the settings, not yet loaded. Raises EngineError."""
    return make_engine(settings.engine, EngineOptions(settings.model, settings.device, warn))


def context_for(
    repository: Repository | None,
    settings: Settings,
    engine: Engine,
    target: str,
    tell: Callable[[str], None],
    *,
    explain: bool = False,
) -> Context:
    """Return what an engine is told of a target (`commit:<id>`, …) before it hears about it.

    With `explain`, the engine is asked how it came to its words.

    What cannot be read of the repository's words is told, and left out. Raises SettingError.
    """
    if not settings.vocabulary:
        return replace(wordless_context(settings), explain=explain)
    from git_voicenote.workflows.vocabulary import vocabulary_for

    found = vocabulary_for(repository, target, tell)
    adaptation = None
    tokens = engine.info.tokens
    if repository and tokens and settings.learn:
        from git_voicenote.workflows.learning import adaptation_for

        adaptation = adaptation_for(repository, tokens, tell)
    return replace(
        wordless_context(settings),
        hotwords=found.hotwords,
        phrases=(*found.phrases, *spoken_commands(of_message=target == MESSAGE)),
        jargon=True,
        explain=explain,
        adaptation=adaptation,
    )


def wordless_context(settings: Settings) -> Context:
    """Return what an engine is told without the words of a repository. Raises SettingError.

    Who has turned off the pass that writes numbers does not want it of the engine either.
    """
    return Context(language=settings.language, itn="itn" in named_passes(settings.text))


def target_here(repository: Repository) -> str:
    """Return what people are likely to talk about where they name nothing: what is staged, or HEAD.

    Raises GitError.
    """
    # the index of a bare repository is empty: that would be a change that takes all away
    is_staged = repository.worktree is not None and explained(repository, MESSAGE) is not None
    return MESSAGE if is_staged else "commit:HEAD"


def warn_of_failures(segments: Iterable[Segment], name: str = "") -> None:
    """Tell which stretches of a recording an engine gave up on, and why; `name` is its file's."""
    marks: dict[str, list[str]] = {}
    for segment in segments:
        if segment.failure is not None:
            marks.setdefault(segment.failure, []).append(segment.mark)
    for failure, found in marks.items():
        warn(visible(f"{name}: " if name else "") + f"{' '.join(found)} ({visible(failure)})")
