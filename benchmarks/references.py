"""The implementations of Fun-ASR-Nano that ours must agree with: funasr's own, and transformers'.

Both are run as they are, on a checkpoint in a folder: neither is given a prompt, a token or a row
of ours. They need requirements-parity.lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from git_voicenote.datatypes import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Any

    from torch import Tensor

    from git_voicenote.datatypes import Samples
    from git_voicenote.engines.base import Context

LANGUAGES = {"": None, "zh": "中文", "en": "英文", "ja": "日文"}
INT16 = 32768.0
_NULL = torch.zeros(0)


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What was made of a segment: the tokens up to the end, and how it came to them.

    `logits` of shape (n + 1, vocabulary) are those after the prompt and after each token;
    `rows` is what the adaptor gave the language model, (rows, width).
    """

    tokens: tuple[int, ...]
    logits: Tensor = _NULL
    rows: Tensor = _NULL


class Funasr:
    """`funasr.AutoModel` on the original layout; what it computes is watched, not changed."""

    name = "funasr"

    def __init__(self, folder: Path, stops: frozenset[int]) -> None:
        import logging

        from funasr import AutoModel

        logging.disable(logging.WARNING)  # it tells of every tensor
        self._auto = AutoModel(
            model=str(folder), device="cpu", ncpu=torch.get_num_threads(), disable_update=True,
            disable_pbar=True, log_level="ERROR",
        )  # fmt: skip
        assert self._auto.kwargs["frontend"].dither == 0.0
        self._stops = stops
        self._llm = self._auto.model.llm
        self._rows: list[Tensor] = []
        self._generated: list[tuple[Tensor, Tensor, Tensor]] = []
        self._auto.model.audio_adaptor.register_forward_hook(
            lambda _module, _inputs, output: self._rows.append(output[0])
        )
        self._generate = self._llm.generate
        self._llm.generate = self._watched

    def _watched(self, **given: Any) -> Tensor:  # noqa: ANN401 - what funasr gives `generate`
        tokens: Tensor = self._generate(**given)
        self._generated.append((given["inputs_embeds"], given["attention_mask"], tokens))
        return tokens

    @torch.inference_mode()
    def hear(self, segments: Sequence[Samples], context: Context, budget: int) -> list[Heard]:
        """Transcribe a batch, greedily, with at most so many tokens for each segment."""
        self._rows.clear()
        self._generated.clear()
        self._auto.generate(
            input=[torch.from_numpy(samples) for samples in segments],
            language=LANGUAGES[context.language], hotwords=list(context.hotwords),
            itn=context.itn, max_length=budget, batch_size=len(segments),
        )  # fmt: skip
        ((prompts, mask, generated),) = self._generated
        heard = []
        for prompt, real, written, (rows,) in zip(
            prompts, mask, generated.tolist(), self._rows, strict=True
        ):
            tokens = up_to_end(written, self._stops)
            # a mask of one row counts the answer in, which is not there yet
            own = prompt[-int(real.sum()) :] if len(segments) > 1 else prompt
            told = self._llm.get_input_embeddings()(torch.tensor(tokens, dtype=torch.long))
            logits = self._llm(inputs_embeds=torch.cat([own, told])[None]).logits[0]
            heard.append(Heard(tokens, logits[-len(tokens) - 1 :], rows[: -(-len(rows) // 8)]))
        return heard


class Transformers:
    """transformers' own processor, model and `generate` on the flat layout.

    Its processor does not scale sound to 16 bits and cannot take less than a window of 25 ms: it
    is given sound that is scaled and padded. Its chat template comes with a checkpoint and does
    not know of ITN: the prompt is funasr's.
    """

    name = "transformers"

    def __init__(self, folder: Path, stops: frozenset[int]) -> None:
        from transformers import (
            AutoTokenizer,
            FunAsrNanoFeatureExtractor,
            FunAsrNanoForConditionalGeneration,
            FunAsrNanoProcessor,
        )

        tokenizer = AutoTokenizer.from_pretrained(folder, padding_side="left")
        self._processor = FunAsrNanoProcessor(FunAsrNanoFeatureExtractor(), tokenizer)
        self._model = FunAsrNanoForConditionalGeneration.from_pretrained(
            folder, dtype=torch.float32
        ).eval()
        # left to itself, the adaptor of 5.17 has none, and listens to padding: what a batch says
        # differs from what its segments say alone
        self._model.set_attn_implementation("sdpa")
        self._stops = stops
        self._rows: list[Tensor] = []
        self._model.model.multi_modal_projector.register_forward_hook(
            lambda _module, _inputs, output: self._rows.append(output)
        )

    @torch.inference_mode()
    def hear(self, segments: Sequence[Samples], context: Context, budget: int) -> list[Heard]:
        """Transcribe a batch, greedily, with at most so many tokens for each segment."""
        inputs = self._inputs(segments, context)
        generated = self._model.generate(**inputs, max_new_tokens=budget, do_sample=False)
        heard = []
        for samples, row in zip(segments, generated.tolist(), strict=True):
            tokens = up_to_end(row[inputs["input_ids"].shape[1] :], self._stops)
            self._rows.clear()
            read = self._model(**self._inputs([samples], context), use_cache=True)
            logits = read.logits[0, -1:]
            if tokens:
                # in a step of its own: among random tokens may be the one that stands for sound
                told = torch.tensor([tokens], dtype=torch.long)
                after = self._model(input_ids=told, past_key_values=read.past_key_values)
                logits = torch.cat([logits, after.logits[0]])
            heard.append(Heard(tokens, logits, self._rows[0][0]))
        return heard

    def _inputs(self, segments: Sequence[Samples], context: Context) -> dict[str, Tensor]:
        from funasr.models.fun_asr_nano.model import FunASRNano

        asked = FunASRNano.get_prompt(
            None, list(context.hotwords), LANGUAGES[context.language], context.itn
        )
        text = (
            "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n"
            f"{asked}{self._processor.audio_token}<|im_end|>\n<|im_start|>assistant\n"
        )
        sound = [padded(samples).numpy() * INT16 for samples in segments]
        return dict(self._processor(text=[text] * len(sound), audio=sound, padding=True))


def padded(samples: Samples) -> Tensor:
    """Return sound of at least one window of the filter bank."""
    sound = torch.from_numpy(samples)
    return torch.nn.functional.pad(sound, (0, max(0, SAMPLE_RATE // 40 - len(sound))))


def up_to_end(tokens: Sequence[int], stops: frozenset[int]) -> tuple[int, ...]:
    """Return the tokens before the first that means the end."""
    end = next((at for at, token in enumerate(tokens) if token in stops), len(tokens))
    return tuple(tokens[:end])
