"""How much is asked of a server: all that one may have first, and less if it refuses.

A server says 400 or 422 to a form that it does not take: vLLM for `verbose_json` unless the model
is like Whisper. What of the form it minds is not told in a way to rely on, so the form shrinks by
steps.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from git_voicenote.engines.base import Context

_MAX_PROMPT_LENGTH = 600
"""Characters: of a prompt, Whisper reads the last 224 tokens, and the best terms come first."""
_OPENAI = "api.openai.com"


class Demand(IntEnum):
    """What is asked for; each step leaves out more."""

    WORDS = 0
    """Times and probabilities, with the repository's terms."""
    TERMS = 1
    """The text, with the repository's terms."""
    TEXT = 2
    """The text alone."""


def fields_of(
    demand: Demand, context: Context, model: str | None, host: str
) -> tuple[tuple[str, str], ...]:
    """Return the fields of the form besides the file.

    Terms are `keywords[]` to OpenAI, `hotwords` to vLLM and speaches, and a `prompt` to the others
    (whisper.cpp, LocalAI, and models like Whisper anywhere). Of these servers, OpenAI's is the one
    that may refuse a field that it does not know.
    """
    fields = [("model", model)] if model else []
    language = language_of(context.language)
    if language:
        fields.append(("language", language))
    terms = _terms(context)
    if demand is not Demand.TEXT and terms:
        joined = ", ".join(terms)
        fields.append(("prompt", joined))
        if host != _OPENAI:
            fields.append(("hotwords", joined))
        fields += [("keywords[]", term) for term in terms]
    if demand is not Demand.WORDS:
        return (*fields, ("response_format", "json"))
    granularities = [("timestamp_granularities[]", kind) for kind in ("segment", "word")]
    return (*fields, ("response_format", "verbose_json"), *granularities)


def language_of(language: str) -> str | None:
    """Return the code of a language (ISO 639) as servers take it; None if they have to find out."""
    code = language.lower().replace("_", "-").partition("-")[0]
    return None if code == "auto" else code


def _terms(context: Context) -> tuple[str, ...]:
    """Return the first terms that fit into a prompt, each on one line."""
    kept: list[str] = []
    length = 0
    for term in context.hotwords:
        term = " ".join(term.replace(",", " ").split())
        length += len(term) + 2
        if length > _MAX_PROMPT_LENGTH:
            break
        kept.append(term)
    return tuple(kept)
