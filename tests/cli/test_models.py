"""git voicenote models, as a person calls it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from git_voicenote.engines.moonshine.weights import embedded_folder
from git_voicenote.phrases import size
from tests.engines.moonshine import graphs as moonshine
from tests.engines.nano import checkpoints as made
from tests.engines.nano.hub_server import COMMIT, REPOSITORY, Hub, serving
from tests.support.engines import SCRIPTED
from tests.support.sandbox import CHECKOUT

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

MODELS = ".local/share/git-voicenote/models"


@pytest.fixture(scope="session")
def nano(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model in the layout of transformers."""
    folder = tmp_path_factory.mktemp("nano") / "Fun-ASR-Nano-2512-hf"
    made.write_flat(folder, made.random_tensors())
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n")
    return folder


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model in FunASR's layout, with a branch for word times."""
    tensors = made.random_tensors()
    norm = tensors["model.language_model.norm.weight"].clone()
    folder = tmp_path_factory.mktemp("nano") / "mine"
    return made.write_original(folder, {**made.original(tensors), "ctc.ctc_lo.bias": norm})


def test_a_model_from_import_to_verification(sandbox: Sandbox, nano: Path, original: Path) -> None:
    done = sandbox.voicenote("models", "path", environment={"GIT_VOICENOTE_ENGINE": "nano"})
    assert (done.returncode, done.stdout) == (1, b"")
    error, hint = done.stderr.decode().splitlines()
    assert error == "error: no model is installed"
    assert "`git voicenote models import FOLDER`" in hint

    folder = sandbox.home / MODELS / "Fun-ASR-Nano-2512"
    done = sandbox.voicenote("models", "import", nano)
    assert (done.returncode, done.stdout.decode()) == (0, f"{folder}\n")
    assert done.stderr == (
        b"installed Fun-ASR-Nano-2512: 44500 parameters, 113 kB, licence apache-2.0\n"
    )
    done = sandbox.voicenote("models", "import", original, "--name", "ours")
    assert done.stderr == (
        b"left out: 1 tensor of ctc, which the engine does not use\n"
        b"installed ours: 44500 parameters, 112 kB, licence not stated\n"
    )

    done = sandbox.voicenote("models", "list")
    assert done.stdout.decode() == (
        f"* Fun-ASR-Nano-2512  44500 parameters  113 kB  flat layout, from {nano}\n"
        f"  ours               44500 parameters  112 kB  original layout, from {original}\n"
        "  tiny-en            44 MB  moonshine, comes with the installation\n"
    )
    listed = json.loads(sandbox.voicenote("models", "list", "--json").stdout)
    assert listed["used"] == str(folder)
    assert [model["name"] for model in listed["models"]] == ["Fun-ASR-Nano-2512", "ours", "tiny-en"]
    assert listed["models"][1]["record"]["layout"] == "original"

    assert sandbox.voicenote("models", "path").stdout.decode() == f"{folder}\n"
    assert sandbox.voicenote("models", "path", "ours").stdout.decode().endswith("/ours\n")
    assert sandbox.voicenote("models", "verify", "ours").stdout == b"ours: no problems found\n"

    with (folder / "model.safetensors").open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\x7f")
    done = sandbox.voicenote("models", "verify")
    assert (done.returncode, done.stdout) == (1, b"")
    assert "model.safetensors has changed since it was installed" in done.stderr.decode()


def test_a_folder_of_ones_own_can_be_used(sandbox: Sandbox, nano: Path) -> None:
    chosen = {"GIT_VOICENOTE_MODEL": str(nano)}
    done = sandbox.voicenote("models", "verify", environment=chosen)
    assert (done.returncode, done.stdout.decode()) == (0, f"{nano.name}: no problems found\n")
    assert done.stderr.decode().startswith("no hashes were recorded for it")
    assert sandbox.voicenote("models", "import", nano, "--name", nano.name).returncode == 0
    done = sandbox.voicenote("models", "list", environment=chosen)
    assert done.stdout.startswith(f"  {nano.name}  ".encode())
    assert done.stderr.decode() == f"voicenote.model selects {nano}\n"
    done = sandbox.voicenote("models", "list", environment={"GIT_VOICENOTE_MODEL": "gone"})
    assert done.stderr == b"warning: voicenote.model: there is no model 'gone'\n"

    # a path leads from where one stands, also where a model of that name is installed
    for here, path in ((".", "."), ("..", f"./{nano.name}"), (".", f"../{nano.name}")):
        done = sandbox.voicenote("models", "path", path, cwd=nano / here)
        assert Path(done.stdout.decode().removesuffix("\n")).resolve() == nano

    # its name is taken
    done = sandbox.voicenote("models", "import", nano, "--name", nano.name)
    assert (done.returncode, done.stdout) == (128, b"")
    assert done.stderr.decode().splitlines() == [
        f"error: a model named {nano.name} already exists: {sandbox.home / MODELS / nano.name}",
        "hint: choose another name with `--name OTHER`, or remove that folder first",
    ]


def test_the_network_is_told_and_a_broken_download_goes_on(sandbox: Sandbox, nano: Path) -> None:
    with serving(Hub({REPOSITORY: nano})) as hub:
        sandbox.extra["HF_ENDPOINT"] = hub.address
        hub.break_after, hub.breaks, hub.gone_after_break = 40_000, 1, True
        done = sandbox.voicenote("models", "fetch")
        assert (done.returncode, done.stdout) == (128, b"")
        said = done.stderr.decode().splitlines()
        host = hub.address.removeprefix("http://")
        assert said[0] == f"fetching {REPOSITORY} from {host}, revision {COMMIT}:"
        assert [line.split()[-1] for line in said[1:5]] == [
            "README.md", "config.json", "model.safetensors", "tokenizer.json",
        ]  # fmt: skip
        assert said[5] == "     112 kB  in all"
        assert said[6] == f"error: {host} responded with status 503"
        assert "`git voicenote models import FOLDER`" in said[7]
        assert not (sandbox.home / MODELS).exists()

        hub.status = None
        done = sandbox.voicenote("models", "fetch")
        assert done.returncode == 0
        in_all = done.stderr.decode().splitlines()[5]
        assert in_all == "     112 kB  in all, of which 41 kB have been downloaded"
        assert hub.asked_for(f"/cdn/{REPOSITORY}/model.safetensors")[-1] == "bytes=40000-"
        assert sandbox.voicenote("models", "verify").returncode == 0

        asked = len(hub.requests)
        done = sandbox.voicenote("models", "fetch")
        assert done.returncode == 128
        assert b"a model named Fun-ASR-Nano-2512 already exists" in done.stderr
        assert len(hub.requests) == asked


def test_an_interrupted_download_is_kept(sandbox: Sandbox, nano: Path) -> None:
    hub = Hub({REPOSITORY: nano}, break_after=40_000, held=threading.Event())
    assert hub.held is not None
    with serving(hub):
        process = subprocess.Popen(
            [sys.executable, "-m", "git_voicenote", "models", "fetch"],
            env={**sandbox.environment, "HF_ENDPOINT": hub.address},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert hub.holding.wait(60)
        parts = sandbox.home / ".cache/git-voicenote/fetch"
        while sum(path.stat().st_size for path in parts.glob("*/.partial/*")) < 40_000:
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        stdout, _ = process.communicate(timeout=60)
        hub.held.set()
    assert (process.returncode, stdout) == (130, b"")
    assert sum(path.stat().st_size for path in parts.glob("*/.partial/*")) == 40_000
    assert not (sandbox.home / MODELS).exists()


def test_offline_is_honoured(sandbox: Sandbox, nano: Path) -> None:
    with serving(Hub({REPOSITORY: nano})) as hub:
        offline = {"HF_ENDPOINT": hub.address, "HF_HUB_OFFLINE": "1"}
        done = sandbox.voicenote("models", "fetch", environment=offline)
        assert done.returncode == 128
        assert done.stderr.startswith(b"error: cannot fetch, because HF_HUB_OFFLINE is set\n")
        assert hub.requests == []


NO_SOCKETS = """
import socket, sys

def refuse(*_):
    raise AssertionError("a socket was opened")

socket.socket.connect = refuse
socket.getaddrinfo = refuse
from git_voicenote.cli.parsing.root import run

status = run(sys.argv[1:])
assert "huggingface_hub" not in sys.modules, "the hub's client was imported"
sys.exit(status)
"""


def test_no_other_command_opens_a_socket(sandbox: Sandbox, nano: Path) -> None:
    for arguments in (("import", nano), ("verify",), ("list",), ("path",)):
        sandbox.run(sys.executable, "-c", NO_SOCKETS, "models", *arguments)


def test_an_import_that_fails_leaves_nothing(sandbox: Sandbox, nano: Path) -> None:
    broken = shutil.copytree(nano, sandbox.folder / "broken")
    (broken / "tokenizer.json").write_text("{}")
    done = sandbox.voicenote("models", "import", broken)
    assert done.returncode == 128
    assert list((sandbox.home / MODELS).iterdir()) == []


def test_wrong_use_is_told(sandbox: Sandbox) -> None:
    assert sandbox.voicenote("models", "import").returncode == 129
    assert sandbox.voicenote("models", "nonsense").returncode == 129


def test_the_model_that_comes_with_the_install(sandbox: Sandbox) -> None:
    done = sandbox.voicenote("models", "list")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == b"* tiny-en  44 MB  moonshine, comes with the installation\n"
    (listed,) = json.loads(sandbox.voicenote("models", "list", "--json").stdout)["models"]
    assert (listed["engine"], listed["embedded"], listed["record"]) == ("moonshine", True, None)
    assert sandbox.voicenote("models", "path").stdout.decode() == f"{embedded_folder()}\n"
    for name in ((), ("tiny-en",), (embedded_folder(),)):
        done = sandbox.voicenote("models", "verify", *name)
        assert (done.stdout, done.stderr) == (b"tiny-en: no problems found\n", b"")


def test_an_install_without_its_model_says_how_to_get_it(sandbox: Sandbox) -> None:
    sandbox.write("site/moonshine_voice/__init__.py", "")
    sandbox.extra["PYTHONPATH"] = f"{sandbox.folder / 'site'}{os.pathsep}{CHECKOUT}"
    for command, status in (("list", 1), ("path", 128), ("verify", 128)):
        done = sandbox.voicenote("models", command)
        assert (done.returncode, done.stdout) == (status, b"")
        first, second = done.stderr.decode().splitlines()[:2]
        assert "the embedded model is missing: " in first
        assert second.startswith("hint: `pip install moonshine-voice==0.1.0`; if there is no")
    folder = shutil.copytree(embedded_folder(), sandbox.folder / "tiny-en")
    assert sandbox.voicenote("models", "import", folder).returncode == 0
    assert sandbox.voicenote("models", "list").stdout.startswith(b"* tiny-en  44 MB  ort layout")
    assert sandbox.voicenote("models", "verify").returncode == 0


def test_another_model_of_moonshine(sandbox: Sandbox) -> None:
    source = moonshine.write_model(sandbox.folder / "tiny-ja")
    done = sandbox.voicenote("models", "import", source, "--name", "mine")
    folder = sandbox.home / MODELS / "mine"
    assert (done.returncode, done.stdout.decode()) == (0, f"{folder}\n")
    octets = sum(file.stat().st_size for file in source.iterdir())
    said = f"installed mine: {size(octets)}, for the language ja, licence not stated\n"
    assert done.stderr.decode() == said
    done = sandbox.voicenote("models", "import", source, "--name", "other", "--language", "uk")
    assert b"for the language uk" in done.stderr

    assert sandbox.voicenote("models", "path").stdout.decode() == f"{embedded_folder()}\n"
    sandbox.extra["GIT_VOICENOTE_MODEL"] = "mine"
    assert sandbox.voicenote("models", "path").stdout.decode() == f"{folder}\n"
    assert sandbox.voicenote("models", "list").stdout.decode() == (
        f"* mine     {size(octets)}  onnx layout for ja, from {source}\n"
        f"  other    {size(octets)}  onnx layout for uk, from {source}\n"
        "  tiny-en  44 MB  moonshine, comes with the installation\n"
    )
    assert sandbox.voicenote("models", "verify").stdout == b"mine: no problems found\n"
    (folder / "tokenizer.bin").write_bytes(b"\x01a")
    done = sandbox.voicenote("models", "verify")
    assert done.returncode == 1
    assert b"tokenizer.bin has 2 bytes" in done.stderr


def test_a_model_of_nano_takes_no_language(sandbox: Sandbox, nano: Path) -> None:
    done = sandbox.voicenote("models", "import", nano, "--language", "en")
    assert done.returncode == 128
    assert b"import it without `--language`" in done.stderr


def test_an_engine_without_models_is_named(sandbox: Sandbox) -> None:
    done = sandbox.voicenote("models", "path", environment={"GIT_VOICENOTE_ENGINE": SCRIPTED})
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == [
        f"error: the engine {SCRIPTED} uses no model on this machine",
        "hint: name a model; `git voicenote models list` lists the installed ones",
    ]
