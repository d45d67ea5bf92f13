"""The session of a realtime connection: what `session.update` sets, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from git_voicenote.audio.capture.received import RATES
from git_voicenote.server.responses.refusals import RefusalError
from git_voicenote.server.v1.parameters import check_model, parse_keywords, parse_language

if TYPE_CHECKING:
    from git_voicenote.engines.base import EngineInfo

RATE = 24_000
_VAD = ("server_vad", "semantic_vad")


@dataclass(frozen=True, slots=True)
class Session:
    """The settings for sound and transcription.

    With `has_turns`, a pause ends an item; otherwise `input_audio_buffer.commit` does.
    """

    language: str
    keywords: tuple[str, ...] = ()
    rate: int = RATE
    has_turns: bool = True

    def as_json(self, session_id: str, model: str) -> dict[str, object]:
        """Return the session in the form of events."""
        return {
            "type": "transcription",
            "id": session_id,
            "object": "realtime.transcription_session",
            "audio": {
                "input": {
                    "format": {"type": "audio/pcm", "rate": self.rate},
                    "transcription": {
                        "model": model, "language": self.language,
                        "keywords": list(self.keywords),
                    },
                    "turn_detection": {"type": "server_vad"} if self.has_turns else None,
                    "noise_reduction": None,
                }
            },
        }  # fmt: skip


def updated(session: Session, given: object, info: EngineInfo) -> Session:
    """Return a session with a client's changes. Raises RefusalError."""
    wanted = _object(given, "session")
    if wanted.get("type", "transcription") != "transcription":
        raise _bad("session.type", "only transcription sessions are supported")
    sound = _object(_object(wanted.get("audio"), "audio").get("input"), "audio.input")
    if (form := sound.get("format")) is not None:
        session = replace(session, rate=_rate(_object(form, "format")))
    if (transcription := sound.get("transcription")) is not None:
        session = _transcription(session, _object(transcription, "transcription"), info)
    if "turn_detection" in sound:
        session = replace(session, has_turns=_has_turns(sound["turn_detection"]))
    return session


def _transcription(session: Session, given: Mapping[str, object], info: EngineInfo) -> Session:
    check_model(str(given.get("model") or ""), info)
    if language := given.get("language"):
        session = replace(session, language=parse_language(str(language), info))
    keywords, prompt = given.get("keywords"), given.get("prompt")
    fields = [("keywords", str(word)) for word in keywords] if isinstance(keywords, list) else []
    if isinstance(prompt, str):
        fields.append(("prompt", prompt))
    return replace(session, keywords=parse_keywords(fields)) if fields else session


def _rate(form: Mapping[str, object]) -> int:
    rate = form.get("rate", RATE)
    if form.get("type", "audio/pcm") != "audio/pcm" or not isinstance(rate, int):
        raise _bad("session.audio.input.format", "the format may be audio/pcm")
    if rate not in RATES:
        limits = f"{RATES.start} to {RATES.stop - 1}"
        raise _bad("session.audio.input.format.rate", f"the rate may be {limits}")
    return rate


def _has_turns(given: object) -> bool:
    if given is None:
        return False
    if _object(given, "turn_detection").get("type") not in _VAD:
        raise _bad(
            "session.audio.input.turn_detection", f"turn_detection may be null, {', '.join(_VAD)}"
        )
    return True


def _object(value: object, name: str) -> Mapping[str, object]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise _bad(name, f"{name} is not an object")
    return value


def _bad(param: str, message: str) -> RefusalError:
    return RefusalError(400, message, param=param, code="invalid_value")
