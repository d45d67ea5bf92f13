"""The engine of the service, with the vocabulary of the repository that it was started in."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from git_voicenote.audio.voice_activity import Detection
from git_voicenote.errors import GitError
from git_voicenote.git.repository import repository_if_any
from git_voicenote.server.decoding.messages import Loaded
from git_voicenote.server.decoding.turns import PriorityLock, shared
from git_voicenote.targets import MessageTarget
from git_voicenote.workflows.hearing.listening import Listening, likely_target

if TYPE_CHECKING:
    from collections.abc import Callable

    from git_voicenote.config import Settings
    from git_voicenote.engines.base import EngineInfo
    from git_voicenote.server.decoding.messages import FromEngine
    from git_voicenote.server.decoding.turns import SharedEngine
    from git_voicenote.targets import Target


class Decoding:
    """An engine that files and dictations share in turns. `send` answers our parent.

    Outside of a repository, there is no vocabulary.
    """

    def __init__(self, settings: Settings, send: Callable[[FromEngine], None]) -> None:
        """Make the engine, without loading it. Raises EngineError."""
        self.send = send
        self.turns = PriorityLock()
        self.reading = threading.Lock()
        """Held while the repository is read."""
        self.warnings: list[str] = []
        """Warnings about the repository and the engine that no user has seen yet."""
        self._loading = threading.Lock()
        self._is_loaded = False
        self._repository = repository_if_any() if settings.vocabulary else None
        self._settings = replace(settings, vocabulary=self._repository is not None)
        self.general = self.listening(
            self._likely_target(), settings.language, self.warnings.append
        )
        """The context for recordings that have no target."""
        self._engine = self.general.engine

    @property
    def info(self) -> EngineInfo:
        """Information about the engine."""
        return self._engine.info

    @property
    def detection(self) -> Detection:
        """What counts as speech."""
        return Detection.of(self._settings)

    def listening(self, target: Target, language: str, warn: Callable[[str], None]) -> Listening:
        """Return the context for recordings about a target."""
        settings = replace(self._settings, language=language)
        return Listening(self._repository, settings, target, warn)

    def engine(self, priority: int) -> SharedEngine:
        """Return the engine for one recording."""
        return shared(self._engine, self.turns, priority, self._loaded)

    def _loaded(self) -> None:
        with self._loading:
            is_first, self._is_loaded = not self._is_loaded, True
        if is_first:
            self.send(Loaded(self.info))

    def _likely_target(self) -> Target:
        try:
            return likely_target(self._repository) if self._repository else MessageTarget()
        except GitError as exc:
            self.warnings.append(exc.message)
            return MessageTarget()
