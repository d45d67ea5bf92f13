"""The names of microphones as they were last seen, for the completions of shells.

To ask the sound system takes half a second, which nobody waits for at the TAB key.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.resources import cache_home

if TYPE_CHECKING:
    from collections.abc import Iterable


def remember_devices(names: Iterable[str]) -> None:
    """Write the names down, one a line; a cache that cannot be written is no failure."""
    lines = "".join(f"{name}\n" for name in dict.fromkeys(names) if name.isprintable())
    with suppress(OSError):
        files.private_folder(cache_home())
        files.replace(cache_home() / "devices", lines)
