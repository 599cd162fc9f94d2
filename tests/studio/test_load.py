"""A long evening and a crowd, made small; benchmarks/studio.py has them whole."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from conftest import RECORD, Served
from duck_and_cover.studio.covers import DRAFT_PX
from duck_and_cover.studio.jobs import Limits
from duck_and_cover.studio.pool import Pool
from duck_and_cover.studio.recipe import AXES, Recipe


def resident(pid: int | None) -> int:
    """Kilobytes in memory."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="this system does not say what a process holds")
def test_a_worker_is_no_larger_after_thirty_rerolls_than_after_ten(tmp_path: Path) -> None:
    async def inside() -> list[int]:
        pool, read = Pool(tmp_path, Limits(workers=1)), []
        await pool.start()
        try:
            query = Recipe.of("title=Low+Tide&genre=ambient&seed=3").query
            for number in range(30):
                wanted = {"query": query, "axis": AXES[number % 5], "seed": number, "size_px": DRAFT_PX}
                query = (await pool.run("reroll", wanted, seat="a"))["query"]
                if number % 20 == 9:
                    read.append(resident(pool._workers[0].process.pid))
        finally:
            await pool.close()
        return read

    first, last = asyncio.run(inside())
    assert last - first < 60_000  # of some 450,000; one picture that is kept at each would be 75,000


@pytest.mark.slow
def test_a_crowd_of_browsers_draws_anew_without_an_error(studio: Served) -> None:
    answers: list[tuple[int, str]] = []

    def browse(number: int) -> None:
        query = Recipe.of(f"title={RECORD['title'].replace(' ', '+')}&seed={number}").query
        for turn in range(2):
            status, headers, _ = studio.ask(f"/reroll/{AXES[(number + turn) % 5]}", f"{query}&seat=s{number}")
            query = headers.get("x-query", query)
            answers.append((status, query))

    threads = [threading.Thread(target=browse, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert [status for status, _ in answers] == [200] * 16
    assert len({query for _, query in answers}) == 16
