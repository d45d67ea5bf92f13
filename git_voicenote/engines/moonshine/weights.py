"""Where the weights are: in the wheel of moonshine-voice, which is found without importing it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from git_voicenote.errors import EngineError


@dataclass(frozen=True, slots=True)
class Weights:
    """The files of one model, and the languages that it knows."""

    folder: Path
    name: str
    encoder: Path
    decoder: Path
    tokenizer: Path
    languages: tuple[str, ...]


def open_weights(model: str | None) -> Weights:
    """Return the weights that come with the install. Raises EngineError."""
    spec = find_spec("moonshine_voice")
    if spec is None or spec.origin is None or model is not None:
        raise EngineError("the weights of moonshine are not installed")
    folder = Path(spec.origin).parent / "assets" / "tiny-en"
    encoder, decoder = folder / "encoder_model.ort", folder / "decoder_model_merged.ort"
    return Weights(folder, "tiny-en", encoder, decoder, folder / "tokenizer.bin", ("en",))
