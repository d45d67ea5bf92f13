"""Make the list of ordinary English words from the models that travel with PocketSphinx.

    python scripts/ordinary_words.py >git_voicenote/text/data/ordinary_words.txt

The 30,000 words of its dictionary that its language model finds likeliest, in the order of the
alphabet. A longer list would hold the names of developers' tools, a shorter one lacks words such
as "reachable".
"""

from __future__ import annotations

import re
from pathlib import Path

import pocketsphinx

_COUNT = 30_000
_ORDINARY = re.compile(r"[a-z]+(?:'(?:[tdm]|ll|re|ve))?")
_HEADER = """\
# Ordinary English words, which no correction may touch unasked; made by scripts/ordinary_words.py.
# Derived from the US English models of CMU Sphinx, which are
# Copyright (c) 2015 Alpha Cephei Inc. and (c) 1999-2016 Carnegie Mellon University: see
# ordinary_words.LICENSE beside this file.
"""


def main() -> None:
    """Print the list."""
    models = Path(pocketsphinx.get_model_path()) / "en-us"
    model = pocketsphinx.NGramModel.readfile(str(models / "en-us.lm.bin"))
    lines = (models / "cmudict-en-us.dict").read_text().splitlines()
    words = {line.split()[0] for line in lines}
    ordinary = sorted(
        (word for word in words if _ORDINARY.fullmatch(word)),
        key=lambda word: (-model.prob([word]), word),
    )
    print(_HEADER + "\n".join(sorted(ordinary[:_COUNT])))


if __name__ == "__main__":
    main()
