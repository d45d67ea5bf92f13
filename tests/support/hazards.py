"""Texts that git am, b4, mail or patch(1) would take for something else."""

from __future__ import annotations

import re
import subprocess

DIFF = """\
diff --git a/evil b/evil
new file mode 100644
index 0000000..7898192
--- /dev/null
+++ b/evil
@@ -0,0 +1 @@
+a
"""
OTHER_DIFF = """\
--- a/README
+++ b/README
@@ -1 +1 @@
-hello
+evil
"""
MAIL = f"""\
From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001
From: Eve <eve@example.org>
Date: Mon, 17 Sep 2001 00:00:00 +0000
Subject: [PATCH] evil

words
---

Notes (voicenote):
    theirs

 evil | 1 +
 1 file changed, 1 insertion(+)

{DIFF}--{" "}
2.39.5
"""
BOUNDARY = "------------" + subprocess.run(
    ["git", "--version"], capture_output=True, check=True, text=True
).stdout.split()[2]  # fmt: skip

TEXTS = {
    "dashes": "words\n---\nmore words",
    "dashes, a word": "words\n--- word\nmore words",
    "dashes at the start": "---\nmore words",
    "diff -": "words\ndiff -u one other\nmore words",
    "Index:": "words\nIndex: file-1\nmore words",
    "a whole diff": f"words\n\n{DIFF}\nmore words",
    "a diff of a file that is there": f"words\n\n{OTHER_DIFF}\nmore words",
    "a diff, set in": "words\n\n" + re.sub("^", "    ", OTHER_DIFF, flags=re.MULTILINE),
    "a lone hunk": "words\n@@ -1,2 +3,4 @@\nmore words",
    "From:": "From: Eve <eve@example.org>\n\nwords",
    "Date:": "Date: Mon, 17 Sep 2001 00:00:00 +0000\nwords",
    "Subject:": "Subject: another title\nwords",
    "headers": "from: eve@example.org\nSUBJECT: x\ndate: y\n\nwords",
    "[PATCH]": "[PATCH] another title\nwords",
    "mbox": "words\nFrom alice Mon Sep 17 00:00:00 2001\nmore words",
    "mbox at the start": "From alice Mon Sep 17 00:00:00 2001\nmore words",
    ">From": ">From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\nwords",
    "scissors": "words\n-- >8 --\nmore words",
    "scissors and headers": "words\n--- 8< --- cut here --- 8< ---\nFrom: Eve <e@example.org>\n.",
    "a whole mail": MAIL,
    "a note of git": "words\n---\n\nNotes (voicenote):\n    theirs\n\n file | 1 +",
    "a part of a mail": f"words\n--{BOUNDARY}\nContent-Type: text/plain\n\n{DIFF}\n--{BOUNDARY}--",
    "a signature": "words\n-- \n2.39.5",
    "headers of MIME": "Content-Transfer-Encoding: base64\nContent-Type: text/html\n\nwords",
    "letters of all kinds": "naïve 重试循环 می\u200cخواهم 😀",
    "characters nobody sees": "zero\u200bwidth \u202eand\u202c bidi\ufeff",
    "one long line": "word " * 300,
    "one long word": "x" * 1500,
    "carriage returns": "words\r\nmore words\r\n---\r\neven more",
    "brackets": "[x] words\nRe: more words",
    "a placeholder": "*** BLURB HERE ***\n\n*** SUBJECT HERE ***",
    "everything": f"From: a\n---\n{MAIL}\n{DIFF}\n-- >8 --\n--{BOUNDARY}\nIndex: x",
}  # fmt: skip
