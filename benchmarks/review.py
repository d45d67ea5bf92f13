"""What `git voicenote review` takes for many mails: time, memory, and how a browser opens the page.

    python -m benchmarks.review --repository PATH [--times 3]

PATH is any repository with 1,000 commits without merges behind its HEAD, such as a clone of git's
own. All its commits get notes and are mailed; the first 100, 200 ... of the mails are read, laid
out for a pipe, and made a page of. `linear` is the time for each mail, as a ratio to that at 200.
The page of 200 patches is opened in Chromium, where there is one.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.format_patch import explained_clone
from benchmarks.measure import machine, markdown_table, seconds

START = re.compile(rb"^(?=From [0-9a-f]{40} Mon Sep 17)", re.MULTILINE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repository", type=Path, required=True)
    parser.add_argument("--counts", type=int, nargs="+", default=[100, 200, 500, 1000])
    parser.add_argument("--times", type=int, default=3)
    chosen = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mails = series(chosen.repository, folder / "clone", max(chosen.counts))
        for count in chosen.counts:
            box = folder / f"{count}.mbox"
            box.write_bytes(b"".join(mails[:count]))
            rows.append((count, box.stat().st_size / 1e6, *measure(box, chosen.times)))
        page = folder / "200.mbox.html"
        opened = opening(page, folder) if page.exists() else None
    base = next((row for row in rows if row[0] == 200), rows[0])
    table = [
        (count, size, laid_out, laid_out / count * base[0] / base[2], made, page_size, peak)
        for count, size, laid_out, made, page_size, peak in rows
    ]
    header = ("mails", "MB", "terminal (s)", "linear", "page (s)", "page (MB)", "memory (MiB)")
    print(f"{machine()}\n")
    print(markdown_table(header, table))
    if opened is not None:
        print(f"\nA browser opens the page of 200 patches in {opened:.2f} s.")


def series(repository: Path, clone: Path, count: int) -> list[bytes]:
    """Return the mails of the last commits of a repository, with notes."""
    explained_clone(repository, clone, count)
    done = subprocess.run(
        ["git-voicenote", "format-patch", "--stdout", "--no-cover-letter", "--no-numbered",
         f"-{count}", "topic"],
        cwd=clone, capture_output=True, check=True,
    )  # fmt: skip
    return START.split(done.stdout)[1:]


def measure(box: Path, times: int) -> tuple[float, float, float, float]:
    """Return seconds for the terminal and for the page, its megabytes, and the peak memory."""
    page = box.with_name(box.name + ".html")
    laid_out = statistics.median(seconds(lambda: review(box)) for _ in range(times))
    made = statistics.median(seconds(lambda: review(box, "--html", page)) for _ in range(times))
    process = subprocess.Popen(
        ["git-voicenote", "review", box, "--html", page], cwd=box.parent, stdout=subprocess.DEVNULL
    )
    _, _, used = os.wait4(process.pid, 0)
    peak = used.ru_maxrss / 1024
    return laid_out, made, page.stat().st_size / 1e6, peak


def review(box: Path, *arguments: str | Path) -> None:
    subprocess.run(
        ["git-voicenote", "review", box, *arguments],
        cwd=box.parent, stdout=subprocess.DEVNULL, check=True,
    )  # fmt: skip


def opening(page: Path, folder: Path) -> float | None:
    """Return the seconds until a browser has loaded a page, the median of five."""
    from tests.support.browser import Browser

    if not shutil.which("chromium"):
        print("no chromium: the page is not opened", file=sys.stderr)
        return None
    with Browser(folder / "browser") as browser:
        return statistics.median(browser.open(page) for _ in range(5))


if __name__ == "__main__":
    main()
