"""What a stranger sends may be long: it is read in part, and said so, in a bounded memory."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox

LINES = 8_000_000
"""Of a patch of 24 MB, three octets each."""
_MEASURED = (
    "import sys\n"
    "from git_voicenote.cli import main\n"
    "try:\n"
    "    main()\n"
    "finally:\n"
    # not ru_maxrss: a process inherits that of the one that started it
    "    status = open('/proc/self/status').read()\n"
    "    peak = int(status.partition('VmHWM:')[2].split()[0]) // 1024\n"
    "    sys.stderr.write(f'peak {peak} MB\\n')\n"
)


@pytest.fixture
def long_mail(tmp_path: Path) -> Path:
    path = tmp_path / "long.patch"
    path.write_text(
        f"From {'1' * 40} Mon Sep 17 00:00:00 2001\nFrom: A <a@example.org>\n"
        "Date: Mon, 1 Jan 2024 00:00:00 +0000\nSubject: [PATCH] add a file\n\nIt is long.\n---\n"
        "Notes (voicenote):\n    It was written by a program.\n\n"
        "diff --git a/big b/big\nnew file mode 100644\n--- /dev/null\n+++ b/big\n"
        f"@@ -0,0 +1,{LINES} @@\n" + "+a\n" * LINES + "-- \n2.39\n"
    )
    return path


def measured(repo: Sandbox, *arguments: str | Path) -> tuple[int, str]:
    """Run a command; return the most memory that it took itself, in MB, and what it said."""
    done = repo.run(sys.executable, "-c", _MEASURED, *arguments)
    said = done.stderr.decode()
    found = re.search(r"peak (\d+) MB", said)
    assert found, said
    return int(found[1]), said


def test_a_long_mail_is_reviewed_in_part(repo: Sandbox, long_mail: Path) -> None:
    peak, said = measured(repo, "review", "--all", long_mail)
    assert "is too long: 18 MiB of it are not shown" in said
    assert peak < 400


def test_a_long_mail_is_applied_with_its_note(repo: Sandbox, long_mail: Path) -> None:
    peak, said = measured(repo, "am", long_mail)
    assert "kept 1 note" in said
    assert peak < 200
    assert "It was written by a program." in repo.git("notes", "--ref=voicenote", "show", "HEAD")

    peak, said = measured(repo, "review", "--all", "HEAD")
    assert "is too long" in said or "is cut" in said
    assert peak < 400


def test_the_first_mails_of_very_many_are_read(repo: Sandbox, tmp_path: Path) -> None:
    mail = (
        "From x Mon Sep 17 00:00:00 2001\nFrom: A <a@example.org>\nSubject: hello {}\n\nhello\n\n"
    )
    many = tmp_path / "many.mbox"
    many.write_text("".join(mail.format(number) for number in range(2_050)))
    done = repo.voicenote("review", many)
    assert b"no patch" in done.stderr
    assert b"of 2050 mails, the first 2000 are read" in done.stderr
