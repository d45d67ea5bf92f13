"""Whether what the service answers is what /openapi.json says of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from git_voicenote.server.description import description

if TYPE_CHECKING:
    from tests.support.serving import Answer

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str, "object": dict, "array": list, "boolean": bool, "integer": int,
    "number": (int, float), "null": type(None),
}  # fmt: skip


def check_described(method: str, path: str, answer: Answer) -> None:
    """Fail for an answer with a status or a value that the description does not have."""
    operation = _operation(method, path)
    if operation is None:
        return
    described = operation["responses"].get(str(answer.status))
    assert described is not None, f"{method} {path} answers {answer.status}"
    described = _resolved(described)
    is_json = answer.headers.get("content-type") == "application/json"
    content = described.get("content", {}).get("application/json") if is_json else None
    if content and "schema" in content and method != "HEAD":
        _check(answer.json, content["schema"], f"{method} {path}")


def _operation(method: str, path: str) -> dict[str, Any] | None:
    bare = path.partition("?")[0]
    for template, methods in description()["paths"].items():
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, bare) and method.lower() in methods:
            found: dict[str, Any] = methods[method.lower()]
            return found
    return None


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    found: Any = schema
    while "$ref" in found:
        whole: Any = description()
        for name in found["$ref"].removeprefix("#/").split("/"):
            whole = whole[name]
        found = whole
    return dict(found)


def _check(value: object, schema: dict[str, Any], where: str) -> None:
    schema = _resolved(schema)
    for part in schema.get("allOf", ()):
        _check(value, part, where)
    if "const" in schema:
        assert value == schema["const"], where
    if "enum" in schema:
        assert value in schema["enum"], f"{where}: {value!r}"
    if "type" in schema:
        named = schema["type"]
        kinds = [named] if isinstance(named, str) else named
        is_right = any(
            isinstance(value, _TYPES[kind]) and not (isinstance(value, bool) and kind != "boolean")
            for kind in kinds
        )
        assert is_right, f"{where}: {value!r} is no {' or '.join(kinds)}"
    if isinstance(value, dict):
        assert set(schema.get("required", ())) <= set(value), f"{where}: {sorted(value)}"
        for name, one in value.items():
            if name in schema.get("properties", {}):
                _check(one, schema["properties"][name], f"{where}.{name}")
    if isinstance(value, list) and "items" in schema:
        for one in value:
            _check(one, schema["items"], f"{where}[]")
