"""A signal that ends us waits where something must not be cut in two."""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import os, signal
from git_voicenote.terminal.jobs.signals import Terminated, handle_signals, signals_wait
handle_signals()
try:
    with signals_wait():
        os.kill(os.getpid(), signal.SIGTERM)
        print("whole")
    print("not reached")
except Terminated as exc:
    print(exc.number)
"""


def test_a_signal_waits_until_the_context_is_left() -> None:
    printed = subprocess.check_output([sys.executable, "-c", _PROGRAM], text=True)
    assert printed == "whole\n15\n"
