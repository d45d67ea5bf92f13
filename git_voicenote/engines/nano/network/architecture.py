"""The architecture of a Fun-ASR-Nano model; the defaults are those of the released one.

It consists of a SenseVoice encoder (SAN-M blocks), an adaptor (transformer blocks with the width of
the language model) and a Qwen3 language model; the released one has 221 M, 12.6 M and 596 M
parameters.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class EncoderShape:
    """The SAN-M blocks of the encoder: `layers` for words, followed by `timestamp_layers`.

    A layer norm follows the last block of each kind.
    """

    mel_bins: int = 80
    stacked_frames: int = 7
    width: int = 512
    heads: int = 4
    feed_forward: int = 2048
    layers: int = 50
    timestamp_layers: int = 20
    kernel: int = 11
    norm_eps: float = 1e-5

    @property
    def input_width(self) -> int:
        """The number of values in a frame at the low frame rate."""
        return self.mel_bins * self.stacked_frames


@dataclass(frozen=True, slots=True)
class AdaptorShape:
    """Two linear layers and blocks that convert the output of the encoder to the language model.

    The reference uses a `norm_eps` of 1e-12, transformers one of 1e-5.
    """

    width: int = 1024
    hidden: int = 2048
    heads: int = 8
    feed_forward: int = 256
    layers: int = 2
    norm_eps: float = 1e-12


@dataclass(frozen=True, slots=True)
class DecoderShape:
    """The Qwen3 language model; its output layer is the transposed embedding."""

    vocabulary: int = 151936
    width: int = 1024
    feed_forward: int = 3072
    layers: int = 28
    heads: int = 16
    key_value_heads: int = 8
    head_width: int = 128
    rope_theta: float = 1e6
    norm_eps: float = 1e-6


@dataclass(frozen=True, slots=True)
class Architecture:
    """The architecture of the whole model."""

    encoder: EncoderShape = field(default_factory=EncoderShape)
    adaptor: AdaptorShape = field(default_factory=AdaptorShape)
    decoder: DecoderShape = field(default_factory=DecoderShape)
