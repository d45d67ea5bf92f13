"""The description of the HTTP interface (OpenAPI 3.1), assembled from the files in `openapi/`.

Each file describes the paths of one topic. An operation lists in `errors` the statuses that it may
be refused with, besides those of the guard; they are expanded here.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files as resources
from typing import Any

from git_voicenote.bounded import Limits, parse_json

_BASE = "base.json"
_LIMITS = Limits(size=1 << 20)
_ALWAYS = (403, 421, 500)
"""The statuses of the guard and of unexpected errors."""
_NO_TOKEN = 401


@cache
def description() -> dict[str, Any]:
    """Return the description of all paths."""
    folder = resources("git_voicenote.server") / "openapi"
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".json"))
    parts: dict[str, Any] = {
        name: parse_json((folder / name).read_bytes(), name, _LIMITS) for name in names
    }
    whole: dict[str, Any] = parts.pop(_BASE)
    for part in parts.values():
        whole["paths"] |= part["paths"]
        whole["components"]["schemas"] |= part["schemas"]
    for path in whole["paths"].values():
        for operation in path.values():
            _expand_errors(operation)
    return whole


def _expand_errors(operation: dict[str, Any]) -> None:
    needs_token = operation.get("security") != []
    statuses = {*_ALWAYS, *operation.pop("errors", ()), *([_NO_TOKEN] if needs_token else [])}
    for status in sorted(statuses):
        operation["responses"][str(status)] = {"$ref": "#/components/responses/Error"}
