"""How many sentences with numbers come out right: ours against other libraries.

    python -m benchmarks.numbers [--half open|kept] [--language en|zh] [--no-peers]

Each row of benchmarks/numbers.tsv is a text as it is said and the forms that are right. `open` rows
were in sight while the rules were written, `kept` rows were not. The peers know no flags, paths or
issues, and write every small number in digits; so each is also compared *loosely*: case, commas
within numbers and spaces do not count. A row that must not change is compared in the same way.

`make numbers` makes the environment of the peers: wetext (English and Chinese) and text2num
(English).
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

TABLE = Path(__file__).parent / "numbers.tsv"
_PYTHON = Path("build/numbers/bin/python")
PEERS = {"wetext": ("en", "zh"), "text2num": ("en",)}
"""The languages of each peer."""
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


@dataclass(frozen=True, slots=True)
class Row:
    """A text as it is said, and the forms of it that are right."""

    half: str
    language: str
    kind: str
    said: str
    written: tuple[str, ...]

    def is_right(self, text: str) -> bool:
        """Return whether a text is one of the right forms."""
        return text in self.written

    def is_loosely_right(self, text: str) -> bool:
        """Return whether it is, but for case, spaces and commas within numbers."""
        return _loose(text) in map(_loose, self.written)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--half", choices=("open", "kept"), action="append")
    parser.add_argument("--language", choices=("en", "zh"), action="append")
    parser.add_argument("--no-peers", action="store_true")
    arguments = parser.parse_args()
    rows = [
        row
        for row in read_rows()
        if row.half in (arguments.half or ("open", "kept"))
        and row.language in (arguments.language or ("en", "zh"))
    ]
    written = {"ours": ours(rows)}
    for row, text in zip(rows, written["ours"], strict=True):
        if not row.is_right(text or ""):
            print(f"{row.kind}: {row.said!r} should be {row.written[0]!r}, is {text!r}")
    if not arguments.no_peers:
        written |= {peer: theirs(peer, rows) for peer in PEERS}
    _print_tables(rows, written)


def read_rows(table: Path = TABLE) -> tuple[Row, ...]:
    """Return the rows of the table."""
    lines = [line for line in table.read_text("utf-8").splitlines() if not line.startswith("#")]
    cells = [line.split("\t") for line in lines]
    return tuple(
        Row(half, language, kind, said, tuple(written.split(" | ")))
        for half, language, kind, said, written in cells
    )


def ours(rows: Sequence[Row]) -> list[str | None]:
    """Return what the whole chain makes of each text, without a repository's terms."""
    from git_voicenote.text.passes.chain import build_chain, polish

    chains = {language: build_chain(language) for language in ("en", "zh")}
    return [polish([row.said], chains[row.language]).text for row in rows]


def theirs(peer: str, rows: Sequence[Row]) -> list[str | None]:
    """Return what a peer makes of each text, in its own process; None for another language."""
    known = [row for row in rows if row.language in PEERS[peer]]
    said = json.dumps([[row.language, row.said] for row in known])
    command = [str(_PYTHON), "-P", __file__, peer]
    done = subprocess.run(command, input=said, text=True, stdout=subprocess.PIPE, check=True)
    written = iter(json.loads(done.stdout))
    return [next(written) if row.language in PEERS[peer] else None for row in rows]


def _print_tables(rows: Sequence[Row], written: dict[str, list[str | None]]) -> None:
    from benchmarks.measure import machine, markdown_table

    print(f"\n{machine()}\n")
    header = ("language", "kind", "rows", *(f"{name}, loosely" for name in written))
    print(markdown_table(header, list(_counted(rows, written, Row.is_loosely_right))))
    print()
    header = ("language", "kind", "rows", *written)
    print(markdown_table(header, list(_counted(rows, written, Row.is_right))))


def _counted(
    rows: Sequence[Row],
    written: dict[str, list[str | None]],
    is_right: Callable[[Row, str], bool],
) -> Iterable[tuple[object, ...]]:
    """Yield a line of the table for each kind, and one for all of a language."""
    for language in dict.fromkeys(row.language for row in rows):
        kinds = Counter(row.kind for row in rows if row.language == language)
        for kind in (*kinds, "all"):
            of_kind = [
                number
                for number, row in enumerate(rows)
                if row.language == language and kind in (row.kind, "all")
            ]
            counts = [
                sum(is_right(rows[number], texts[number] or "") for number in of_kind)
                if texts[of_kind[0]] is not None
                else "-"
                for texts in written.values()
            ]
            yield (language, kind, len(of_kind), *counts)


def _loose(text: str) -> str:
    return re.sub(r"\s+", "", _THOUSANDS.sub("", text.lower()))


def _run_peer(peer: str) -> None:
    """Read texts from standard input, and write what a peer makes of them, both as JSON."""
    said = json.load(sys.stdin)
    if peer == "wetext":
        from wetext import Normalizer

        normalizers = {code: Normalizer(lang=code, operator="itn") for code in PEERS[peer]}
        written = [normalizers[language].normalize(text) for language, text in said]
    else:
        from text_to_num import alpha2digit

        written = [alpha2digit(text, language) for language, text in said]
    json.dump(written, sys.stdout)


if __name__ == "__main__":
    if len(sys.argv) == 2 and sys.argv[1] in PEERS:
        _run_peer(sys.argv[1])
    else:
        main()
