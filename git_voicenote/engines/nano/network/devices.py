"""Choose the device and the precision."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.errors import EngineError

if TYPE_CHECKING:
    from git_voicenote.engines.nano.checkpoint.reader import Checkpoint
    from git_voicenote.engines.nano.checkpoint.weights import EncoderPrecision, Precision

_AMPERE = (8, 0)
"""The first compute capability of NVIDIA's GPUs with bfloat16 and TF32."""


def likely_device(wanted: str) -> str:
    """Guess the device without importing torch, which takes a second."""
    if wanted != "auto":
        return wanted
    if Path("/proc/driver/nvidia/version").exists():
        return "cuda"
    return "mps" if sys.platform == "darwin" and os.uname().machine == "arm64" else "cpu"


def choose_device(wanted: str) -> str:
    """Return the device to use. Raises EngineError if the requested one is not available."""
    import torch

    has = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wanted == "auto":
        return next(device for device in ("cuda", "mps", "cpu") if has[device])
    kind, _, number = wanted.partition(":")
    if not has[kind]:
        raise EngineError(
            f"torch finds no device {kind!r} on this machine",
            hint="set voicenote.device to auto or cpu, or install the missing driver",
        )
    if number and int(number) >= torch.cuda.device_count():
        raise EngineError(
            f"there is no {wanted}: torch finds {torch.cuda.device_count()} CUDA devices",
            hint="the first device is cuda:0",
        )
    return wanted


def precision_for(device: str) -> Precision:
    """Return the precision of the language model that is fast and accurate on a device.

    It is never float16, which the output of the adaptor overflows.
    """
    from git_voicenote.engines.nano.network.int8 import has_int8_kernels

    if device.startswith("cuda"):
        return "bf16" if _is_ampere(device) else "fp32"
    return "int8" if device == "cpu" and has_int8_kernels() else "fp32"


def encoder_precision_for(device: str, checkpoint: Checkpoint) -> EncoderPrecision:
    """Return the precision of the linear layers in the encoder.

    It is TF32 on GPUs that have it, which is as fast as bfloat16 there, and nearer to float32. On
    CPUs with bfloat16 multiplication, it is bfloat16 if the weights are stored in it: this takes
    half the time.
    """
    import torch

    if device.startswith("cuda"):
        return "tf32" if _is_ampere(device) else "fp32"
    has_bf16 = device == "cpu" and torch.cpu._is_avx512_bf16_supported()
    return "bf16" if has_bf16 and checkpoint.is_stored_in("BF16") else "fp32"


def _is_ampere(device: str) -> bool:
    """Tell whether a CUDA device is of the Ampere generation or later."""
    import torch

    return torch.cuda.get_device_capability(device) >= _AMPERE


def offered_devices() -> tuple[str, ...]:
    """Return the devices that can be chosen here, as far as they are seen without torch."""
    gpus = Path("/proc/driver/nvidia/gpus")
    found = [f"cuda:{number}" for number, _ in enumerate(gpus.iterdir())] if gpus.is_dir() else []
    if likely_device("auto") == "mps":
        found.append("mps")
    return ("auto", "cpu", *found)
