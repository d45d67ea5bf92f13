"""Measure the import of a Nano checkpoint of the released size, and the two dictations after it.

Then the same two from a folder that nobody imported, which has to be prepared first.

    python -m benchmarks.nano_first_use [--folder FOLDER]

The weights are random (2 GB, written once). Prints seconds and the peak memory of each process.
"""

from __future__ import annotations

import argparse
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
    write_weights(chosen.folder)
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
    process = subprocess.Popen(
        [sys.executable, "-m", "git_voicenote", *arguments],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):  # 1: random weights hear nothing
        raise SystemExit(f"{' '.join(arguments)} failed with {process.returncode}")
    return time.perf_counter() - started, 1024.0 * usage.ru_maxrss


if __name__ == "__main__":
    main()
