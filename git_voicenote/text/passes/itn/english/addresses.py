"""Spoken URLs and mail addresses."""

from __future__ import annotations

from git_voicenote.text import tables
from git_voicenote.text.passes.itn.english.numbers import is_number_word
from git_voicenote.text.passes.itn.english.paths import (
    connected,
    first_name,
    is_suffix,
    starts_a_name,
)
from git_voicenote.text.passes.itn.english.phrases import function_words
from git_voicenote.text.passes.itn.words import Match, Run, kept, low, lows
from git_voicenote.text.vocabulary.ordinary_words import ordinary_words

_SIGNS = {"dot": ".", "underscore": "_", "dash": "-", "hyphen": "-"}
_SCHEMES = ("https", "http", "ssh", "git", "file")
_MAX_PARTS = 4
"""The most names before the "at" of an address."""
_NEAR = 3
"""The most words between "mail" and the address."""
_FURTHER = 12
"""The same, with another address in between."""


def url(run: Run, at: int) -> Match | None:
    """H t t p s colon slash slash example dot com."""
    for scheme in _SCHEMES:
        if run[at].low not in (scheme, scheme[0]):
            continue
        for said in ((scheme,), tuple(scheme)):
            if lows(run, at, len(said)) != said:
                continue
            start = at + len(said)
            if lows(run, start, 3) == ("colon", "slash", "slash"):
                found = connected(run, start + 3)
                if found:
                    return Match(found[1], f"{scheme}://{found[0]}", "url")
    return None


def email(run: Run, at: int) -> Match | None:
    """Jane dot doe at example dot com; "look at example dot com" names a site.

    An ambiguous one ("bob at example dot com") is not changed.
    """
    local = _local_part(run, at)
    if local is None or low(run, local[1]) != "at":
        return None
    domain = connected(run, local[1] + 1, needs_proof=True)
    if domain is None or "/" in domain[0]:
        return None
    if domain[0].rpartition(".")[2] not in tables.words("itn", "addresses", "domains"):
        return None
    said = run[at].low
    words = tables.section("itn", "addresses")
    is_dotted = local[1] > at + 1
    near = _FURTHER if low(run, at - 1) in ("and", "or") else _NEAR
    is_mailed = any(word.low in str(words["mail"]).split() for word in run[max(0, at - near) : at])
    if not (is_dotted or is_mailed) and _is_place(run, at):
        return None
    if is_dotted or is_mailed or said in str(words["locals"]).split():
        return Match(domain[1], f"{local[0]}@{domain[0]}", "email")
    is_ordinary = said in ordinary_words()
    return kept(domain[1]) if is_ordinary else Match(domain[1], f"{local[0]}@{domain[0]}", "email")


def _local_part(run: Run, at: int) -> tuple[str, int] | None:
    """Read "jane dot doe", unless it is a file name."""
    if not starts_a_name(run, at) or run[at].low in function_words() or _is_number(run, at):
        return None
    if low(run, at - 1) in (*_SIGNS, "slash"):
        return None
    text, end = first_name(run, at), at + 1
    for _ in range(_MAX_PARTS):
        sign = _SIGNS.get(low(run, end))
        if sign is None or end + 1 >= len(run) or not starts_a_name(run, end + 1):
            break
        text, end = f"{text}{sign}{run[end + 1].text}", end + 2
    return None if "." in text and is_suffix(text.rpartition(".")[2].lower()) else (text, end)


def _is_number(run: Run, at: int) -> bool:
    return is_number_word(run[at].low) or run[at].low.isdigit()


def _is_place(run: Run, at: int) -> bool:
    """Whether "at" after this word precedes a place: "hosted at", "the docs at", "look at"."""
    said = run[at].low
    is_form = len(said) > 3 and said.endswith(("ed", "ing", "s"))
    is_noun = low(run, at - 1) in tables.words("itn", "determiners")
    return is_form or is_noun or said in tables.words("itn", "addresses", "places")
