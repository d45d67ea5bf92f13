"""What makes a language model faster on a CPU, and need not be done before the first words.

A token is a thousand short operations. Between them Python takes 8 of 31 ms on two cores: so the
step of one row is recorded, and run without it. (A compiler would do more, but people have none.)
"""

from __future__ import annotations

import threading
import weakref
from collections import deque
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import torch

from git_voicenote.engines.nano.network.decoder import Cache
from git_voicenote.engines.nano.network.int8 import Int8Dense
from git_voicenote.engines.nano.network.threads import Threads
from git_voicenote.log import Log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from git_voicenote.engines.nano.network.decoder import Decoder

    Step = Callable[..., torch.Tensor]
    """Does what Decoder.forward does, for one row and without a mask."""


_log = Log(__name__)


class Tuning:
    """Arranges the 8-bit layers of a decoder, then records its step: in a thread, while it is idle.

    It takes 2 to 4 s in all, longer than the rest of loading. The thread ends before the program,
    which would be aborted if Python took the thread's lock away in the middle of torch.
    """

    def __init__(self, decoder: Decoder) -> None:
        self.step: Step | None = None
        """The recorded step, once it is there."""
        self._decoder = decoder
        self._threads = Threads() if decoder.device.type == "cpu" else None
        self._layers = [one for one in decoder.modules() if isinstance(one, Int8Dense)]
        # the largest first, or two threads would wait for one with the output layer at the end
        self._waiting = deque(sorted(self._layers, key=lambda one: one.size, reverse=True))
        self._is_idle = threading.Event()
        self._is_idle.set()
        self._is_ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        weakref.finalize(self, _end, self._thread, self._is_ended, self._is_idle)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave the CPU to who computes meanwhile."""
        self._is_idle.clear()
        try:
            yield
        finally:
            self._is_idle.set()

    def pack(self) -> None:
        """Arrange now what no thread has begun to; not while it is paused."""
        with suppress(IndexError):
            while True:
                self._waiting.popleft().pack(self._wait)

    def finish(self) -> None:
        """Do the rest now; not while it is paused."""
        self.pack()
        self._thread.join()

    def adapt(self) -> None:
        """Leave cores to others who compute; cheap enough for every token."""
        if self._threads is not None:
            self._threads.adapt()

    def _run(self) -> None:
        with suppress(_ProgramEndsError):
            self.pack()
            for layer in self._layers:  # also what another thread has begun
                layer.pack(self._wait)
            self._wait()
            try:
                self.step = record(self._decoder)
            except RuntimeError as exc:  # decoding goes on without; of weights that are no numbers
                _log.failed("the step of a token was not recorded", exc)

    def _wait(self) -> None:
        """Wait until nobody computes."""
        self._is_idle.wait()
        if self._is_ended.is_set():
            raise _ProgramEndsError


class _ProgramEndsError(Exception):
    """Nobody needs what is being made."""


def _end(thread: threading.Thread, is_ended: threading.Event, is_idle: threading.Event) -> None:
    is_ended.set()
    is_idle.set()
    if thread is not threading.current_thread():  # it may be the last to let go of the decoder
        thread.join()


@torch.inference_mode()
def record(decoder: Decoder) -> Step | None:
    """Return the step of a decoder, to be run without Python; None where it is not on a CPU.

    All its 8-bit layers have to be arranged: what multiplies them as they lie takes numbers out of
    tensors, which a recording would repeat.
    """
    if decoder.device.type != "cpu":  # on a GPU graphs do it (graphs.py)
        return None
    cache = Cache(decoder.shape, 1, 2, decoder.dtype, decoder.device)
    first = torch.zeros((1, 1), dtype=torch.long)
    inputs = (decoder.embed(first), first, first[0], *cache.first(2))
    recorded = torch.jit.trace(decoder, inputs, check_trace=False)  # type: ignore[no-untyped-call]  # torch publishes no type

    def step(*inputs: torch.Tensor) -> torch.Tensor:
        # what it would do to optimise costs two slow steps, and gains nothing
        with torch.jit.optimized_execution(False):  # type: ignore[attr-defined]  # not in its __all__
            logits: torch.Tensor = recorded(*inputs)
        return logits

    return step
