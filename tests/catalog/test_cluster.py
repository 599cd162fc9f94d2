"""One worker or many: the same catalog. On a Ray of this machine."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from provider import Fault

from duck_and_cover.catalog.download import download
from duck_and_cover.catalog.guard import Guard
from duck_and_cover.catalog.store import Catalog
from duck_and_cover.sources.http import Broken, Refused, Wait

pytest.importorskip("ray", reason="the extra [ray] is not installed")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # Ray's own
def test_a_cluster_finds_what_one_process_does(
    start: Callable, asked: Callable, fetched: Callable, known: Callable, guard: Guard, tmp_path: Path
) -> None:
    from duck_and_cover.catalog.cluster import ClusterHttp

    made: list[Any] = []
    for name in ("one", "many"):
        provider = start(state="extended", genres=1, artists=6, albums=12)
        (tmp_path / name).mkdir()
        with Catalog(tmp_path / name / "catalog.db") as catalog:
            asked(provider, catalog)
            urls = [row[0] for row in catalog.rows("SELECT url FROM pictures ORDER BY url")]
            gone, hurt = (url.removeprefix(provider.url) for url in urls[3:5])
            provider.faults = [Fault(gone, "404", count=None), Fault(hurt, "garbage", count=None),
                               Fault("/image", "429", first=10, value=1), Fault("/image", "500", first=30)]  # fmt: skip
            if name == "one":
                outcome = fetched(provider, catalog, tmp_path / name)
            else:
                asks = {"hosts": frozenset(), "rates": {"127.0.0.1": 200.0}, "contact": "tests@example.org",
                        "local": frozenset({provider.address})}  # fmt: skip

                async def work(catalog: Catalog = catalog, asks: Any = asks) -> Any:
                    async with ClusterHttp("local", asks, workers=2) as http:
                        return await download(catalog, tmp_path / "many", http, guard, patience_s=0.01)

                outcome = asyncio.run(work())
            assert not outcome.left
            pictures = catalog.rows("SELECT url, state, reason, sha256, look FROM pictures")
            made.append({url.removeprefix(provider.url): rest for url, *rest in pictures})
            assert provider.repeats() == {}
            assert provider.inside_window(grace_s=0.5) == [], "all workers leave the host alone"
    assert made[0] == made[1]
    assert {state for state, *_ in made[0].values()} == {"done", "gone", "refused"}


@pytest.mark.parametrize("error", [Wait("429", 429, 7200.0), Refused("404", 404, "no such"), Broken("500", 500)])
def test_errors_cross_to_another_process_whole(error: Any) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert vars(again) == vars(error)
    assert str(again) == str(error)
