"""The recordings that the project ships."""

from __future__ import annotations

from tests.support.sandbox import CHECKOUT

SPEECH = CHECKOUT / "examples" / "speech"

_LINES = (SPEECH / "transcripts.tsv").read_text().splitlines()
SAID = {file: text for file, _voice, text in (line.split("\t") for line in _LINES)}
"""What is said in each file, sentences in lower case with full stops."""


def sentences(file: str) -> list[str]:
    """Return what is said in a file, sentence by sentence, without full stops."""
    return [sentence for sentence in SAID[file].rstrip(".").split(". ") if sentence]
