"""Engines are found by name; listing them imports none."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from git_voicenote.engines.base import EngineOptions
from git_voicenote.engines.moonshine.weights import embedded_folder
from git_voicenote.engines.registry import choose, engine_names, make_engine, used_model
from git_voicenote.errors import EngineError
from git_voicenote.models.installed import models_dir
from tests.engines.moonshine import graphs as moonshine
from tests.support.engines import SCRIPTED, ScriptedEngine

if TYPE_CHECKING:
    from pathlib import Path


def test_the_embedded_engine_is_always_available() -> None:
    location = "git_voicenote.engines.moonshine.engine:MoonshineEngine"
    assert engine_names()["moonshine"] == location


def test_auto_is_moonshine_with_its_own_model_if_nothing_is_installed() -> None:
    assert choose("auto", EngineOptions()) == ("moonshine", EngineOptions())
    assert used_model("auto", EngineOptions()) == embedded_folder()


def test_auto_is_the_engine_of_the_chosen_model(tmp_path: Path) -> None:
    folder = moonshine.write_model(tmp_path / "tiny-ja")
    (models_dir() / "nano").mkdir(parents=True)
    (models_dir() / "nano" / "model.safetensors").touch()
    for model in (str(folder), "tiny-en"):
        assert choose("auto", EngineOptions(model))[0] == "moonshine"
    assert used_model("auto", EngineOptions(str(folder))) == folder
    assert used_model("moonshine", EngineOptions()) == embedded_folder()
    assert used_model(SCRIPTED, EngineOptions()) is None


@pytest.mark.parametrize("model", [None, "nano"])
def test_auto_is_nano_if_it_can_run(model: str | None) -> None:
    pytest.importorskip("torch", reason="the nano engine is not installed")
    (models_dir() / "nano").mkdir(parents=True)
    (models_dir() / "nano" / "model.safetensors").touch()
    assert choose("auto", EngineOptions(model)) == ("nano", EngineOptions(model))
    assert used_model("auto", EngineOptions(model)) == models_dir() / "nano"


WITHOUT_TORCH = """
import sys
from git_voicenote.engines.base import EngineOptions
from git_voicenote.engines.nano.checkpoint import installed
from git_voicenote.engines.registry import choose

installed._LIBRARIES = ("a library that is not there",)
told = []
name, options = choose("auto", EngineOptions("nano", tell=told.append))
print(name, options.model, *told)
"""


def test_auto_reports_that_it_cannot_use_the_chosen_model() -> None:
    (models_dir() / "nano").mkdir(parents=True)
    (models_dir() / "nano" / "model.safetensors").touch()
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH], check=True, capture_output=True, text=True
    )
    assert done.stdout == (
        "moonshine None the model nano needs the nano engine, which is not installed: "
        "using moonshine with its own model\n"
    )


def test_auto_refuses_a_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="contains no model") as caught:
        make_engine("auto", EngineOptions(str(tmp_path)))
    assert "encoder_model.ort" in str(caught.value.hint)


def test_the_former_engine_is_an_error_with_a_hint() -> None:
    with pytest.raises(EngineError) as caught:
        make_engine("pocketsphinx")
    assert caught.value.message == "pocketsphinx is no longer an engine"
    assert "`git config --unset voicenote.engine`" in str(caught.value.hint)


def test_any_class_can_be_an_engine() -> None:
    assert isinstance(make_engine(SCRIPTED), ScriptedEngine)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nonsense", "there is no engine named 'nonsense'"),
        ("nonsense:Engine", "cannot load the engine .*: No module named 'nonsense'"),
        ("json:Engine", "cannot load the engine .*: module 'json' has no attribute 'Engine'"),
        ("json:loads", "cannot load the engine .*: TypeError: the JSON object must be str"),
        ("json:__name__", "cannot load the engine .*: json:__name__ is not a class"),
        ("sys:exit", "cannot load the engine .*: SystemExit: EngineOptions"),
        ("builtins:str", "builtins:str is not an engine: it has no method load and no transcribe"),
        ("json:", "the engine 'json:' is 'json:', and an engine is named as module:Class"),
        (":Engine", "an engine is named as module:Class"),
    ],
)
def test_what_is_no_engine_is_refused_by_name(name: str, message: str) -> None:
    with pytest.raises(EngineError, match=message) as caught:
        make_engine(name)
    assert "voicenote.engine" in str(caught.value.hint)


ENGINE = """
from git_voicenote.engines.base import EngineInfo

class Engine:
    def __init__(self, options):
        {start}
    {info}
    def load(self): pass
    def transcribe(self, pieces, context): return iter(())
"""
INFO = "info = EngineInfo('mine', ('en',))"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import nothing_of_that_name", "No module named 'nothing_of_that_name'"),
        ("class", r"SyntaxError: invalid syntax \(stranger.py, line 1\)"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("raise SystemExit", "SystemExit"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("Engine = None", "stranger:Engine is not a class"),
        ("class Engine: pass", r"TypeError: Engine\(\) takes no arguments"),
        (ENGINE.format(start="raise ValueError('no')", info=INFO), "ValueError: no"),
        (ENGINE.format(start="del Engine.load", info=INFO), "an engine: it has no method load$"),
        (ENGINE.format(start="pass", info=""), "its info is not an EngineInfo, but NoneType"),
        (ENGINE.format(start="pass", info="info = {'name': 'mine'}"), "an EngineInfo, but dict"),
        (ENGINE.format(start="pass", info="info = property(lambda self: 1 / 0)"),
         "its info fails with ZeroDivisionError"),
        (ENGINE.format(start="pass", info="info = EngineInfo('mine', 'en')"),
         "the languages of its info are 'en', not a tuple of codes"),
        (ENGINE.format(start="pass", info="info = EngineInfo('mine', (1,))"), "languages of its"),
        (ENGINE.format(start="pass", info="info = EngineInfo('mine', ())"), "no languages"),
        (ENGINE.format(start="pass", info="info = EngineInfo(None, ('en',))"),
         "the name of its info is None"),
        (ENGINE.format(start="pass", info="info = EngineInfo('mine', ('en',), tokens='x')"),
         "the tokens of its info is 'x'"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("is_installed", [False, True], ids=["named", "entry point"])
def test_an_engine_of_a_stranger_fails_with_an_explanation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, message: str, is_installed: bool
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "stranger", raising=False)
    (tmp_path / "stranger.py").write_text(code)
    package = tmp_path / "stranger-1.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text(
        "[git_voicenote.engines]\nstranger = stranger:Engine [extra]\n"
    )
    name = "stranger" if is_installed else "stranger:Engine"
    with pytest.raises(EngineError, match=message) as caught:
        make_engine(name)
    assert f"cannot load the engine {name!r}: " in caught.value.message
    assert "set voicenote.engine to auto" in str(caught.value.hint)


def test_what_an_engine_says_itself_is_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "stranger_that_explains.py").write_text(
        "from git_voicenote.errors import EngineError\n"
        "def Engine(options): raise EngineError('no licence', hint='buy one')\n"
    )
    with pytest.raises(EngineError, match=r"^no licence$"):
        make_engine("stranger_that_explains:Engine")


def test_listing_engines_imports_none_of_them() -> None:
    script = (
        "import sys; from git_voicenote.engines.registry import engine_names; engine_names();"
        "sys.exit(bool({'onnxruntime', 'torch', 'moonshine_voice'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
