"""Explain how to open the page for the microphone, from this or another machine."""

from __future__ import annotations

import getpass
import os
import platform
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from git_voicenote.workflows.dialogue import Dialogue

_DEFAULT_PORT = "22"


def show_link(link: str, dialogue: Dialogue) -> None:
    """Print the link to open, and how to reach it from another machine."""
    dialogue.say(f"open this link in a browser, and speak there:\n  {link}")
    dialogue.say(f"on another machine, first run this there:\n  {ssh_command(link)}")


def ssh_command(link: str, environment: Mapping[str, str] | None = None) -> str:
    """Return the ssh command that makes a link of this machine work on another one."""
    given = os.environ if environment is None else environment
    port = urlsplit(link).port
    # sshd(8): client's address and port, then the address and port that it connected to
    connection = given.get("SSH_CONNECTION", "").split()
    is_usual = len(connection) != 4 or connection[3] == _DEFAULT_PORT
    at = "" if is_usual else f"-p {connection[3]} "
    return f"ssh -N -L {port}:127.0.0.1:{port} {at}{_user()}@{platform.node()}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container without a name for its user
        return "USER"
