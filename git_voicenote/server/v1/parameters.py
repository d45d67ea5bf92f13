"""The parameters of a transcription: the fields of its form, checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.server.responses.refusals import RefusalError
from git_voicenote.text.export.formats import FORMATS, JSON, TEXT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from git_voicenote.engines.base import EngineInfo

VERBOSE_JSON = "verbose_json"
RESPONSE_FORMATS = (*FORMATS, VERBOSE_JSON)
"""The export formats, and the one with all details."""
GRANULARITIES = ("segment", "word")
KNOWN = frozenset(
    {"model", "language", "prompt", "keywords", "hotwords", "response_format", "stream",
     "timestamp_granularities"}
)  # fmt: skip
_MAX_KEYWORDS = 100
_MAX_WORDS_OF_A_TERM = 5
"""A longer part of a prompt is taken for a sentence."""


@dataclass(frozen=True, slots=True)
class TranscriptionRequest:
    """A request for a transcription.

    `keywords` are terms that are likely to be spoken; `ignored` are unknown fields.
    """

    language: str
    keywords: tuple[str, ...] = ()
    response_format: str = JSON.name
    is_stream: bool = False
    granularities: frozenset[str] = frozenset()
    ignored: tuple[str, ...] = ()


def model_names(info: EngineInfo) -> tuple[str, ...]:
    """Return the names of the model: that of the engine, and the model's own."""
    return tuple(dict.fromkeys(name for name in (info.name, info.model) if name))


def parse_request(
    form: tuple[tuple[str, str], ...], info: EngineInfo, default_language: str
) -> TranscriptionRequest:
    """Parse the fields of a form. Raises RefusalError."""
    fields = without_brackets(form)
    last = dict(fields)
    check_model(last.get("model", ""), info)
    request = TranscriptionRequest(
        parse_language(last.get("language") or default_language, info),
        parse_keywords(fields),
        _choice(last.get("response_format") or JSON.name, RESPONSE_FORMATS, "response_format"),
        _choice(last.get("stream") or "false", ("false", "true"), "stream") == "true",
        frozenset(
            _choice(value, GRANULARITIES, "timestamp_granularities")
            for name, value in fields
            if name == "timestamp_granularities"
        ),
        tuple(dict.fromkeys(visible(name)[:64] for name, _ in fields if name not in KNOWN)),
    )
    if request.granularities and request.response_format != VERBOSE_JSON:
        raise RefusalError(
            400, "timestamp_granularities needs response_format verbose_json",
            param="timestamp_granularities", code="invalid_value",
        )  # fmt: skip
    if request.is_stream and request.response_format not in (JSON.name, TEXT.name):
        raise RefusalError(
            400, f"{request.response_format} cannot be streamed: json and text can",
            param="response_format", code="invalid_value",
        )  # fmt: skip
    return request


def without_brackets(form: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the fields of a form: clients send a list as `name[]`, some as `name`."""
    return [(name.removesuffix("[]"), value) for name, value in form]


def parse_language(language: str, info: EngineInfo) -> str:
    """Return a language code that the engine supports. Raises RefusalError."""
    code = language.lower().partition("-")[0]
    if info.languages and code not in info.languages:
        raise RefusalError(
            400,
            f"{info.name} understands {', '.join(info.languages)}, not {visible(language)[:64]!r}",
            param="language", code="invalid_value",
        )  # fmt: skip
    return code


def parse_keywords(fields: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return the terms of keywords, hotwords and a prompt, each once.

    A field may contain several terms, separated by commas or line breaks. Of a prompt, those parts
    between commas, colons and full stops are used that are short enough for a term: these engines
    accept words, not running text.
    """
    found: list[str] = []
    for name, value in fields:
        if name in ("keywords", "hotwords"):
            found += re.split(r"[,\n]", value)
        elif name == "prompt":
            parts = re.split(r"[,;:\n]|\.(?=\s|$)", value)
            found += [part for part in parts if len(part.split()) <= _MAX_WORDS_OF_A_TERM]
    terms = dict.fromkeys(term for part in found if (term := visible(part).strip()))
    return tuple(terms)[:_MAX_KEYWORDS]


def check_model(model: str, info: EngineInfo) -> None:
    """Raise RefusalError for an unknown model; "" means any."""
    known = model_names(info)
    if model and model not in known:
        raise RefusalError(
            404, f"there is no model {visible(model)[:64]!r} here, but {' and '.join(known)}",
            param="model", code="model_not_found",
        )  # fmt: skip


def _choice(value: str, choices: tuple[str, ...], param: str) -> str:
    if value.lower() not in choices:
        raise RefusalError(
            400, f"{param} may be {', '.join(choices)}, not {visible(value)[:64]!r}",
            param=param, code="invalid_value",
        )  # fmt: skip
    return value.lower()
