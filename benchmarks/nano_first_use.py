"""Measure the import of a Nano checkpoint of the released size, and the two dictations after it.

Then the same two from a folder that nobody imported, which has to be prepared first.

    python -m benchmarks.nano_first_use [--folder FOLDER]

The weights are random (2 GB, written once). Prints seconds and the peak memory of each process.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.nano_measures import write_speech
from benchmarks.nano_weights import write_weights


def main() -> None:
    """Import, then transcribe the same sound twice, in fresh folders for models and caches."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "nano-weights")
    chosen = parser.parse_args()
    # in a process of its own: what this one has is where the peak of its children begins
    writing = multiprocessing.get_context("spawn").Process(
        target=write_weights, args=(chosen.folder,)
    )
    writing.start()
    writing.join()
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        os.environ |= {"XDG_DATA_HOME": str(home / "data"), "XDG_CACHE_HOME": str(home / "cache")}
        speech = write_speech(home / "speech.wav")
        model = ("models", "import", str(chosen.folder / "flat"), "--name", "first-use")
        dictation = ("transcribe", str(speech), "--engine", "nano")
        for title, arguments, used, cache in (
            ("import", model, "first-use", "cache"),
            ("first dictation", dictation, "first-use", "cache"),
            ("second dictation", dictation, "first-use", "cache"),
            ("first dictation, copied folder", dictation, str(chosen.folder / "flat"), "empty"),
            ("second dictation, copied folder", dictation, str(chosen.folder / "flat"), "empty"),
        ):
            os.environ |= {"GIT_VOICENOTE_MODEL": used, "XDG_CACHE_HOME": str(home / cache)}
            seconds, peak = measured(*arguments)
            print(f"{title:32} {seconds:6.1f} s {peak / 1e9:6.2f} GB")


def measured(*arguments: str) -> tuple[float, float]:
    """Run a command; return its seconds and the peak of its resident memory in bytes."""
    started = time.perf_counter()
    with tempfile.TemporaryFile() as messages:
        process = subprocess.Popen(
            [sys.executable, "-m", "git_voicenote", *arguments],
            stdout=subprocess.DEVNULL, stderr=messages,
        )  # fmt: skip
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        messages.seek(0)
        said = messages.read().decode()
    # random weights hear nothing, or understand nothing of it
    if process.returncode not in (0, 1) and "could not be transcribed" not in said:
        raise SystemExit(f"{' '.join(arguments)} failed with {process.returncode}: {said}")
    return time.perf_counter() - started, 1024.0 * usage.ru_maxrss


if __name__ == "__main__":
    main()
