"""Tell the followers of jobs about changes."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class JobFollower:
    """Collects changes; a slow reader gets each file once.

    A change is the id of a job and the numbers of its files; without numbers, the job itself was
    added or deleted.
    """

    def __init__(self) -> None:
        self.is_closed = False
        self._changed: dict[str, dict[int, None]] = {}
        self._event = asyncio.Event()

    def add(self, job_id: str, numbers: tuple[int, ...]) -> None:
        """Note that files of a job changed."""
        self._changed.setdefault(job_id, {}).update(dict.fromkeys(numbers))
        self._event.set()

    def close(self) -> None:
        """Note that there will be no more changes: the service stops."""
        self.is_closed = True
        self._event.set()

    async def changed(self, seconds: float) -> dict[str, tuple[int, ...]] | None:
        """Wait for changes; return them, or None if there are none for some seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return None
        self._event.clear()
        changed, self._changed = self._changed, {}
        return {job_id: tuple(numbers) for job_id, numbers in changed.items()}


class JobChanges:
    """The followers of jobs, of one or of all."""

    def __init__(self) -> None:
        self._followers: dict[str | None, set[JobFollower]] = {}

    def publish(self, job_id: str, *numbers: int) -> None:
        """Report changed files of a job to its followers; none means the job itself."""
        for followed in (job_id, None):
            for follower in self._followers.get(followed, ()):
                follower.add(job_id, numbers)

    def close(self) -> None:
        """End all followers."""
        for followers in self._followers.values():
            for follower in followers:
                follower.close()

    @contextmanager
    def following(self, job_id: str | None) -> Iterator[JobFollower]:
        """Follow a job, or all of them, while the context lasts."""
        follower = JobFollower()
        followers = self._followers.setdefault(job_id, set())
        followers.add(follower)
        try:
            yield follower
        finally:
            followers.discard(follower)
            if not followers:
                self._followers.pop(job_id, None)
