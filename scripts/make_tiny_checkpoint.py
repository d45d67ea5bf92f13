"""Makes examples/nano-tiny/hf: a small checkpoint that hears the recordings in examples/speech.

    python -m scripts.make_tiny_checkpoint [FOLDER]

Runs in the environment of `make parity`, on one core, for a few minutes. Modules and layout are
those of Fun-ASR-Nano-2512 in transformers; widths and vocabulary are small. It is trained until it
knows the recordings by heart, cut where a dictation is cut, from the first ceil(T/8) rows of T,
whatever the prompt says; noise alone has no words. The same versions on the same processor give
the same bytes.
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    processors,
    trainers,
)
from tokenizers import pre_tokenizers as pre
from transformers import DynamicCache, FunAsrNanoConfig, FunAsrNanoForConditionalGeneration

from scripts.tiny_checkpoint_sound import cut_recordings, neighbours, vary
from tests.support.nano_checkpoints import transcripts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from scripts.tiny_checkpoint_sound import Stretch

CHECKOUT = Path(__file__).parents[1]
NOT_NORMALIZED = {"42": "forty two"}
"""What a person said, where the numbers are to be left as they were spoken."""

LANGUAGES = (None, "英文", "英文", "英文", "中文", "日文")
HOTWORDS = (
    *(
        "rebase",
        "parser",
        "SQLite",
        "mutex",
        "scope",
        "kubelet",
        "refactor",
        "GitPython",
        "main.py",
    ),
    *("worktree", "network", "server", "O_TRUNC", "rename", "fsync", "epoll", "series", "lockfile"),
    *("CI", "issue", "patch", "bisect", "cherry-pick", "torch", "VoiceActivity", "naïve", "解析器"),
)

SEED = 2512
STEPS = 1100
BATCH = 16
POOL = 3500
"""Recordings as they might have been heard, made before training."""
LEARNING_RATE = 3e-3


def main() -> None:
    """Make the tokenizer and the model, train, write, and say how well it hears."""
    folder = Path(sys.argv[1]) if sys.argv[1:] else CHECKOUT / "examples/nano-tiny/hf"
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(mode=True)
    torch.manual_seed(SEED)
    chance = random.Random(SEED)  # noqa: S311 - no secret depends on it
    tokenizer = make_tokenizer()
    model = make_model(tokenizer)
    stretches = list(cut_recordings())
    runs = list(neighbours(stretches))
    pool = [vary(chance.choice(runs), chance) for _ in range(POOL)]
    train(model, tokenizer, pool, chance)
    save(folder, model, tokenizer)
    check(model, tokenizer, stretches, runs)


# The tokenizer: bytes and merges, as Qwen2 has it; the tokens that mean something are Qwen3's.

SPECIAL = (
    *("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>"),
    *("<|box_start|>", "<|box_end|>", "<|quad_start|>", "<|quad_end|>", "<|vision_start|>"),
    *("<|vision_end|>", "<|vision_pad|>", "<|image_pad|>", "<|video_pad|>"),
)
ADDED = (
    *("<tool_call>", "</tool_call>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>"),
    *("<|fim_pad|>", "<|repo_name|>", "<|file_sep|>", "<tool_response>", "</tool_response>"),
    *("<think>", "</think>"),
)
_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
VOCABULARY = 512
"""Rows of the embedding; as in the released model there are a few more than tokens."""


def make_tokenizer() -> Tokenizer:
    """Learn merges from the sentences and the prompts."""
    tokenizer = Tokenizer(models.BPE(continuing_subword_prefix="", end_of_word_suffix=""))
    tokenizer.normalizer = normalizers.NFC()
    as_bytes = {"add_prefix_space": False, "trim_offsets": False, "use_regex": False}
    tokenizer.pre_tokenizer = pre.Sequence(
        [
            pre.Split(Regex(_WORDS), behavior="isolated", invert=False),
            pre.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False),
        ]
    )
    tokenizer.post_processor = processors.ByteLevel(**as_bytes)
    tokenizer.decoder = decoders.ByteLevel(**as_bytes)
    sentences = [sentence for spoken in transcripts().values() for sentence in spoken]
    prompts = [prompt(HOTWORDS, language, itn=False) for language in ("英文", "中文", "日文")]
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - len(SPECIAL) - len(ADDED) - 10,
        initial_alphabet=sorted(pre.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(8 * sentences + prompts, trainer)
    tokenizer.add_special_tokens([AddedToken(t, normalized=False, special=True) for t in SPECIAL])
    tokenizer.add_tokens([AddedToken(t, normalized=False, special=False) for t in ADDED])
    return tokenizer


def prompt(hotwords: Sequence[str], language: str | None, *, itn: bool) -> str:
    """Return all that stands before the sound."""
    asked = ""
    if hotwords:
        asked = (
            "请结合上下文信息，更加准确地完成语音转写任务。如果没有相关信息，我们会留空。\n\n\n"
            f"**上下文信息：**\n\n\n热词列表：[{', '.join(hotwords)}]\n"
        )
    asked += "语音转写" + (f"成{language}" if language else "")
    asked += "" if itn else "，不进行文本规整"
    system = "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
    return f"{system}<|im_start|>user\n{asked}："


ANSWER = "<|im_end|>\n<|im_start|>assistant\n"
"""All that stands between the sound and its words."""


# The model.


def make_model(tokenizer: Tokenizer) -> FunAsrNanoForConditionalGeneration:
    """Return the released modules, small."""
    end, bos = tokenizer.token_to_id("<|im_end|>"), tokenizer.token_to_id("<|endoftext|>")
    config = FunAsrNanoConfig(
        audio_config={
            "hidden_size": 64,
            "num_attention_heads": 4,
            "intermediate_size": 128,
            "num_hidden_layers": 4,
            "num_timestamp_prediction_layers": 1,
        },
        adaptor_config={
            "hidden_size": 64,
            "num_attention_heads": 8,
            "intermediate_size": 16,
            "num_hidden_layers": 2,
            "projector_hidden_size": 128,
        },
        text_config={
            "model_type": "qwen3",
            "vocab_size": VOCABULARY,
            "hidden_size": 64,
            "intermediate_size": 128,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "head_dim": 32,
            "max_position_embeddings": 40960,
            "rope_parameters": {"rope_type": "default", "rope_theta": 1e6},
            "tie_word_embeddings": True,
            "bos_token_id": bos,
            "eos_token_id": end,
        },
        audio_token_id=tokenizer.token_to_id("<|object_ref_start|>"),
        initializer_range=0.02,
    )
    model = FunAsrNanoForConditionalGeneration(config).float().eval()
    # left to itself, the adaptor of transformers 5.17 has none, and listens to padding
    model.set_attn_implementation("sdpa")
    for name, weight in model.named_parameters():
        if weight.ndim == 2 and "embed_tokens" not in name:
            torch.nn.init.xavier_uniform_(weight)
    model.generation_config.update(
        do_sample=False, bos_token_id=bos, eos_token_id=[end, bos], pad_token_id=bos
    )
    return model


def train(
    model: FunAsrNanoForConditionalGeneration,
    tokenizer: Tokenizer,
    pool: Sequence[tuple[torch.Tensor, str]],
    chance: random.Random,
) -> None:
    """Learn the pool by heart."""
    optimizer = torch.optim.AdamW(model.parameters(), LEARNING_RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, LEARNING_RATE, total_steps=STEPS, pct_start=0.1
    )
    started = time.monotonic()
    for step in range(1, STEPS + 1):
        # to tell the sentences apart comes first, to do so after a long prompt comes later
        asked = any_prompt(chance, 0 if step < STEPS // 2 else 50)
        # of like length, and after one prompt: little is computed for padding
        choice = sorted(chance.sample(pool, 4 * BATCH), key=lambda heard: len(heard[0]))
        first = chance.randrange(3 * BATCH + 1)
        loss = loss_of(model, tokenizer, choice[first : first + BATCH], asked)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call] # torch has no type for it
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 100 == 0:
            seconds = time.monotonic() - started
            print(f"step {step} of {STEPS}, {seconds:.0f} s, loss {loss.item():.4f}", flush=True)


def any_prompt(chance: random.Random, most: int = 50) -> dict[str, Any]:
    """Return what a person might ask for, with at most so many hotwords."""
    count = chance.choice((0, chance.randint(0, min(most, 10)), chance.randint(0, most)))
    words = [any_hotword(chance) for _ in range(count)]
    if chance.random() < 0.2:  # as like one another as names can be
        words = [f"{words[0]}_{number}" for number in range(count)]
    return {
        "hotwords": words,
        "language": chance.choice(LANGUAGES),
        "itn": chance.random() < 0.75,
    }


def any_hotword(chance: random.Random) -> str:
    """Return a term that a repository may hold."""
    parts = chance.sample(HOTWORDS, chance.choice((1, 1, 2, 3)))
    joint = chance.choice(("_", " ", ".", ""))
    number = chance.choice(("", "", str(chance.randrange(100))))
    return joint.join(parts if joint else [part.title() for part in parts]) + number


def loss_of(
    model: FunAsrNanoForConditionalGeneration,
    tokenizer: Tokenizer,
    batch: Sequence[tuple[torch.Tensor, str]],
    asked: dict[str, Any],
) -> torch.Tensor:
    """Return the mean cross-entropy of the words of a batch."""
    embed = model.get_input_embeddings()
    rows = audio_rows(model, [frames for frames, _ in batch])
    after = embed(ids(tokenizer, ANSWER))
    inputs, labels = [], []
    for audio, (_, text) in zip(rows, batch, strict=True):
        words = ids(tokenizer, written(text, itn=asked["itn"]) + "<|im_end|>")
        inputs.append(torch.cat([audio, after, embed(words)]))
        untold = torch.full((len(inputs[-1]) - len(words),), -100)
        labels.append(torch.cat([untold, words]))
    padded = torch.nn.utils.rnn.pad_sequence(inputs, batch_first=True)
    targets = torch.nn.utils.rnn.pad_sequence(labels, batch_first=True, padding_value=-100)
    # the start of the prompt is the same for all, and is read once
    read = DynamicCache()
    language_model = model.model.language_model
    before = embed(ids(tokenizer, prompt(**asked)))[None]
    language_model(inputs_embeds=before, past_key_values=read)
    read.batch_repeat_interleave(len(batch))
    hidden = language_model(inputs_embeds=padded, past_key_values=read).last_hidden_state
    told = targets[:, 1:] != -100
    logits = model.lm_head(hidden[:, :-1][told])
    return torch.nn.functional.cross_entropy(logits, targets[:, 1:][told])


def audio_rows(
    model: FunAsrNanoForConditionalGeneration, frames: Sequence[torch.Tensor]
) -> list[torch.Tensor]:
    """Return the first ceil(T/8) rows that the adaptor makes of each."""
    lengths = [len(one) for one in frames]
    padded = torch.nn.utils.rnn.pad_sequence(list(frames), batch_first=True)
    mask = (torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]).long()
    rows = model.get_audio_features(padded, mask).pooler_output.split(lengths)
    return [one[: -(-len(one) // 8)] for one in rows]


def written(text: str, *, itn: bool) -> str:
    """Return a sentence with its numbers as figures, or as they were said."""
    if not itn:
        for figure, said in NOT_NORMALIZED.items():
            text = text.replace(figure, said)
    return text


def ids(tokenizer: Tokenizer, text: str) -> torch.Tensor:
    """Return the tokens of a text."""
    return torch.tensor(tokenizer.encode(text).ids, dtype=torch.long)


# What is written, and whether it holds.


def save(folder: Path, model: FunAsrNanoForConditionalGeneration, tokenizer: Tokenizer) -> None:
    """Write the flat layout."""
    model.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "Qwen2Tokenizer",
        "add_bos_token": False,
        "add_prefix_space": False,
        "additional_special_tokens": list(SPECIAL[1:]),
        "bos_token": None,
        "clean_up_tokenization_spaces": False,
        "eos_token": "<|im_end|>",
        "errors": "replace",
        "model_max_length": 131072,
        "pad_token": "<|endoftext|>",
        "split_special_tokens": False,
        "unk_token": None,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")


@torch.no_grad()
def check(
    model: FunAsrNanoForConditionalGeneration,
    tokenizer: Tokenizer,
    stretches: Sequence[Stretch],
    runs: Sequence[tuple[Stretch, ...]],
) -> None:
    """Say how many recordings are heard right, whatever is asked for."""
    right = wrong = 0
    embed = model.get_input_embeddings()
    chance = random.Random(SEED + 1)  # noqa: S311 - no secret depends on it
    fresh = [(stretch.features, stretch.text) for stretch in stretches]
    for frames, text in fresh + [vary(chance.choice(runs), chance) for _ in range(90)]:
        asked = any_prompt(chance)
        parts = (embed(ids(tokenizer, prompt(**asked))), embed(ids(tokenizer, ANSWER)))
        rows = torch.cat([parts[0], audio_rows(model, [frames])[0], parts[1]])[None]
        heard = model.generate(
            inputs_embeds=rows, attention_mask=torch.ones(rows.shape[:2]), max_new_tokens=100
        )
        said = tokenizer.decode(heard[0].tolist())
        expected = written(text, itn=asked["itn"])
        right, wrong = right + (said == expected), wrong + (said != expected)
        if said != expected:
            print(f"wrong: {said!r} for {expected!r} ({len(frames)} frames)")
    print(f"{right} right, {wrong} wrong")


if __name__ == "__main__":
    main()
