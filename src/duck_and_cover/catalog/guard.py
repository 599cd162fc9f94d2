"""`Guard`: processes that do work on files which may be hostile: one can kill its process, and nothing else.

Each process may use no more memory than pictures need, and ends with the one that it works for.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from typing import Protocol, TypeVar

__all__ = ["Crew", "Guard", "done_for_all"]

MOST_MEMORY = 2_000_000_000
LONGEST_S = 30.0

Item = TypeVar("Item")
Result = TypeVar("Result")


class Crew(Protocol):
    """Whoever does a function for many items: processes here (`Guard`) or on a cluster (`cluster.ClusterCrew`)."""

    @property
    def processes(self) -> int:
        """How many items are worked on at a time."""
        ...

    async def each(self, function: Callable[[Item], Result], items: Sequence[Item],
                   blame: Callable[[str], Result]) -> list[Result]:  # fmt: skip
        """What a function of a module makes of each item, in their order.

        blame:  makes the result for an item that killed its process or took too long, of the reason.
        """
        ...


class Guard:
    """Processes on this machine. Use it as a context.

    Where a batch kills its process, or takes longer than `longest_s`, each of its items is tried again in a process of
    its own; so the one that does it is found out, and nobody else is blamed.

    most_memory:  bytes of address space of a process, where the system can limit that; 0 for no limit.
    """

    def __init__(self, processes: int = 2, *, longest_s: float = LONGEST_S, most_memory: int = MOST_MEMORY) -> None:
        self.processes, self.longest_s, self.most_memory = processes, longest_s, most_memory
        self._pool = self._made(processes)

    def __enter__(self) -> Guard:
        return self

    def __exit__(self, *exception: object) -> None:
        _end(self._pool)  # a file that holds its decoder would hold the end of the program as well

    async def each(self, function: Callable[[Item], Result], items: Sequence[Item],
                   blame: Callable[[str], Result]) -> list[Result]:  # fmt: skip
        """As `Crew.each`."""
        pool = self._pool
        try:
            return await self._asked(pool, function, items)
        except (BrokenProcessPool, TimeoutError):
            if pool is self._pool:  # the first to notice
                _end(pool)
                self._pool = self._made(self.processes)
            return [await self._alone(function, item, blame) for item in items]

    async def _alone(self, function: Callable[[Item], Result], item: Item, blame: Callable[[str], Result]) -> Result:
        pool = self._made(1)
        try:
            return (await self._asked(pool, function, [item]))[0]
        except BrokenProcessPool:
            return blame("a file that kills its decoder")
        except TimeoutError:
            return blame("takes too long to decode")
        finally:
            _end(pool)

    async def _asked(self, pool: ProcessPoolExecutor, function: Callable[[Item], Result],
                     items: Sequence[Item]) -> list[Result]:  # fmt: skip
        with _undisturbed():
            future = asyncio.get_running_loop().run_in_executor(pool, done_for_all, function, list(items))
        async with asyncio.timeout(self.longest_s):  # `wait_for` of 3.11 may lose a cancellation
            return await future

    def _made(self, processes: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(processes, mp_context=get_context("forkserver"), initializer=_confined,
                                   initargs=(self.most_memory,))  # fmt: skip


def _end(pool: ProcessPoolExecutor) -> None:
    for process in list((getattr(pool, "_processes", None) or {}).values()):
        process.kill()
    pool.shutdown(wait=False, cancel_futures=True)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Processes that are started within do not hear Ctrl-C, not even before they have begun: it is ours to hear."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _confined(most_memory: int) -> None:
    """Let this process end with the one that it works for and not before, and limit its memory where the system can."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if most_memory:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = most_memory if hard == resource.RLIM_INFINITY else min(most_memory, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _end_with_parent() -> None:
    """A process that is killed cannot tell its helpers; they would wait for ever."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def done_for_all(function: Callable[[Item], Result], items: list[Item]) -> list[Result]:
    """What a function makes of items; by name, for workers."""
    return [function(item) for item in items]
