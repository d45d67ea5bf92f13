"""Load pickled weights with torch, in the weights-only mode, which runs no code.

The declarations in the pickle are checked, too. A few bytes can declare a tensor of any shape over
one stored number, and a compressed record can unpack to a thousand times its size.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from git_voicenote.errors import EngineError
from git_voicenote.models.misplaced import refuse_wrong_file
from git_voicenote.models.zips import ZIP_ERRORS, open_zip

if TYPE_CHECKING:
    from pathlib import Path

    import torch

_MAX_PROGRAM_BYTES = 16 << 20
"""The limit for data.pkl, which names the tensors; that of the released model has 0.2 MB."""
_MAX_TENSORS = 20_000
_WRAPPERS = ("state_dict", "model_state_dict", "model")
_COPY = "copy or fetch it again"


def load_weights(path: Path) -> tuple[dict[str, torch.Tensor], bool]:
    """Return the tensors of a pickle by name, and whether they are mapped into memory.

    Raises EngineError.
    """
    import pickle

    import torch

    refuse_wrong_file(path)
    is_zip = _is_zip(path)
    if is_zip:
        _check_records(path)
    try:
        # the format before torch 1.6 is not a zip archive, and cannot be mapped
        state = torch.load(path, map_location="cpu", weights_only=True, mmap=is_zip)
    except pickle.UnpicklingError as exc:
        raise EngineError(
            f"{path} contains more than weights, or is damaged",
            hint="a pickle can run code when it is opened; only plain weights are accepted",
        ) from exc
    except Exception as exc:  # torch raises any exception for a damaged pickle
        raise EngineError(f"{path} is truncated or damaged", hint=_COPY) from exc
    tensors = _tensors(state)
    if not tensors:
        raise EngineError(f"{path} contains no weights")
    if len(tensors) > _MAX_TENSORS:
        raise EngineError(f"{path} contains too many tensors: {len(tensors)}")
    for name, tensor in tensors.items():
        _check_stored(path, name, tensor)
    return tensors, is_zip


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _check_records(path: Path) -> None:
    """Raise EngineError for a zip archive with compressed records, which torch does not write."""
    try:
        with path.open("rb") as file, open_zip(file) as archive:
            records = archive.infolist()
    except ZIP_ERRORS as exc:
        raise EngineError(f"{path} is truncated or damaged", hint=_COPY) from exc
    for record in records:
        is_plain = record.compress_type == zipfile.ZIP_STORED
        if not is_plain or record.file_size != record.compress_size:
            raise EngineError(f"{path} contains compressed weights, which torch does not write")
        if record.filename.endswith(".pkl") and record.file_size > _MAX_PROGRAM_BYTES:
            raise EngineError(f"{path} contains more than weights: its data.pkl is too large")


def _tensors(state: Any) -> dict[str, torch.Tensor]:  # noqa: ANN401 - whatever was pickled
    """Return the tensors of a state by name, without the wrappers of trainers."""
    import torch

    for _ in range(len(_WRAPPERS)):  # a state may contain itself
        if not isinstance(state, Mapping):
            return {}
        inner = next((state[k] for k in _WRAPPERS if isinstance(state.get(k), Mapping)), None)
        if inner is None:
            break
        state = inner
    return {
        name: value
        for name, value in state.items()
        if isinstance(name, str) and isinstance(value, torch.Tensor)
    }


def _check_stored(path: Path, name: str, tensor: torch.Tensor) -> None:
    """Raise EngineError for a tensor that is larger than its stored values."""
    import torch

    is_plain = tensor.layout is torch.strided and tensor.device.type == "cpu"
    if is_plain and not tensor.is_quantized:
        stored = tensor.untyped_storage().nbytes()
        if tensor.numel() * tensor.element_size() <= stored:
            return
    raise EngineError(f"{path} declares {name[:80]!r} larger than its stored values", hint=_COPY)
