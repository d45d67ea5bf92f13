"""The recordings that the project ships."""

from __future__ import annotations

from tests.support.sandbox import CHECKOUT

SPEECH = CHECKOUT / "examples" / "speech"
SHORT = CHECKOUT / "tests" / "support" / "short.flac"
"""Two stretches of speech in 2.4 s: the beginnings of both sentences of `rename.flac`.

For engines whose words are known. A recording plays in real time where it stands in for a
microphone: whoever hears a whole sentence waits for 8 s.
"""

_LINES = (SPEECH / "transcripts.tsv").read_text().splitlines()
SAID = {file: text for file, _voice, text in (line.split("\t") for line in _LINES)}
"""What is said in each file, sentences in lower case with full stops."""


def sentences(file: str) -> list[str]:
    """Return what is said in a file, sentence by sentence, without full stops."""
    return [sentence for sentence in SAID[file].rstrip(".").split(". ") if sentence]
