"""A pool of warm processes with a fair queue: everyone in turn, slow work on some of them only, limits on all of it.

Work is quick (a cover to look at) or slow (files of a release). Quick work of different browsers takes turns; slow work
never has all workers, so that nobody waits for a stranger's export. What takes too long is ended with its process.
"""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from duck_and_cover.errors import BadInput, Failure
from duck_and_cover.studio.jobs import Busy, Job, Limits, Replaced
from duck_and_cover.studio.worker import Opener, serve

__all__ = ["Pool"]

_NO_WORKER = "no process that makes covers starts here; the server's window says why"


class _Worker:
    """A process and the thread that listens to it."""

    def __init__(self, pool: Pool, loop: asyncio.AbstractEventLoop) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        given = (theirs, pool.folder, pool.limits.memory_bytes, pool.reader)
        self.process = context.Process(target=serve, args=given, daemon=True)
        self.process.start()
        theirs.close()
        self.ready, self.job = False, None
        self._pool, self._loop = pool, loop
        threading.Thread(target=self._listen, daemon=True).start()

    job: Job | None

    def _listen(self) -> None:
        with suppress(EOFError, OSError, RuntimeError):  # RuntimeError: the loop is closed
            while True:
                self._loop.call_soon_threadsafe(self._pool._heard, self, self.connection.recv())
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._pool._lost, self)

    def send(self, message: Any) -> None:
        with suppress(OSError, ValueError):
            self.connection.send(message)


class Pool:
    """Workers and who waits for them. Use inside a running event loop: `start`, `submit`, `close`.

    reader:  a function of some module that opens the reader of words; workers call it when they first need one.
    """

    def __init__(self, folder: Path, limits: Limits | None = None, reader: Opener | None = None) -> None:
        self.folder, self.limits, self.reader = folder, limits or Limits(), reader
        self._workers: list[_Worker] = []
        self._waiting: dict[bool, OrderedDict[str, deque[Job]]] = {False: OrderedDict(), True: OrderedDict()}
        self._numbers, self._failed_starts, self._closed = itertools.count(1), 0, False
        self._broken = False
        self._watch: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the workers; they warm up while others wait."""
        self._workers = [self._hired() for _ in range(self.limits.workers)]
        self._watch = asyncio.create_task(self._watching())

    async def close(self) -> None:
        """End all work and all workers; once is enough."""
        if self._closed:
            return
        self._closed = True
        if self._watch:
            self._watch.cancel()
        for job in self._all():
            self.cancel(job)
        for worker in self._workers:
            worker.send(None)
            worker.process.terminate()
        for worker in self._workers:
            await asyncio.to_thread(worker.process.join, 3)
            if worker.process.is_alive():
                worker.process.kill()
                await asyncio.to_thread(worker.process.join, 3)
            worker.connection.close()

    def submit(
        self,
        task: str,
        arguments: Mapping[str, Any],
        *,
        seat: str,
        slow: bool = False,
        key: str = "",
        first: bool = False,
        beside: bool = False,
    ) -> Job:
        """Queue a task.

        seat:   who asks; each has its turn.    key: what it replaces: older work of this seat under this key is ended.
        first:  whether it goes before all else of this seat.    beside: whether older work under its key goes on.
        Raises `Busy`, and `Failure` where no worker starts.
        """
        for job in self._all() if key and not beside else ():
            if (job.seat, job.key) == (seat, key):
                self.cancel(job)
        queue = self._waiting[slow].get(seat, ())
        if self._closed or len(queue) >= self.limits.each or self.waiting >= self.limits.queued:
            raise Busy(f"{self.waiting} tasks wait already; try again in a moment")
        if self._broken:
            raise Failure(_NO_WORKER)
        outcome: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        outcome.add_done_callback(lambda done: done.cancelled() or done.exception())  # none goes unread
        job = Job(next(self._numbers), task, arguments, seat, slow, key, time.monotonic(), outcome)
        own = self._waiting[slow].setdefault(seat, deque())
        own.appendleft(job) if first else own.append(job)
        self._assign()
        return job

    async def run(
        self,
        task: str,
        arguments: Mapping[str, Any],
        *,
        seat: str,
        slow: bool = False,
        key: str = "",
        first: bool = False,
    ) -> Any:
        """Submit and wait; who stops waiting ends the task."""
        job = self.submit(task, arguments, seat=seat, slow=slow, key=key, first=first)
        try:
            return await job.result()
        except asyncio.CancelledError:
            self.cancel(job)
            raise

    def answer(self, job: Job, value: Any) -> None:
        """Send a task what it asks for, before or after it does."""
        job.answers.append(value)
        for worker in self._workers:
            if worker.job is job:
                worker.send(("answer", job.number, value))

    def cancel(self, job: Job) -> None:
        """End a task, queued or running, with `Replaced`."""
        if job.outcome.done():
            return
        queue = self._waiting[job.slow].get(job.seat)
        if queue and job in queue:
            queue.remove(job)
            if not queue:
                del self._waiting[job.slow][job.seat]
        for worker in self._workers:
            if worker.job is job and job.stopped is None:
                job.stopped = time.monotonic()
                worker.send(("cancel", job.number))
        self._end(job, Replaced("something newer took the place of this"))

    @property
    def waiting(self) -> int:
        """How many tasks wait."""
        return sum(len(queue) for seats in self._waiting.values() for queue in seats.values())

    def ahead(self, job: Job) -> int:
        """How many tasks, at most, go before a waiting one; 0 once it runs."""
        queue = self._waiting[job.slow].get(job.seat)
        if job.started is not None or not queue or job not in queue:
            return 0
        place = queue.index(job) + 1
        return (
            sum(min(len(each), place) for each in self._waiting[job.slow].values())
            - 1
            + (0 if not job.slow else sum(bool(worker.job and worker.job.slow) for worker in self._workers))
        )

    def _all(self) -> list[Job]:
        queued = [job for seats in self._waiting.values() for queue in seats.values() for job in queue]
        return queued + [worker.job for worker in self._workers if worker.job]

    def _hired(self) -> _Worker:
        return _Worker(self, asyncio.get_running_loop())

    def _assign(self) -> None:
        for worker in self._workers:
            if worker.ready and worker.job is None:
                job = self._next()
                if job is None:
                    return
                worker.job, job.started = job, time.monotonic()
                worker.send((job.number, job.task, dict(job.arguments)))
                for value in job.answers:
                    worker.send(("answer", job.number, value))

    def _next(self) -> Job | None:
        """Whose turn it is."""
        busy_slow = sum(bool(worker.job and worker.job.slow) for worker in self._workers)
        room = busy_slow < max(1, len(self._workers) - 1)
        oldest = min((queue[0].since for queue in self._waiting[True].values()), default=None)
        urgent = oldest is not None and time.monotonic() - oldest > self.limits.patience_s
        for slow in (True, False) if urgent else (False, True):
            seats = self._waiting[slow]
            if seats and (room or not slow):
                seat, queue = next(iter(seats.items()))
                job = queue.popleft()
                if queue:
                    seats.move_to_end(seat)
                else:
                    del seats[seat]
                return job
        return None

    def _heard(self, worker: _Worker, message: tuple[str, int, Any, int]) -> None:
        kind, number, value, resident = message
        if kind == "ready":
            worker.ready, self._failed_starts = True, 0
        job = worker.job
        if kind == "told" and job and job.number == number:
            job.news.put_nowait(value)
        elif job and job.number == number:
            worker.job = None
            self._end(
                job,
                {
                    "done": None,
                    "refused": BadInput(str(value)),
                    "broken": Failure(str(value)),
                    "cancelled": Replaced("ended"),
                }[kind],
                value,
            )
            if resident > self.limits.kept_bytes:
                worker.ready = False
                worker.send(None)  # its end is heard, and another one hired
        self._assign()

    def _lost(self, worker: _Worker) -> None:
        if worker not in self._workers:
            return
        self._workers.remove(worker)
        worker.connection.close()
        if worker.job:
            late = worker.job.stopped is not None
            self._end(
                worker.job,
                Replaced("ended")
                if late
                else Failure(
                    "the process that did this ended before it was done: too much memory, or too little of it here"
                ),
            )
        self._failed_starts += not worker.ready and worker.job is None and worker.process.exitcode != 0
        if self._closed:
            return
        if self._failed_starts > 3 * self.limits.workers:
            for job in self._all():
                self._end(job, Failure(_NO_WORKER))
            self._broken = True
            return
        self._workers.append(self._hired())

    def _end(self, job: Job, error: Exception | None, value: Any = None) -> None:
        if job.outcome.done():
            return
        job.news.put_nowait(None)
        if error is None:
            job.outcome.set_result(value)
        else:
            job.outcome.set_exception(error)

    async def _watching(self) -> None:
        """End what takes too long."""
        while True:
            await asyncio.sleep(0.2)
            now = time.monotonic()
            for worker in list(self._workers):
                job = worker.job
                if job is None or job.started is None:
                    continue
                limit = self.limits.slow_s if job.slow else self.limits.quick_s
                if now - job.started > limit or (job.stopped is not None and now - job.stopped > 3.0):
                    self._end(job, Failure(f"this took more than {limit:g} s and was ended"))
                    job.stopped = job.stopped or now
                    worker.process.kill()
            self._assign()
