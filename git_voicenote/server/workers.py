"""Threads for work that would block the event loop: git, SQLite, sound."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")
_COUNT = 4


class Workers:
    """A few threads; further work waits for one of them."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_COUNT, "voicenote-worker")

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return the result of some work, done in one of the threads."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, partial(work, *args, **kwargs))

    def close(self) -> None:
        """Let the threads end with their current work."""
        self._pool.shutdown(wait=False, cancel_futures=True)
