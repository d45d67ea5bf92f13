"""What a person asks of `git voicenote review --reply`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Replies:
    """What a person asked of --reply; `number` is that of the part that they answer at once."""

    number: int | None
    at: str | None
    sound: str | None
    folder: Path | None
    note: bool

    def check(self, source: str | None, *, is_asked: bool, others: bool) -> None:
        """Raise UsageError for options that mean nothing together."""
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
            raise click.UsageError(f"{given[0]} needs --patch N, the patch that is answered")
        if self.note and self.folder:
            raise click.UsageError("-o is for mails, and --note makes none")
        if source == self.sound == "-":
            raise click.UsageError("standard input cannot be both the mails and the sound")
