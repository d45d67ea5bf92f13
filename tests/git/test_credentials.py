"""The token comes from the person's own credential helpers, on real git."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from git_voicenote.git.credentials import GitCredentials

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

URL = "https://speech.example.org/v1"


@pytest.fixture
def stored(sandbox: Sandbox) -> Sandbox:
    """A person whose helper keeps a token for the server."""
    sandbox.git("config", "--global", "credential.helper", "store")
    (sandbox.home / ".git-credentials").write_text("https://me:sesame@speech.example.org\n")
    return sandbox


def test_the_password_is_the_token(stored: Sandbox) -> None:
    assert GitCredentials(URL, stored.folder).token() == "sesame"
    assert GitCredentials("https://other.example.org", stored.folder).token() is None


def test_a_token_that_was_refused_is_forgotten(stored: Sandbox) -> None:
    credentials = GitCredentials(URL, stored.folder)
    credentials.token()
    credentials.rejected()
    assert (stored.home / ".git-credentials").read_text() == ""


def test_a_token_that_was_of_use_is_kept_by_all_helpers(stored: Sandbox) -> None:
    second = stored.home / "second"
    stored.git("config", "--global", "--add", "credential.helper", f"store --file={second}")
    credentials = GitCredentials(URL, stored.folder)
    credentials.token()
    credentials.accepted()
    assert second.read_text() == "https://me:sesame@speech.example.org\n"


def test_nobody_is_asked(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A window or a prompt would come up while somebody speaks."""
    asking = sandbox.write("asking", f"#!/bin/sh\necho x >>{sandbox.folder}/asked\necho y\n")
    asking.chmod(0o755)
    sandbox.git("config", "--global", "core.askPass", str(asking))
    for name in ("GIT_ASKPASS", "SSH_ASKPASS"):
        monkeypatch.setenv(name, str(asking))
    monkeypatch.delenv("GIT_TERMINAL_PROMPT")

    credentials = GitCredentials(URL, sandbox.folder)
    assert credentials.token() is None
    credentials.accepted()
    credentials.rejected()
    assert not (sandbox.folder / "asked").exists()


def test_helpers_are_asked_once_and_the_token_is_in_no_argument(sandbox: Sandbox) -> None:
    log = sandbox.folder / "log"
    helper = sandbox.write(
        "helper",
        f'#!/bin/sh\necho "$*" >>{log}\n'
        '[ "$1" = get ] && echo username=a && echo password=sesame\n',
    )
    helper.chmod(0o755)
    sandbox.git("config", "--global", "credential.helper", str(helper))
    credentials = GitCredentials(URL, sandbox.folder)
    for _ in range(3):
        assert credentials.token() == "sesame"
    credentials.accepted()
    assert log.read_text() == "get\nstore\n"
    assert "sesame" not in os.environ.values()
