"""Counts tries, each with a limit of time: of computing, so that a busy machine is no hang."""

from __future__ import annotations

import resource
import signal
import time
from typing import TYPE_CHECKING, Self

from benchmarks.attack.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable

_COMPUTING = 20.0
"""Seconds of computing after which one try counts as hanging."""
_WAITING = 300
"""Seconds after which it does, whatever it waits for."""
_MAX_SAMPLES = 20


_SIGNALS = (signal.SIGALRM, signal.SIGPROF)


def wait() -> None:
    """Have SIGPROF or SIGALRM sent once this process computed, or waited, for too long."""
    signal.setitimer(signal.ITIMER_PROF, _COMPUTING)
    signal.alarm(_WAITING)


def stop_waiting() -> None:
    """Take `wait` back."""
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.alarm(0)


class _HangError(BaseException):
    """A try took too long; no handler of what is tried may catch it."""


class Counting:
    """Counts tries. A context manager, whose `tally` is what was found so far."""

    def __init__(self) -> None:
        self.tally = Tally(0)

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, _give_up) for number in _SIGNALS}
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        """End; after Ctrl-C, the tally is that of what was tried until then."""
        stop_waiting()
        for number, handler in self._before.items():
            signal.signal(number, handler)
        return kind is KeyboardInterrupt

    def attempt(self, call: Callable[[], object], sample: str) -> None:
        """Try a call; `sample` shows its input where it fails."""
        exceptions, hangs, fault = 0, 0, ""
        start = time.perf_counter()
        wait()
        try:
            call()
        except _HangError:
            hangs, fault = 1, "hangs"
        except Exception as exc:  # noqa: BLE001 - this is what is counted
            exceptions, fault = 1, f"{type(exc).__name__}: {exc}"
        finally:
            stop_waiting()
        seconds = time.perf_counter() - start
        before = self.tally
        samples = (*before.samples, f"{fault[:200]} of {sample[:2000]}") if fault else ()
        self.tally = Tally(
            before.tried + 1,
            before.exceptions + exceptions,
            before.hangs + hangs,
            max(before.worst_seconds, seconds),
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            samples[:_MAX_SAMPLES] if fault else before.samples,
        )


def _give_up(*_: object) -> None:
    raise _HangError
