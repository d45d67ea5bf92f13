"""JSON bodies of requests, within limits."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar, cast

from starlette.requests import ClientDisconnect

from git_voicenote.bounded import Limits as JsonLimits
from git_voicenote.bounded import parse_json
from git_voicenote.errors import ContentError
from git_voicenote.server.responses.refusals import RefusalError

if TYPE_CHECKING:
    from starlette.requests import Request

    from git_voicenote.server.access.limits import ServiceLimits

T = TypeVar("T")
_LIMITS = JsonLimits(size=1 << 20, depth=8, nodes=10_000)


class Body:
    """The JSON object in a request. Each method raises RefusalError for an invalid value."""

    def __init__(self, values: dict[str, object]) -> None:
        self._values = values

    def text(self, name: str) -> str:
        """Return a text."""
        return self._expected(name, str, "a text")

    def text_or_none(self, name: str) -> str | None:
        """Return a text, or None if there is none."""
        return None if self._values.get(name) is None else self.text(name)

    def flag(self, name: str) -> bool:
        """Return a boolean, False by default."""
        return name in self._values and self._expected(name, bool, "true or false")

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, empty by default; one text is a list of one."""
        value = self._values.get(name)
        found = [] if value is None else [value] if isinstance(value, str) else value
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise _wrong(name, "a list of texts")
        return tuple(found)

    def object(self, name: str) -> dict[str, object]:
        """Return an object."""
        return cast("dict[str, object]", self._expected(name, dict, "an object"))

    def choice(self, name: str, *choices: str) -> str:
        """Return one of several texts, the first by default."""
        value = self._values.get(name, choices[0])
        if value not in choices:
            raise _wrong(name, " or ".join(choices))
        return value

    def _expected(self, name: str, kind: type[T], what: str) -> T:
        value = self._values.get(name)
        if not isinstance(value, kind):
            raise _wrong(name, what)
        return value


async def json_body(request: Request, limits: ServiceLimits) -> Body:
    """Read the body of a request. Raises RefusalError."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise RefusalError(415, "the body has to be application/json", code="wrong_content_type")
    content = bytearray()
    try:
        async with asyncio.timeout(limits.silence):
            async for piece in request.stream():
                content += piece
                if len(content) > _LIMITS.size:
                    raise RefusalError(
                        413, f"the body has more than {_LIMITS.size:,} bytes", code="too_large",
                        headers={"Connection": "close"},
                    )  # fmt: skip
    except TimeoutError as exc:
        raise RefusalError(
            408, "the body took too long", code="too_slow", headers={"Connection": "close"}
        ) from exc
    except ClientDisconnect as exc:
        raise RefusalError(400, "the body is incomplete", code="bad_json") from exc
    try:
        value = parse_json(bytes(content), "the body", _LIMITS)
    except ContentError as exc:
        raise RefusalError(400, exc.message, code="bad_json") from exc
    if not isinstance(value, dict):
        raise RefusalError(400, "the body has to be an object", code="bad_json")
    return Body(value)


def _wrong(name: str, what: str) -> RefusalError:
    return RefusalError(400, f"{name} has to be {what}", param=name, code="invalid_value")
