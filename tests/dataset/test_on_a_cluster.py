"""Screening, lettering and captions in the workers of a cluster: the same as in processes here."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from duck_and_cover.catalog.guard import Guard
from duck_and_cover.dataset.building.build import build
from duck_and_cover.dataset.captions.caption import caption
from duck_and_cover.dataset.captions.choose import Asked, Spread
from duck_and_cover.dataset.lettering.finding import Job, find_letters

sys.path.insert(0, str(Path(__file__).resolve().parent))  # covers are made as in the tests of `build`

from test_build import contents, cover

pytest.importorskip("ray", reason="the extra [ray] is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")  # of Ray's own


@pytest.fixture(scope="module")
def crews() -> Iterator[tuple[Any, Any]]:
    from duck_and_cover.catalog.cluster import ClusterCrew

    with Guard(2, longest_s=120.0, most_memory=0) as here, ClusterCrew("local") as there:
        yield here, there


def test_it_comes_out_the_same(crews: tuple[Any, Any], tmp_path: Path) -> None:
    pytest.importorskip("rapidocr")
    covers = [cover(i) for i in range(12)]
    made = []
    for crew, name in zip(crews, ("here", "there"), strict=True):
        folder = tmp_path / name
        build(covers, folder, crew)
        find_letters((Job(each.id, each.content, each.artist, each.album) for each in covers),
                     folder / "letters.jsonl", crew)  # fmt: skip
        caption(folder, Spread(Asked(batch=4), crew), batch=8)
        made.append(contents(folder))
    assert made[0] == made[1] and "captions.jsonl" in made[0]


def test_a_worker_that_dies_is_named(crews: tuple[Any, Any]) -> None:
    found = asyncio.run(crews[1].each(_die_of_it, [1, 2, 3], str))
    assert found == ["1", "a file that kills its decoder", "3"]


def _die_of_it(number: int) -> str:
    if number == 2:
        os._exit(1)
    return str(number)
