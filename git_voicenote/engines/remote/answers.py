"""The answers of servers, in each of their formats.

OpenAI, speaches: {text, segments: [{avg_logprob, words?}], words: [{word, start, end}]}. speaches
and whisper.cpp add a `probability` to each word; whisper.cpp and funasr-server put words inside
segments; LocalAI names a word `text`. vLLM: {text, usage}. funasr-server may send a bare JSON
string, others plain text. Types and ranges are checked.
"""

from __future__ import annotations

import math
from codecs import BOM_UTF8
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from git_voicenote import bounded
from git_voicenote.characters import visible
from git_voicenote.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_TEXT_LENGTH = 20_000
"""Characters: 60 times as many as are spoken in half a minute."""
_MAX_REASON_LENGTH = 300
_MAX_MODELS = 1000
_PROBABILITIES = ("probability", "confidence")
_WEB_PAGE = (b"<!doctype", b"<html")


@dataclass(frozen=True, slots=True)
class RemoteWord:
    """A word, in seconds from the start of the sound that was sent."""

    text: str
    start: float
    end: float
    probability: float


@dataclass(frozen=True, slots=True)
class RemoteTranscript:
    """The transcript of a sound.

    `words` is empty unless the server gives a probability for each; `confidence` is in 0 … 1.
    """

    text: str
    words: tuple[RemoteWord, ...] = ()
    confidence: float | None = None


def read_answer(body: bytes) -> RemoteTranscript:
    """Return the transcript in a response. Raises ContentError if there is none in it."""
    body = body.removeprefix(BOM_UTF8).strip()
    start = body[:9].lower()
    if not body:
        raise ContentError("the answer is empty")
    if start.startswith(_WEB_PAGE):
        raise ContentError("the answer is a web page, perhaps of a proxy or a login")
    if not start.startswith(b"{"):
        return RemoteTranscript(_line(_bare_text(body)))
    value = bounded.parse_json(body, "the answer")
    if not isinstance(value, dict):
        raise ContentError("the answer is not an object")
    if value.get("error"):
        raise ContentError(reason_in(body))
    segments = tuple(_objects(value.get("segments")))
    text = value.get("text")
    if text is None and segments:
        text = " ".join(str(segment.get("text") or "") for segment in segments)
    words = _words(value, segments)
    return RemoteTranscript(
        _line(bounded.text(text, "the text of the answer", _MAX_TEXT_LENGTH)),
        words,
        _confidence(words, segments),
    )


@dataclass(frozen=True, slots=True)
class RemoteModel:
    """A model that a server lists."""

    name: str
    owner: str


def read_models(body: bytes) -> tuple[RemoteModel, ...]:
    """Return the models in the response of /v1/models. Raises ContentError."""
    value = bounded.parse_json(body, "the list of models")
    listed = value.get("data") if isinstance(value, dict) else None
    named = ((one.get("id"), one.get("owned_by")) for one in _objects(listed))
    return tuple(
        RemoteModel(_line(name)[:200], owner if isinstance(owner, str) else "")
        for name, owner in islice(named, _MAX_MODELS)
        if isinstance(name, str)
    )


def reason_in(body: bytes) -> str:
    """Return the reason in the body of an error response, in one short line, or "".

    OpenAI, vLLM and LocalAI send {"error": {"message"}}, whisper.cpp {"error": "…"}, and
    funasr-server and speaches, which use FastAPI, {"detail": "…" or [{"msg"}]}.
    """
    if body.lstrip()[:9].lower().startswith(_WEB_PAGE):
        return ""
    try:
        value = bounded.parse_json(body, "the answer")
    except ContentError:
        return _line(body[: 4 * _MAX_REASON_LENGTH].decode("utf-8", "replace"))[:_MAX_REASON_LENGTH]
    if isinstance(value, dict):
        value = next((value[key] for key in ("error", "detail", "message") if value.get(key)), "")
    if isinstance(value, list):
        value = next(iter(value), "")
    if isinstance(value, dict):
        value = next((value[key] for key in ("message", "msg") if value.get(key)), "")
    return _line(value)[:_MAX_REASON_LENGTH] if isinstance(value, str) else ""


def _bare_text(body: bytes) -> str:
    if body.startswith(b'"'):
        try:
            value = bounded.parse_json(body, "the answer")
        except ContentError:
            value = None  # a plain text may begin with a quotation mark
        if isinstance(value, str):
            return bounded.text(value, "the answer", _MAX_TEXT_LENGTH)
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise ContentError("the answer is not UTF-8") from None
    return bounded.text(text, "the answer", _MAX_TEXT_LENGTH)


def _line(text: str) -> str:
    """Return a text on one line, without invisible characters."""
    return " ".join(visible(text).split())


def _objects(value: object) -> Iterator[dict[str, object]]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))


def _words(
    value: dict[str, object], segments: tuple[dict[str, object], ...]
) -> tuple[RemoteWord, ...]:
    """Return all words of an answer, or none if one lacks its times or its probability."""
    found = tuple(_objects(value.get("words"))) or tuple(
        word for segment in segments for word in _objects(segment.get("words"))
    )
    try:
        return tuple(map(_word, found))
    except ContentError:
        return ()


def _word(value: dict[str, object]) -> RemoteWord:
    text = value.get("word", value.get("text"))
    probability = next((value[name] for name in _PROBABILITIES if name in value), None)
    start = bounded.real(value.get("start"), "a start", 0, 3600)
    return RemoteWord(
        _line(bounded.text(text, "a word", 200)),
        start,
        bounded.real(value.get("end"), "an end", start, 3600),
        bounded.real(probability, "a probability", 0, 1),
    )


def _confidence(
    words: tuple[RemoteWord, ...], segments: tuple[dict[str, object], ...]
) -> float | None:
    """Return the mean probability of the words or, without words, of the segments."""
    likely = [word.probability for word in words]
    if not likely:
        try:
            logs = [bounded.real(one.get("avg_logprob"), "", -100, 0) for one in segments]
        except ContentError:
            return None
        likely = [math.exp(log) for log in logs]
    return round(sum(likely) / len(likely), 2) if likely else None
