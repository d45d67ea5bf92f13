"""What the text passes do to text: what they should, and nothing else.

    python -m benchmarks.language --repository FOLDER [--tools FOLDER]

- Minimal pairs: tests/text/passes/minimal_pairs.tsv through the whole chain.
- False rewrites: ordinary commit prose of a repository, as it is written and again as an engine
  without punctuation would give it, through the chain, with the repository's terms. Every change
  is printed, for a person to judge: whether it should be there no program knows.
- 500 spoken messages, composed, through the real commitlint (config-conventional) and `cz check`.
  The tools are looked for in FOLDER/node_modules/.bin, FOLDER/cz/bin and on PATH.
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import machine, markdown_table, seconds
from git_voicenote.datatypes import Person
from git_voicenote.git.repository import Repository
from git_voicenote.targets import CommitTarget
from git_voicenote.text.commit_message.composer import render
from git_voicenote.text.passes.chain import build_chain, polish
from git_voicenote.text.passes.correction import corrector
from git_voicenote.text.passes.running import run_chain
from git_voicenote.text.vocabulary.ordinary_words import ordinary_words
from git_voicenote.workflows.vocabulary.harvested import vocabulary_for
from tests.support.messages import compose

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from git_voicenote.text.passes.base import Chain

PAIRS = Path(__file__).parents[1] / "tests/text/passes/minimal_pairs.tsv"
_TRAILERS = re.compile(r"^[A-Z][A-Za-z-]+-by: ", re.MULTILINE)
_TERMS = 300


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--repository", type=Path, help="any with a long history")
    parser.add_argument("--words", type=int, default=25_000)
    parser.add_argument("--skip", type=int, default=0, help="commits of the log to leave out")
    parser.add_argument("--without-terms", action="store_true", help="leave out the corrector")
    parser.add_argument("--tools", type=Path, help="where commitlint and cz are installed")
    parser.add_argument("--messages", type=int, default=500)
    arguments = parser.parse_args()

    rows: list[tuple[str, object, object]] = [minimal_pairs()]
    if arguments.repository:
        rows += false_rewrites(
            arguments.repository, arguments.words, arguments.skip, terms=not arguments.without_terms
        )
    rows += linted(arguments.messages, arguments.tools)
    print(f"\n{machine()}\n")
    print(markdown_table(("what", "of", "count"), rows))


def minimal_pairs() -> tuple[str, object, object]:
    chain = build_chain("en")
    lines = [line for line in PAIRS.read_text("utf-8").splitlines() if not line.startswith("#")]
    pairs = [(row[0], row[-1]) for row in (line.split("\t") for line in lines)]
    wrong = [pair for pair in pairs if polish([pair[0]], chain).text != pair[1]]
    for heard, written in wrong:
        print(f"wrong: {heard!r} should be {written!r}")
    return "minimal pairs wrong", len(pairs), len(wrong)


# ---- false rewrites ------------------------------------------------------------------------


def false_rewrites(
    folder: Path, words: int, skip: int, *, terms: bool
) -> list[tuple[str, object, object]]:
    repository = Repository.discover(folder)
    correct = None
    if terms:
        found = vocabulary_for(repository, CommitTarget(repository.commit("HEAD").id), print)
        correct = corrector(found.terms[:_TERMS], ordinary_words(), found.prose)
    chain = build_chain("en", correct=correct)
    paragraphs = list(_prose(repository, words, skip))
    rows: list[tuple[str, object, object]] = []
    forms = (("as written", paragraphs), ("lower case, no stops", [*map(_plain, paragraphs)]))
    for name, texts in forms:
        count = sum(len(text.split()) for text in texts)
        changed = 0
        taken = seconds(partial(_run_all, texts, chain))
        for text in texts:
            changed += _print_changes(text, chain)
        rows.append((f"changes, {name} (judge them above)", f"{count} words", changed))
        rows.append((f"words a second, {name}", f"{count} words", round(count / taken)))
    return rows


def _run_all(texts: Sequence[str], chain: Chain) -> None:
    for text in texts:
        run_chain(text, chain)


def _print_changes(text: str, chain: Chain) -> int:
    count = 0
    for _, passed in run_chain(text, chain):
        for change in passed.changes:
            before, after = text[max(0, change.start - 30) : change.start], text[change.end :][:30]
            print(f"{change.source}: {before}[{change.before} -> {change.after}]{after}")
            count += 1
        text = passed.text
    return count


def _prose(repository: Repository, words: int, skip: int) -> Iterator[str]:
    """Yield paragraphs of commit messages that are prose: no code, no trailers, no lists."""
    log = repository.run(
        "log", "--no-merges", f"--skip={skip}", f"--max-count={words // 10}", "--format=%B%x00",
        "--no-show-signature",
    )  # fmt: skip
    count = 0
    for message in log.decode("utf-8", "replace").split("\0"):
        for paragraph in message.strip().split("\n\n"):
            lines = paragraph.split("\n")
            if _TRAILERS.search(paragraph) or any(line[:1] in (" ", "\t") for line in lines):
                continue
            text = " ".join(paragraph.split())
            count += len(text.split())
            if text:
                yield text
        if count >= words:
            return


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s'-]", " ", text.lower()).split())


# ---- linters -------------------------------------------------------------------------------

_HEADERS = (
    "fix, scope {scope}.", "feat scope {scope}", "feature.", "docs,", "refactor, breaking.",
    "perf scope {scope}, breaking change.", "chore.", "test, scope {scope}.", "build,",
    "style scope {scope}", "see eye scope {scope}.", "revert.", "bug fix.", "",
)  # fmt: skip
_SUBJECTS = (
    "empty input no longer crashes", "API cache", "URLs are kept", "TokenStore leaks",
    "HTTP_PROXY is read from main dot py", "pascal case token store is new",
    "bump git to two point four three", "the server no longer stops when the name of the host is "
    "empty, because the parser returned none for an empty string and nobody had checked that",
    "I think it works", "Dash dash force is gone", "Über alles wird geschrieben", "修复解析器",
    "um take ten megabytes in five milliseconds", "why does it fail?", "wait...",
    "https colon slash slash example dot com slash " + "very-" * 18 + "long",
    "backtick GIT backtick is found", "Readme dot md says how", "zero x dead beef is magic",
    "quote no such file unquote is said",
)  # fmt: skip
_BODIES = (
    "", "The tokenizer returned none for an empty string and the caller never checked.",
    "bullet one thing that is long enough to be wrapped over the end of a line of the message\n"
    "bullet another\nnew paragraph\nand so on", "Note: this is no trailer.",
    "Fixes issue forty two in the middle. It goes on.", "see https://example.org/" + "x" * 120,
    "first line\nnew line\nsecond line\nscratch that\nthird line", "--- is a line\n# so is this",
)  # fmt: skip
_FOOTERS = (
    "", "Closes issue forty two.", "Breaking change: the token is gone and a new one must be asked "
    "for by everybody who has one, which is what the documentation has said for two years.",
    "closes issues twelve and one hundred and five\nreviewed by jane doe",
    "Co authored by Jane Doe. Refs ticket forty-two.",
)  # fmt: skip
_SCOPES = ("parser", "http client", "CLI", "docs", "read me")


def spoken_messages(count: int) -> list[str]:
    """Return messages composed of what is spoken, each of another mix; the same every time."""
    chain = build_chain("en")
    people = {name: Person("Jane Doe", "jane@example.org") for name in ("jane doe", "Jane Doe")}
    mixed = list(itertools.product(_FOOTERS, _BODIES, _SUBJECTS, _HEADERS))
    made = []
    for number in range(count):
        # a step that has no divisor in common with their number meets each mix once
        footer, body, subject, header = mixed[number * 6007 % len(mixed)]
        spoken = [header.format(scope=_SCOPES[number % len(_SCOPES)]), subject, body, footer]
        lines = [line for part in spoken for line in part.split("\n") if line]
        segments = [_sentence(line) for line in lines] if number % 2 else [*map(_bare, lines)]
        said = polish(segments, chain).segments
        made.append(render(compose(said, staged_paths=["src/lexer.py"], people=people)))
    return made


def _sentence(text: str) -> str:
    """Return a line as an engine with punctuation hears it."""
    return text if text[-1] in ".?!" else f"{text.rstrip(',')}."


def _bare(text: str) -> str:
    """Return a line as an engine hears it that knows words alone; what is typed stays typed."""
    return text if "://" in text or text[0] in "-#" else _plain(text)


def linted(count: int, tools: Path | None) -> list[tuple[str, object, object]]:
    found = [str(tools / place) for place in ("node_modules/.bin", "cz/bin")] if tools else []
    path = os.pathsep.join([*found, os.environ["PATH"]])
    messages = spoken_messages(count)
    rows: list[tuple[str, object, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        root = _commit_all(Path(folder), messages)
        if tools:
            Path(folder, "node_modules").symlink_to((tools / "node_modules").absolute())
        for name, command in (
            ("commitlint", ("commitlint", "--from", root, "--to", "HEAD")),
            ("cz check", ("cz", "check", "--rev-range", f"{root}..HEAD")),
        ):
            program = shutil.which(command[0], path=path)
            if program is None:
                rows.append((f"{name} is not installed: skipped", len(messages), "-"))
                continue
            done = subprocess.run(
                (program, *command[1:]), cwd=folder, capture_output=True, text=True, check=False
            )
            said = done.stdout + done.stderr
            if done.returncode:
                print(said, file=sys.stderr)
            errors = len(re.findall(r"^✖|^commit \"", said, re.MULTILINE))
            rows.append((f"messages that {name} refuses", len(messages), errors or done.returncode))
    return rows


def _commit_all(folder: Path, messages: Sequence[str]) -> str:
    """Make a repository with a commit for each message; return the commit before them."""
    Path(folder, ".commitlintrc.json").write_text(
        '{"extends": ["@commitlint/config-conventional"]}\n'
    )
    who = "committer A <a@example.org> 1700000000 +0000"
    stream = b""
    for text in ("chore: start\n", *messages):
        data = text.encode()
        stream += f"commit refs/heads/main\n{who}\ndata {len(data)}\n".encode() + data + b"\n"
    subprocess.run(("git", "init", "-q", "-b", "main", folder), check=True)
    subprocess.run(("git", "fast-import", "--quiet"), cwd=folder, input=stream, check=True)
    listed = subprocess.run(
        ("git", "rev-list", "--max-parents=0", "main"),
        cwd=folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return listed.stdout.strip()


if __name__ == "__main__":
    main()
