"""What a client asks for: the fields of a transcription's form, checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.server.refusals import RefusalError
from git_voicenote.text.export.formats import FORMATS, JSON, TEXT

if TYPE_CHECKING:
    from git_voicenote.engines.base import EngineInfo

EVERYTHING = "verbose_json"
RESPONSE_FORMATS = (*FORMATS, EVERYTHING)
"""Those that files are exported in, and the one with all that is known."""
GRANULARITIES = ("segment", "word")
KNOWN = frozenset(
    {"model", "language", "prompt", "keywords", "hotwords", "response_format", "stream",
     "timestamp_granularities"}
)  # fmt: skip
_MOST_KEYWORDS = 100
_LONGEST_HINT = 5
"""Words of a part of a prompt that is a term, and no sentence."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client wants of its file.

    `keywords` are terms that are likely to be spoken; `unused` are the fields that it sent in vain.
    """

    language: str
    keywords: tuple[str, ...] = ()
    response_format: str = JSON.name
    is_stream: bool = False
    granularities: frozenset[str] = frozenset()
    unused: tuple[str, ...] = ()


def model_names(info: EngineInfo) -> tuple[str, ...]:
    """Return what clients may call the model: by the engine's name, or its own."""
    return tuple(dict.fromkeys(name for name in (info.name, info.model) if name))


def wish_of(fields: tuple[tuple[str, str], ...], info: EngineInfo, language: str) -> Wish:
    """Read the fields of a form; `language` is that of the settings. Raises RefusalError."""
    # lists are sent as `name[]`, by some clients as `name`
    named = [(name.removesuffix("[]"), value) for name, value in fields]
    one = dict(named)
    _check_model(one.get("model", ""), info)
    wish = Wish(
        _language(one.get("language") or language, info),
        _keywords(named),
        _choice(one.get("response_format") or JSON.name, RESPONSE_FORMATS, "response_format"),
        _choice(one.get("stream") or "false", ("false", "true"), "stream") == "true",
        frozenset(
            _choice(value, GRANULARITIES, "timestamp_granularities")
            for name, value in named
            if name == "timestamp_granularities"
        ),
        tuple(dict.fromkeys(visible(name)[:64] for name, _ in named if name not in KNOWN)),
    )
    if wish.granularities and wish.response_format != EVERYTHING:
        raise RefusalError(
            400, "timestamp_granularities needs response_format verbose_json",
            param="timestamp_granularities", code="invalid_value",
        )  # fmt: skip
    if wish.is_stream and wish.response_format not in (JSON.name, TEXT.name):
        raise RefusalError(
            400, f"{wish.response_format} cannot be streamed: json and text can",
            param="response_format", code="invalid_value",
        )  # fmt: skip
    return wish


def _check_model(model: str, info: EngineInfo) -> None:
    known = model_names(info)
    if model and model not in known:
        raise RefusalError(
            404, f"there is no model {visible(model)[:64]!r} here, but {' and '.join(known)}",
            param="model", code="model_not_found",
        )  # fmt: skip


def _language(language: str, info: EngineInfo) -> str:
    code = language.lower().partition("-")[0]
    if code not in info.languages:
        raise RefusalError(
            400,
            f"{info.name} understands {', '.join(info.languages)}, not {visible(language)[:64]!r}",
            param="language", code="invalid_value",
        )  # fmt: skip
    return code


def _choice(value: str, choices: tuple[str, ...], param: str) -> str:
    if value.lower() not in choices:
        raise RefusalError(
            400, f"{param} may be {', '.join(choices)}, not {visible(value)[:64]!r}",
            param=param, code="invalid_value",
        )  # fmt: skip
    return value.lower()


def _keywords(named: list[tuple[str, str]]) -> tuple[str, ...]:
    """Return the terms of keywords[], of hotwords and of a prompt, each once.

    A list may stand in one field, with commas or lines between. Of a prompt, the parts between
    commas, colons and stops are taken that are short enough for a term: the engines here are told
    words, and no text that goes on.
    """
    found: list[str] = []
    for name, value in named:
        if name in ("keywords", "hotwords"):
            found += re.split(r"[,\n]", value)
        elif name == "prompt":
            parts = re.split(r"[,;:\n]|\.(?=\s|$)", value)
            found += [part for part in parts if len(part.split()) <= _LONGEST_HINT]
    terms = dict.fromkeys(term for part in found if (term := visible(part).strip()))
    return tuple(terms)[:_MOST_KEYWORDS]
