"""What a person chose about a server, and where its token comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


class Credentials(Protocol):
    """Finds the token for a server, and learns whether the server took it.

    All of it may be called from several threads.
    """

    def token(self) -> str | None:
        """Return the token, or None if there is none; asks nobody. Raises VoicenoteError."""
        ...

    def accepted(self) -> None:
        """Note that the server took the token."""
        ...

    def rejected(self) -> None:
        """Note that the server refused the token."""
        ...


class NoCredentials:
    """Has no token."""

    def token(self) -> str | None:
        """Return None."""
        return None

    def accepted(self) -> None:
        """Do nothing."""

    def rejected(self) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class RemoteOptions:
    """A server of transcriptions.

    `url` is its address, with or without the `/v1` that clients of OpenAI's API are given; `path`
    is where it takes sound; `model` is the server's name of its weights, which some servers know
    without being told. `concurrency` is how many segments of files are sent at a time, `timeout`
    how many seconds an answer may take.
    """

    url: str | None = None
    path: str = "/v1/audio/transcriptions"
    model: str | None = None
    concurrency: int = 4
    timeout: float = 60.0
    credentials: Credentials = field(default_factory=NoCredentials)
