"""`gather`: work through a source's tasks until none is left, or the service wants to be left alone.

What comes of a request                          what becomes of its task
an answer                                        done, with everything that follows from it, in one transaction
429 or 503, back within two minutes              waits so long, as all of its host do; it is not an attempt
429 or 503, back later                           the run ends; either time is kept: no start before it sends anything
404, 410                                         gone
any other refusal                                refused
a fault of the server, something unreadable      tried again after a random time that doubles, five times, then parked
no connection                                    tried again; after twenty in a row the run ends, since the net is down

References: RFC 9110, section 10.2.3, Retry-After; Brooker 2015, "Exponential backoff and jitter" (full jitter).
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from duck_and_cover.catalog.store import Catalog, Queued
from duck_and_cover.sources.http import Broken, Http, Refused, Unanswered, Wait
from duck_and_cover.sources.pace import LONGEST_NAP_S
from duck_and_cover.sources.source import Source, Task

__all__ = ["ATTEMPTS", "DOWN_AFTER", "DOWN_FOR_S", "NO_LIMITS", "Limits", "Outcome", "gather", "later"]

ATTEMPTS = 5
PATIENCE = 4
"""Being told to come back later, without a time, counts for so little of an attempt."""

DOWN_AFTER = 20
"""So many requests in a row without a connection, or told to come back later, end the run."""

DOWN_FOR_S = 600.0
GONE = (404, 410)


@dataclass(frozen=True)
class Limits:
    """When to stop early: after so many requests or so many seconds."""

    requests: float = float("inf")
    seconds: float = float("inf")


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    answered:      tasks done in this run.
    left:          whether tasks are waiting.
    resume_after:  time before which nothing may be sent, 0 for any time.
    why:           one line on why it ended early, "" for no reason.
    down:          whether that was for want of a connection.
    """

    answered: int
    left: bool
    resume_after: float = 0.0
    why: str = ""
    down: bool = False


class _End(Exception):
    """Ends a run from within."""

    def __init__(self, why: str, resume_after: float = 0.0) -> None:
        super().__init__(why)
        self.why, self.resume_after = why, resume_after


NO_LIMITS = Limits()


async def gather(catalog: Catalog, source: Source, http: Http, *, limits: Limits = NO_LIMITS, workers: int = 8,
                 patience_s: float = 1.0, say: Callable[[str], None] = lambda line: None,
                 progress: Callable[[int], None] = lambda answered: None) -> Outcome:  # fmt: skip
    """Do a source's waiting tasks.

    workers:     requests under way at a time; how many a second the hosts' paces say.
    patience_s:  the first pause after a fault is up to so long.
    say:         is told what people should know, once: a stage that the service does not have.
    progress:    is told after every answer how many there were.
    """
    until = catalog.wait_until(source.name)
    if until - time.time() > LONGEST_NAP_S:
        return Outcome(0, catalog.next_due(source.name) is not None, until, "the service wants to be left alone")
    await asyncio.sleep(max(0.0, until - time.time()))
    run = _Run(catalog, source, http, limits, patience_s, say, progress)
    tasks = [asyncio.create_task(run.work()) for _ in range(workers)]
    try:
        await asyncio.gather(*tasks)
        why, resume_after = run.why, 0.0
    except _End as end:
        why, resume_after = end.why, end.resume_after
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if resume_after:
        catalog.ask_to_wait(source.name, resume_after)
    down = run.in_vain >= DOWN_AFTER and not resume_after
    return Outcome(run.answered, catalog.next_due(source.name) is not None, resume_after, why, down)


class _Run:
    """What the workers of a run share."""

    def __init__(self, catalog: Catalog, source: Source, http: Http, limits: Limits, patience_s: float,
                 say: Callable[[str], None], progress: Callable[[int], None]) -> None:  # fmt: skip
        self.catalog, self.source, self.http, self.limits = catalog, source, http, limits
        self.patience_s, self.say, self.progress = patience_s, say, progress
        self.began, self.sent_before, self.answered = time.monotonic(), http.requests, 0
        self.queue: deque[Queued] = deque()
        self.under_way: set[Task] = set()
        self.in_vain, self.complained, self.why = 0, 0.0, ""
        self.changed = asyncio.Event()

    async def work(self) -> None:
        while queued := await self._next():
            self.under_way.add(queued.task)
            try:
                await self._do(queued)
            finally:
                self.under_way.discard(queued.task)
                self.changed.set()

    async def _next(self) -> Queued | None:
        """The next task; waits where all are under way or not due yet; None where none is left."""
        while True:
            if self.http.requests - self.sent_before >= self.limits.requests:
                self.why = "as many requests as wanted"
            elif time.monotonic() - self.began >= self.limits.seconds:
                self.why = "as long as wanted"
            if self.why:
                return None  # what is under way is finished, not thrown away
            if not self.queue:
                due = self.catalog.due(self.source.name, 256, time.time())
                self.queue.extend(each for each in due if each.task not in self.under_way)
            if self.queue:
                return self.queue.popleft()
            first = self.catalog.next_due(self.source.name)
            if first is None and not self.under_way:
                return None
            self.changed.clear()
            pause = min(1.0, max(0.01, (first or 0) - time.time())) if not self.under_way else 1.0
            try:
                await asyncio.wait_for(self.changed.wait(), pause)
            except TimeoutError:
                continue

    async def _do(self, queued: Queued) -> None:
        task, name = queued.task, self.source.name
        try:
            found = await self.source.ask(task, self.http)
        except Unanswered as error:
            self._unanswered(queued, error)
            return
        known = self.catalog.notes(name)
        self.catalog.answer(name, task, found)
        for stage, why in found.missing.items():
            self.queue = deque(each for each in self.queue if each.task.stage != stage)
            if f"missing {stage}" not in known:
                self.say(f"{name}: {why}; this stage is skipped")
        self.in_vain = 0
        self.answered += 1
        self.progress(self.answered)

    def _unanswered(self, queued: Queued, error: Unanswered) -> None:
        """Decide what becomes of a task that brought nothing; may end the run."""
        now, task = time.time(), queued.task
        attempts, state, pause = later(error, queued.attempts, self.patience_s)
        quiet_until = now + error.seconds if isinstance(error, Wait) and error.seconds else 0.0
        self.catalog.failed(self.source.name, task, state, error.reason, status=error.status, attempts=attempts,
                            not_before=now + pause if state == "waiting" else 0.0,
                            quiet_until=quiet_until)  # fmt: skip
        if quiet_until - now > LONGEST_NAP_S:
            raise _End("the service wants to be left alone", quiet_until)
        if isinstance(error, Refused) or (isinstance(error, Broken) and error.reached):
            self.in_vain = 0
            return
        self.in_vain += not (isinstance(error, Wait) and now - self.complained < 1.0)  # a burst is one complaint
        self.complained = now if isinstance(error, Wait) else self.complained
        if self.in_vain >= DOWN_AFTER:
            raise _End(f"{self.in_vain} requests in a row brought nothing ({error.reason})",
                       now + DOWN_FOR_S if isinstance(error, Wait) else 0.0)  # fmt: skip


def later(error: Unanswered, attempts: int, patience_s: float) -> tuple[int, str, float]:
    """(attempts, state, seconds to wait) of something that was tried `attempts` times before and has failed again."""
    if isinstance(error, Refused):
        return attempts + 1, "gone" if error.status in GONE else "refused", 0.0
    if isinstance(error, Wait) and error.seconds is not None:  # a long one is kept for all of the service, not for this
        return attempts, "waiting", error.seconds if error.seconds <= LONGEST_NAP_S else 0.0
    told, most = isinstance(error, Wait), ATTEMPTS * PATIENCE if isinstance(error, Wait) else ATTEMPTS
    counted = attempts + (told or getattr(error, "reached", True))
    if counted >= most:
        return counted, "parked", 0.0
    return counted, "waiting", random.uniform(0, patience_s * 2 ** min(counted, ATTEMPTS))
