"""The texts that are laid out by a template; jinja2's one owner."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from git_voicenote.resources import resource

if TYPE_CHECKING:
    from jinja2 import Environment


def fill_in(name: str, /, **values: object) -> str:
    """Return a shipped template with its values filled in.

    A value that the template names and that is missing is an error, not an empty place. Only
    templates named `*.html.j2` escape what they are given: a commit message is plain text.
    """
    return _environment().get_template(name).render(**values)


@cache
def _environment() -> Environment:
    # 0.07 s, which only those pay who have something to lay out
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=FileSystemLoader(resource("templates", "commit-message.j2").parent),
        autoescape=select_autoescape(("html.j2",), default=False),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
