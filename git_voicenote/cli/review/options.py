"""The options of `git voicenote review --reply`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class ReplyOptions:
    """The options of --reply; `number` is the patch to answer, None to step through the series."""

    number: int | None
    at: str | None
    sound: str | None
    folder: Path | None
    note: bool

    def check(self, source: str | None, *, is_asked: bool, others: bool) -> None:
        """Raise UsageError for options that cannot be used together."""
        given = [
            name
            for name, value in (
                ("--patch", self.number is not None), ("--at", self.at is not None),
                ("--from", self.sound is not None), ("-o", self.folder), ("--note", self.note),
            )
            if value
        ]  # fmt: skip
        if given and not is_asked:
            raise click.UsageError(f"{given[0]} is for --reply")
        if is_asked and others:
            raise click.UsageError("--reply answers; --html, --json and --all are for reading")
        if self.number is None and (self.at is not None or self.sound is not None):
            raise click.UsageError(f"{given[0]} requires --patch N, the patch to answer")
        if self.note and self.folder:
            raise click.UsageError("-o is for mails, and --note writes none")
        if source == self.sound == "-":
            raise click.UsageError("standard input cannot be both the mails and the sound")
