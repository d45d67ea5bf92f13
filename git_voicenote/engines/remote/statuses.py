"""Explain responses without a transcript, and what the user can do about them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.engines.remote.answers import reason_in
from git_voicenote.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from git_voicenote.engines.remote.transport import Response

UNSUPPORTED = (400, 422)
"""Statuses of a form with fields or values that the server does not support."""
_TOO_LARGE = re.compile(r"\b(file|content) size\b|\btoo large\b", re.IGNORECASE)
"""How servers that answer 400 instead of 413 explain it (vLLM)."""
_DEFAULT_PATH = "/v1/audio/transcriptions"


class RefusedError(EngineError):
    """The server has no text for this sound; it may have one for another sound."""


class TooLargeError(RefusedError):
    """The request has more bytes than the server accepts."""


def is_too_large(response: Response) -> bool:
    """Return whether the server refuses the request for its size."""
    explained = response.status in UNSUPPORTED and _TOO_LARGE.search(said_in(response))
    return response.status == 413 or bool(explained)


def said_in(response: Response) -> str:
    """Return the server's explanation, to be appended to our own message."""
    reason = reason_in(response.body)
    return f": {reason}" if reason else ""


@dataclass(frozen=True, slots=True)
class FailedRequest:
    """A request that failed: the server and the path, the requested model, if any, and a token."""

    origin: str
    path: str
    model: str | None
    has_token: bool


def status_error(
    response: Response, request: FailedRequest, models: Callable[[], Sequence[str]]
) -> EngineError:
    """Return the error for the status of a response that is neither a success nor busy.

    It is a RefusedError if only this sound is affected. `models` is called for the names of the
    server's models where the message lists them.
    """
    status, said, origin = response.status, said_in(response), request.origin
    if 300 <= status < 400:
        return _redirection(response, origin)
    if status in (401, 403):
        return _unauthorized(status, origin, said, has_token=request.has_token)
    if status == 404 and "model" in said.lower():
        return EngineError(
            f"{origin} does not have the model {request.model or 'that it uses by default'}{said}",
            hint="download it on the server, or set voicenote.remote.model to another one"
            + _choice_of(models()),
        )
    if status in (404, 405):
        other = " (/inference for whisper.cpp)" if request.path == _DEFAULT_PATH else ""
        return EngineError(
            f"{origin} accepts no sound at {request.path}{said}",
            hint=f"set voicenote.remote.path{other}",
        )
    if is_too_large(response):
        return TooLargeError(f"{origin} refuses sound of this size{said}")
    if status in UNSUPPORTED:
        hint = "the server may require voicenote.remote.model"
        return RefusedError(
            f"{origin} refuses the sound{said}",
            hint=None if request.model else hint + _choice_of(models()),
        )
    return RefusedError(f"{origin} failed ({status}){said}")


def busy_error(response: Response, origin: str) -> EngineError:
    """Return the error for a server that is still busy after the last repetition."""
    return EngineError(
        f"{origin} is busy ({response.status}){said_in(response)}",
        hint="try again later, or lower voicenote.remote.concurrency",
    )


def _choice_of(models: Sequence[str]) -> str:
    return f"; the server has {', '.join(models)}" if models else ""


def _redirection(response: Response, origin: str) -> EngineError:
    target = " ".join(response.headers.get("location", "").split())[:200]
    if not target:
        return EngineError(f"{origin} answers with the status {response.status}")
    return EngineError(
        f"{origin} redirects to {target}; redirects are not followed",
        hint="if you trust that server with the sound, set voicenote.remote.url to it",
    )


def _unauthorized(status: int, origin: str, said: str, *, has_token: bool) -> EngineError:
    ask = f"`echo url={origin} | git credential fill | git credential approve`"
    if not has_token:
        return EngineError(
            f"{origin} requires a token{said}",
            hint=f"{ask} prompts for it (as the password, with any user name) and stores it",
        )
    # 403 may also mean that a valid token does not permit this: the helpers keep it
    forget = f"`echo url={origin} | git credential reject` removes it, " if status == 403 else ""
    return EngineError(
        f"{origin} does not accept the token{said}",
        hint=f"{forget}{ask} prompts for another one (as the password, with any user name)",
    )
