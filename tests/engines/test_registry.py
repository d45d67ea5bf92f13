"""Engines are found by name; listing them imports none."""

from __future__ import annotations

import subprocess
import sys

import pytest

from git_voicenote.engines.registry import engine_names, make_engine
from git_voicenote.errors import EngineError
from tests.support.engines import SCRIPTED, ScriptedEngine


def test_the_embedded_engine_is_always_there() -> None:
    assert engine_names()["moonshine"] == "git_voicenote.engines.moonshine.engine:MoonshineEngine"


def test_auto_says_which_engine_it_is() -> None:
    assert make_engine("auto").info.name == "moonshine"


def test_any_class_can_be_named() -> None:
    assert isinstance(make_engine(SCRIPTED), ScriptedEngine)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nonsense", "no engine is named 'nonsense'"),
        ("nonsense:Engine", "cannot be loaded: No module named 'nonsense'"),
        ("json:Engine", "cannot be loaded: module 'json' has no attribute 'Engine'"),
    ],
)
def test_what_is_no_engine_is_refused_by_name(name: str, message: str) -> None:
    with pytest.raises(EngineError, match=message):
        make_engine(name)


def test_listing_engines_imports_none_of_them() -> None:
    script = (
        "import sys; from git_voicenote.engines.registry import engine_names; engine_names();"
        "sys.exit('onnxruntime' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
