"""A small checker of config-conventional's rules, as commitlint 20 and commitizen 4 apply them."""

from __future__ import annotations

import re

_TYPES = "build|chore|ci|docs|feat|fix|perf|refactor|revert|style|test"
_HEADER = re.compile(rf"({_TYPES})(\([^\s()]+\))?(!)?: (\S.*)")
_QUOTED = re.compile(r"`.*?`|\".*?\"|'.*?'")
_URL = re.compile(r"https?://\S{60,}")


def complaints(message: str) -> list[str]:
    """Return what a linter would refuse in a message, git's own clean-up done already."""
    header, *rest = message.rstrip("\n").split("\n")
    found = _HEADER.fullmatch(header)
    if not found:
        return [f"not a Conventional-Commit header: {header!r}"]
    subject = found[4]
    refused = []
    if _utf16(header) > 100:
        refused.append("the header is over 100")
    if header != header.strip():
        refused.append("the header has spaces around it")
    if subject.endswith(".") and not subject.endswith("..."):
        refused.append("the subject ends in a full stop")
    if re.match(r"[^\W\d_]", subject) and subject[0].upper() != subject[0].lower():
        plain = _QUOTED.sub("", subject).strip()
        # sentence, start, pascal and upper case all start with a capital
        if plain and plain[0].upper() == plain[0]:
            refused.append("the subject starts with a capital")
    if rest and (rest[0] or len(rest) == 1 or not rest[1]):
        refused.append("no single blank line after the header")
    refused += [
        f"a line is over 100: {line!r}"
        for line in rest
        if _utf16(line) > 100 and not _URL.search(line)
    ]
    return refused


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
