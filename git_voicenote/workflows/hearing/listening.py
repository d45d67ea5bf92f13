"""The preparation for a dictation: engine, vocabulary and text passes."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from git_voicenote.engines.base import Context, EngineOptions
from git_voicenote.engines.registry import make_engine
from git_voicenote.git.harvest import explained
from git_voicenote.targets import CommitTarget, MessageTarget
from git_voicenote.text.passes.chain import build_chain, named_passes, polish
from git_voicenote.text.passes.spoken_commands import spoken_commands
from git_voicenote.workflows.hearing.remote import remote_options

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from git_voicenote.config import Settings
    from git_voicenote.engines.base import Engine
    from git_voicenote.git.repository import Repository
    from git_voicenote.targets import Target
    from git_voicenote.text.passes.base import Chain, Pass
    from git_voicenote.text.passes.chain import ChainOutput
    from git_voicenote.workflows.vocabulary.harvested import Vocabulary


class Listening:
    """The engine, the vocabulary and the text passes for one target.

    Each part is computed once, on first use: the engine loads, and the repository is read, while
    the user begins to speak. Terms of the repository that cannot be read are reported with `warn`
    and left out. With `explain`, the engine is asked for its decisions.
    """

    def __init__(
        self,
        repository: Repository | None,
        settings: Settings,
        target: Target,
        warn: Callable[[str], None],
        *,
        explain: bool = False,
    ) -> None:
        self.repository = repository
        self.settings = settings
        self.target = target
        self.explain = explain
        self._warn = warn

    @cached_property
    def engine(self) -> Engine:
        """The engine of the settings, not yet loaded. Raises EngineError."""
        return make_engine(
            self.settings.engine, engine_options(self.settings, self.repository, self._warn)
        )

    @cached_property
    def vocabulary(self) -> Vocabulary | None:
        """The terms for the target; None if voicenote.vocabulary is off."""
        if not self.settings.vocabulary:
            return None
        from git_voicenote.workflows.vocabulary.harvested import vocabulary_for

        return vocabulary_for(self.repository, self.target, self._warn)

    @cached_property
    def context(self) -> Context:
        """The context for the engine. Raises SettingError."""
        context = replace(context_without_terms(self.settings), explain=self.explain)
        vocabulary = self.vocabulary
        if vocabulary is None:
            return context
        of_message = isinstance(self.target, MessageTarget)
        return replace(
            context,
            hotwords=vocabulary.hotwords,
            phrases=(*vocabulary.phrases, *spoken_commands(of_message=of_message)),
            jargon=True,
            adaptation=self._adaptation(),
        )

    @cached_property
    def chain(self) -> Chain:
        """The text passes that voicenote.text names. Raises SettingError."""
        settings = self.settings
        correct = self._corrector() if "vocabulary" in named_passes(settings.text) else None
        return build_chain(settings.language, passes=settings.text, correct=correct)

    def write(self, stretches: Sequence[Sequence[str]]) -> tuple[ChainOutput, ...]:
        """Apply the text passes to several stretches of segments, each by itself.

        "Scratch that" does not affect the stretch before.
        """
        return tuple(polish(heard, self.chain) for heard in stretches)

    def _adaptation(self) -> Path | None:
        tokens = self.engine.info.tokens
        if not (self.repository and tokens and self.settings.learn):
            return None
        from git_voicenote.workflows.vocabulary.learning import adaptation_for

        return adaptation_for(self.repository, tokens, self._warn)

    def _corrector(self) -> Pass | None:
        vocabulary = self.vocabulary
        if vocabulary is None or not vocabulary.terms:
            return None
        from git_voicenote.workflows.vocabulary.harvested import (
            correction,  # takes 0.1 s to import
        )

        return correction(vocabulary)


def engine_options(
    settings: Settings, repository: Repository | None, warn: Callable[[str], None]
) -> EngineOptions:
    """Return the settings for engines."""
    return EngineOptions(
        settings.model, settings.device, warn, remote_options(settings, repository)
    )


def context_without_terms(settings: Settings) -> Context:
    """Return the context for an engine outside of any repository. Raises SettingError.

    If the text pass for numbers is turned off, the engine should not write digits, either.
    """
    return Context(language=settings.language, itn="itn" in named_passes(settings.text))


def likely_target(repository: Repository) -> Target:
    """Return the likely subject of dictations: the staged changes, or else HEAD.

    Raises GitError.
    """
    # the index of a bare repository is empty, which would be a change that removes everything
    is_staged = repository.worktree is not None and explained(repository, MessageTarget())
    head = None if is_staged else repository.objects.find("HEAD^{commit}")
    return CommitTarget(head.id) if head else MessageTarget()
