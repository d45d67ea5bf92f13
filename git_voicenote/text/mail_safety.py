"""Escape the lines of a text that would break a patch in a mail.

`git am` reads a mail with `git mailsplit` and `git mailinfo`, which interpret some lines of the
message: a `---`, `diff -` or `Index: ` line ends the message and starts the patch; a `From …` line
with a time of day starts another mail; with `--scissors` (always on in b4), a `-- >8 --` line drops
everything above it. The first line may also be taken for a mail header. All except scissors are
recognized only at the start of a line, so an indentation of one space makes them text; scissors are
recognized anywhere, unless a space separates them. Only invisible characters are removed.
"""

from __future__ import annotations

import re

_WHITESPACE = " \t\n\v\f\r"
"""The whitespace of C's isspace; Python's strip would remove more."""

_TAKEN_FOR_SOMETHING = re.compile(
    r"""
    diff\ - | Index:\           # the patch starts here
    | ---(?:\ \S|[ \t\v\f\r]*$) # and after these; "----" or "---x" is text
    | From\ .*\d.\d\d:\d\d      # the next mail starts here: what mailsplit takes for a date
    """,
    re.VERBOSE | re.ASCII,
)
_TAKEN_FOR_HEADER = re.compile(
    r"(?:from|subject|date):|\[PATCH\](?:\s|$)|>from\s", re.IGNORECASE | re.ASCII
)
_MAY_HOLD_HAZARDS = re.compile(
    r"^(?:diff -|Index: |---|From )|>[8%]|[8%]<|\A\s*(?:from|subject|date|\[PATCH\]|>from)",
    re.IGNORECASE | re.MULTILINE | re.ASCII,
)
"""A fast test that rejects most texts: each mail of a long series is tested."""

_PERFORATION = re.compile(r"(?:-|>[8%]|[8%]<)(?:-|>[8%]|[8%]<|\s)*", re.ASCII)
_BLADES = re.compile(r">[8%]|[8%]<")
_BETWEEN_BLADES = re.compile(r"(?<=>)(?=[8%])|(?<=[8%])(?=<)")
_HUNK = re.compile(r"[ \tX]*(?:@@ -\d|\*{8,}|\d+(?:,\d+)?[acd]\d)", re.ASCII)


def indent_hazards(text: str) -> str:
    """Return the text with a space added to each line that would break a patch in a mail.

    `text` is what follows a subject: the body of a commit message or of a cover letter. The space
    is at the start of the line, or inside scissors. Other lines are unchanged, so a second call
    changes nothing.
    """
    if not _MAY_HOLD_HAZARDS.search(text):
        return text
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip(_WHITESPACE)), None)
    for number, line in enumerate(lines):
        if _TAKEN_FOR_SOMETHING.match(line) or (number == first and _TAKEN_FOR_HEADER.match(line)):
            line = " " + line
        lines[number] = _BETWEEN_BLADES.sub(" ", line) if _is_scissors(line) else line
    return "\n".join(lines)


def quote_diffs(text: str) -> str:
    """Return the text with `> ` before each line of a paragraph that patch(1) could apply.

    git recognizes a diff only at the start of a line, but patch(1) applies one at any indentation;
    it would apply a diff in a note when the mail is piped into it.
    """
    paragraphs = re.split(r"(\n(?:[ \t]*\n)+)", text)
    for number, paragraph in enumerate(paragraphs):
        lines = paragraph.split("\n")
        if any(_HUNK.match(line) for line in lines):
            paragraphs[number] = "\n".join(f"> {line}" if line else line for line in lines)
    return "".join(paragraphs)


def _is_scissors(line: str) -> bool:
    """Return whether `git mailinfo --scissors` may take the line for scissors.

    It does if more than a third of the line is perforation (dashes and scissors), and at least half
    of that is not gaps. It counts bytes, including the newline if it follows a dash, but only the
    first of two characters of scissors at the end of the line. So the width is reduced by one here.
    """
    octets = line.encode("utf-8", "surrogateescape").decode("latin-1") + "\n"
    runs = "".join(_PERFORATION.findall(octets))
    width = len(octets.strip(_WHITESPACE))
    gaps = sum(runs.count(space) for space in _WHITESPACE)
    return bool(_BLADES.search(runs)) and 8 <= width <= 3 * len(runs) and 2 * gaps < len(runs)
