"""What people send and take series with: git send-email and b4, both real, both off the network."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.hazards import TEXTS
from tests.support.series import NOTE_TRAILERS, apply_mails, make_branch, trees, write_cover

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

B4 = shutil.which("b4", path=Path(sys.executable).parent)

needs_b4 = pytest.mark.skipif(B4 is None, reason="b4 is not installed beside this Python")

# b4 strips the first and the last paragraph of a message, looks for headers there however they are
# indented, and refuses characters that nobody sees: these are the person's own to mend
MESSAGES = {
    name: f"Words first.\n\n{text}\n\nWords last."
    for name, text in TEXTS.items()
    if name != "characters nobody sees"
}


@pytest.fixture
def send_email(repo: Sandbox) -> tuple[str | Path, ...]:
    """A call of git send-email that asks nothing; skipped where git cannot."""
    repo.git("config", "user.name", "Ada Lovelace")
    repo.git("config", "user.email", "ada@example.org")
    command = (
        "git", "send-email", "--to=list@example.org", "--suppress-cc=all", "--confirm=never",
    )  # fmt: skip
    mail = repo.write("probe", "From: Ada <ada@example.org>\nSubject: a\n\nb\n")
    probe = repo.run(*command, "--dry-run", mail, check=False)
    if probe.returncode:
        pytest.skip("git send-email does not work here (Debian: git-email, libmailtools-perl)")
    return command


@pytest.fixture
def series(repo: Sandbox) -> Sandbox:
    """A series with every awkward text in its messages, its notes and its cover."""
    make_branch(
        repo,
        [f"title of {name}\n\n{text}\n" for name, text in MESSAGES.items()],
        [text + "\n" + NOTE_TRAILERS for text in MESSAGES.values()],
    )
    write_cover(repo, "A title. Naïve words.\n\n" + "\n\n".join(TEXTS.values()))
    return repo


def test_send_email_takes_a_series_without_a_question(
    series: Sandbox, send_email: tuple[str | Path, ...], tmp_path: Path
) -> None:
    assert series.voicenote("format-patch", "main", "-o", "out").returncode == 0
    sent = tmp_path / "sent"
    sent.mkdir()
    mailer = tmp_path / "mailer"
    mailer.write_text(f'#!/bin/sh\nexec cat >"{sent}/$(ls {sent} | wc -l | xargs printf %04d)"\n')
    mailer.chmod(0o755)
    command = (*send_email, f"--smtp-server={mailer}")

    rehearsed = series.run(*command, "--dry-run", "out")
    series.run(*command, "out")

    assert rehearsed.stdout.count(b"Dry-Sent ") + rehearsed.stdout.count(b"Dry-OK. ") == (
        len(MESSAGES) + 1
    )
    assert b"8bit encoding" not in rehearsed.stdout + rehearsed.stderr
    mails = sorted(sent.iterdir())
    applied = apply_mails(series, tmp_path / "clone", mails)
    assert applied.trees() == trees(series, "main..topic")
    titles = [message.partition("\n")[0] for message in applied.messages()]
    assert titles == [f"title of {name}" for name in MESSAGES]


@needs_b4
def test_b4_takes_a_series_from_a_mailbox(series: Sandbox, tmp_path: Path) -> None:
    assert B4 is not None
    done = series.voicenote("format-patch", "main", "--stdout", "--thread")
    assert done.returncode == 0, done.stderr
    mbox = tmp_path / "series.mbox"
    mbox.write_bytes(done.stdout)

    told = series.run(
        B4, "--no-interactive", "--offline-mode", "--no-stdin", "am", "--no-cache",
        "-m", mbox, "-o", tmp_path / "b4", "-n", "series",
    )  # fmt: skip

    printed = (told.stdout + told.stderr).decode()
    assert f"Total patches: {len(MESSAGES)}" in printed
    assert (tmp_path / "b4/series.cover").exists()
    applied = apply_mails(series, tmp_path / "clone", [tmp_path / "b4/series.mbx"])
    assert applied.trees() == trees(series, "main..topic")
    titles = [message.partition("\n")[0] for message in applied.messages()]
    assert titles == [f"title of {name}" for name in MESSAGES]
    for message in applied.messages():
        assert message.count("Words first.") == message.count("Words last.") == 1
