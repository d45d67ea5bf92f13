"""What all requests share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from git_voicenote.errors import VoicenoteError
from git_voicenote.log import Log
from git_voicenote.server.limits import Limits
from git_voicenote.server.metrics import Metrics
from git_voicenote.server.refusals import RefusalError, refusal_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from git_voicenote.server.decoding.decoder import Decoder
    from git_voicenote.server.guard import Access

_log = Log(__name__)


@dataclass(frozen=True, slots=True)
class Service:
    """A running service.

    `spool` is the private folder that uploads are kept in while they are needed, `language` that
    of the settings. `tell` takes what whoever started the service is to know.
    """

    decoder: Decoder
    access: Access
    spool: Path
    language: str
    tell: Callable[[str], None]
    limits: Limits = field(default_factory=Limits)
    metrics: Metrics = field(default_factory=Metrics)

    def refusal(self, error: Exception) -> RefusalError:
        """Return what a client is told of an error; one that nobody expected is told here."""
        if isinstance(error, RefusalError):
            return error
        if isinstance(error, VoicenoteError):
            return refusal_of(error)
        _log.failed("the service failed", error)
        self.tell(f"unexpected {type(error).__name__}: {error}")
        return RefusalError(500, "the service failed; its terminal says why", code="unexpected")
