"""Make the language model faster on a CPU, in the background, after loading.

A token takes a thousand short operations, and Python takes 8 of 31 ms between them, on two cores.
So the step for one row is recorded, and runs without Python. (torch.compile would be faster, but
needs a C++ compiler.)
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

    from git_voicenote.engines.nano.network.decoder import TextDecoder

    DecoderStep = Callable[..., torch.Tensor]
    """Do the same as TextDecoder.forward, for one row and without a mask."""


_log = Log(__name__)


class Tuning:
    """A thread that packs the 8-bit layers of a decoder and records its step, while it is idle.

    This takes 2 to 4 s in total, which is longer than loading. The thread ends before the program;
    otherwise Python would abort when it ends while the thread is inside torch.
    """

    def __init__(self, decoder: TextDecoder) -> None:
        self.step: DecoderStep | None = None
        """The recorded step, or None if it is not ready."""
        self._decoder = decoder
        self._threads = Threads() if decoder.device.type == "cpu" else None
        self._layers = [one for one in decoder.modules() if isinstance(one, Int8Dense)]
        # the largest first; otherwise one thread would pack the output layer alone at the end
        self._waiting = deque(sorted(self._layers, key=lambda one: one.size, reverse=True))
        self._is_idle = threading.Event()
        self._is_idle.set()
        self._is_ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        weakref.finalize(self, _end, self._thread, self._is_ended, self._is_idle)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Pause tuning while decoding."""
        self._is_idle.clear()
        try:
            yield
        finally:
            self._is_idle.set()

    def pack(self) -> None:
        """Pack the layers that no thread has started; not while paused."""
        with suppress(IndexError):
            while True:
                self._waiting.popleft().pack(self._wait)

    def finish(self) -> None:
        """Complete the tuning now; not while paused."""
        self.pack()
        self._thread.join()

    def adapt(self) -> None:
        """Yield cores to other programs; fast enough to call for each token."""
        if self._threads is not None:
            self._threads.adapt()

    def _run(self) -> None:
        with suppress(_ProgramEndsError):
            self.pack()
            for layer in self._layers:  # including those that another thread has started
                layer.pack(self._wait)
            self._wait()
            try:
                self.step = record_step(self._decoder)
            except RuntimeError as exc:  # decoding works without it; weights with NaN cause this
                _log.failed("the step of a token was not recorded", exc)

    def _wait(self) -> None:
        """Wait until decoding pauses."""
        self._is_idle.wait()
        if self._is_ended.is_set():
            raise _ProgramEndsError


class _ProgramEndsError(Exception):
    """The program ends, so the tuning is not needed."""


def _end(thread: threading.Thread, is_ended: threading.Event, is_idle: threading.Event) -> None:
    is_ended.set()
    is_idle.set()
    if thread is not threading.current_thread():  # it may release the last reference itself
        thread.join()


@torch.inference_mode()
def record_step(decoder: TextDecoder) -> DecoderStep | None:
    """Record the step of a decoder, to run it without Python; return None if not on a CPU.

    All 8-bit layers must be packed: the unpacked kernel reads numbers from tensors, which a
    recording would treat as constants.
    """
    if decoder.device.type != "cpu":  # on a GPU, see cuda_graphs.py
        return None
    cache = Cache(decoder.shape, 1, 2, decoder.dtype, decoder.device)
    first = torch.zeros((1, 1), dtype=torch.long)
    inputs = (decoder.embed(first), first, first[0], *cache.first(2))
    recorded = torch.jit.trace(decoder, inputs, check_trace=False)  # type: ignore[no-untyped-call]  # torch publishes no type

    def step(*inputs: torch.Tensor) -> torch.Tensor:
        # optimizing takes two slow steps and gains nothing
        with torch.jit.optimized_execution(False):  # type: ignore[attr-defined]  # not in its __all__
            logits: torch.Tensor = recorded(*inputs)
        return logits

    return step
