"""Run Moonshine's encoder and decoder graphs with onnxruntime.

This and `graphs` are the only modules that use onnxruntime. The encoder takes raw samples and
returns a state for each 384 of them. The decoder is merged: its first step fills the keys and
values of all layers, and each later step adds a token to them. The number of layers and heads is
read from the graphs.

Tokens are computed with one thread: 3.6 ms each, against 3.3 ms with two. The encoder gains more
(0.23 s instead of 0.40 s for 30 s of sound), and uses several threads unless the cores are busy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.engines.cores import Cores
from git_voicenote.engines.moonshine.telemetry import stop_telemetry
from git_voicenote.engines.moonshine.tokenizer import BOS
from git_voicenote.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from git_voicenote.datatypes import Samples

    Floats = NDArray[np.float32]

MIN_SAMPLES = 1280
"""In samples. The encoder's convolutions need 0.06 s; shorter sound is padded."""
_MAX_THREADS = 4
_LONG_SAMPLES = 15 * SAMPLE_RATE
"""In samples. After longer sound, the encoder returns its memory, about 100 MB for 28 s. After
shorter sound it keeps it, because taking it again costs 7 % of the time."""


@dataclass(frozen=True, slots=True, eq=False)
class EncodedSound:
    """Encoded sound: `states` of shape (1, T, D), and the length in samples.

    `cross` are the keys and values that the decoder computed from it, each of shape (1, H, T, W).
    """

    states: Floats
    samples: int
    cross: tuple[Floats, ...]


@dataclass(frozen=True, slots=True, eq=False)
class DecoderSteps:
    """The output of the decoder after some tokens.

    `logits` are log probabilities of the next token, of shape (B, V); after several tokens at once,
    of the token after each of them, (L, V). `past` are the keys and values of all tokens, each of
    shape (B, H, L, W).
    """

    logits: Floats
    past: tuple[Floats, ...]


class Network:
    """The loaded graphs of a model."""

    def __init__(self, encoder: Path, decoder: Path) -> None:
        self._cores = Cores()
        most = min(self._cores.available, _MAX_THREADS)
        self._encoders = {1: _session(encoder, 1)}
        if most > 1:
            self._encoders[most] = _session(encoder, most)
        self._decoder = _session(decoder, 1)
        inputs = {each.name: each.shape for each in self._decoder.get_inputs()}
        self._own = tuple(name for name in inputs if ".decoder." in name)
        self._cross = tuple(name for name in inputs if ".encoder." in name)
        _, self._heads, _, self._width = inputs[self._own[0]]
        self._own_out = tuple(name.replace("past_key_values", "present") for name in self._own)
        self._cross_out = tuple(name.replace("past_key_values", "present") for name in self._cross)

    def encode(self, samples: Samples) -> EncodedSound:
        """Encode sound of shape (n,), at most 30 s. Raises EngineError."""
        if len(samples) < MIN_SAMPLES:
            samples = np.pad(samples, (0, MIN_SAMPLES - len(samples)))
        threads = threads_for(self._cores.free(), self._encoders)
        sound = {
            "input_values": samples[None],
            "attention_mask": np.ones((1, len(samples)), np.int64),
        }
        options = _returning_memory() if len(samples) >= _LONG_SAMPLES else None
        states = _run(self._encoders[threads], None, sound, options)[0]
        empty = self._feed(states, len(samples), np.array([[BOS]]), is_first=True)
        cross = _run(self._decoder, self._cross_out, empty)
        return EncodedSound(states, len(samples), tuple(cross))

    def read(self, encoded: EncodedSound, ids: tuple[int, ...]) -> DecoderSteps:
        """Return the logits after the start and after each of `ids`, of shape (1 + L, V)."""
        feed = self._feed(encoded.states, encoded.samples, np.array([[BOS, *ids]]), is_first=True)
        logits, *past = _run(self._decoder, ("logits", *self._own_out), feed)
        return DecoderSteps(log_softmax(logits[0]), tuple(past))

    def step(self, encoded: EncodedSound, ids: list[int], past: tuple[Floats, ...]) -> DecoderSteps:
        """Return the logits after one more token in each of B texts, of shape (B, V)."""
        feed = self._feed(
            encoded.states, encoded.samples, np.array(ids, np.int64)[:, None], is_first=False
        )
        # one copy serves all texts, because the products are broadcast
        feed |= zip(self._cross, encoded.cross, strict=True)
        feed |= zip(self._own, past, strict=True)
        logits, *past_now = _run(self._decoder, ("logits", *self._own_out), feed)
        return DecoderSteps(log_softmax(logits[:, -1]), tuple(past_now))

    def _feed(
        self, states: Floats, samples: int, ids: NDArray[Any], *, is_first: bool
    ) -> dict[str, Any]:
        feed: dict[str, Any] = {
            "input_ids": ids.astype(np.int64),
            "encoder_hidden_states": states,
            # of the length of the sound, not of the states: the graph strides it
            "encoder_attention_mask": np.ones((1, samples), np.int64),
            "use_cache_branch": np.array([not is_first]),
        }
        if is_first:
            nothing = np.zeros((1, self._heads, 0, self._width), np.float32)
            feed |= dict.fromkeys((*self._own, *self._cross), nothing)
        return feed


def threads_for(free: int, offered: Iterable[int]) -> int:
    """Return the most threads, of those that are offered, for which there are free cores, or 1."""
    return max(count for count in offered if count <= max(free, 1))


def log_softmax(logits: Floats) -> Floats:
    """Return log probabilities along the last axis."""
    shifted = logits - logits.max(-1, keepdims=True)
    result: Floats = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
    return result


def _session(path: Path, threads: int) -> Any:  # noqa: ANN401 - onnxruntime publishes no types
    try:
        stop_telemetry()
        import onnxruntime
    except ImportError as exc:
        raise EngineError(
            f"cannot load onnxruntime: {exc}",
            hint="reinstall git-voicenote, which includes onnxruntime",
        ) from exc
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # an idle thread must not occupy a core
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(
            # otherwise it prints a warning to stdout
            str(path),
            options,
            providers=["CPUExecutionProvider"],
            enable_fallback=0,
        )
    except Exception as exc:  # the library's exceptions have no common base class
        raise EngineError(
            f"cannot load the weights in {path}: {exc}",
            hint="`git voicenote models verify` checks them",
        ) from exc


def _returning_memory() -> Any:  # noqa: ANN401 - likewise
    """Return the options of a run after which a session keeps no free memory.

    Otherwise it keeps, forever, what the longest sound needed.
    """
    import onnxruntime

    options = onnxruntime.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options


def _run(
    session: Any,  # noqa: ANN401 - likewise
    outputs: tuple[str, ...] | None,
    feed: dict[str, Any],
    options: Any = None,  # noqa: ANN401 - likewise
) -> list[Any]:
    try:
        results: list[Any] = session.run(outputs, feed, options)
    except Exception as exc:  # likewise
        raise EngineError(f"the model failed: {exc}") from exc
    return results
