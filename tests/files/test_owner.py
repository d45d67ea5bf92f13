"""Only `git_voicenote.files` opens files for writing, and makes, copies or renames files."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.support.source import MODULES, nodes_of

if TYPE_CHECKING:
    from pathlib import Path

OWNER = "files"

# methods that write; `replace` has other meanings, which differ in their arguments
METHODS = frozenset(
    {"write_text", "write_bytes", "rename", "mkdir", "symlink_to", "hardlink_to"}
    | {"mkstemp", "mkdtemp", "NamedTemporaryFile", "TemporaryDirectory", "makedirs", "mkfifo"}
    | {"copyfile", "copy2", "copytree", "copymode", "move", "link", "symlink", "renames"}
)
LIBRARIES = frozenset({"save_file", "tokenizer.save", "np.save", "torch.save", "tofile"})
FOREIGN = frozenset({"os", "shutil", "tempfile"})
FLAGS = frozenset({"O_WRONLY", "O_RDWR", "O_CREAT", "O_APPEND", "O_TRUNC"})

# (module, call): why it is allowed
EXCEPTIONS = {
    ("terminal/tty.py", "os.open"): "the terminal itself",
    ("terminal/jobs/foreground.py", "os.open"): "the terminal itself",
    ("series/incoming/git_am.py", "os.open"): "the terminal itself",
    ("terminal/streams.py", "os.open"): "/dev/null, in place of a closed stream",
    ("terminal/streams.py", "open"): "the three streams of the process",
    ("store/database.py", "os.open"): "SQLite writes in place; it is in our own folder",
    (
        "engines/nano/checkpoint/tokenizer_files.py",
        "tokenizer.save",
    ): "a library's, in a folder of ours",
    ("engines/nano/checkpoint/weights.py", "save_file"): "a library's, in the cache",
}


def _calls(module: Path) -> list[tuple[str, int]]:
    """Return the calls in a module that can write to a file, with their lines."""
    return [
        (name, node.lineno)
        for node in nodes_of(module)
        if isinstance(node, ast.Call) and (name := _writing(node))
    ]


def _writing(call: ast.Call) -> str | None:
    name = ast.unparse(call.func)
    owner, _, method = name.rpartition(".")
    if owner.split(".")[0] == OWNER:
        return None
    if name == "open" or method == "open":
        return name if _opens_to_write(name, call) else None
    if name in ("self.write_text", "notes.write_text"):
        return None  # merges notes in git
    if method in METHODS and (owner in FOREIGN or method not in ("move", "link", "copy")):
        return name
    if method == "replace" and (owner == "os" or len(call.args) + len(call.keywords) == 1):
        return name if not call.keywords or owner == "os" else None
    if method == "copy" and owner == "shutil":
        return name
    if method in LIBRARIES or name in LIBRARIES:
        return name
    return None


def _opens_to_write(name: str, call: ast.Call) -> bool:
    if name == "os.open":
        return any(
            isinstance(node, ast.Attribute) and node.attr in FLAGS for node in ast.walk(call)
        )
    arguments = [*call.args[1 if name == "open" else 0 :], *(each.value for each in call.keywords)]
    modes = [one.value for one in arguments if isinstance(one, ast.Constant)]
    return any(
        isinstance(mode, str) and set(mode) & set("wax+") and len(mode) < 4 for mode in modes
    )


def test_only_one_package_writes_files() -> None:
    wrong = [
        f"{module}:{line}: {name}"
        for module in MODULES
        if module.parts[0] != OWNER
        for name, line in _calls(module)
        if (str(module), name) not in EXCEPTIONS
    ]
    assert not wrong, f"use git_voicenote.files: {', '.join(wrong)}"


@pytest.mark.parametrize(
    "code",
    [
        "open('x', 'w')", "path.open('ab')", "path.open(mode='r+b')", "path.write_text('x')",
        "os.open(path, os.O_RDWR | os.O_CREAT)", "os.replace(a, b)", "a.replace(b)",
        "shutil.copy(a, b)", "tempfile.mkdtemp()", "path.mkdir(parents=True)", "os.rename(a, b)",
    ],
)  # fmt: skip
def test_calls_that_write_are_detected(code: str) -> None:
    (call,) = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call))
    assert _writing(call)


@pytest.mark.parametrize(
    "code",
    [
        "open('x')", "path.open('rb')", "os.open(path, os.O_RDONLY)", "text.replace('a', 'b')",
        "files.replace(path, 'x')", "files.copy(a, b)", "values.copy()", "webbrowser.open(url)",
        "replace(note, text='x')",
    ],
)  # fmt: skip
def test_calls_that_do_not_write_are_ignored(code: str) -> None:
    (call,) = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call))
    assert _writing(call) is None
