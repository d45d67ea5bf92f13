"""How fast Fun-ASR-Nano is: ours, transformers' `generate` and funasr's `AutoModel`, side by side.

    python -m benchmarks.nano [--device cpu|cuda] [--times 3] [--folder FOLDER] [--only NAME...]

Weights of the released size, random, so that nothing has to be had; every answer is as long as it
is told to be. Each implementation runs in a process of its own, one after the other. `--folder`
keeps the weights (1.7 GB in each of two layouts) for the next time. transformers and funasr are
measured where requirements-parity.lock is installed (`make nano-benchmark` does that); else they
are named as left out. On a GPU, `--device cuda` adds what it has to reach there.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.measure import machine, markdown_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from git_voicenote.datatypes import Samples
    from git_voicenote.engines.nano.model import NanoModel

RATE = 16_000
SECONDS, TOKENS = 15, 60
DICTATION, PAUSE_EVERY = 60, 10
FILES, FILE_SECONDS = 184, 60
TOKENS_A_SECOND = TOKENS / SECONDS
PROMPT = "<|im_start|>user\nwords"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--only", nargs="+", choices=SUBJECTS, default=list(SUBJECTS))
    parser.add_argument("--subject", choices=SUBJECTS, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.subject:
        json.dump(SUBJECTS[chosen.subject](chosen.folder, chosen.device, chosen.times), sys.stdout)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.folder or Path(temporary)
        write_weights(folder)
        found = {name: run(name, folder, chosen) for name in chosen.only if is_there(name)}
    report(found, chosen.device)


def run(name: str, folder: Path, chosen: argparse.Namespace) -> dict[str, float]:
    """Measure one implementation in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.nano", "--subject", name, "--device",
               chosen.device, "--times", str(chosen.times), "--folder", str(folder)]  # fmt: skip
    print(f"{name} …", file=sys.stderr, flush=True)
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    # a library may print to stdout, too
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def is_there(name: str) -> bool:
    """Tell whether an implementation is installed, and say so where it is not."""
    package = {"transformers": "transformers", "funasr": "funasr"}.get(name, "torch")
    if find_spec(package) is None:
        print(f"{name} is left out: it is not installed", file=sys.stderr)
        return False
    return True


def report(found: dict[str, dict[str, float]], device: str) -> None:
    """Print a table for each thing that was measured."""
    import torch

    where = torch.cuda.get_device_name() if device == "cuda" else machine()
    print(f"{where}, torch {torch.__version__}\n")
    print(f"{SECONDS} s of speech, {TOKENS} tokens, one at a time:\n")
    best = min((row["total"] for name, row in found.items() if name in PEERS), default=None)
    print(
        markdown_table(
            ("", "load to first token (s)", "first token (s)", "a token (ms)", "in all (s)",
             "RTF", "times faster than the better peer", "peak memory (GB)"),
            [
                (name, row["load"], row["first"], 1e3 * row["token"], row["total"],
                 row["total"] / SECONDS, best / row["total"] if best else "–", row["memory"])
                for name, row in found.items()
            ],
        )
    )  # fmt: skip
    ours = found.get("ours")
    if ours:
        print(f"\nA dictation of {DICTATION} s with a pause every {PAUSE_EVERY} s, ours:\n")
        live = ours["live"]
        print(
            markdown_table(
                ("stop to text (s)", "all of it after the stop", "(s)", "ratio"),
                [
                    (live, "one stretch after the other", ours["after"], ours["after"] / live),
                    (live, "four at a time, as files", ours["batched"], ours["batched"] / live),
                ],
            )
        )
    if ours and device == "cuda":
        print(
            f"\n{FILES} files of {FILE_SECONDS} s together, and how near a token is to its floor:\n"
        )
        print(
            markdown_table(
                ("times real time", "bandwidth (TB/s)", "floor of a token (ms)", "times the floor"),
                [(ours["batch"], ours["bandwidth"] / 1e12, 1e3 * ours["floor"],
                  ours["token"] / ours["floor"])],
            )
        )  # fmt: skip


def ours(folder: Path, device: str, times: int) -> dict[str, float]:
    """Measure our engine in the precisions that it takes by itself."""
    started = time.perf_counter()
    from git_voicenote.engines.nano.engine import load_model

    hear = forced(load_model(folder / "flat", device))
    found = measure(hear, started, times) | dictation(hear)
    return found | on_gpu(hear) if device == "cuda" else found


def ours_fp32(folder: Path, device: str, times: int) -> dict[str, float]:
    """Measure our engine in float32."""
    started = time.perf_counter()
    from git_voicenote.engines.nano.checkpoint import open_checkpoint
    from git_voicenote.engines.nano.model import NanoModel

    return measure(forced(NanoModel.load(open_checkpoint(folder / "flat"), device)), started, times)


def forced(model: NanoModel) -> Callable[[Sequence[Samples], int], object]:
    """Return what lets our model hear segments and write so many tokens of each."""
    before = model.ids(PROMPT)
    return lambda segments, tokens: model.decode(segments, before, tokens, forced=True)


def transformers(folder: Path, device: str, times: int) -> dict[str, float]:
    """Measure transformers' `generate`: float32 on a CPU, bfloat16 on a GPU."""
    started = time.perf_counter()
    import torch
    from transformers import (
        AutoTokenizer,
        FunAsrNanoFeatureExtractor,
        FunAsrNanoForConditionalGeneration,
        FunAsrNanoProcessor,
    )

    tokenizer = AutoTokenizer.from_pretrained(folder / "flat", padding_side="left")
    processor = FunAsrNanoProcessor(FunAsrNanoFeatureExtractor(), tokenizer)
    kind = torch.bfloat16 if device == "cuda" else torch.float32
    model = FunAsrNanoForConditionalGeneration.from_pretrained(folder / "flat", dtype=kind)
    model = model.to(device).eval()

    @torch.inference_mode()
    def hear(segments: Sequence[Samples], tokens: int) -> object:
        text = [PROMPT + processor.audio_token] * len(segments)
        inputs = processor(text=text, audio=list(segments), padding=True).to(device)
        return model.generate(
            **inputs, max_new_tokens=tokens, min_new_tokens=tokens, do_sample=False
        )

    return measure(hear, started, times)


def funasr(folder: Path, device: str, times: int) -> dict[str, float]:
    """Measure funasr's `AutoModel`: float32 on a CPU, bfloat16 for the language model on a GPU."""
    started = time.perf_counter()
    import torch
    from funasr import AutoModel

    model = AutoModel(
        model=str(folder / "original"), device=device, ncpu=torch.get_num_threads(),
        disable_update=True, disable_pbar=True, log_level="ERROR",
    )  # fmt: skip

    def hear(segments: Sequence[Samples], tokens: int) -> object:
        return model.generate(
            input=[torch.from_numpy(samples) for samples in segments], batch_size=len(segments),
            max_length=tokens, llm_kwargs={"min_new_tokens": tokens}, bf16=device == "cuda",
        )  # fmt: skip

    return measure(hear, started, times)


PEERS = {"transformers": transformers, "funasr": funasr}
SUBJECTS = {"ours": ours, "ours in float32": ours_fp32, **PEERS}


def measure(
    hear: Callable[[Sequence[Samples], int], object], started: float, times: int
) -> dict[str, float]:
    """Time one implementation that was begun to load at `started`."""
    hear([noise(2)], 1)
    load = time.perf_counter() - started
    sound = [noise(SECONDS)]
    hear(sound, TOKENS)
    first = statistics.median(seconds(lambda: hear(sound, 1)) for _ in range(times))
    total = statistics.median(seconds(lambda: hear(sound, TOKENS)) for _ in range(times))
    # Linux counts in units of 1,024 bytes
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    return {
        "load": load, "first": first, "token": (total - first) / (TOKENS - 1), "total": total,
        "memory": memory,
    }  # fmt: skip


def dictation(hear: Callable[[Sequence[Samples], int], object]) -> dict[str, float]:
    """Hear a dictation in real time, each stretch when it ends; and all of it after the stop."""
    count = DICTATION // PAUSE_EVERY
    stretches = [noise(PAUSE_EVERY - 1) for _ in range(count)]
    tokens = round((PAUSE_EVERY - 1) * TOKENS_A_SECOND)
    began = time.perf_counter()
    for number, stretch in enumerate(stretches, 1):
        time.sleep(max(0.0, began + number * PAUSE_EVERY - time.perf_counter()))
        hear([stretch], tokens)
    live = time.perf_counter() - began - DICTATION
    after = seconds(lambda: [hear([stretch], tokens) for stretch in stretches])
    # as files are heard: the best that can be done afterwards
    batched = seconds(lambda: [hear(stretches[i : i + 4], tokens) for i in range(0, count, 4)])
    return {"live": live, "after": after, "batched": batched}


def on_gpu(hear: Callable[[Sequence[Samples], int], object]) -> dict[str, float]:
    """Time many files together, and what memory bandwidth allows."""
    import torch

    batch = [noise(30)] * 32
    tokens = round(30 * TOKENS_A_SECOND)
    hear(batch, tokens)
    batches = -(-FILES * FILE_SECONDS // 30 // 32)
    taken = seconds(lambda: [hear(batch, tokens) for _ in range(batches)])
    block = torch.empty(1 << 32, dtype=torch.uint8, device="cuda")
    other = torch.empty_like(block)
    other.copy_(block)
    torch.cuda.synchronize()
    started = time.perf_counter()
    for _ in range(10):
        other.copy_(block)
    torch.cuda.synchronize()
    bandwidth = 10 * 2 * block.numel() / (time.perf_counter() - started)
    return {
        "batch": batches * 32 * 30 / taken, "bandwidth": bandwidth, "floor": 1.19e9 / bandwidth,
    }  # fmt: skip


def seconds(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def noise(length: int) -> Samples:
    """Return sound of so many seconds; to random weights all of it means the same."""
    sound = np.random.default_rng(length).standard_normal(length * RATE)
    return (0.05 * sound).astype(np.float32)


def write_weights(folder: Path) -> None:
    """Write random weights of the released size in both layouts, unless they are there."""
    import torch
    from safetensors.torch import save_file

    from git_voicenote.engines.nano.architecture import Architecture
    from git_voicenote.engines.nano.layouts import expected_shapes
    from tests.support.nano_checkpoints import TINY, write_original

    flat = folder / "flat"
    if not (flat / "model.safetensors").exists():
        flat.mkdir(parents=True, exist_ok=True)
        generator = torch.Generator().manual_seed(0)
        tensors = {}
        for name, shape in expected_shapes(Architecture()).items():
            random = torch.randn(shape, generator=generator, dtype=torch.float32)
            is_scale = len(shape) == 1 and name.endswith("weight")
            tensors[name] = (0.02 * random + is_scale).bfloat16()
        config = json.loads((TINY / "config.json").read_text()) | {"dtype": "bfloat16"}
        for section, values in RELEASED.items():
            config[section].update(values)
        (flat / "config.json").write_text(json.dumps(config))
        for path in TINY.glob("*token*.json"):
            (flat / path.name).write_bytes(path.read_bytes())
        save_file(tensors, flat / "model.safetensors", {"format": "pt"})
    if not (folder / "original").exists():
        write_original(flat, folder / "original")


RELEASED = {
    "audio_config": {
        "hidden_size": 512, "num_attention_heads": 4, "intermediate_size": 2048,
        "num_hidden_layers": 70, "num_timestamp_prediction_layers": 20, "fsmn_kernel_size": 11,
    },
    "adaptor_config": {
        "hidden_size": 1024, "num_attention_heads": 8, "intermediate_size": 256,
        "num_hidden_layers": 2, "projector_hidden_size": 2048,
    },
    "text_config": {
        "vocab_size": 151936, "hidden_size": 1024, "intermediate_size": 3072,
        "num_hidden_layers": 28, "num_attention_heads": 16, "num_key_value_heads": 8,
        "head_dim": 128, "layer_types": ["full_attention"] * 28,
    },
}  # fmt: skip


if __name__ == "__main__":
    main()
