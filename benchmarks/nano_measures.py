"""What is measured of a speech model, whoever made it: `hear` lets it write so many tokens."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from git_voicenote.datatypes import Samples

    Hear = Callable[[Sequence[Samples], int], object]

EXAMPLES = Path(__file__).parents[1] / "examples"
RATE = 16_000
SECONDS, TOKENS = 15, 60
DICTATION, PAUSE_EVERY = 60, 10
FILES, FILE_SECONDS = 184, 60
AT_ONCE, SEGMENT, BATCHES = 32, 30, 3
TOKEN_BYTES = 1.19e9
"""What a token reads of the language model in bfloat16."""
TOKENS_A_SECOND = TOKENS / SECONDS


def measure(hear: Hear, started: float, times: int, device: str) -> dict[str, float]:
    """Time one implementation that was begun to load at `started`."""
    hear([noise(2)], 1)
    load = time.perf_counter() - started
    sound = [noise(SECONDS)]
    hear(sound, TOKENS)
    first = statistics.median(seconds(lambda: hear(sound, 1)) for _ in range(times))
    total = statistics.median(seconds(lambda: hear(sound, TOKENS)) for _ in range(times))
    found = {"load": load, "first": first, "token": (total - first) / (TOKENS - 1), "total": total}
    if device == "cuda":
        return found | {"memory": gpu_memory(), "batched": in_batches(hear)}
    # Linux counts in units of 1,024 bytes
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    return found | {"memory": memory, "beside": beside_another(lambda: hear(sound, TOKENS))}


def beside_another(run: Callable[[], object]) -> float:
    """Time a run while another program keeps a core busy, as a compiler does."""
    busy = [sys.executable, "-c", "while True: pass"]
    # in a session of its own the kernel gives it its full share, as it does in a terminal
    program = subprocess.Popen(busy, start_new_session=True)
    try:
        return seconds(run)
    finally:
        program.kill()
        program.wait()


def dictation(hear: Hear) -> dict[str, float]:
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
    fours = seconds(lambda: [hear(stretches[i : i + 4], tokens) for i in range(0, count, 4)])
    return {"live": live, "after": after, "fours": fours}


def in_batches(hear: Hear) -> float:
    """Return how many times real time sound is heard at that is cut and batched."""
    batch = [noise(SEGMENT)] * AT_ONCE
    tokens = round(SEGMENT * TOKENS_A_SECOND)
    hear(batch, tokens)
    return (
        BATCHES * AT_ONCE * SEGMENT / seconds(lambda: [hear(batch, tokens) for _ in range(BATCHES)])
    )


def gpu_memory() -> float:
    """Return the most memory of the GPU that tensors took, in GB."""
    import torch

    return torch.cuda.max_memory_allocated() / 1e9


def bandwidth() -> float:
    """Return the memory bandwidth of the GPU, read and written, in bytes per second."""
    import torch

    block = torch.empty(1 << 32, dtype=torch.uint8, device="cuda")
    other = torch.empty_like(block)
    other.copy_(block)
    torch.cuda.synchronize()
    started = time.perf_counter()
    for _ in range(10):
        other.copy_(block)
    torch.cuda.synchronize()
    return 10 * 2 * block.numel() / (time.perf_counter() - started)


def seconds(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def write_speech(path: Path) -> Path:
    """Write a file of the length that is measured: the recordings, one after another."""
    recordings = [soundfile.read(file)[0] for file in sorted(EXAMPLES.glob("speech/*.flac"))]
    once = np.concatenate(recordings)
    soundfile.write(path, np.resize(once, FILE_SECONDS * RATE), RATE)
    return path


def noise(length: int) -> Samples:
    """Return sound of so many seconds; to random weights all of it means the same."""
    sound = np.random.default_rng(length).standard_normal(length * RATE)
    return (0.05 * sound).astype(np.float32)
