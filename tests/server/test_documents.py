"""docs/service.md, followed to the letter."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
import soxr  # type: ignore[import-untyped] # it publishes no types

from tests.support.dictating import RATE, pcm_of
from tests.support.programs import needs_curl
from tests.support.sandbox import CHECKOUT
from tests.support.serving import RENAME, WAIT

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

DOCUMENT = (CHECKOUT / "docs/service.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
INSTALL, PLAIN, BROWSER, KEPT, CURL, ON_SOCKET, WITH_TLS = [
    text for kind, text in BLOCKS if kind == "sh"
]
PYTHON, LIVE = [text for kind, text in BLOCKS if kind == "python"]
TEXT = "We now write a new file and rename it at the end."


@pytest.fixture
def desk(sandbox: Sandbox) -> Sandbox:
    """A folder with the recording that the document speaks of, and `git voicenote` on the path."""
    shutil.copy(RENAME, sandbox.folder / "talk.flac")
    return sandbox


@needs_curl
def test_a_file_is_transcribed_by_curl_and_by_the_client(desk: Sandbox) -> None:
    """With the port of the document replaced by one that is free."""
    token, serve = KEPT.splitlines()
    desk.run("bash", "-euc", token)
    with subprocess.Popen(
        ("bash", "-c", f"exec {serve} --port=0"), cwd=desk.folder, env=desk.environment,
        stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        link = process.stdout.readline().decode().strip()
        try:
            curl = CURL.replace("http://127.0.0.1:7860", link)
            assert TEXT in desk.run("bash", "-euc", curl).stdout.decode()
            script = PYTHON.replace("http://127.0.0.1:7860", link)
            assert TEXT in desk.run(sys.executable, "-c", script).stdout.decode()
            samples = soxr.resample(np.frombuffer(pcm_of(RENAME), "<i2"), RATE, 24_000)
            soundfile.write(desk.folder / "talk.wav", samples.astype("<i2"), 24_000)
            script = LIVE.replace("http://127.0.0.1:7860", link)
            assert TEXT in desk.run(sys.executable, "-c", script).stdout.decode()
        finally:
            process.terminate()
            process.wait(WAIT)


@needs_curl
def test_a_file_is_transcribed_on_a_socket(desk: Sandbox) -> None:
    serve, curl = ON_SOCKET.split("\n", 1)
    desk.run("bash", "-euc", KEPT.splitlines()[0])
    with subprocess.Popen(
        ("bash", "-c", f"exec {serve}"), cwd=desk.folder, env=desk.environment,
        stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        process.stdout.readline()
        try:
            assert TEXT in desk.run("bash", "-euc", curl).stdout.decode()
        finally:
            process.terminate()
            process.wait(WAIT)


def test_the_commands_that_are_only_started_are_parsed(desk: Sandbox) -> None:
    """Their options are taken: what fails is what the document's names do not have here."""
    done = desk.run("bash", "-c", WITH_TLS, check=False)
    assert done.returncode == 128
    assert b"the token file token cannot be read" in done.stderr
    with subprocess.Popen(
        ("bash", "-c", f"exec {PLAIN.strip()} --port=0"), cwd=desk.folder, env=desk.environment,
        stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert b"/#token=" in process.stdout.readline()
        process.terminate()
        process.wait(WAIT)


def test_the_browser_is_an_option_of_record(desk: Sandbox) -> None:
    done = desk.run("bash", "-euc", BROWSER, check=False)
    assert b"not a git repository" in done.stderr


def test_the_extra_is_one_of_the_package() -> None:
    import tomllib

    extras = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    assert INSTALL.strip() == "pip install 'git-voicenote[server]'"
    assert "server" in extras


def test_the_units_start_the_command_that_gets_the_socket() -> None:
    units = "".join(text for kind, text in BLOCKS if kind == "ini")
    assert "ExecStart=git-voicenote serve --token-file" in units
    assert "SocketMode=0600" in units
