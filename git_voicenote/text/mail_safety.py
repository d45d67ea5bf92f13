"""Which lines of a text would break a patch in the mail, and the same text made safe.

`git am` reads a mail with `git mailsplit` and `git mailinfo`. They take some lines of the message
for something else, wherever they stand: a `---`, `diff -` or `Index: ` line ends the message and
starts the patch; a `From …` line with a time of day starts another mail; under `--scissors`
(always on in b4) a `-- >8 --` line drops all that is above it. The first line may also be taken
for a header of the mail. All but the scissors are only seen at the very start of a line, so one
space before them makes them text again; scissors are seen anywhere, until a space opens them.

Nothing is ever dropped but characters that nobody can see.
"""

from __future__ import annotations

import re

_WHITESPACE = " \t\n\v\f\r"
"""What C's isspace sees; Python's own strip would see more."""

_TAKEN_FOR_SOMETHING = re.compile(
    r"""
    diff\ - | Index:\           # the patch starts here
    | ---(?:\ \S|[ \t\v\f\r]*$) # so it does after these; "----" or "---x" is text
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
"""Says no to most texts at once: each mail of a long series is asked about."""

_PERFORATION = re.compile(r"(?:-|>[8%]|[8%]<)(?:-|>[8%]|[8%]<|\s)*", re.ASCII)
_BLADES = re.compile(r">[8%]|[8%]<")
_BETWEEN_BLADES = re.compile(r"(?<=>)(?=[8%])|(?<=[8%])(?=<)")
_HUNK = re.compile(r"[ \tX]*(?:@@ -\d|\*{8,}|\d+(?:,\d+)?[acd]\d)", re.ASCII)


def indent_hazards(text: str) -> str:
    """Return the text with each line that would break a patch in the mail made safe.

    `text` is what follows a subject: the body of a commit message or of a cover letter. Only the
    lines concerned change: by one space before them, or by one inside scissors. A safe text comes
    back as it is, so a second call changes nothing.
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
    """Return the text with each paragraph that patch(1) could apply quoted (`> `).

    git wants a diff at the start of a line; patch(1) applies one at any indentation, so the diff
    that a note quotes would change the tree of whoever pipes the mail into it.
    """
    paragraphs = re.split(r"(\n(?:[ \t]*\n)+)", text)
    for number, paragraph in enumerate(paragraphs):
        lines = paragraph.split("\n")
        if any(_HUNK.match(line) for line in lines):
            paragraphs[number] = "\n".join(f"> {line}" if line else line for line in lines)
    return "".join(paragraphs)


def _is_scissors(line: str) -> bool:
    """Return whether `git mailinfo --scissors` may cut here.

    It does where more than a third of the line is dashes and blades, and at least half of that is
    not gaps. It counts octets, the newline too where it follows a dash, and of a blade at the end
    of the line only the first of its two: so the width that matters is taken as one less.
    """
    octets = line.encode("utf-8", "surrogateescape").decode("latin-1") + "\n"
    runs = "".join(_PERFORATION.findall(octets))
    width = len(octets.strip(_WHITESPACE))
    gaps = sum(runs.count(space) for space in _WHITESPACE)
    return bool(_BLADES.search(runs)) and 8 <= width <= 3 * len(runs) and 2 * gaps < len(runs)
