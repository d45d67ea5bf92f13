"""The process that records from a browser: `... recorder PATH [--max-duration SECONDS]`.

It does for `audio.capture.microphone` what the recorder of a microphone does, in the same words on
stdin and stdout, and serves the page for one dictation meanwhile. Beyond those words, it reads
  title JSON    what the words are for, as a text
  words JSON    what was understood so far: {"segment": …} or {"partial": …}
  final JSON    the text after all passes; the page is shown it, and we end
and reports
  waiting       link; no page is connected yet
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import traceback
from pathlib import Path

from git_voicenote.audio.capture.reports import Reports
from git_voicenote.errors import AudioDeviceError, StoreError, VoicenoteError
from git_voicenote.log import Log

_log = Log("git_voicenote.server.browser.recorder")  # it is run as a program


def main() -> None:
    """Record as the command line says."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ^C in the terminal is for our parent
    arguments = _parser().parse_args()
    reports = Reports(sys.stdout.fileno())
    status = 0
    try:
        _run(arguments.path, reports, arguments.max_duration)
    except VoicenoteError as exc:
        kind = "store" if isinstance(exc, StoreError) else "device"
        reports.add({"event": "error", "kind": kind, "message": exc.message, "hint": exc.hint})
    except Exception as exc:  # noqa: BLE001 - a defect of ours; our parent shows its last line
        _log.failed("the recorder stopped", exc)
        traceback.print_exc()
        status = 1
    reports.close()
    os._exit(status)  # a connection may be half-open


def _run(path: Path, reports: Reports, max_seconds: float) -> None:
    try:
        from git_voicenote.server.browser.serving import record
    except ModuleNotFoundError as exc:
        raise AudioDeviceError(
            f"a browser as the microphone needs {exc.name}, which is not installed",
            hint="pip install 'git-voicenote[server]'",
        ) from exc
    asyncio.run(record(path, reports, max_seconds))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="git_voicenote.server.browser.recorder")
    parser.add_argument("path", type=Path)
    parser.add_argument("--device")
    parser.add_argument("--max-duration", type=float, default=0.0)
    return parser


if __name__ == "__main__":
    main()
