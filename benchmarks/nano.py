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
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import machine, markdown_table
from benchmarks.nano_measures import (
    AT_ONCE,
    DICTATION,
    EXAMPLES,
    FILE_SECONDS,
    FILES,
    PAUSE_EVERY,
    RATE,
    SECONDS,
    SEGMENT,
    TOKEN_BYTES,
    TOKENS,
    TOKENS_A_SECOND,
    bandwidth,
    dictation,
    measure,
    seconds,
    write_speech,
)
from benchmarks.nano_weights import write_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.nano_measures import Hear
    from git_voicenote.datatypes import Samples
    from git_voicenote.engines.nano.network.model import NanoModel

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
    print(f"{name}: {found}", file=sys.stderr, flush=True)  # a later one may not come to its end
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
    print(markdown_table(*compared(found, device)))
    ours = found.get("ours")
    if ours:
        print(f"\nA dictation of {DICTATION} s with a pause every {PAUSE_EVERY} s, ours:\n")
        live = ours["live"]
        print(
            markdown_table(
                ("stop to text (s)", "all of it after the stop", "(s)", "ratio"),
                [
                    (live, "one stretch after the other", ours["after"], ours["after"] / live),
                    (live, "four at a time, as files", ours["fours"], ours["fours"] / live),
                ],
            )
        )
    if ours and device == "cuda":
        print(f"\n{FILES} files of {FILE_SECONDS} s, and how near a token is to its floor:\n")
        floor = TOKEN_BYTES / ours["bandwidth"]
        print(
            markdown_table(
                ("from files, times real time", "bandwidth (TB/s)", "floor of a token (ms)",
                 "times the floor"),
                [(ours["files"], ours["bandwidth"] / 1e12, 1e3 * floor, ours["token"] / floor)],
            )
        )  # fmt: skip


def compared(
    found: dict[str, dict[str, float]], device: str
) -> tuple[tuple[str, ...], list[tuple[str | float, ...]]]:
    """Return the header and the rows of the table that compares the implementations."""
    best = min((row["total"] for name, row in found.items() if name in PEERS), default=None)
    header = [
        "", "load to first token (s)", "first token (s)", "a token (ms)", "in all (s)", "RTF",
        "times faster than the better peer", "peak memory (GB)",
    ]  # fmt: skip
    rows: list[tuple[str | float, ...]] = [
        (name, row["load"], row["first"], 1e3 * row["token"], row["total"], row["total"] / SECONDS,
         best / row["total"] if best else "–", row["memory"])
        for name, row in found.items()
    ]  # fmt: skip
    if device == "cpu":
        header.append("in all, beside a busy program (s)")
        added: list[tuple[float, ...]] = [(row["beside"],) for row in found.values()]
    else:
        most = max((row["batched"] for name, row in found.items() if name in PEERS), default=0.0)
        header += [f"{AT_ONCE} segments of {SEGMENT} s at once, times real time",
                   "times faster than the better peer"]  # fmt: skip
        added = [(row["batched"], row["batched"] / most if most else 0.0) for row in found.values()]
    return tuple(header), [row + more for row, more in zip(rows, added, strict=True)]


def ours(folder: Path, device: str, times: int) -> dict[str, float]:
    """Measure our engine in the precisions that it takes by itself."""
    started = time.perf_counter()
    from git_voicenote.engines.nano.engine import load_model

    model = load_model(folder / "flat", device)
    hear = forced(model)
    found = measure(hear, started, times, device) | dictation(hear)
    if device == "cuda":
        found |= {"bandwidth": bandwidth(), "files": from_files(model, device, FILES)}
    return found


def ours_fp32(folder: Path, device: str, times: int) -> dict[str, float]:
    """Measure our engine in float32."""
    started = time.perf_counter()
    from git_voicenote.engines.nano.checkpoint.reader import open_checkpoint
    from git_voicenote.engines.nano.network.model import NanoModel

    model = NanoModel.load(open_checkpoint(folder / "flat"), device)
    return measure(forced(model), started, times, device)


def forced(model: NanoModel) -> Hear:
    """Return what lets our model hear segments and write so many tokens of each."""
    before = model.ids(PROMPT)
    return lambda segments, tokens: model.decode(segments, before, tokens, forced=True)


def from_files(model: NanoModel, device: str, count: int) -> float:
    """Return how many times real time files are heard at, on the path of `transcribe FILE...`."""
    from git_voicenote.engines.base import Context, EngineOptions
    from git_voicenote.engines.nano.engine import NanoEngine
    from git_voicenote.engines.nano.network.generation import Decoded
    from git_voicenote.workflows.hearing.batch import transcribe_files

    def write(segments: Sequence[Samples], before: tuple[int, ...]) -> list[Decoded]:
        longest = max(map(len, segments)) / RATE
        decoded = decode(segments, before, round(longest * TOKENS_A_SECOND), forced=True)
        return [Decoded(one.token_ids) for one in decoded]  # it came to no end, and was not to

    decode, model.decode = model.decode, write  # type: ignore[assignment,method-assign]  # a stand-in
    with tempfile.TemporaryDirectory() as folder:
        speech = write_speech(Path(folder, "speech.flac"))
        options = EngineOptions(str(EXAMPLES / "nano-tiny/hf"), device)  # a folder that is there
        engine = NanoEngine(options, load=lambda *_: model)
        engine.load()
        events = transcribe_files(
            [speech] * count, engine, Context(), warn=print, listened=lambda _: None
        )
        return count * FILE_SECONDS / seconds(lambda: list(events))


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

    return measure(hear, started, times, device)


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

    return measure(hear, started, times, device)


PEERS = {"transformers": transformers, "funasr": funasr}
SUBJECTS = {"ours": ours, "ours in float32": ours_fp32, **PEERS}


if __name__ == "__main__":
    main()
