"""The fields of a request: as many as a server may support at first, fewer if it refuses them.

A server answers 400 or 422 to a form that it does not support: vLLM to `verbose_json`, unless the
model is like Whisper. Servers do not reliably name the field at fault, so the form is reduced in
steps.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from git_voicenote.engines.base import Context

_MAX_PROMPT_LENGTH = 600
"""Characters: Whisper reads the last 224 tokens of a prompt, and the best terms come first."""
_OPENAI = "api.openai.com"


class Detail(IntEnum):
    """How much a request asks for; each step asks for less."""

    WORDS = 0
    """The text with times and probabilities of words, given the repository's terms."""
    TERMS = 1
    """The text, given the repository's terms."""
    TEXT = 2
    """The text alone."""


def fields_of(
    detail: Detail, context: Context, model: str | None, host: str
) -> tuple[tuple[str, str], ...]:
    """Return the fields of the form besides the file.

    Terms are `keywords[]` for OpenAI and our own service, `hotwords` for vLLM and speaches, and a
    `prompt` for the others (whisper.cpp, LocalAI, and models like Whisper anywhere). Only OpenAI
    is known to refuse fields that it does not know.
    """
    fields = [("model", model)] if model else []
    language = iso_language(context.language)
    if language:
        fields.append(("language", language))
    terms = prompt_terms(context)
    if detail is not Detail.TEXT and terms:
        joined = ", ".join(terms)
        fields.append(("prompt", joined))
        if host != _OPENAI:
            fields.append(("hotwords", joined))
        fields += [("keywords[]", term) for term in terms]
    if detail is not Detail.WORDS:
        return (*fields, ("response_format", "json"))
    granularities = [("timestamp_granularities[]", kind) for kind in ("segment", "word")]
    return (*fields, ("response_format", "verbose_json"), *granularities)


def iso_language(language: str) -> str | None:
    """Return a language as an ISO 639 code, or None if the server is to detect it."""
    code = language.lower().replace("_", "-").partition("-")[0]
    return None if code == "auto" else code


def prompt_terms(context: Context) -> tuple[str, ...]:
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
