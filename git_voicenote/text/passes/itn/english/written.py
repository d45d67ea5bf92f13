"""Corrections for engines that write sentences.

Such an engine writes digits, acronyms and file names itself, with the capitals and full stops of a
sentence: "10 milliseconds", "J. S. O. N.", "CVE2024-12345", "Main.py".
"""

from __future__ import annotations

import re
from string import ascii_uppercase
from typing import TYPE_CHECKING

from git_voicenote.text import tables
from git_voicenote.text.passes.base import Change
from git_voicenote.text.passes.itn.english.amounts import BIT_WIDTHS, quantity
from git_voicenote.text.passes.itn.english.numbers import MAX_DIGITS
from git_voicenote.text.passes.itn.english.paths import as_known, flag, is_suffix, short_flag
from git_voicenote.text.passes.itn.english.phrases import ends_here, function_words
from git_voicenote.text.passes.itn.words import Match, low

if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_voicenote.text.passes.itn.words import Run

_NUMBER = re.compile(rf"(?=.{{1,{MAX_DIGITS}}}\Z)(?:\d+(?:\.\d+)?|\d{{1,3}}(?:,\d{{3}})+)")
_CVE = re.compile(r"(?:cve-?)?((?:19|20)\d\d-\d{4,7})")
_HASH = re.compile(r"(?=.{,40}\d)(?=.{,40}[A-F])[0-9A-Fa-f]{7,40}")
_HEX = re.compile(r"0-x((?:-[0-9a-f])+)")
_TITLED_NAME = re.compile(r"([A-Z][a-z]{1,2})(\d{1,4})")
_HEARD_FILE = re.compile(r"[\w/.-]+")
_FILE = re.compile(r"[\w-]++(?:/[\w-]++)*(?:\.\w++)+")
_TITLE = re.compile(r"[A-Z][a-z0-9_-]*")
# projects have capitals in their names with these, and people's own files in the last four
_WITH_CAPITALS = frozenset(
    {"js", "net", "com", "org", "io", "dev", "ai", "test", "java", "kt", "cs", "swift", "jsx",
     "tsx", "pm", "md", "rst", "txt", "log"}
)  # fmt: skip
_SPELLED = re.compile(r"(?<![\w.'’-])[A-Z](?:\. ?[A-Z]){1,7}\b(?P<stop>\.*)(?![\w'’-])")
_NEXT_WORD = re.compile(r"\s+([^\W\d_]+)")
_INITIALS = 3
"""This many letters with full stops may be the initials before a name."""


def cve(run: Run, at: int) -> Match | None:
    """CVE2024-12345, or CVE 2024-12345."""
    said = run[at].low
    end = at + 1
    if said == "cve":
        said, end = low(run, at + 1), at + 2
    elif not said.startswith("cve"):
        return None
    found = _CVE.fullmatch(said)
    return Match(end, f"CVE-{found[1]}", "cve") if found else None


def commit_hash(run: Run, at: int) -> Match | None:
    """Write the hash in "commit 3F2A91C" in small letters."""
    is_named = low(run, at - 1) in ("commit", "hash", "sha", "revision", "blob", "object", "id")
    if not is_named or not _HASH.fullmatch(run[at].text):
        return None
    return Match(at + 1, run[at].low, "hash")


def hexadecimal(run: Run, at: int) -> Match | None:
    """0-X-F-F, or zero xff."""
    found = _HEX.fullmatch(run[at].low)
    if found:
        return Match(at + 1, "0x" + found[1].replace("-", ""), "hex")
    if run[at].low in ("zero", "0") and re.fullmatch(r"x[0-9a-f]+", low(run, at + 1)):
        return Match(at + 2, "0" + run[at + 1].low, "hex")
    return None


def numbered_name(run: Run, at: int) -> Match | None:
    """Utf8, Sha256, Ipv6: the capitals are those of a sentence, not of the name."""
    found = _TITLED_NAME.fullmatch(run[at].text)
    name = found[1].lower() if found else ""
    written = tables.strings("itn", "numbered").get(name)
    only = tables.section("itn", "numbered", "only").get(name)
    if found is None or written is None or not (isinstance(only, list) and int(found[2]) in only):
        return None
    return Match(at + 1, written.format(found[2]), "name")


def amount(run: Run, at: int) -> Match | None:
    """10 milliseconds, 2.5 percent, 64 bit integers, a 40 second timeout."""
    number = run[at].text
    if not _NUMBER.fullmatch(number):
        return None
    with_unit = quantity(run, at + 1, number)
    if with_unit:
        return with_unit
    following = low(run, at + 1)
    if following == "bit" and number.isdigit() and int(number) in BIT_WIDTHS:
        return Match(at + 2, f"{number}-bit", "unit")
    if following == "x" and low(run, at + 2) in ("faster", "slower", "speedup"):
        return Match(at + 2, f"{number}x", "number")
    is_adjective = low(run, at - 1) in ("a", "an") and not ends_here(run, at + 2)
    if following in ("second", "minute") and is_adjective:
        return Match(at + 2, f"{number}-{following}", "number")
    return None


def heard_suffix(run: Run, at: int) -> Match | None:
    """Cargo.tommel: a misheard suffix, in a file name that is already written."""
    name, dot, heard = run[at].low.rpartition(".")
    suffix = tables.strings("itn", "suffixes", "heard").get(heard)
    if suffix is None or heard not in _sounds() or not _HEARD_FILE.fullmatch(name):
        return None
    return Match(at + 1, as_known(name + dot + suffix), "path") if name[-1:] not in "/.-" else None


def _sounds() -> frozenset[str]:
    return tables.words("itn", "suffixes", "sounds")


def file_name(run: Run, at: int) -> Match | None:
    """Main.py at the start of a sentence, Source/Parser/Lexer.C: the capitals are not part of the
    name.
    """
    text = run[at].text
    if not _FILE.fullmatch(text) or text[0] not in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        return None
    *folders, name = text.split("/")
    stem, *suffixes = name.split(".")
    suffix = suffixes[-1].lower()
    if not is_suffix(suffix) or suffix in _WITH_CAPITALS:
        return None
    if not all(map(_TITLE.fullmatch, (*folders, stem))) or not (at == 0 or folders):
        return None
    after = as_known(text.lower())
    return Match(at + 1, after, "path") if after != text else None


def git_command(run: Run, at: int) -> Match | None:
    """Write "get push dash dash force" as a command of git, the only meaning before a flag."""
    if run[at].low != "get" or low(run, at + 1) not in tables.words("itn", "git", "commands"):
        return None
    if at + 2 >= len(run):
        return None
    is_flag = run[at + 2].text.startswith("-") or flag(run, at + 2) or short_flag(run, at + 2)
    return Match(at + 1, "git", "command") if is_flag else None


def spelled(text: str) -> Iterator[Change]:
    """Yield the changes for spelled letters: J. S. O. N. is JSON. Initials before a name stay."""
    for found in _SPELLED.finditer(text):
        letters = re.sub(r"[^A-Z]", "", found[0])
        if ascii_uppercase.startswith(letters):
            continue  # "the letters A. B. C."
        following = _NEXT_WORD.match(text, found.end())
        stop = found["stop"][:1]
        if following and following[1][0].isupper():
            if len(letters) <= _INITIALS and following[1].lower() not in function_words():
                continue
        elif following or text[found.end() : found.end() + 1] in tuple(",;:?!)"):
            stop = ""
        yield Change(found.start(), found.end(), found[0], letters + stop, "itn:spelled")
