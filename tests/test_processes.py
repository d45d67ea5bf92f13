"""Our own processes import what we import, and nothing from the folder that a person stands in."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from git_voicenote.processes import own_command, start_module

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def _lay_traps(folder: Path) -> None:
    for name in ("signal", "json", "click", "numpy", "sitecustomize", "usercustomize"):
        (folder / f"{name}.py").write_text("open('/proc/self/cwd/trapped', 'w')\nraise SystemExit")
    (folder / "git_voicenote").mkdir()
    (folder / "git_voicenote" / "__init__.py").write_text("raise SystemExit")


def test_no_module_of_the_working_folder_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lay_traps(tmp_path)
    monkeypatch.chdir(tmp_path)
    for variable in ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP"):
        monkeypatch.setenv(variable, str(tmp_path))
    done = subprocess.run(
        own_command("git_voicenote", "--version"), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("git voicenote ")
    assert not (tmp_path / "trapped").exists()


def test_a_working_folder_among_the_imports_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", str(tmp_path), "relative", *sys.path])
    assert not {"", str(tmp_path), "relative"} & set(own_command("json.tool"))


def test_what_this_process_imports_from_is_handed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "extra").mkdir()
    (tmp_path / "extra" / "of_a_plugin.py").write_text("import sys; print(sys.argv[1:])")
    monkeypatch.syspath_prepend(str(tmp_path / "extra"))
    with start_module("of_a_plugin", "-x", "", stdout=subprocess.PIPE) as process:
        assert process.communicate()[0] == b"['-x', '']\n"


def test_a_working_folder_that_is_gone_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with start_module("git_voicenote", "--version", stdout=subprocess.PIPE) as process:
        assert process.wait() == 0
