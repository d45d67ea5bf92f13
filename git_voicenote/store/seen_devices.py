"""Store the names of microphones for shell completion.

Querying the sound system takes half a second, too long for TAB.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.resources import cache_home

if TYPE_CHECKING:
    from collections.abc import Iterable


def remember_devices(names: Iterable[str]) -> None:
    """Store the names, one per line; ignore a cache that cannot be written."""
    lines = "".join(f"{name}\n" for name in dict.fromkeys(names) if name.isprintable())
    with suppress(OSError):
        files.private_folder(cache_home())
        files.replace(cache_home() / "devices", lines)
