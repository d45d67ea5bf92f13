"""CUDA graphs, which launch all kernels of a function at once.

A step of the language model consists of several hundred short kernels. Python takes longer to
launch one than a fast GPU takes to run it.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Generic, TypeVar

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

K = TypeVar("K")
V = TypeVar("V")

WARM_UPS = 2
"""Runs before a capture, in which libraries allocate workspaces and select kernels."""


class Graph:
    """A function of tensors on a GPU, captured with the shapes of its first inputs.

    Later calls must use inputs of the same shapes; each call overwrites the result of the previous
    one.
    """

    def __init__(self, function: Callable[..., torch.Tensor], *inputs: torch.Tensor) -> None:
        self._inputs = [given.clone() for given in inputs]
        stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]  # torch publishes no type
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(WARM_UPS):
                function(*self._inputs)
        torch.cuda.current_stream().wait_stream(stream)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph):
            self._output = function(*self._inputs)

    def __call__(self, *inputs: torch.Tensor) -> torch.Tensor:
        """Run the function on new inputs."""
        for own, given in zip(self._inputs, inputs, strict=True):
            own.copy_(given)
        self._graph.replay()
        return self._output


@contextmanager
def tf32(*, enabled: bool) -> Iterator[None]:
    """Multiply matrices in TF32, or in float32; a graph keeps what it was captured with."""
    before = torch.backends.cuda.matmul.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = enabled
    try:
        yield
    finally:
        torch.backends.cuda.matmul.allow_tf32 = before


class LruCache(Generic[K, V]):
    """A cache of the `most` values that were used last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[K, V] = {}

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Return the value of a key; make it if it is not cached."""
        value = self._kept.pop(key, None)
        if value is None and len(self._kept) == self._most:
            del self._kept[next(iter(self._kept))]  # before the new value allocates memory
        self._kept[key] = value if value is not None else make()
        return self._kept[key]

    def clear(self) -> None:
        """Remove all values."""
        self._kept.clear()
