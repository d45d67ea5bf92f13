"""Read a checkpoint in FunASR's layout: config.yaml, model.pt and a folder Qwen3-0.6B.

model.pt is a pickle (see `pickles`), which is mapped into memory; tensors are not copied.
"""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from git_voicenote.bounded import parse_json, parse_yaml, read_file, whole
from git_voicenote.engines.nano.checkpoint.configuration import (
    checked,
    decoder_shape,
    encoder_shape,
)
from git_voicenote.engines.nano.checkpoint.layouts import OUTPUT
from git_voicenote.engines.nano.checkpoint.pickles import load_weights
from git_voicenote.engines.nano.checkpoint.reader import ORIGINAL_WEIGHTS, arrange, check_places
from git_voicenote.engines.nano.checkpoint.safetensors_file import StoredTensor
from git_voicenote.engines.nano.network.architecture import AdaptorShape, Architecture
from git_voicenote.errors import ContentError, EngineError
from git_voicenote.models.misplaced import refuse_wrong_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import torch

    from git_voicenote.engines.nano.checkpoint.layouts import CheckpointLayout
    from git_voicenote.engines.nano.checkpoint.reader import TensorLocation

CONFIG = "config.yaml"
LANGUAGE_MODEL = "Qwen3-0.6B"

_ENCODER_DEFAULTS = {"num_blocks": 50, "tp_blocks": 20}
_DTYPES = {"torch.float32": "F32", "torch.float16": "F16", "torch.bfloat16": "BF16"}
_MAX_WIDTH = 1 << 17
_MAX_LAYERS = 500
_MAX_CONFIG_BYTES = 1 << 20
_CHUNK_BYTES = 4 << 20  # read and released at a time


@dataclass(frozen=True)
class OriginalCheckpoint:
    """An open checkpoint in FunASR's layout, which can only be copied."""

    folder: Path
    architecture: Architecture
    places: Mapping[str, TensorLocation]
    output: TensorLocation | None
    left_out: tuple[str, ...]
    _state: Mapping[str, torch.Tensor]
    _is_mapped: bool
    layout: CheckpointLayout = "original"

    @property
    def tokenizer_folder(self) -> Path:
        """The folder with the files of the tokenizer."""
        return language_model_folder(self.folder)

    def pieces(self, place: TensorLocation) -> Iterator[memoryview]:
        """Yield the values of a tensor as bytes, and release the memory of each chunk after use."""
        import torch

        stored = self._state[place.stored.name]
        is_view = self._is_mapped and stored.is_contiguous()
        values = stored.detach().contiguous().reshape(-1).view(torch.uint8)
        values = values.narrow(0, place.part * place.size, place.size)
        for first in range(0, place.size, _CHUNK_BYTES):
            piece = values[first : first + _CHUNK_BYTES]
            yield piece.numpy().data
            if is_view:
                _release(piece)


def open_original(folder: Path) -> OriginalCheckpoint:
    """Open a checkpoint of FunASR, and check all names and shapes.

    Raises EngineError.
    """
    architecture = _architecture(folder)
    path = folder / ORIGINAL_WEIGHTS
    state, is_mapped = load_weights(path)
    stored = tuple(
        StoredTensor(name, _DTYPES.get(str(tensor.dtype), str(tensor.dtype)), tuple(tensor.shape))
        for name, tensor in state.items()
    )
    found, left_out = arrange({path: stored}, "original", architecture)
    return OriginalCheckpoint(
        folder, architecture, check_places(found, architecture, path), found.get(OUTPUT),
        left_out, state, is_mapped,
    )  # fmt: skip


def language_model_folder(folder: Path) -> Path:
    """Return the folder with the config and the tokenizer of the language model."""
    others = sorted(path.parent for path in folder.glob("*/config.json"))
    for candidate in (folder / LANGUAGE_MODEL, *others):
        if (candidate / "config.json").is_file():
            return candidate
    raise EngineError(
        f"{folder} has no {LANGUAGE_MODEL}/config.json",
        hint=f"the folder {LANGUAGE_MODEL} is part of the model; copy it, too",
    )


def _architecture(folder: Path) -> Architecture:
    config = folder / CONFIG
    settings = _read_yaml(config)
    text_config = language_model_folder(folder) / "config.json"
    try:
        decoder = decoder_shape(_section(parse_json(_read(text_config), text_config.name)))
    except EngineError as exc:
        raise EngineError(f"{text_config}: {exc.message}", hint=exc.hint) from exc
    except (ContentError, OSError, ValueError, TypeError, AttributeError) as exc:
        refuse_wrong_file(text_config)
        raise EngineError(f"{text_config} is invalid: {exc}") from exc
    try:
        _refuse_other_modules(settings)
        encoder_conf = _ENCODER_DEFAULTS | dict(_section(settings["audio_encoder_conf"]))
        adaptor_conf = _section(settings.get("audio_adaptor_conf") or {})
        frontend = _section(settings.get("frontend_conf") or {})
        encoder = encoder_shape(
            {
                **encoder_conf,
                "num_mel_bins": frontend.get("n_mels"),
                "num_stacked_frames": frontend.get("lfr_m"),
            },
            whole(encoder_conf["num_blocks"], "num_blocks", 1, _MAX_LAYERS),
            whole(encoder_conf["tp_blocks"], "tp_blocks", 0, _MAX_LAYERS),
        )
        usual = AdaptorShape()
        adaptor = replace(
            usual,
            width=decoder.width,
            hidden=whole(adaptor_conf.get("ffn_dim", usual.hidden), "ffn_dim", 1, _MAX_WIDTH),
            heads=whole(
                adaptor_conf.get("attention_heads", usual.heads), "attention_heads", 1, _MAX_WIDTH
            ),
            feed_forward=decoder.width // 4,
            layers=whole(adaptor_conf.get("n_layer", usual.layers), "n_layer", 0, _MAX_LAYERS),
        )
        return checked(Architecture(encoder, adaptor, decoder))
    except (ContentError, KeyError, TypeError, ValueError, AttributeError) as exc:
        raise EngineError(f"{config} is not the configuration of a Fun-ASR-Nano: {exc}") from exc
    except EngineError as exc:
        raise EngineError(f"{config}: {exc.message}", hint=exc.hint) from exc


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        content = _read(path)
        refuse_wrong_file(path)
        value = parse_yaml(content, path.name)
    except FileNotFoundError as exc:
        raise EngineError(
            f"{path.parent} has no {path.name}", hint="it is part of the model; copy it, too"
        ) from exc
    except (OSError, ContentError) as exc:
        raise EngineError(f"cannot read {path}: {exc}") from exc
    if not isinstance(value, dict):
        raise EngineError(f"{path} is not the configuration of a Fun-ASR-Nano")
    return value


def _read(path: Path) -> bytes:
    return read_file(path, _MAX_CONFIG_BYTES)


def _section(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError("a section is not a mapping")
    return value


def _refuse_other_modules(settings: Mapping[str, Any]) -> None:
    """Raise EngineError for settings of the reference that the released models do not use."""
    encoder = _section(settings["audio_encoder_conf"])
    frontend = _section(settings.get("frontend_conf") or {})
    expected = (
        ("model", settings.get("model"), "FunASRNano"),
        ("audio_encoder", settings.get("audio_encoder"), "SenseVoiceEncoderSmall"),
        ("audio_adaptor", settings.get("audio_adaptor"), "Transformer"),
        ("audio_encoder_conf.sanm_shfit", encoder.get("sanm_shfit") or 0, 0),
        ("frontend_conf.lfr_n", frontend.get("lfr_n", 6), 6),
        ("frontend_conf.cmvn_file", frontend.get("cmvn_file"), None),
    )
    for name, value, wanted in expected:
        if value != wanted:
            raise EngineError(
                f"{name} is {value!r}; only {wanted!r} is supported",
                hint="the nano engine supports Fun-ASR-Nano-2512 and Fun-ASR-MLT-Nano-2512",
            )


def _release(piece: torch.Tensor) -> None:
    """Release the complete pages of a mapped chunk.

    Without this, all pages that were read count towards the memory of the process: 2 GB.
    """
    page = mmap.PAGESIZE
    first = -(-piece.data_ptr() // page) * page
    last = (piece.data_ptr() + piece.numel()) // page * page
    if last > first and hasattr(mmap, "MADV_DONTNEED"):
        ctypes.CDLL(None).madvise(
            ctypes.c_void_p(first), ctypes.c_size_t(last - first), mmap.MADV_DONTNEED
        )
