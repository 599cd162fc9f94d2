"""Killed at random instants and started again, a run finds what an undisturbed one finds, and asks nothing twice that
was finished.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from duck_and_cover.catalog.download import BATCH
from duck_and_cover.catalog.store import Catalog

KILLS = 50

GATHER = """
import asyncio, sys
from pathlib import Path
from duck_and_cover.catalog.gather import gather
from duck_and_cover.catalog.store import Catalog
from duck_and_cover.sources.http import Http
from duck_and_cover.sources.spotify import Spotify, SpotifyKeys

path, api_url, token_url, port = sys.argv[1:]

async def work(catalog, source):
    local = frozenset({("127.0.0.1", int(port))})
    async with Http(frozenset(), {"127.0.0.1": float("inf")}, "tests@example.org", local=local) as http:
        return await gather(catalog, source, http, patience_s=0.01)

with Catalog(Path(path)) as catalog:
    source = Spotify(SpotifyKeys("a-duck", "under-cover"), catalog.notes("spotify"), top=12, api_url=api_url,
                     token_url=token_url)
    catalog.plan("spotify", source.begin(("dream pop", "black metal")))
    print("begun", flush=True)
    outcome = asyncio.run(work(catalog, source))
    print("left" if outcome.left else "complete", flush=True)
"""

DOWNLOAD = """
import asyncio, sys
from pathlib import Path
from duck_and_cover.catalog.download import download
from duck_and_cover.catalog.guard import Guard
from duck_and_cover.catalog.store import Catalog
from duck_and_cover.sources.http import Http

async def work(catalog, path, port):
    local = frozenset({("127.0.0.1", port)})
    async with Http(frozenset(), {"127.0.0.1": float("inf")}, "tests@example.org", local=local) as http:
        with Guard(1) as guard:
            print("begun", flush=True)
            return await download(catalog, path.parent, http, guard, workers=4, patience_s=0.01)

if __name__ == "__main__":
    path, _, _, port = sys.argv[1:]
    with Catalog(Path(path)) as catalog:
        outcome = asyncio.run(work(catalog, Path(path), int(port)))
        print("left" if outcome.left else "complete", flush=True)
"""


def killed_again_and_again(script: Path, path: Path, provider: Any, kills: int, within_s: float) -> int:
    """Start the script until it is complete, and kill it at a random instant the first `kills` times; how often it was
    killed at work.
    """
    rng, struck = random.Random(7), 0
    command = [sys.executable, str(script), str(path), provider.api_url, provider.token_url, str(provider.address[1])]
    for attempt in range(kills + 1):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            assert process.stdout.readline() == "begun\n"
            if attempt < kills:
                time.sleep(rng.uniform(0, within_s))
                process.send_signal(signal.SIGKILL)
                struck += process.wait() == -signal.SIGKILL
            else:
                assert process.stdout.readline() == "complete\n"
    return struck


@pytest.mark.slow
@pytest.mark.parametrize(("stage", "kills", "within_s"), [("gather", KILLS, 0.12), ("download", 12, 0.5)])
def test_killed_at_random_it_finds_the_same(
    stage: str, kills: int, within_s: float, start: Callable, asked: Callable, known: Callable, tmp_path: Path
) -> None:
    provider = start(state="extended", genres=2, artists=24, albums=30, delay_s=0.1 if stage == "gather" else 0.01)
    script, path = tmp_path / "run.py", tmp_path / "killed" / "catalog.db"
    path.parent.mkdir()
    script.write_text(GATHER if stage == "gather" else DOWNLOAD)
    if stage == "download":
        with Catalog(path) as catalog:
            asked(provider, catalog)
            with catalog.change() as c:  # as many as a test needs
                c.execute("DELETE FROM pictures WHERE number > 150")
    begun = len(provider.log)
    struck = killed_again_and_again(script, path, provider, kills, within_s)
    assert struck >= kills // 2, "most kills came before the end"
    log, repeats = provider.log[begun:], provider.repeats()

    calm = tmp_path / "calm" / "catalog.db"
    calm.parent.mkdir()
    command = [sys.executable, str(script), str(calm), provider.api_url, provider.token_url, str(provider.address[1])]
    if stage == "download":
        with Catalog(calm) as catalog:
            asked(provider, catalog)
            with catalog.change() as c:
                c.execute("DELETE FROM pictures WHERE number > 150")
    subprocess.run(command, check=True, capture_output=True)
    with Catalog(calm) as one, Catalog(path) as other:
        assert known(one) == known(other)
        if stage == "gather":
            finished = {(stage, item, page) for stage, item, page in one.rows("SELECT stage, item, page FROM tasks")}
            assert len(log) <= len(finished) + 10 * struck, "each kill costs what was under way, and no more"
        else:
            views = sorted(p.relative_to(tmp_path / "calm") for p in (tmp_path / "calm").rglob("*.jpg"))
            assert views == sorted(p.relative_to(path.parent) for p in path.parent.rglob("*.jpg"))
    under_way = 8 if stage == "gather" else 4 + 2 * BATCH + 2 * BATCH  # fetchers, what arrived, what is looked at
    assert sum(times - 1 for times in repeats.values()) <= under_way * struck
