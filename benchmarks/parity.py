"""Whether our Nano engine computes what the reference implementations compute.

    make parity

Three kinds of weights: those of the small checkpoint, which hears, and random ones, small and of
a middle size. The same sound and the same wishes go to funasr's `AutoModel` (without dither), to
transformers' `generate`, and to ours, with the first eighth of the audio rows where it is compared
with funasr and with all of them where it is compared with transformers. Tokens must be equal, and
logits (each after the same tokens) to 1e-3 of their standard deviation; with the weights that hear,
lower precisions must find the same words. The status is 1 where that is not so.

Sound of less than 25 ms is given to all as ours pads it: funasr would take a shorter window for it,
and transformers refuses it. "Off" is the greatest difference, divided by the standard deviation.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from benchmarks.measure import machine, markdown_table
from benchmarks.references import Funasr, Heard, Transformers, padded, up_to_end
from git_voicenote.audio.files.reading import read_blocks
from git_voicenote.audio.voice_activity import VoiceActivity
from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.engines.base import Context
from git_voicenote.engines.nano.checkpoint.reader import open_checkpoint
from git_voicenote.engines.nano.importing import import_checkpoint
from git_voicenote.engines.nano.network.model import NanoModel
from git_voicenote.engines.nano.network.prompt import LANGUAGES, before_sound
from tests.support.nano_checkpoints import TINY, write_original

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from git_voicenote.datatypes import Samples
    from git_voicenote.engines.nano.checkpoint.weights import EncoderPrecision, Precision

MOST_OFF = 1e-3
"""How far logits may be off, for their standard deviation: float32 sums in another order."""
LEAST_MEAN_COSINE = 0.99
"""How near the logits of a lower precision have to be to those of float32, on average."""
BUDGET = 60
"""Tokens for the sentences of the small checkpoint."""
ENDLESS = 24
"""Tokens where no end comes: from random weights, or from rows that were not trained on."""

TRAINED = "trained"

WORDS = tuple(
    f"{name}{suffix}"
    for suffix in ("", "_t", ".py", "V2", "Error")
    for name in (
        *("rebase", "SQLite", "mutex", "scope", "network", "kubelet", "O_TRUNC", "naïve"),
        *("解析器", "worktree", "parse_args", "the server"),
    )
)


@dataclass(frozen=True, slots=True)
class Case:
    """Segments that are heard with the same wishes, in batches of `at_once`."""

    name: str
    segments: tuple[Samples, ...]
    context: Context
    at_once: int = 1


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two implementations agree on a case; `off` are greatest differences over deviation."""

    segments: int
    equal_segments: int
    tokens: int
    logits_off: float
    rows_off: float

    @property
    def holds(self) -> bool:
        return self.segments == self.equal_segments and self.logits_off < MOST_OFF


@dataclass(frozen=True, slots=True)
class Loss:
    """What a lower precision costs: segments heard alike, and each next token after the same."""

    segments: int
    equal_segments: int
    tokens: int
    equal_tokens: int
    least_cosine: float
    mean_cosine: float

    @property
    def shown(self) -> tuple[str, ...]:
        return (
            f"{self.equal_segments} of {self.segments}",
            f"{self.equal_tokens} of {self.tokens}",
            f"{self.least_cosine:.5f}",
            f"{self.mean_cosine:.5f}",
        )


def main() -> None:
    torch.set_num_threads(1)  # small matrices, and sums in the same order on every machine
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(sys.stderr):
        # models that are imported, and 8-bit weights that are kept, go here
        os.environ["XDG_DATA_HOME"] = os.environ["XDG_CACHE_HOME"] = folder
        rows, precisions, holds = run(Path(folder))
    print(f"{machine()}\n{versions()}\n")
    print(markdown_table(HEADER, rows))
    print()
    print(markdown_table(PRECISION_HEADER, precisions))
    sys.exit(0 if holds else 1)


def run(folder: Path) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]], bool]:
    """Return the lines of both tables, and whether all that has to be equal is."""
    speech = tuple(cut(Path(__file__).parents[1] / "examples/speech"))
    rows: list[tuple[str, ...]] = []
    precisions: list[tuple[str, ...]] = []
    holds = True
    for name, flat, budget in weights(folder):
        original = write_original(flat, folder / "original" / name)
        imported = import_checkpoint(original, name.replace(" ", "-")).folder
        for case, funasr, transformers in compare(original, imported, flat, speech, budget):
            holds = holds and funasr.holds and transformers.holds
            row = (name, case.name, *_shown(funasr), *_shown(transformers))
            print("  ".join(row), flush=True)
            rows.append(row)
        for precision, one in lower_precisions(imported, speech, budget):
            # random weights have next to equal alternatives everywhere: tokens are no condition
            is_equal = name != TRAINED or one.equal_segments == one.segments
            holds = holds and is_equal and one.mean_cosine > LEAST_MEAN_COSINE
            precisions.append((name, precision, *one.shown))
    return rows, precisions, holds


HEADER = (
    *("weights", "case", "funasr: segments equal", "tokens", "logits off", "audio rows off"),
    *("transformers: segments equal", "tokens", "logits off", "audio rows off"),
)
PRECISION_HEADER = (
    *("weights", "precision", "segments equal to fp32", "next tokens equal"),
    *("least cosine of logits", "mean cosine"),
)


LOWER_PRECISIONS: dict[str, tuple[Precision, EncoderPrecision]] = {
    "encoder bf16": ("fp32", "bf16"),
    "bf16": ("bf16", "fp32"),
    "int8": ("int8", "fp32"),
    "int8, encoder bf16": ("int8", "bf16"),
}


def cut(folder: Path) -> Iterator[Samples]:
    """Cut recordings as a dictation is cut."""
    for file in sorted(folder.glob("*.flac")):
        pieces: list[Samples] = []
        for piece in VoiceActivity().pieces(read_blocks(file)):
            pieces.append(piece.samples)
            if piece.final:
                yield np.concatenate(pieces)
                pieces = []


def cases(speech: Sequence[Samples]) -> Iterator[Case]:
    """Yield what is heard."""
    some = tuple(speech[:4])
    usual = Context()
    yield Case("English, ITN", tuple(speech), usual)
    yield Case("English, no ITN", some, replace(usual, itn=False))
    for language in ("", "zh", "ja"):
        yield Case(f"language {language or 'not named'}", some, replace(usual, language=language))
    for count in (1, 10, 50):
        context = replace(usual, hotwords=WORDS[:count])
        yield Case(f"{count} hotwords", some, context)
    yield Case("50 hotwords, no ITN", some, Context("", WORDS[:50], itn=False))
    for level in (-50, -70):
        yield Case(f"{level} dBFS", tuple(_at_level(one, level) for one in some), usual)
    yield Case("batch of 4", some, usual, at_once=4)
    yield Case("batch of 11, 10 hotwords", tuple(speech), replace(usual, hotwords=WORDS[:10]), 11)
    for seconds in (0.02, 0.1, 0.5):
        count = round(seconds * SAMPLE_RATE)
        clips = tuple(padded(one[count : 2 * count]).numpy() for one in some)
        yield Case(f"clips of {seconds} s", clips, usual)
    long = np.concatenate([*speech, *speech])[: 30 * SAMPLE_RATE]
    yield Case("30 s", (long,), usual)
    yield Case("30 s beside 2 s", (long, speech[1][: 2 * SAMPLE_RATE]), usual, 2)


def weights(folder: Path) -> Iterator[tuple[str, Path, int]]:
    """Yield kinds of weights: a name, a folder in the flat layout, and how many tokens to make."""
    yield TRAINED, TINY, BUDGET
    for seed in (1, 2, 3):
        yield f"random {seed}", random_weights(folder / f"flat-{seed}", seed, SMALL), ENDLESS
    yield "random middle", random_weights(folder / "flat-middle", 4, MIDDLE), ENDLESS


SMALL: dict[str, dict[str, int]] = {}
MIDDLE = {
    "audio_config": {
        "hidden_size": 256,
        "intermediate_size": 1024,
        "num_hidden_layers": 14,
        "num_timestamp_prediction_layers": 4,
    },
    "adaptor_config": {"hidden_size": 320, "intermediate_size": 80, "projector_hidden_size": 640},
    "text_config": {
        "hidden_size": 320,
        "intermediate_size": 960,
        "num_hidden_layers": 6,
        "num_attention_heads": 8,
        "num_key_value_heads": 4,
        "head_dim": 64,
        "vocab_size": 4096,
    },
}


def random_weights(folder: Path, seed: int, changes: dict[str, dict[str, int]]) -> Path:
    """Write a checkpoint with random weights; what is not changed is as in the small one."""
    from transformers import AutoTokenizer, FunAsrNanoConfig, FunAsrNanoForConditionalGeneration

    config = FunAsrNanoConfig.from_pretrained(TINY).to_dict()
    config["text_config"].pop("layer_types")  # one for each layer of the small one
    for section, values in changes.items():
        config[section].update(values)
    torch.manual_seed(seed)
    model = FunAsrNanoForConditionalGeneration(FunAsrNanoConfig(**config))
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.ndim == 1:  # norms and biases
                weight += 0.2 * torch.randn_like(weight)
            else:
                # an embedding of this height would have every token followed by itself
                deviation = 0.1 if "embed_tokens" in name else weight[0].numel() ** -0.5
                weight.copy_(torch.randn_like(weight) * deviation)
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(TINY).save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json", "generation_config.json"):
        (folder / name).write_bytes((TINY / name).read_bytes())
    return folder


def compare(
    original: Path, imported: Path, flat: Path, speech: Sequence[Samples], budget: int
) -> Iterator[tuple[Case, Agreement, Agreement]]:
    """Yield how ours agrees with funasr and with transformers, case by case."""
    like_funasr = NanoModel.load(open_checkpoint(imported), audio_rows="reference")
    like_transformers = NanoModel.load(open_checkpoint(flat), audio_rows="all")
    stops = ends(flat)
    funasr, transformers = Funasr(original, stops), Transformers(flat, stops)
    for case in cases(speech):
        agreements = []
        for ours, theirs, most in (
            (like_funasr, funasr, budget),
            (like_transformers, transformers, ENDLESS),
        ):
            pairs: list[tuple[Heard, Heard]] = []
            for first in range(0, len(case.segments), case.at_once):
                batch = case.segments[first : first + case.at_once]
                heard = theirs.hear(batch, case.context, most)
                pairs += zip(heard, hear(ours, batch, case.context, most, heard), strict=True)
            agreements.append(agreement(pairs))
        yield case, agreements[0], agreements[1]


def ends(flat: Path) -> frozenset[int]:
    """Return the tokens that mean the end; funasr stops at the first of them alone."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(flat / "tokenizer.json"))
    found = (tokenizer.token_to_id(name) for name in ("<|im_end|>", "<|endoftext|>"))
    return frozenset(one for one in found if one is not None)


def hear(
    model: NanoModel,
    segments: Sequence[Samples],
    context: Context,
    budget: int,
    told: Sequence[Heard],
) -> list[Heard]:
    """Let ours hear a batch; the logits are those after the tokens of somebody else.

    The tokens are what the network writes: the others do not judge whether it repeats itself.
    """
    before = model.ids(before_sound(context, LANGUAGES))
    decoded = model.decode(segments, before, budget, forced=True)
    rows = model.encode(segments)
    return [
        Heard(
            up_to_end(one.token_ids, model.stops),
            model.logits(samples, before, other.tokens),
            row,
        )
        for one, samples, other, row in zip(decoded, segments, told, rows, strict=True)
    ]


def agreement(pairs: Sequence[tuple[Heard, Heard]]) -> Agreement:
    """Compare what they made of the same segments with what we did."""
    return Agreement(
        segments=len(pairs),
        equal_segments=sum(theirs.tokens == ours.tokens for theirs, ours in pairs),
        tokens=sum(len(theirs.tokens) for theirs, _ in pairs),
        logits_off=max(_off(theirs.logits, ours.logits) for theirs, ours in pairs),
        rows_off=max(_off(theirs.rows, ours.rows) for theirs, ours in pairs),
    )


def lower_precisions(
    folder: Path, speech: Sequence[Samples], budget: int
) -> Iterator[tuple[str, Loss]]:
    """Yield how ours in a lower precision agrees with ours in float32."""
    checkpoint = open_checkpoint(folder)
    exact = NanoModel.load(checkpoint)
    before = exact.ids(before_sound(Context(hotwords=WORDS[:10]), LANGUAGES))

    def written(model: NanoModel) -> list[tuple[int, ...]]:
        return [model.decode([samples], before, budget)[0].token_ids for samples in speech]

    right = written(exact)

    def told(model: NanoModel) -> torch.Tensor:
        pairs = zip(speech, right, strict=True)
        return torch.cat([model.logits(samples, before, tokens) for samples, tokens in pairs])

    expected = told(exact)
    for name, (precision, encoder_precision) in LOWER_PRECISIONS.items():
        model = NanoModel.load(checkpoint, precision=precision, encoder_precision=encoder_precision)
        logits = told(model)
        cosines = torch.nn.functional.cosine_similarity(logits, expected)
        pairs = zip(written(model), right, strict=True)
        yield (
            name,
            Loss(
                segments=len(speech),
                equal_segments=sum(ours == theirs for ours, theirs in pairs),
                tokens=len(logits),
                equal_tokens=int((logits.argmax(1) == expected.argmax(1)).sum()),
                least_cosine=float(cosines.min()),
                mean_cosine=float(cosines.mean()),
            ),
        )


def versions() -> str:
    """Name what was compared."""
    from importlib.metadata import version

    return ", ".join(f"{name} {version(name)}" for name in ("funasr", "transformers", "torch"))


def _at_level(samples: Samples, level: float) -> Samples:
    """Return the sound at a root mean square of so many decibels below full scale."""
    loudness = float(np.sqrt((samples**2).mean()))
    return (samples * (10 ** (level / 20) / loudness)).astype(np.float32)


def _off(theirs: torch.Tensor, ours: torch.Tensor) -> float:
    if theirs.shape != ours.shape:
        return float("inf")
    return float((theirs - ours).abs().max() / theirs.std().clamp_min(1e-12))


def _shown(one: Agreement) -> tuple[str, ...]:
    equal = f"{one.equal_segments} of {one.segments}"
    return (
        equal if one.holds else f"**{equal}**",
        str(one.tokens), f"{one.logits_off:.1e}", f"{one.rows_off:.1e}",
    )  # fmt: skip


if __name__ == "__main__":
    main()
