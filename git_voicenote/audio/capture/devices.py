"""The microphones that PortAudio sees, and the choice of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from git_voicenote.errors import AudioDeviceError

if TYPE_CHECKING:
    from types import ModuleType


FILE_PREFIX = "file:"
"""The prefix of a device name that stands for a sound file: `file:PATH`."""

BROWSER = "browser"
"""The device name that stands for the microphone of a browser, on a page that we serve."""


@dataclass(frozen=True, slots=True)
class InputDevice:
    """An input device: its number in PortAudio, its name, and its own sample rate in hertz."""

    number: int
    name: str
    host_api: str
    channels: int
    sample_rate: float
    is_default: bool


def input_devices() -> tuple[InputDevice, ...]:
    """Return the input devices, in PortAudio's order; there may be none.

    Raises AudioDeviceError if PortAudio is missing.
    """
    portaudio = load_portaudio()
    host_apis = portaudio.query_hostapis()
    default = _default_number(portaudio)
    return tuple(
        InputDevice(
            number=device["index"],
            name=device["name"],
            host_api=host_apis[device["hostapi"]]["name"],
            channels=device["max_input_channels"],
            sample_rate=device["default_samplerate"],
            is_default=device["index"] == default,
        )
        for device in portaudio.query_devices()
        if device["max_input_channels"] > 0
    )


def microphone_problem(wanted: str | None) -> AudioDeviceError | None:
    """Return why nothing can be recorded here, or None if there is a microphone."""
    if wanted is not None and (wanted == BROWSER or wanted.startswith(FILE_PREFIX)):
        return None
    try:
        return None if input_devices() else no_microphone_error()
    except AudioDeviceError as exc:
        return exc


def choose_microphone(wanted: str | None, devices: tuple[InputDevice, ...]) -> InputDevice:
    """Return a device by its number, its name or a part of its name; None is the default.

    Raises AudioDeviceError if there is none, or more than one.
    """
    if not devices:
        raise no_microphone_error()
    if wanted is None:
        return next((device for device in devices if device.is_default), devices[0])
    by_number = [device for device in devices if str(device.number) == wanted.strip()]
    by_name = [device for device in devices if device.name.lower() == wanted.lower()]
    by_part = [device for device in devices if wanted.lower() in device.name.lower()]
    found = by_number or by_name or by_part
    if len(found) == 1:
        return found[0]
    if not found:
        raise AudioDeviceError(
            f"no microphone is called {wanted!r}", hint=f"the microphones are: {_listed(devices)}"
        )
    raise AudioDeviceError(
        f"{wanted!r} is the name of more than one microphone",
        hint=f"give the number of one: {_listed(found)}",
    )


def load_portaudio() -> ModuleType:
    """Import sounddevice, which loads and starts PortAudio."""
    try:
        import sounddevice
    except OSError as exc:
        # sounddevice is always installed, but the C library that it loads may be missing
        raise AudioDeviceError(
            f"PortAudio, which accesses the microphone, is not installed ({exc})",
            hint="apt install libportaudio2 (Debian), dnf install portaudio (Fedora); "
            "`--from FILE` reads a recording",
        ) from exc
    except Exception as exc:  # PortAudioError, which the module that failed to import defines
        raise AudioDeviceError(
            f"PortAudio could not be started ({exc})",
            hint="check the sound system's settings (ALSA: ~/.asoundrc); "
            "`--from FILE` reads a recording",
        ) from exc
    module: ModuleType = sounddevice
    return module


def no_microphone_error() -> AudioDeviceError:
    """Return the error for a machine that has no device to record from."""
    return AudioDeviceError(
        "no microphone found (PortAudio sees 0 input devices)",
        hint="plug one in, or start the sound server; `--from FILE` reads a recording; "
        "over ssh, record on your own machine and pass the file",
    )


def _default_number(portaudio: Any) -> int | None:  # noqa: ANN401 - sounddevice has no types
    try:
        number: int = portaudio.query_devices(kind="input")["index"]
    except portaudio.PortAudioError:  # there is none
        return None
    return number


def _listed(devices: tuple[InputDevice, ...] | list[InputDevice]) -> str:
    return ", ".join(f"{device.number} {device.name!r}" for device in devices)
