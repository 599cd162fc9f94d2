"""`Pace`, on a clock that only goes when everybody waits."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from duck_and_cover.sources.pace import RECOVERY, SLOWER, Pace


class Clock:
    """Time that `until` moves on from one sleeper's waking to the next. Rates in these tests are powers of two, so that
    sums of intervals are exact.
    """

    def __init__(self) -> None:
        self.now_s = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._number = itertools.count()

    def __call__(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        awake = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now_s + seconds, next(self._number), awake))
        await awake

    async def until(self, end_s: float) -> None:
        await self._settle()
        while self._sleepers and self._sleepers[0][0] <= end_s:
            self.now_s, _, awake = heapq.heappop(self._sleepers)
            if not awake.done():
                awake.set_result(None)
            await self._settle()
        self.now_s = end_s

    async def _settle(self) -> None:
        for _ in range(6):
            await asyncio.sleep(0)


def scene(rate: float, play: Callable[[Pace, Clock, Callable[[int], list[asyncio.Task[None]]], list[float]],
                                      Coroutine[Any, Any, None]]) -> list[float]:  # fmt: skip
    """Play it with a pace, its clock and `go(n)`, which sends n requests off; returns when each went."""
    went: list[float] = []

    async def main() -> None:
        clock = Clock()
        pace, tasks = Pace(rate, clock, clock.sleep), []

        async def request() -> None:
            await pace.turn()
            went.append(clock())

        def go(count: int) -> list[asyncio.Task[None]]:
            tasks.extend(started := [asyncio.create_task(request()) for _ in range(count)])
            return started

        await play(pace, clock, go, went)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(main())
    return went


def gaps(went: list[float]) -> list[float]:
    return [after - before for before, after in itertools.pairwise(went)]


def test_requests_go_evenly() -> None:
    async def play(pace, clock, go, went) -> None:
        go(20)
        await clock.until(100)

    went = scene(4, play)
    assert len(went) == 20 and went[0] == 0
    assert gaps(went)[1:] == [0.25] * 18


def test_no_two_go_at_once() -> None:
    async def play(pace, clock, go, went) -> None:
        go(3)
        await clock.until(50)
        go(3)  # after a pause
        await clock.until(100)
        pace.too_much(10)
        go(3)  # after the host was closed
        await clock.until(200)

    went = scene(4, play)
    assert len(went) == 9 and min(gaps(went)) >= 0.25


def test_idle_time_is_not_saved_up() -> None:
    async def play(pace, clock, go, went) -> None:
        go(1)
        await clock.until(1000)
        go(40)
        await clock.until(1000 + 2)

    went = [at for at in scene(4, play) if at >= 1000]
    assert 9 <= len(went) <= 10, "two seconds at four a second, one at the start, and at most one more"


def test_who_comes_later_than_his_turn_does_not_wait() -> None:
    async def play(pace, clock, go, went) -> None:
        for at in range(5):
            await clock.until(at)
            go(1)

    assert scene(4, play) == [0, 1, 2, 3]


def test_closing_while_others_wait() -> None:
    async def play(pace, clock, go, went) -> None:
        go(6)
        await clock.until(0.3)
        assert (before := len(went)) < 6
        pace.too_much(10)
        await clock.until(10.29)
        assert len(went) == before, "not one of those that waited already"
        await clock.until(100)

    went = scene(4, play)
    assert len(went) == 6 and min(at for at in went if at > 0.3) == 10.3


def test_the_longest_closing_counts() -> None:
    async def play(pace, clock, go, went) -> None:
        pace.too_much(10)
        pace.too_much(3)
        go(1)
        await clock.until(9.9)
        assert went == []
        await clock.until(11)

    assert scene(4, play) == [10]


def test_it_goes_on_more_slowly() -> None:
    async def play(pace, clock, go, went) -> None:
        pace.too_much(1)
        assert pace.rate == 4 * SLOWER
        go(10)
        await clock.until(100)

    went = scene(4, play)
    assert gaps(went)[1:] == pytest.approx([1 / (4 * SLOWER)] * 8)


def test_complaints_of_one_burst_are_one_and_later_ones_are_more() -> None:
    async def play(pace, clock, go, went) -> None:
        for _ in range(32):
            pace.too_much(5)
        assert pace.rate == 4 * SLOWER
        await clock.until(6)
        pace.too_much(5)
        assert pace.rate == pytest.approx(4 * SLOWER**2)

    scene(4, play)


def test_a_burst_of_complaints_without_a_time_is_one_too() -> None:
    async def play(pace, clock, go, went) -> None:
        for _ in range(32):
            pace.too_much(0)
        assert pace.rate >= 4 * SLOWER

    scene(4, play)


def test_a_host_that_complains_all_day_is_asked_again_all_the_same() -> None:
    async def play(pace, clock, go, went) -> None:
        for hour in range(40):
            await clock.until(hour * 3600)
            pace.too_much(1)
        go(3)
        await clock.until(41 * 3600)
        assert len(went) == 3

    scene(4, play)


def test_it_recovers_and_no_further_than_before() -> None:
    async def play(pace, clock, go, went) -> None:
        for _ in range(5):
            pace.too_much(1)
            await clock.until(clock() + 2)
        assert pace.rate < 0.6
        rates = []
        for _ in range(RECOVERY):
            pace.answered()
            rates.append(pace.rate)
        assert rates == sorted(rates) and len(set(rates)) > 100, "little by little"
        assert pace.rate == pace.most == 4
        pace.answered()
        assert pace.rate == 4

    scene(4, play)


def test_without_a_limit() -> None:
    async def play(pace, clock, go, went) -> None:
        go(1000)
        await clock.until(0)
        assert len(went) == 1000
        pace.too_much(2)
        assert pace.rate < math.inf, "until it is too much"
        go(1)
        await clock.until(1.9)
        assert len(went) == 1000
        await clock.until(2)
        assert len(went) == 1001

    scene(math.inf, play)


def test_who_gives_up_takes_no_turn() -> None:
    async def play(pace, clock, go, went) -> None:
        go(2)
        given_up = go(10)
        go(1)
        await clock.until(0.125)
        for task in given_up:
            task.cancel()
        await clock.until(1)

    went = scene(4, play)
    assert len(went) == 3 and went[2] <= 0.5


def test_real_time() -> None:
    async def main() -> float:
        pace, loop = Pace(64), asyncio.get_running_loop()
        began = loop.time()
        await asyncio.gather(*(pace.turn() for _ in range(10)))
        return loop.time() - began

    assert asyncio.run(main()) >= 8 / 64
