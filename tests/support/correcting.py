"""Correct a text with terms, as the pass does."""

from __future__ import annotations

from git_voicenote.text.passes.correction import corrector
from git_voicenote.text.vocabulary.evidence import MIN_AMPLE_CHARACTERS, as_evidence
from git_voicenote.text.vocabulary.identifiers import sayings_of
from git_voicenote.text.vocabulary.ordinary_words import ordinary_words
from git_voicenote.text.vocabulary.ranking import Sighting, Term, TermSource

WORDS = ordinary_words()
LONG = as_evidence(["nothing of note happened here. " * (MIN_AMPLE_CHARACTERS // 30)])


def term(text: str, *aliases: str, place: TermSource = "changed lines", count: int = 1) -> Term:
    """Return a term that was seen so often at a place."""
    return Term(text, (Sighting(place, count),), sayings_of(text, WORDS), aliases)


TERMS = (
    term("SQLite"),
    term("kubectl"),
    term("nginx", "engine x", "恩金克斯"),
    term("strbuf"),
    term(".gitignore"),
    term("packed_refs"),
    term("reftable"),
    term("fsmonitor"),
    term("utf8"),
    term("Soren", place="authors"),
    term("Codex"),
    term("rev_list", place="history"),
    term("HEAD"),
)


def corrected(text: str, prose: str = LONG, terms: tuple[Term, ...] = TERMS) -> str:
    """Return a text with the terms that were meant; `prose` is what people write otherwise."""
    return corrector(terms, WORDS, prose)(text).text
