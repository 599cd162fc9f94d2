"""What takes too long is ended with its process, and the next task has a new one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from duck_and_cover.errors import Failure
from duck_and_cover.studio.jobs import Limits
from duck_and_cover.studio.pool import Pool


@pytest.mark.slow
def test_a_task_that_takes_too_long_is_ended_and_others_go_on(tmp_path: Path) -> None:
    async def inside() -> None:
        pool = Pool(tmp_path, Limits(workers=1, slow_s=0.3))
        await pool.start()
        try:
            long = {"query": "title=Low+Tide&seed=5", "folder": str(tmp_path / "kit"), "without": ()}
            with pytest.raises(Failure, match=r"more than 0\.3 s"):
                await pool.run("kit", long, seat="a", slow=True)
            made = await pool.run("cover", {"query": "title=Low+Tide&seed=5", "size_px": 100}, seat="a")
            assert made["jpeg"][:2] == b"\xff\xd8" and not (tmp_path / "kit").exists()
        finally:
            await pool.close()
        assert all(not worker.process.is_alive() for worker in pool._workers)

    asyncio.run(inside())
