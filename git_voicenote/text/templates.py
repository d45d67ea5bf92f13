"""Render templates; the only module that uses jinja2."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from git_voicenote.resources import resource

if TYPE_CHECKING:
    from jinja2 import Environment


def fill_in(name: str, /, **values: object) -> str:
    """Render an installed template.

    A missing value is an error. Only templates named `*.html.j2` escape their values, because a
    commit message is plain text.
    """
    return _environment().get_template(name).render(**values)


@cache
def _environment() -> Environment:
    # takes 0.07 s, so it is imported only when needed
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=FileSystemLoader(resource("templates", "commit-message.j2").parent),
        autoescape=select_autoescape(("html.j2",), default=False),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
