"""Errors in the form of OpenAI's API, with the status that its clients rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from git_voicenote.characters import json_text
from git_voicenote.errors import (
    AudioFileError,
    ChangedMeanwhileError,
    GitError,
    MissingObjectsError,
    NegativeAnswer,
    NotARepositoryError,
    PatchError,
    RecordingInUseError,
    SettingError,
    StoreError,
    UnknownRevisionError,
    UsageError,
    VoicenoteError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

RETRY_AFTER = 10
"""Seconds until a client should try again if the service is busy or its engine died."""
BY_ERROR: tuple[tuple[type[VoicenoteError], int, str], ...] = (
    (NotARepositoryError, 404, "no_repository"),
    (UnknownRevisionError, 404, "no_commit"),
    (MissingObjectsError, 404, "missing_objects"),
    (NegativeAnswer, 404, "not_found"),
    (ChangedMeanwhileError, 409, "changed_meanwhile"),
    (RecordingInUseError, 409, "in_use"),
    (UsageError, 400, "invalid_value"),
    (SettingError, 400, "invalid_value"),
    (PatchError, 400, "invalid_value"),
    (GitError, 500, "git_failed"),
)
"""The status and the code of our errors; the first row that fits is used."""
_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


class RefusalError(Exception):
    """A request that is refused, and why.

    `param` is the invalid field of the form, `code` is for programs.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.param = param
        self.code = code
        self.headers = dict(headers or {})

    @property
    def fields(self) -> dict[str, object]:
        """The fields of the error."""
        kind = _TYPES.get(
            self.status, "server_error" if self.status >= 500 else "invalid_request_error"
        )
        return {"message": self.message, "type": kind, "param": self.param, "code": self.code}

    def as_json(self) -> dict[str, object]:
        """Return the error as OpenAI's clients expect it."""
        return {"error": self.fields}

    def as_response(self) -> Response:
        """Return the response."""
        return json_response(self.as_json(), self.status, self.headers)


def busy(message: str, status: int, code: str) -> RefusalError:
    """Return a refusal that says when to try again."""
    return RefusalError(status, message, code=code, headers={"Retry-After": str(RETRY_AFTER)})


def refusal_of(error: VoicenoteError) -> RefusalError:
    """Return the refusal for an error of ours: 422 for the client's sound, else 503."""
    message = f"{error.message} ({error.hint})" if error.hint else error.message
    if isinstance(error, AudioFileError):
        return RefusalError(422, message, param="file", code="unreadable_sound")
    for kind, status, code in BY_ERROR:
        if isinstance(error, kind):
            return RefusalError(status, message, code=code)
    return busy(message, 503, "store_failed" if isinstance(error, StoreError) else "engine_failed")


def json_response(
    value: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a value as a JSON response that is safe in a terminal."""
    return Response(json_text(value) + "\n", status, headers, "application/json")


async def answer_refusal(_request: Request, exc: Exception) -> Response:
    """Answer a request that was refused; a handler for Starlette."""
    if not isinstance(exc, RefusalError):
        raise exc
    return exc.as_response()


async def answer_missing(request: Request, _exc: Exception) -> Response:
    """Answer a request for a path without a route."""
    return RefusalError(404, f"there is no {request.scope['path']}", code="not_found").as_response()


async def answer_method(request: Request, _exc: Exception) -> Response:
    """Answer a request with a method that its path does not have."""
    message = f"{request.scope['path']} has no {request.method}"
    return RefusalError(405, message, code="method_not_allowed").as_response()
