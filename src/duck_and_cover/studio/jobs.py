"""What waits in a pool, and what a pool allows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from duck_and_cover.errors import Failure

__all__ = ["Busy", "Job", "Limits", "Replaced"]

GB = 1_000_000_000


class Busy(Failure):
    """So much waits already that more would wait too long."""


class Replaced(Failure):
    """Something newer took the place of this work, or nobody waits for it any more."""


@dataclass(frozen=True)
class Limits:
    """What a pool allows.

    queued, each:        tasks that wait, in all and of one browser.
    quick_s, slow_s:     how long a task may take, from its start.
    memory_bytes:        of address space, for each worker.
    kept_bytes:          a worker that holds more afterwards is renewed.
    patience_s:          after so long, slow work goes before quick work.
    """

    workers: int = 2
    queued: int = 128
    each: int = 24
    quick_s: float = 30.0
    slow_s: float = 300.0
    memory_bytes: int = 6 * GB
    kept_bytes: int = int(0.9 * GB)
    patience_s: float = 10.0


@dataclass(eq=False)
class Job:
    """A task on its way. `told()` gives what it tells; `result()` what comes of it."""

    number: int
    task: str
    arguments: Mapping[str, Any]
    seat: str
    slow: bool
    key: str
    since: float
    outcome: asyncio.Future[Any]
    news: asyncio.Queue[Any] = field(default_factory=asyncio.Queue)
    answers: list[Any] = field(default_factory=list)
    started: float | None = None
    stopped: float | None = None

    async def result(self) -> Any:
        """Raises `BadInput` and `Failure` as the task did, and `Replaced`."""
        return await asyncio.shield(self.outcome)

    async def told(self) -> AsyncIterator[Any]:
        """What the task tells, until it ends; no error of its is raised here."""
        while (value := await self.news.get()) is not None:
            yield value
