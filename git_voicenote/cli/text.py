"""`git voicenote text`: run the text passes as a filter."""

from __future__ import annotations

import sys

import click

from git_voicenote.cli.parsing.usage import at_most_one
from git_voicenote.git.repository import repository_if_any
from git_voicenote.targets import MessageTarget
from git_voicenote.terminal.console import put_product, report, say, settings, warn
from git_voicenote.text.passes.chain import PASSES
from git_voicenote.text.passes.line_breaks import written_lines
from git_voicenote.text.passes.running import run_chain
from git_voicenote.text.spans import with_line_feeds
from git_voicenote.workflows.hearing.explanations import change_lines
from git_voicenote.workflows.hearing.listening import Listening


@click.command()
@click.option(
    "--pass", "passes", multiple=True, metavar="NAME", type=click.Choice(tuple(PASSES)),
    help="Run only this pass; can be repeated.",
)  # fmt: skip
@click.option("--explain", is_flag=True, help="Report each replacement and its source on stderr.")
@click.option("--language", help="The language that was spoken: en, zh, ...")
@click.option("--list", "list_passes", is_flag=True, help="List the passes in order.")
def text(
    passes: tuple[str, ...], *, explain: bool, language: str | None, list_passes: bool
) -> None:
    """Convert spoken text to written text, from standard input to standard output.

    Each line is the speech between two pauses. All passes run in order, or those of voicenote.text
    or --pass.
    """
    at_most_one(list=list_passes, **{"pass": passes})
    if list_passes:
        width = max(map(len, PASSES))
        for name, step in PASSES.items():
            report(f"{name:{width}}  {step.meaning}", hanging=width + 2)
        return
    repository = repository_if_any()
    chosen = settings(repository, language=language, text=",".join(passes) or None)
    chain = Listening(repository, chosen, MessageTarget(), warn).chain
    # invalid UTF-8 and lines that no pass changes are copied unchanged; in changed text,
    # lines end in a line feed
    came = sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
    heard = with_line_feeds(came)
    passed = run_chain(heard, chain)
    written = written_lines(passed[-1][1].text if passed else heard)
    written = came if written == heard else written
    put_product(written.encode("utf-8", "surrogateescape"))
    if explain:
        for line in change_lines(passed):
            say(line)
