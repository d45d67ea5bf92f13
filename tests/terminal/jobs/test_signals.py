"""A signal that ends us waits where something must not be cut in two."""

from __future__ import annotations

import subprocess
import sys

import pytest

_PROGRAM = """
import os, signal, sys
from git_voicenote.terminal.jobs.signals import Terminated, handle_signals, signals_wait
# our parent may ignore them, as nohup does
signal.signal(signal.SIGINT, signal.default_int_handler)
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
    signal.signal(number, signal.SIG_DFL)
handle_signals()
try:
    with signals_wait():
        os.kill(os.getpid(), int(sys.argv[1]))
        print("whole")
    print("not reached")
except Terminated as exc:
    print(exc.number)
except KeyboardInterrupt:
    print(2)
"""


@pytest.mark.parametrize("number", ["1", "2", "3", "15"])
def test_a_signal_waits_until_the_context_is_left(number: str) -> None:
    printed = subprocess.check_output([sys.executable, "-c", _PROGRAM, number], text=True)
    assert printed == f"whole\n{number}\n"
