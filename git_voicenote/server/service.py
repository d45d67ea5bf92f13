"""The shared state of all requests: the decoder, the settings and the limits."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from git_voicenote.errors import VoicenoteError
from git_voicenote.log import Log
from git_voicenote.server.access.limits import ServiceLimits
from git_voicenote.server.monitoring.metrics import Metrics
from git_voicenote.server.responses.refusals import RefusalError, refusal_of
from git_voicenote.server.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AsyncExitStack
    from pathlib import Path

    from git_voicenote.config import Settings
    from git_voicenote.server.access.guard import Access
    from git_voicenote.server.decoding.decoder import Decoder
    from git_voicenote.server.jobs.runner import JobRunner

_log = Log(__name__)


@dataclass(frozen=True, slots=True)
class Service:
    """A running service.

    `folder` is where it was started, `state` the folder of recordings, the history and jobs,
    `spool` a private folder for uploads. `warn` reports to the person who started it. `at_end` is
    closed when the service ends, before the decoder. `jobs` is None if another service runs the
    jobs here.
    """

    decoder: Decoder
    access: Access
    spool: Path
    folder: Path
    state: Path
    warn: Callable[[str], None]
    at_end: AsyncExitStack
    jobs: JobRunner | None = None
    limits: ServiceLimits = field(default_factory=ServiceLimits)
    metrics: Metrics = field(default_factory=Metrics)
    workers: Workers = field(default_factory=Workers)
    finishing: dict[str, asyncio.Event] = field(default_factory=dict)
    """Recordings that are still being compressed after their text was sent; set when done."""
    changing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while settings change."""

    @property
    def settings(self) -> Settings:
        """The current settings."""
        return self.decoder.settings

    async def finished(self, recording_ids: Iterable[str]) -> None:
        """Wait until recordings whose text was sent are in their final format."""
        for one in recording_ids:
            if (event := self.finishing.get(one)) is not None:
                await event.wait()

    def refusal(self, error: Exception) -> RefusalError:
        """Return the refusal for an error. An unexpected error is reported to the terminal too."""
        if isinstance(error, RefusalError):
            return error
        if isinstance(error, VoicenoteError):
            return refusal_of(error)
        _log.failed("the service failed", error)
        self.warn(f"unexpected {type(error).__name__}: {error}")
        return RefusalError(500, "the service failed; see its terminal", code="unexpected")
