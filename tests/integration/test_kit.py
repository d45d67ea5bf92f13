"""A kit is installed, used and removed, with no more than a Python: nothing is left of it.

The packages are those of `git voicenote --version`. `scripts/try-kit` does the same with a whole
kit and speech, as another user, in a namespace without a network.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from importlib import metadata
from pathlib import Path

import pytest

from git_voicenote import __version__
from git_voicenote.workflows.kit.making import KitPlan, make_kit
from git_voicenote.workflows.kit.platforms import chosen_platform, chosen_pythons
from tests.support.wheelhouse import Wheelhouse

OWN_WHEEL = f"git_voicenote-{__version__}-py3-none-any.whl"
_REBUILD = """
from datetime import UTC, datetime
from pathlib import Path
from git_voicenote.workflows.kit.own_wheel import own_wheel
own_wheel(Path.cwd(), datetime.fromtimestamp(1580601600, UTC))
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kit that was unpacked, with what `--version` and a kit's own wheel need."""
    import ensurepip

    folder = tmp_path_factory.mktemp("kit")
    pips = sorted(Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl"))
    if not pips:  # as on Debian, which has it in a package of its own
        pytest.skip("this Python has no wheel of pip")
    house = Wheelhouse(folder)
    pip = folder / pips[-1].name
    pip.write_bytes(pips[-1].read_bytes())
    house.pin("pip", pip.name.split("-")[1], pip)
    for name in ("click", "packaging", "platformdirs"):
        house.add_installed(metadata.distribution(name))
    plan = KitPlan(chosen_platform(None), chosen_pythons(()), wheels=folder, lock=house.lock)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        make_kit(plan, folder / "kit.tar", progress=lambda *_: None)
    with tarfile.open(folder / "kit.tar") as tar:
        tar.extractall(folder, filter="data")
    return folder / plan.name


def run(home: Path, *command: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    home.mkdir(exist_ok=True)
    done = subprocess.run(
        command, cwd=home, capture_output=True, text=True, check=False, timeout=120,
        env={"HOME": str(home), "PATH": os.defpath, "LANG": "C.UTF-8"},
    )  # fmt: skip
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def tree(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def install(kit: Path, home: Path, *options: str | Path) -> str:
    return run(home, kit / "install", "--python", sys.executable, *options).stderr


def test_a_kit_comes_and_goes(unpacked: Path, tmp_path: Path) -> None:
    home = tmp_path / "a home"
    (home / ".local/bin").mkdir(parents=True)
    (home / ".local/bin/mine").write_text("mine")
    for module in ("venv", "ensurepip", "hashlib", "platform", "pip"):  # where it is run
        (home / f"{module}.py").write_text("raise SystemExit('this is not the module')\n")
    before = tree(home)

    told = install(unpacked, home)

    command = home / ".local/bin/git-voicenote"
    share = home / ".local/share"
    page = share / "man/man1/git-voicenote-record.1"
    assert f"installed: {command}" in told
    assert f'export PATH="{command.parent}:$PATH"' in told
    assert run(home, command, "--version").stdout == f"git voicenote {__version__}\n"
    assert page.read_text().startswith(".TH GIT")
    for completions in (
        "bash-completion/completions/git-voicenote",
        "zsh/site-functions/_git-voicenote",
        "fish/vendor_completions.d/git-voicenote.fish",
    ):
        assert (share / completions).read_bytes()
    first = command.resolve()

    # a kit that is made there has the same wheel of ours
    run(home, first.parent / "python", "-I", "-c", _REBUILD)
    rebuilt = home / OWN_WHEEL
    assert rebuilt.read_bytes() == (unpacked / "wheels" / OWN_WHEEL).read_bytes()
    rebuilt.unlink()

    # once more, over itself
    install(unpacked, home)
    assert command.resolve() != first
    assert not first.exists()
    assert run(home, command, "--version").stdout == f"git voicenote {__version__}\n"

    uninstall = home / ".local/lib/git-voicenote/uninstall"
    told = run(home, command, "uninstall", "--all", "--yes").stderr
    assert " ".join(told.split()).endswith(f"the program itself is removed by `'{uninstall}'`")
    told = run(home, uninstall).stderr
    assert "notes, recordings and settings stay" in told
    assert tree(home) == before


def test_what_is_not_ours_stays(unpacked: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "opt/bin").mkdir(parents=True)
    (home / "opt/bin/git-voicenote").write_text("another one")
    before = tree(home)

    done = run(
        home, unpacked / "install", "--prefix", "opt", "--python", sys.executable, check=False
    )

    assert done.returncode == 128
    command = home / "opt/bin/git-voicenote"
    assert f"error: {command} exists and was not installed by a kit" in done.stderr
    assert tree(home) == before


def test_a_kit_is_checked_first(unpacked: Path, tmp_path: Path) -> None:
    home, kit = tmp_path / "home", tmp_path / "kit"
    run(home, "cp", "-R", unpacked, kit)

    def refused(*options: str) -> str:
        done = run(home, kit / "install", *options, check=False)
        assert done.returncode in (128, 129)
        assert tree(home) == {}
        return done.stderr

    here = ("--python", sys.executable)
    (wheel,) = kit.glob("wheels/click-*")
    content = wheel.read_bytes()
    wheel.write_bytes(content[:-1] + b"?")
    assert f"error: wheels/{wheel.name} is damaged" in refused(*here)
    wheel.unlink()
    assert f"error: wheels/{wheel.name} cannot be read: No such file" in refused(*here)
    facts = (kit / "KIT").read_text()
    for fact, changed, message in (
        ("system=linux", "system=plan9", "error: this kit is for "),
        ("libc=2.34", "libc=2.999", "error: this kit needs glibc 2.999 or later, and this is "),
        ("pythons=3", "pythons=2", "error: this kit needs Python 2."),
    ):
        (kit / "KIT").write_text(facts.replace(fact, changed))
        assert message in refused(*here)
    (kit / "KIT").write_text(facts)
    assert "hint: name one with --python" in refused("--python", "python2.5")
    for wrong in (["--prefix"], ["--frob"], ["here"]):
        assert refused(*wrong).startswith("usage: ./install")


def test_an_uninstall_elsewhere_removes_nothing(unpacked: Path, tmp_path: Path) -> None:
    done = run(tmp_path / "home", unpacked / "uninstall", check=False)
    assert done.returncode == 128
    assert "was not installed by a kit" in done.stderr
    assert (unpacked / "KIT").is_file()
