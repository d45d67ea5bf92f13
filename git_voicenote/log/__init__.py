"""What is run and how long it takes, for those who ask; what failed in the background, in a file.

    _log = Log(__name__)

    with _log.timed("load %s", name): ...
    _log.failed("the repository's language was not learned", exc)

Steps go where `start_tracing` sends them, by default nowhere; failures always go to the log file.
Spoken words are in neither.
"""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from git_voicenote.log.variable import TRACE_OFF, TRACE_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path


class Log:
    """The logger of a module, by the module's name.

    Importing `logging` takes 2.3 ms, which a program that logs nothing does not pay: it is imported
    by whoever turns tracing on, and by the first failure.
    """

    def __init__(self, module: str) -> None:
        self._module = module

    @property
    def is_traced(self) -> bool:
        """Whether steps are traced."""
        if "logging" not in sys.modules:
            return False
        import logging

        return logging.getLogger(self._module).isEnabledFor(logging.DEBUG)

    def step(self, what: str, *values: object) -> None:
        """Trace a step; `values` are formatted into `what` as in `logging`."""
        if self.is_traced:
            import logging

            logging.getLogger(self._module).debug(what, *values)

    @contextmanager
    def timed(self, what: str, *values: object) -> Iterator[None]:
        """Trace the body of the context, with the seconds that it took."""
        if not self.is_traced:
            yield
            return
        started = time.perf_counter()
        try:
            yield
        finally:
            self.step(f"{what}: %.3f s", *values, time.perf_counter() - started)

    def failed(self, what: str, error: BaseException | None = None) -> Path | None:
        """Log a failure with the traceback of its error, if any.

        Returns the log file, or None if it cannot be written.
        """
        from git_voicenote.log.failures import log_failure

        return log_failure(self._module, what, error)


def start_tracing(
    environment: Mapping[str, str],
    *,
    verbose: bool = False,
    say: Callable[[str], None] | None = None,
) -> None:
    """Start tracing as $GIT_VOICENOTE_TRACE says, and to `say` if `verbose` is set.

    `say` prints a line on stderr; None means a process without a terminal, which traces to a file
    only. An invalid variable is reported, and the command continues.
    """
    value = environment.get(TRACE_VARIABLE, "")
    if verbose or value.lower() not in TRACE_OFF:
        from git_voicenote.log.tracing import Tracing

        Tracing(value, say).start(verbose=verbose)


def log_failing_threads(tell: Callable[[str], None] | None = None) -> None:
    """Log unexpected errors of threads; `tell` reports each to the person in a line."""

    def log_failing_thread(ended: threading.ExceptHookArgs) -> None:
        if ended.exc_value is None or issubclass(ended.exc_type, SystemExit):
            return
        name = ended.thread.name if ended.thread else "a thread"
        path = Log(__name__).failed(f"{name} stopped", ended.exc_value)
        if tell is not None:
            where = f"; a traceback is in {path}" if path else ""
            tell(f"unexpected {ended.exc_type.__name__} in the background{where}")

    threading.excepthook = log_failing_thread
