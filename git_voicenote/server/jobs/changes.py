"""The followers of jobs, and the changes that they have not seen yet."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Follower:
    """Collects the numbers of files that change; a slow reader gets each number once."""

    def __init__(self) -> None:
        self.is_closed = False
        self._changed: dict[int, None] = {}
        self._event = asyncio.Event()

    def add(self, numbers: tuple[int, ...]) -> None:
        """Note that files changed."""
        self._changed |= dict.fromkeys(numbers)
        self._event.set()

    def close(self) -> None:
        """Note that nothing will change any more: the service stops."""
        self.is_closed = True
        self._event.set()

    async def changed(self, seconds: float) -> tuple[int, ...] | None:
        """Wait for changes; return their numbers, or None if there are none for some seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return None
        self._event.clear()
        numbers, self._changed = tuple(self._changed), {}
        return numbers


class Changes:
    """The followers of all jobs."""

    def __init__(self) -> None:
        self._followers: dict[str, set[Follower]] = {}

    def publish(self, job_id: str, *numbers: int) -> None:
        """Tell the followers of a job which of its files changed; none: the job itself."""
        for follower in self._followers.get(job_id, ()):
            follower.add(numbers)

    def close(self) -> None:
        """End all following."""
        for followers in self._followers.values():
            for follower in followers:
                follower.close()

    @contextmanager
    def following(self, job_id: str) -> Iterator[Follower]:
        """Follow a job while the context lasts."""
        follower = Follower()
        followers = self._followers.setdefault(job_id, set())
        followers.add(follower)
        try:
            yield follower
        finally:
            followers.discard(follower)
            if not followers:
                self._followers.pop(job_id, None)
