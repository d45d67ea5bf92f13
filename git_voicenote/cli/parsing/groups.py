"""A group of commands whose help shows their summaries whole."""

from __future__ import annotations

import click


class Group(click.Group):
    """A group that wraps the summaries of its commands; click cuts them to what fits a line."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the first sentence of each command's help."""
        with formatter.section("Commands"):
            commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
            formatter.write_dl(
                [(name, one.get_short_help_str(limit=1000)) for name, one in commands if one]
            )
