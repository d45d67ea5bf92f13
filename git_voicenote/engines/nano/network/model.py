"""The loaded Fun-ASR-Nano model, from sound to tokens and text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import torch

from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.engines.nano.checkpoint.preparing import int8_weights
from git_voicenote.engines.nano.checkpoint.tokenizer_files import read_tokenizer
from git_voicenote.engines.nano.checkpoint.weights import DTYPES, PlainWeights
from git_voicenote.engines.nano.network import prompt
from git_voicenote.engines.nano.network.cuda_graphs import Graph, LruCache, tf32
from git_voicenote.engines.nano.network.decoder import EMBEDDING, TextDecoder
from git_voicenote.engines.nano.network.encoder import Encoder
from git_voicenote.engines.nano.network.frontend import frames
from git_voicenote.engines.nano.network.generation import Generation, read_prefix, slots_for
from git_voicenote.engines.nano.network.int8 import has_vnni
from git_voicenote.engines.nano.network.tuning import Tuning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizers import Tokenizer

    from git_voicenote.datatypes import Samples
    from git_voicenote.engines.nano.checkpoint.reader import Checkpoint
    from git_voicenote.engines.nano.checkpoint.weights import EncoderPrecision, Precision
    from git_voicenote.engines.nano.network.generation import Decoded, Prefix
    from git_voicenote.models.installed import Progress

AudioRows = Literal["reference", "all"]
"""Which rows of the adaptor the language model gets: the first eighth, rounded up, as in the
reference (in training and inference), or all, as in transformers."""

_CPU = torch.device("cpu")
_FRAME_BUCKET = 64
_MAX_GRAPHS = 8
"""Batch shapes for which the encoder's graph is cached on a GPU: all of one segment up to 30 s."""
_MAX_GENERATIONS = 4
"""Batch sizes for which keys and values are kept on a GPU. Each slot of a segment takes 0.11 MB, so
32 segments of 384 slots take 1.4 GB."""
_UNTUNED_TOKENS = 60
"""After this many tokens, tuning the decoder first would have been faster."""
_MIN_BUDGET = 40
_BUDGET_PER_SECOND = 6
"""In tokens: 220 for 30 s. The fastest speakers need five per second."""


class NanoModel:
    """A model on one device. It is not thread-safe."""

    def __init__(
        self,
        encoder: Encoder,
        decoder: TextDecoder,
        tokenizer: Tokenizer,
        shape_of: Checkpoint,
        device: torch.device,
        audio_rows: AudioRows,
        encoder_precision: EncoderPrecision,
    ) -> None:
        self.device = device
        self._encoder = encoder
        self.decoder = decoder
        """The language model."""
        self._tokenizer = tokenizer
        self._frame_shape = shape_of.architecture.encoder
        self._audio_rows = audio_rows
        self._encoder_precision = encoder_precision
        self._after = self.ids(prompt.AFTER_SOUND)
        found = (tokenizer.token_to_id(name) for name in ("<|im_end|>", "<|endoftext|>"))
        self.stops = frozenset(one for one in found if one is not None)
        """The tokens that end the output."""
        self._prefix: tuple[tuple[int, ...], Prefix] | None = None
        self._graphs = LruCache[tuple[int, ...], Graph](_MAX_GRAPHS)
        self._generations = LruCache[tuple[int, ...], Generation](_MAX_GENERATIONS)
        self.tuning = Tuning(decoder)
        """The preparation of the decoder in the background."""
        self._written = 0
        if not has_vnni():  # layers cannot be used before they are packed
            self.tuning.pack()

    @classmethod
    @torch.inference_mode()
    def load(
        cls,
        checkpoint: Checkpoint,
        device: str = "cpu",
        precision: Precision = "fp32",
        audio_rows: AudioRows = "reference",
        *,
        encoder_precision: EncoderPrecision = "fp32",
        progress: Progress = lambda *_: None,
    ) -> NanoModel:
        """Load the weights of a checkpoint to a device.

        `progress` is called if 8-bit weights have to be made first, as for a new model.
        """
        shape = checkpoint.architecture
        dtype = DTYPES[precision]

        def tensor(name: str) -> torch.Tensor:
            found = checkpoint.tensor(name)
            # the embedding stays in its file: only the rows of tokens that occur are read
            return found if name.startswith(EMBEDDING) else found.to(dtype)

        # before anything else is in memory
        quantized = int8_weights(checkpoint, progress) if precision == "int8" else None
        encoder = Encoder(
            shape.encoder, shape.adaptor, checkpoint.tensor, DTYPES[encoder_precision]
        )
        checkpoint.close()
        if quantized is not None:
            with quantized as weights:
                decoder = TextDecoder(shape.decoder, tensor, weights.dense)
        else:
            decoder = TextDecoder(shape.decoder, tensor, PlainWeights(checkpoint, dtype).dense)
        checkpoint.close()
        tokenizer = read_tokenizer(checkpoint.tokenizer, shape.decoder.vocabulary)
        where = torch.device(device)
        return cls(
            encoder.to(where), decoder.to(where), tokenizer, checkpoint, where, audio_rows,
            encoder_precision,
        )  # fmt: skip

    def ids(self, text: str) -> tuple[int, ...]:
        """Return the tokens of a text, including special tokens."""
        return tuple(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def forget(self) -> None:
        """Free all memory except that of the weights."""
        self._prefix = None
        self._graphs.clear()
        self._generations.clear()
        if self.device.type == "cuda":
            torch.cuda.empty_cache()

    @torch.inference_mode()
    def prepare(self, before: tuple[int, ...]) -> Prefix:
        """Read the start of a prompt, unless it was the last one to be read."""
        if self._prefix is None or self._prefix[0] != before:
            self._prefix = before, read_prefix(self.decoder, before, self.device)
        return self._prefix[1]

    @torch.inference_mode()
    def encode(self, segments: Sequence[Samples]) -> list[torch.Tensor]:
        """Return the output of the adaptor for each segment, as rows for the language model."""
        on_gpu = self.device.type == "cuda"
        heard = frames(segments, self._frame_shape, self.device if on_gpu else _CPU)
        counts = [len(one) for one in heard]
        batch = torch.nn.utils.rnn.pad_sequence(heard, batch_first=True).to(self.device)
        lengths = torch.tensor(counts, device=self.device)
        if on_gpu:
            rows = self._encode_graphed(batch, lengths)
        else:
            unlike = lengths if len(set(counts)) > 1 else None
            rows = self._encoder(batch, unlike, self.tuning.adapt)
        return [row[: self._rows(count)] for row, count in zip(rows, counts, strict=True)]

    @torch.inference_mode()
    def decode(
        self,
        segments: Sequence[Samples],
        before: tuple[int, ...],
        budget: int | None = None,
        *,
        forced: bool = False,
    ) -> list[Decoded]:
        """Decode segments; `before` is the start of the prompt (`before_sound`).

        Each gets at most `budget` tokens; with `forced`, exactly so many, whatever they are, to
        measure the time, and to compare them with those of other implementations.
        """
        seconds = max(len(samples) for samples in segments) / SAMPLE_RATE
        budget = budget or _MIN_BUDGET + round(_BUDGET_PER_SECOND * seconds)
        if len(segments) > 1:
            self.tuning.pack()
        elif self._written > _UNTUNED_TOKENS:
            self.tuning.finish()
        with self.tuning.paused():
            prefix = self.prepare(before)
            rows = self.rest_of_prompts(segments)
            generation = self._generation(prefix.length, rows, budget)
            logits = generation.begin(prefix, rows)
            decoded = generation.run(logits, self.stops, budget, forced=forced)
        self._written += budget if forced else sum(len(one.token_ids) for one in decoded)
        return decoded

    @torch.inference_mode()
    def logits(
        self, samples: Samples, before: tuple[int, ...], tokens: Sequence[int]
    ) -> torch.Tensor:
        """Return the logits after the prompt and each of n tokens, of shape (n + 1, vocabulary)."""
        prefix = self.prepare(before)
        (rows,) = self.rest_of_prompts([samples])
        told = self.decoder.embed(torch.tensor(tokens, dtype=torch.long, device=self.device))
        rows = torch.cat([rows, told])
        generation = self._generation(prefix.length, [rows], 1)
        everything = generation.begin(prefix, [rows], all_rows=True)
        return everything[0, -(len(tokens) + 1) :].float()

    def text(self, decoded: Decoded) -> str:
        """Return the decoded text, without /sil, which the model writes for a pause."""
        text: str = self._tokenizer.decode(list(decoded.token_ids), skip_special_tokens=True)
        return re.sub(r"\s+", " ", text.replace("/sil", " ")).strip()

    def _rows(self, count: int) -> int:
        return count if self._audio_rows == "all" else -(-count // 8)

    def rest_of_prompts(self, segments: Sequence[Samples]) -> list[torch.Tensor]:
        """Return the sound of each segment and the end of the prompt, of shape (n_i, width)."""
        after = self.decoder.embed(torch.tensor(self._after, device=self.device))
        return [torch.cat([heard.to(after.dtype), after]) for heard in self.encode(segments)]

    def _generation(self, prefix: int, rows: Sequence[torch.Tensor], budget: int) -> Generation:
        size = len(rows), slots_for(prefix, max(map(len, rows)), budget, self.device)
        if self.device.type != "cuda":
            return Generation(self.decoder, *size, self.device, tuning=self.tuning)
        return self._generations.get(
            size, lambda: Generation(self.decoder, *size, self.device, capture=Graph)
        )

    def _encode_graphed(self, batch: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        padding = -batch.shape[1] % _FRAME_BUCKET
        batch = torch.nn.functional.pad(batch, (0, 0, 0, padding))
        graph = self._graphs.get(batch.shape, lambda: self._captured_encoder(batch, lengths))
        return graph(batch, lengths).clone()

    def _captured_encoder(self, batch: torch.Tensor, lengths: torch.Tensor) -> Graph:
        with tf32(enabled=self._encoder_precision == "tf32"):
            return Graph(self._encoder, batch, lengths)
