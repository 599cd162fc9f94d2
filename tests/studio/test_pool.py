"""The queue: everyone in turn, slow work on some workers, limits; without processes, which test_server has."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from duck_and_cover.errors import BadInput, Failure
from duck_and_cover.studio.jobs import Busy, Limits, Replaced
from duck_and_cover.studio.pool import Pool


class Idle:
    """A worker that does nothing until it is told what came of it."""

    def __init__(self) -> None:
        self.ready, self.job, self.sent = True, None, []

    def send(self, message: Any) -> None:
        self.sent.append(message)


def pool_test(
    workers: int = 2, **limits: Any
) -> Callable[[Callable[[Pool], Coroutine[Any, Any, None]]], Callable[[Path], None]]:
    def wrap(body: Callable[[Pool], Coroutine[Any, Any, None]]) -> Callable[[Path], None]:
        def test(tmp_path: Path) -> None:
            async def inside() -> None:
                pool = Pool(tmp_path, Limits(workers=workers, **limits))
                pool._workers = [Idle() for _ in range(workers)]  # type: ignore[misc]
                await body(pool)

            asyncio.run(inside())

        test.__name__ = body.__name__
        return test

    return wrap


def end(pool: Pool, worker: int = 0, kind: str = "done", value: Any = None, resident: int = 0) -> None:
    job = pool._workers[worker].job
    assert job is not None
    pool._heard(pool._workers[worker], (kind, job.number, value, resident))


def running(pool: Pool) -> list[str]:
    return [worker.job.task for worker in pool._workers if worker.job]


@pool_test(workers=1)
async def test_everyone_has_a_turn(pool: Pool) -> None:
    for number in range(4):
        pool.submit(f"a{number}", {}, seat="a")
    pool.submit("b0", {}, seat="b")
    late = pool.submit("c0", {}, seat="c")
    assert pool.ahead(late) == 2  # one of a's and b's, not all four
    order = []
    while running(pool):
        order += running(pool)
        end(pool)
    assert order == ["a0", "a1", "b0", "c0", "a2", "a3"]


@pool_test()
async def test_slow_work_never_has_all_workers(pool: Pool) -> None:
    for number in range(3):
        pool.submit(f"slow{number}", {}, seat=f"s{number}", slow=True)
    assert running(pool) == ["slow0"]
    pool.submit("quick", {}, seat="q")
    assert running(pool) == ["slow0", "quick"]
    end(pool, 1)
    assert running(pool) == ["slow0"]
    end(pool, 0)
    assert running(pool) == ["slow1"]


@pool_test(patience_s=0.0)
async def test_slow_work_does_not_wait_for_ever(pool: Pool) -> None:
    for number in range(6):
        pool.submit(f"quick{number}", {}, seat=f"q{number}")
    pool.submit("slow", {}, seat="s", slow=True)
    await asyncio.sleep(0.01)
    end(pool, 0)
    assert running(pool) == ["slow", "quick1"]


@pool_test()
async def test_new_work_takes_the_place_of_old(pool: Pool) -> None:
    old = [pool.submit(f"old{number}", {}, seat="a", key="desk") for number in range(2)]
    other = pool.submit("other", {}, seat="b", key="desk")
    new = pool.submit("new", {}, seat="a", key="desk")
    for job in old:
        with pytest.raises(Replaced):
            await job.result()
    assert ("cancel", old[1].number) in pool._workers[0].sent + pool._workers[1].sent
    assert not other.outcome.done() and not new.outcome.done()
    end(pool, 0, "cancelled")
    assert "new" in running(pool) or "other" in running(pool)


@pool_test(workers=1, queued=4, each=2)
async def test_more_than_may_wait_is_refused(pool: Pool) -> None:
    for number in range(3):
        pool.submit(str(number), {}, seat="a")
    with pytest.raises(Busy):
        pool.submit("3", {}, seat="a")
    for number in range(2):
        pool.submit(str(number), {}, seat=f"b{number}")
    with pytest.raises(Busy, match="4 tasks wait"):
        pool.submit("x", {}, seat="c")


@pool_test()
async def test_what_workers_say_comes_to_who_asked(pool: Pool) -> None:
    job, wrong, broken = (pool.submit(name, {}, seat=name) for name in "abc")
    pool._heard(pool._workers[0], ("told", job.number, {"look": 1}, 0))
    end(pool, 0, "done", 42)
    assert [value async for value in job.told()] == [{"look": 1}] and await job.result() == 42
    end(pool, 1, "refused", "no such face")
    with pytest.raises(BadInput, match="no such face"):
        await wrong.result()
    end(pool, 0, "broken", "no memory")
    with pytest.raises(Failure, match="no memory"):
        await broken.result()


@pool_test(workers=1)
async def test_a_worker_that_keeps_too_much_is_renewed(pool: Pool) -> None:
    pool.submit("a", {}, seat="a")
    pool.submit("b", {}, seat="a")
    end(pool, resident=10**12)
    assert pool._workers[0].sent[-1] is None and running(pool) == []  # the next one waits for the new worker


@pool_test(workers=1)
async def test_a_group_is_replaced_whole_and_what_is_first_goes_first(pool: Pool) -> None:
    old = [pool.submit(f"old{number}", {}, seat="a", key="drafts", beside=number > 0) for number in range(3)]
    pool.submit("hero", {}, seat="a", key="desk", first=True)
    end(pool)
    assert running(pool) == ["hero"]
    new = [pool.submit(f"new{number}", {}, seat="a", key="drafts", beside=number > 0) for number in range(2)]
    assert [job.outcome.done() for job in (*old, *new)] == [True, True, True, False, False]
    end(pool)
    assert running(pool) == ["new0"] and isinstance(old[2].outcome.exception(), Replaced)


@pool_test(workers=1)
async def test_answers_come_to_their_task_early_or_late(pool: Pool) -> None:
    now, later = (pool.submit(name, {}, seat="a") for name in ("now", "later"))
    pool.answer(later, [1])
    pool.answer(now, [])
    assert [each for each in pool._workers[0].sent if each[0] == "answer"] == [("answer", now.number, [])]
    end(pool)
    assert pool._workers[0].sent[-1] == ("answer", later.number, [1])
