"""A virtual microphone: a private PulseAudio whose microphone hears what is played into it."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

_SINK = "speech"
_PATIENCE = 20.0

# PortAudio reaches PulseAudio through ALSA's plugin. This is all of ALSA's configuration, so that
# nothing of the machine's own sound cards is seen, nor a default that is another device.
_ALSA = """
pcm.pulse.type pulse
pcm.pulse.hint.show on
pcm.default.type pulse
pcm.default.hint.show on
ctl.pulse.type pulse
ctl.default.type pulse
"""


@dataclass
class VirtualMicrophone:
    """A sound server of our own; `environment` is what makes a process use it."""

    folder: Path
    environment: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        configuration = self.folder / "asound.conf"
        configuration.write_text(_ALSA)
        socket = self.folder / "socket"
        self.environment = {
            "PULSE_SERVER": f"unix:{socket}",
            "PULSE_COOKIE": str(self.folder / "cookie"),
            "PULSE_RUNTIME_PATH": str(self.folder / "runtime"),
            "ALSA_CONFIG_PATH": str(configuration),
        }
        self._speaking: list[subprocess.Popen[bytes]] = []
        self._sink = _SINK
        self._server = subprocess.Popen(
            [
                "pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1",
                "--realtime=no", "--high-priority=no", "--disable-shm=yes", "--log-target=stderr",
                "--load", f"module-native-protocol-unix auth-anonymous=1 socket={socket}",
                "--load", f"module-null-sink sink_name={_SINK} rate=16000 channels=1",
            ],
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder),
                 "XDG_RUNTIME_DIR": str(self.folder), "PULSE_RUNTIME_PATH": str(self.folder)},
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "log").open("wb"),
        )  # fmt: skip

    def wait_until_ready(self) -> None:
        """Return when the server answers."""
        give_up = time.monotonic() + _PATIENCE
        while self._control("list", "short", "sources").returncode:
            if self._server.poll() is not None or time.monotonic() > give_up:
                raise AssertionError((self.folder / "log").read_text())
            time.sleep(0.05)

    def speak(self, path: Path) -> None:
        """Play a sound file into the microphone, in real time, to its end."""
        assert self.say_in_background(path).wait(120) == 0

    def say_in_background(self, path: Path) -> subprocess.Popen[bytes]:
        """Start to play a sound file into the microphone."""
        process = subprocess.Popen(
            ["paplay", f"--device={self._sink}", path], env={**os.environ, **self.environment}
        )
        self._speaking.append(process)
        return process

    def become_stereo(self) -> None:
        """Give the microphone a second channel."""
        self._sink = "stereo"
        for arguments in (
            ("load-module", "module-null-sink", "sink_name=stereo", "rate=16000", "channels=2"),
            ("set-default-source", "stereo.monitor"),
        ):
            done = self._control(*arguments)
            assert done.returncode == 0, done.stderr

    def break_source(self) -> None:
        """Take the microphone away, as if it were unplugged."""
        assert self._control("unload-module", "module-null-sink").returncode == 0

    def kill_server(self) -> None:
        """Kill the sound server."""
        self._server.send_signal(signal.SIGKILL)
        self._server.wait()

    def close(self) -> None:
        """End all that was started."""
        for process in (*self._speaking, self._server):
            process.kill()
            process.wait()

    def _control(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            ["pactl", *arguments],
            env={**os.environ, **self.environment},
            capture_output=True,
            check=False,
            timeout=_PATIENCE,
        )


@pytest.fixture(scope="session")
def _why_no_microphone() -> str | None:
    """What this machine lacks for a virtual microphone, by name."""
    for program in ("pulseaudio", "pactl", "paplay"):
        if not shutil.which(program):
            return f"{program} is not installed (Debian: pulseaudio, pulseaudio-utils)"
    with _virtual_microphone() as virtual:
        names = "import sounddevice; print([d['name'] for d in sounddevice.query_devices()])"
        seen = subprocess.run(
            [sys.executable, "-c", names],
            env={"PATH": os.environ["PATH"], "HOME": str(virtual.folder), **virtual.environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    if "'default'" in seen.stdout:
        return None
    last = (seen.stdout + seen.stderr).strip().splitlines()[-1:]
    return f"PortAudio does not see PulseAudio (Debian: libportaudio2, libasound2-plugins): {last}"


@pytest.fixture
def microphone(
    _why_no_microphone: str | None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[VirtualMicrophone]:
    """A virtual microphone, which this process and (through `.environment`) others use."""
    if _why_no_microphone:
        pytest.skip(_why_no_microphone)
    with _virtual_microphone() as virtual:
        for name, value in virtual.environment.items():
            monkeypatch.setenv(name, value)
        yield virtual


@pytest.fixture
def no_microphone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of a machine without a sound card, laid over this process's own."""
    if not ctypes.util.find_library("portaudio"):
        pytest.skip("PortAudio is not installed (Debian: libportaudio2)")
    configuration = tmp_path / "asound.conf"
    configuration.write_text(_ALSA)
    environment = {
        "ALSA_CONFIG_PATH": str(configuration),
        "PULSE_SERVER": f"unix:{tmp_path}/nothing",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return environment


@contextmanager
def _virtual_microphone() -> Iterator[VirtualMicrophone]:
    # not below tmp_path: the name of a socket may have no more than 107 characters
    with tempfile.TemporaryDirectory(prefix="vn-mic-", ignore_cleanup_errors=True) as folder:
        virtual = VirtualMicrophone(Path(folder))
        try:
            virtual.wait_until_ready()
            yield virtual
        finally:
            virtual.close()
