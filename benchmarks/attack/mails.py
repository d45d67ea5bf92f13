"""Mails with bytes, headers, boundaries and encodings changed at random: each is read and reviewed.

    python -m benchmarks.attack.mails 100000 [--seed SEED]

A refusal of ours (VoicenoteError) is an answer; any other exception, and what takes too long, is
counted.
"""

from __future__ import annotations

import base64
import quopri
import random
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.attack.counting import Counting
from benchmarks.attack.tally import Tally, main
from git_voicenote.errors import VoicenoteError
from git_voicenote.mail.incoming.envelopes import decoded
from git_voicenote.mail.incoming.reading import read_series
from git_voicenote.series.review.page import review_page
from git_voicenote.series.review.series import RecordingFinder, review
from git_voicenote.store.history import History
from git_voicenote.store.recordings import Recordings

_PATCH = b"""From 1111111111111111111111111111111111111111 Mon Sep 17 00:00:00 2001
From: Ada <ada@example.org>
Date: Mon, 1 Jan 2024 00:00:00 +0000
Subject: [PATCH v2 1/2] parser: return a token
Message-Id: <1@example.org>
To: Bob <bob@example.org>, =?utf-8?q?Zo=C3=AB?= <zoe@example.org>
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit

The parser returned none.

Signed-off-by: Ada <ada@example.org>
---
Notes (voicenote):
    main.py:1-3:

    It moved, so every caller had its own.

    Voicenote-Duration: 0:21

 main.py | 2 ++
 1 file changed, 2 insertions(+)

diff --git a/main.py b/main.py
index 1111111..2222222 100644
--- a/main.py
+++ b/main.py
@@ -1,2 +1,3 @@ def send(request):
 a
+def parser():
 b
-- \n2.39.5

"""
_COVER = b"""From 1111111111111111111111111111111111111111 Mon Sep 17 00:00:00 2001
From: Ada <ada@example.org>
Date: Mon, 1 Jan 2024 00:00:00 +0000
Subject: [PATCH v2 0/2] return tokens
Message-Id: <0@example.org>

Why it is done.

Ada (1):
  parser: return a token

 main.py | 2 ++
 1 file changed, 2 insertions(+)

-- \n2.39.5

"""
_REPLY = b"""From bob Mon Sep 17 00:00:00 2001
From: Bob <bob@example.org>
Subject: Re: [PATCH v2 1/2] parser: return a token
In-Reply-To: <1@example.org>
References: <0@example.org> <1@example.org>

> The parser returned none.
Why?

"""
_SEEDS = (_PATCH, _COVER + _PATCH + _REPLY, _PATCH + _REPLY)
_PIECES = (
    b"\n", b"\r\n", b"\r", b"\0", b"\n\n", b" ", b"\t" * 40, b"-- \n", b"---\n", b">From ",
    b"From ",
    b"\nFrom x Mon Sep 17 00:00:00 2001\n", b"@@ -1 +1 @@", b"@@ -999999999,999999999 +0,0 @@",
    b"diff --git ", b'diff --git "a/\\303" "b/\\1"', b"=?utf-8?q?", b"=?x-unknown?b?AAA?=", b"[",
    b"[PATCH 99999/99999]", b"[RFC v9999 0/0]", b"Re: ", b"\xff\xfe", b"\xe2\x80\xae", b"\x1b[2J",
    b"Content-Type: multipart/mixed; boundary=x\n", b"\n--x\n", b"\n--x--\n",
    b"Content-Transfer-Encoding: base64\n", b"Content-Transfer-Encoding: quoted-printable\n",
    b"Content-Type: text/plain; charset=utf-7\n", b"Content-Type: text/plain; charset=big5\n",
    b"Content-Type: text/html\n", b"Notes:\n", b"Notes (voicenote):\n    ",
    b"Voicenote-Duration: ",
    b"9" * 5000, b"<" * 50, b"(" * 2000, b"\n-- >8 --\n", b"rename from x\nrename to ",
    b"GIT binary",
    b"<script>", b"```\n", b"main.py:99999999999: ", b'"main.py":1: ',
)  # fmt: skip


def random_mail(source: random.Random) -> bytes:
    """Return a mail, or a few, with one to eight changes."""
    mail = bytearray(source.choice(_SEEDS))
    for _ in range(source.randint(1, 8)):
        start = source.randrange(len(mail) + 1)
        match source.randrange(7):
            case 0:
                mail[start:start] = source.choice(_PIECES)
            case 1:
                mail[start : start + source.randint(1, 60)] = b""
            case 2:
                mail[start : start + 1] = bytes([source.randrange(256)])
            case 3:
                piece = bytes(mail[start : start + source.randint(1, 200)])
                mail[start:start] = piece * source.randint(1, 20)
            case 4:
                mail[start : start + source.randint(1, 40)] = source.choice(_PIECES)
            case 5:
                head, _, body = bytes(mail).partition(b"\n\n")
                is_base64 = source.random() < 0.5
                name = b"base64" if is_base64 else b"quoted-printable"
                coded = base64.encodebytes(body) if is_base64 else quopri.encodestring(body)
                mail = bytearray(head + b"\nContent-Transfer-Encoding: " + name + b"\n\n" + coded)
            case 6:
                del mail[start:]
    return bytes(mail)


def run(count: int, seed: int) -> Tally:
    """Read and lay out `count` mails."""
    source = random.Random(seed)  # noqa: S311 - no secret
    with TemporaryDirectory() as folder, Counting() as counting:
        root = Path(folder)
        sounds = RecordingFinder(Recordings(root), History(root))
        for _ in range(count):
            mail = random_mail(source)

            def read(mail: bytes = mail) -> None:
                decoded(mail.decode("latin-1"))
                with suppress(VoicenoteError):
                    series = read_series(BytesIO(mail), root)
                    review_page(review(series, sounds, None, "refs/notes/voicenote"), audio=False)

            counting.attempt(read, repr(mail))
    return counting.tally


if __name__ == "__main__":
    main(run, 100_000)
