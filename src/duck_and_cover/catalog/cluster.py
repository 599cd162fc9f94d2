"""Many machines at once, through Ray: `ClusterHttp` fetches, one pace a host for all; `ClusterCrew` works on files.

While fetching, the catalog, what is tried again and when, and the looking at pictures stay in the process that was
started: hosts limit how many pictures come, not that. What comes is the same from one worker or many.

Reference: docs.ray.io, asynchronous actors.
"""

from __future__ import annotations

import asyncio
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import ray
from ray.exceptions import OutOfMemoryError, WorkerCrashedError

from duck_and_cover.catalog.guard import done_for_all
from duck_and_cover.sources.http import Http, Reply, Unanswered
from duck_and_cover.sources.pace import Pace

__all__ = ["ClusterCrew", "ClusterHttp"]

Item = TypeVar("Item")
Result = TypeVar("Result")

WAITING = 10_000
"""Requests that may wait for their turn at a time, in all."""


class ClusterHttp:
    """Stands in for `Http` in `download`. Use it as an asynchronous context.

    address:  of a running cluster, "auto", or "local" for one on this machine.
    asks:     the arguments of `Http` that every worker is made with.
    workers:  actors; Ray places them on the cluster's machines.
    """

    def __init__(self, address: str, asks: Mapping[str, Any], workers: int = 4) -> None:
        self.address, self.asks, self.workers, self.requests = address, dict(asks), workers, 0

    async def __aenter__(self) -> ClusterHttp:
        _join(self.address)
        actor: Any = ray.remote  # what it returns has no types that a checker knows
        options = {"max_concurrency": WAITING, "num_cpus": 0}
        paces = actor(_Paces).options(**options).remote(self.asks["rates"])
        make = actor(_Fetcher).options(**options, scheduling_strategy="SPREAD")
        self._fetchers = [make.remote(self.asks, paces) for _ in range(self.workers)]
        self._turns = itertools.cycle(self._fetchers)
        return self

    async def __aexit__(self, *exception: object) -> None:
        ray.shutdown()

    async def get(self, url: str, params: Mapping[str, str | int] | None = None,
                  headers: Mapping[str, str] | None = None) -> Reply:  # fmt: skip
        """As `Http.get`, from one of the workers."""
        self.requests += 1
        found = await next(self._turns).get.remote(url, params, headers)
        if isinstance(found, Unanswered):
            raise found
        return found


class _Paces:
    """The paces of all hosts, for the whole cluster."""

    def __init__(self, rates: Mapping[str, float]) -> None:
        self._of = Http(frozenset(), rates, "").pace

    async def turn(self, host: str) -> None:
        await self._of(host).turn()

    async def answered(self, host: str) -> None:
        self._of(host).answered()

    async def too_much(self, host: str, seconds: float) -> None:
        self._of(host).too_much(seconds)


class _FarPace(Pace):
    """The pace of a host that is kept elsewhere."""

    def __init__(self, paces: Any, host: str) -> None:
        super().__init__(math.inf)
        self._paces, self._host = paces, host

    async def turn(self) -> None:
        await self._paces.turn.remote(self._host)

    def answered(self) -> None:
        self._paces.answered.remote(self._host)

    def too_much(self, retry_after_s: float = 0.0) -> None:
        self._paces.too_much.remote(self._host, retry_after_s)


class _PacedElsewhere(Http):
    def __init__(self, paces: Any, **asks: Any) -> None:
        super().__init__(**asks)
        self._far = paces

    def pace(self, host: str) -> Pace:
        return self._paces.setdefault(host, _FarPace(self._far, host))


class _Fetcher:
    """A worker. Errors are handed back, not raised: they cross to another process whole."""

    def __init__(self, asks: Mapping[str, Any], paces: Any) -> None:
        self._http: Http | None = None
        self._asks, self._paces = asks, paces

    async def get(self, url: str, params: Mapping[str, str | int] | None,
                  headers: Mapping[str, str] | None) -> Reply | Unanswered:  # fmt: skip
        if self._http is None:
            http = self._http = _PacedElsewhere(self._paces, **self._asks)
            await http.__aenter__()
        try:
            return await self._http.get(url, params, headers)
        except Unanswered as error:
            return error


class ClusterCrew:
    """Workers of a cluster, as a `Crew`. Use it as a context; the package must be installed on its machines.

    address:  as of `ClusterHttp`.
    """

    def __init__(self, address: str, *, longest_s: float = 600.0) -> None:
        self.address, self.longest_s, self.processes = address, longest_s, 1

    def __enter__(self) -> ClusterCrew:
        _join(self.address)
        self.processes = max(1, int(ray.cluster_resources().get("CPU", 1)))
        return self

    def __exit__(self, *exception: object) -> None:
        ray.shutdown()

    async def each(self, function: Callable[[Item], Result], items: Sequence[Item],
                   blame: Callable[[str], Result]) -> list[Result]:  # fmt: skip
        """As `Crew.each`."""
        try:
            return await self._asked(function, items)
        except (WorkerCrashedError, OutOfMemoryError, TimeoutError) as error:
            if len(items) > 1:
                return [(await self.each(function, [item], blame))[0] for item in items]
            late = isinstance(error, TimeoutError)
            return [blame("takes too long to decode" if late else "a file that kills its decoder")]

    async def _asked(self, function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
        task: Any = ray.remote(done_for_all).options(max_retries=0)
        under_way = task.remote(function, list(items))
        try:
            async with asyncio.timeout(self.longest_s):
                return await under_way
        except TimeoutError:
            ray.cancel(under_way, force=True)  # else it keeps its core, and those behind it wait for nothing
            raise


def _join(address: str) -> None:
    """A running cluster, or one on this machine for "local"."""
    where = None if address == "local" else address
    ray.init(where, include_dashboard=False, log_to_driver=False, configure_logging=False)
