"""The recordings that the project ships."""

from __future__ import annotations

from tests.support.sandbox import CHECKOUT

SPEECH = CHECKOUT / "examples" / "speech"

SAID = dict(
    line.split("\t") for line in (SPEECH / "transcripts.tsv").read_text().splitlines() if line
)
"""What is said in each file, sentences in lower case with full stops."""


def sentences(file: str) -> list[str]:
    """Return what is said in a file, sentence by sentence, without full stops."""
    return [sentence for sentence in SAID[file].rstrip(".").split(". ") if sentence]
