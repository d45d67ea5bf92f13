"""git voicenote devices: the microphones."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from git_voicenote.audio.capture.devices import (
    choose_microphone,
    input_devices,
    no_microphone_error,
)
from git_voicenote.errors import AudioDeviceError, NegativeAnswer
from git_voicenote.phrases import counted
from git_voicenote.store.seen_devices import remember_devices
from git_voicenote.terminal.console import print_json, report, say, settings, warn

if TYPE_CHECKING:
    from git_voicenote.audio.capture.devices import InputDevice


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def devices(as_json: bool) -> None:
    """List the microphones, with a star before the one that `record` uses.

    That is the system's default, or the one that `git config voicenote.microphone` names by its
    number, its name or a part of that. Exits with 1 if there is no microphone.
    """
    wanted = settings().microphone
    found = input_devices()
    remember_devices(device.name for device in found)
    chosen = _chosen(wanted, found)
    if as_json:
        print_json(
            {
                "microphone": wanted,
                "chosen": chosen.number if chosen else None,
                "devices": [asdict(device) for device in found],
            }
        )
    else:
        for device in found:
            report(_line(device, is_chosen=device == chosen), hanging=6)
    if not found:
        error = no_microphone_error()
        raise NegativeAnswer(error.message, hint=error.hint)
    if wanted is not None and chosen is not None:
        say(f"voicenote.microphone = {wanted} selects {chosen.name}")


def _chosen(wanted: str | None, found: tuple[InputDevice, ...]) -> InputDevice | None:
    try:
        return choose_microphone(wanted, found)
    except AudioDeviceError as exc:
        if found:
            warn(f"voicenote.microphone: {exc.message}")
        return None


def _line(device: InputDevice, *, is_chosen: bool) -> str:
    channels = counted(device.channels, "channel")
    default = ", the system's default" if device.is_default else ""
    return (
        f"{'*' if is_chosen else ' '} {device.number:2}  {device.name}  "
        f"({device.host_api}, {channels}, {device.sample_rate:.0f} Hz{default})"
    )
