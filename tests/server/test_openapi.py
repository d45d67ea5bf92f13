"""The description of the interface is that of the routes, and of what they answer."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from starlette.routing import Route, WebSocketRoute

from git_voicenote.engines.base import EngineInfo
from git_voicenote.server.application import all_routes
from git_voicenote.server.description import description
from git_voicenote.server.v1 import parameters

SPEC: dict[str, Any] = description()
SERVER = Path(str(files("git_voicenote.server")))


def test_every_route_is_described_with_its_methods() -> None:
    described = {
        (path, method.upper()) for path, methods in SPEC["paths"].items() for method in methods
    }
    served = set()
    for route in all_routes(cast("Any", None)):
        assert isinstance(route, Route | WebSocketRoute)
        # a WebSocket begins as a GET
        methods = route.methods or () if isinstance(route, Route) else ("GET",)
        served |= {(route.path_format, method) for method in methods if method != "HEAD"}
    assert described == served


def test_every_reference_leads_somewhere() -> None:
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(SPEC)):
        found: Any = SPEC
        for name in reference.split("/"):
            found = found[name]


def test_every_status_of_a_refusal_is_described() -> None:
    described = {
        status
        for path in SPEC["paths"].values()
        for operation in path.values()
        for status, response in operation["responses"].items()
        if "$ref" in response
    }
    code = "\n".join(path.read_text() for path in SERVER.rglob("*.py"))
    refused = re.findall(r"RefusalError\(\s*(\d{3})|busy\([^)]*?(\d{3})", code)
    assert {status for pair in refused for status in pair if status} - {"405"} == described


def test_the_fields_and_their_choices_are_those_that_are_read() -> None:
    properties = SPEC["components"]["schemas"]["Request"]["properties"]
    assert {name.removesuffix("[]") for name in properties} == parameters.KNOWN | {"file"}
    assert tuple(properties["response_format"]["enum"]) == parameters.RESPONSE_FORMATS
    granularities = properties["timestamp_granularities[]"]["items"]["enum"]
    assert tuple(granularities) == parameters.GRANULARITIES


def test_paths_that_need_no_token_are_described_so() -> None:
    from git_voicenote.server import page
    from git_voicenote.server.access.guard import OPEN

    assert {
        path for path, one in SPEC["paths"].items() if one.get("get", {}).get("security") == []
    } == OPEN - page.PATHS | {"/", "/static/{name}"}


def test_a_model_has_the_names_of_its_engine_and_its_own() -> None:
    info = EngineInfo("nano", ("en",))
    assert parameters.model_names(info) == ("nano",)
    assert parameters.model_names(replace(info, model="mine")) == ("nano", "mine")
