"""What takes too long is ended with its process, what takes too much memory is told so, and others go on."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import pytest

from duck_and_cover.errors import Failure
from duck_and_cover.studio.jobs import Limits
from duck_and_cover.studio.pool import Pool
from duck_and_cover.studio.worker import Line, _done


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


@pytest.mark.slow
def test_a_task_that_takes_too_much_memory_is_told_so_and_others_go_on(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async def inside() -> None:
        pool = Pool(tmp_path, Limits(workers=1, memory_bytes=1_500_000_000))
        await pool.start()
        (worker,) = pool._workers
        try:
            small = {"query": "title=Low+Tide&seed=5", "size_px": 100}
            waiting = asyncio.create_task(pool.run("cover", small, seat="b"))
            with pytest.raises(Failure) as told:
                await pool.run("cover", {**small, "size_px": 8000}, seat="a")
            assert str(told.value) == "this takes more memory than one task may have here"
            for made in (await waiting, await pool.run("cover", small, seat="a")):
                assert made["jpeg"][:2] == b"\xff\xd8"
            assert pool._workers == [worker] and worker.process.is_alive()  # its network need not be opened again
            worker.process.kill()  # as a system does that has no memory left
            with pytest.raises(Failure, match="ended before it was done: too much memory"):
                await pool.run("file", {"query": small["query"], "folder": str(tmp_path), "name": "a.png"}, seat="a")
            assert (await pool.run("cover", small, seat="a"))["jpeg"] == made["jpeg"]
        finally:
            await pool.close()

    asyncio.run(inside())
    assert capfd.readouterr().err == ""  # no traceback in the server's window


def test_libraries_that_have_no_memory_are_understood() -> None:
    def opencv(*_: object) -> None:
        cv2.resize(np.zeros((2, 2), np.uint8), (1 << 24, 1 << 24))

    def runtime(*_: object) -> None:
        raise RuntimeError("[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION : std::bad_alloc")

    def other(*_: object) -> None:
        cv2.resize(np.zeros((2, 2), np.uint8), (0, 0))

    line = cast("Line", None)
    for function in (opencv, runtime):
        assert _done(function, None, line, {}) == ("broken", "this takes more memory than one task may have here")
    assert "did not work here" in _done(other, None, line, {})[1]
