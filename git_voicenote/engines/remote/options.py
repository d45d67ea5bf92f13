"""The user's options for a server, and the protocol that supplies its token."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


class Credentials(Protocol):
    """Supplies the token for a server, and is told whether the server accepted it.

    All methods may be called from several threads.
    """

    def token(self) -> str | None:
        """Return the token, or None if there is none, without a prompt. Raises VoicenoteError."""
        ...

    def accepted(self) -> None:
        """Record that the server accepted the token."""
        ...

    def rejected(self) -> None:
        """Record that the server rejected the token."""
        ...


class NoCredentials:
    """No token."""

    def token(self) -> str | None:
        """Return None."""
        return None

    def accepted(self) -> None:
        """Do nothing."""

    def rejected(self) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class RemoteOptions:
    """A transcription server, and how to use it.

    `url` is its address, with or without the `/v1` of OpenAI's base URLs; `path` is where it
    accepts sound; `model` is its name for the model, which some servers do not need. `concurrency`
    is the number of segments of files that are sent at a time, `timeout` the seconds within which
    it has to answer.
    """

    url: str | None = None
    path: str = "/v1/audio/transcriptions"
    model: str | None = None
    concurrency: int = 4
    timeout: float = 60.0
    credentials: Credentials = field(default_factory=NoCredentials)
