"""Gathering from the provider of our own, in one line."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from duck_and_cover.catalog.download import download
from duck_and_cover.catalog.gather import Outcome, gather
from duck_and_cover.catalog.guard import Guard
from duck_and_cover.catalog.store import Catalog
from duck_and_cover.sources.http import Http
from duck_and_cover.sources.spotify import Spotify, SpotifyKeys

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "sources"))  # the provider is imported by name
sys.path.insert(0, str(Path(__file__).resolve().parent))  # and so is what the guard's processes run

from provider import Provider

GENRES = ("dream pop", "black metal", "música popular")


def http_to(provider: Any, **options: Any) -> Http:
    rates = {"127.0.0.1": options.pop("rate", float("inf"))}
    return Http(frozenset(), rates, "tests@example.org", local=frozenset({provider.address}), **options)


@pytest.fixture
def asked() -> Callable[..., Outcome]:
    """`asked(provider, catalog, workers=8, ...)`: gather everything that the provider has."""

    def ask(provider: Any, catalog: Catalog, **options: Any) -> Outcome:
        top = options.pop("top", 12)
        source = Spotify(SpotifyKeys("a-duck", "under-cover"), catalog.notes("spotify"), top=top,
                         api_url=provider.api_url, token_url=provider.token_url)  # fmt: skip
        catalog.plan("spotify", source.begin(GENRES))
        catalog.want("spotify", top)

        async def work() -> Outcome:
            async with http_to(provider) as http:
                return await gather(catalog, source, http, **{"patience_s": 0.01, **options})

        return asyncio.run(work())

    return ask


@pytest.fixture
def start() -> Iterator[Callable[..., Provider]]:
    """`start(state="extended", faults=[...])`: a provider that runs until the end of the test."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(Provider(**options))


@pytest.fixture(scope="session")
def guard() -> Iterator[Guard]:
    with Guard() as every:
        yield every


@pytest.fixture
def fetched(guard: Guard) -> Callable[..., Outcome]:
    """`fetched(provider, catalog, folder, ...)`: download everything that the catalog knows of."""

    def fetch(provider: Any, catalog: Catalog, folder: Path, **options: Any) -> Outcome:
        async def work() -> Outcome:
            rate, timeout_s = options.pop("rate", float("inf")), options.pop("timeout_s", 10.0)
            async with http_to(provider, rate=rate, timeout_s=timeout_s) as http:
                return await download(catalog, folder, http, guard, **{"patience_s": 0.01, **options})

        return asyncio.run(work())

    return fetch


def contents(catalog: Catalog) -> dict[str, list[tuple[Any, ...]]]:
    """All that a catalog knows, without when and how often."""
    tables = {
        "artists": "*", "artist_genres": "*", "albums": "*", "album_artists": "*", "album_genres": "*", "covers": "*",
        "tasks": "source, stage, item, page, state, reason",
        "pictures": "url, source, state, reason, sha256, format, width_px, height_px, bytes, look, flags",
    }  # fmt: skip
    return {name: sorted(catalog.rows(f"SELECT {what} FROM {name}"), key=repr) for name, what in tables.items()}


@pytest.fixture
def known() -> Callable[[Catalog], dict[str, list[tuple[Any, ...]]]]:
    return contents
