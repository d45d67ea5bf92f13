"""Mails with patches, written by hand."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.mail.incoming.reading import read_series

if TYPE_CHECKING:
    from git_voicenote.mail.incoming.received import ReceivedSeries

DIFF = """\
diff --git a/f b/f
index 7898192..6178079 100644
--- a/f
+++ b/f
@@ -1 +1 @@
-a
+b
"""
HEADERS = "From: Bob <bob@example.org>\nDate: Thu, 1 Jan 2026 00:00:00 +0000\n"
NO_NOTE = " f | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n"
MAIL = HEADERS + "Subject: [PATCH] fix\n\nBody.\n---\n" + NO_NOTE + "\n" + DIFF + "-- \n2.39.5\n\n"


def read(
    content: str | bytes, *, mboxrd: bool = False, scissors: bool | None = None
) -> ReceivedSeries:
    """Read mails as if they came on standard input."""
    content = content.encode() if isinstance(content, str) else content
    return read_series(io.BytesIO(content), Path.cwd(), mboxrd=mboxrd, scissors=scissors)


def numbered(tag: str, subject: str = "s", extra: str = "", body: str = DIFF) -> str:
    """Return a mail with a patch, whose title begins with a tag."""
    start = "From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001\n"
    return f"{start}{HEADERS}Subject: {tag} {subject}\n{extra}\nBody.\n---\n\n{body}\n"
