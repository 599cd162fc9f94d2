"""`duckcover download`, `status`, `verify`: the pictures of a catalog, and how far it is."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from duck_and_cover.cli.gather import CATALOG, LIMITS, needs_extra, parsed_shard, say_outcome
from duck_and_cover.cli.meter import duration, meter
from duck_and_cover.cli.services import SERVICES, asks_for, service
from duck_and_cover.errors import Failure, MissingExtra
from duck_and_cover.settings import Settings

if TYPE_CHECKING:
    from duck_and_cover.catalog.census import Work
    from duck_and_cover.catalog.cluster import ClusterHttp
    from duck_and_cover.catalog.gather import Limits, Outcome
    from duck_and_cover.catalog.store import Catalog

LEAST_SUCCESS = 0.9
"""Hosts of covers serve nearly all of them; if less came, something is wrong."""


@click.command(short_help="Fetch the covers that were found.")
@CATALOG
@click.option("--again", is_flag=True, help="Ask whether covers that are here have changed.")
@click.option("--try-again", is_flag=True, help="Fetch once more what was given up after five attempts.")
@click.option("--shard", default="0/1", metavar="I/N", help="Every N-th cover from the I-th: one machine of N.")
@click.option("--ray", metavar="ADDRESS", help="Fetch from a Ray cluster: its address, auto, or local.")
@click.option("--connections", type=click.IntRange(1, 256), default=32, show_default=True, metavar="N")
@LIMITS[0]
@LIMITS[1]
def download(path: Path, again: bool, try_again: bool, shard: str, ray: str | None, connections: int,
             max_requests: int | None, max_minutes: float | None) -> None:  # fmt: skip
    """Fetch the covers that a catalog knows of, look at every one, and lay them beside it: `objects/` by content,
    `covers300/ARTIST/ALBUM.jpg` and `covers64/...` by album. Stop it any time: the same command goes on.

    \b
    duckcover download -c catalog.db
    """
    needs_extra()
    from duck_and_cover.catalog.gather import Limits
    from duck_and_cover.catalog.store import Catalog

    part = parsed_shard(shard)
    limits = Limits(max_requests or float("inf"), 60 * (max_minutes or float("inf")))
    _exists(path)
    with Catalog(path) as catalog:
        if try_again:
            with catalog.change() as c:
                c.execute("UPDATE pictures SET state = 'waiting', attempts = 0, not_before = 0 WHERE state = 'parked'")
        outcome = fetch(catalog, Settings.read(), limits, again, part, connections, ray)
        say_outcome(outcome, "covers", f"duckcover catalog table -c {path} -o covers.parquet")
        _succeeded(catalog)


def fetch(catalog: Catalog, settings: Settings, limits: Limits, again: bool = False, shard: tuple[int, int] = (0, 1),
          connections: int = 32, ray: str | None = None) -> Outcome:  # fmt: skip
    """Fetch what is waiting, with processes that look at it; from here or from a cluster."""
    from duck_and_cover.catalog.download import download as run
    from duck_and_cover.catalog.guard import Guard
    from duck_and_cover.sources.http import Http

    known = [row[0] for row in catalog.rows("SELECT DISTINCT source FROM pictures")]
    blank = Settings(
        {**dict.fromkeys(("SPOTIPY_CLIENT_ID", "SPOTIPY_CLIENT_SECRET", "JAMENDO_CLIENT_ID"), "-"), **settings.values}
    )  # fmt: skip  (pictures need no keys)
    sources = [service(name, blank, {}) for name in SERVICES if name in known]
    total = next(catalog.rows("SELECT count(*) FROM pictures WHERE state = ?", "done" if again else "waiting"))[0]

    asks = asks_for(sources, settings, connections)
    client = _cluster(ray, asks) if ray else Http(**asks)

    async def work() -> Outcome:
        async with client as http:
            with Guard() as guard:
                return await run(catalog, catalog.path.parent, http, guard, limits=limits, again=again,
                                 shard=shard, workers=connections,
                                 progress=meter("covers", total // shard[1] or None))  # fmt: skip

    return asyncio.run(work())


def _cluster(address: str, asks: dict[str, Any]) -> ClusterHttp:
    try:
        from duck_and_cover.catalog.cluster import ClusterHttp
    except ImportError as error:
        raise MissingExtra("fetching from a cluster", "ray") from error
    return ClusterHttp(address, asks)


def _succeeded(catalog: Catalog) -> None:
    """Fail loudly where much did not come."""
    counts = dict(
        catalog.rows(  # that an album has no cover is known there only by asking for it
            "SELECT state, count(*) FROM pictures WHERE NOT (source = 'musicbrainz' AND state = 'gone') GROUP BY state"
        )
    )
    settled = sum(many for state, many in counts.items() if state != "waiting")
    done = counts.get("done", 0)
    if settled >= 20 and done < LEAST_SUCCESS * settled:
        raise Failure(f"only {done:,} of {settled:,} covers came ({done / settled:.0%}); `duckcover status` says why")


@click.command(short_help="Say what a catalog holds and what is left.")
@CATALOG
def status(path: Path) -> None:
    """Say what a catalog holds: done, waiting, failed and why, how fast it goes and how long the rest takes.

    \b
    duckcover status -c catalog.db
    """
    from duck_and_cover.catalog.census import census
    from duck_and_cover.catalog.store import Catalog

    with Catalog(path, reading=True) as catalog:
        known = census(catalog)
    click.echo(
        f"{known.artists:,} artists   {known.albums:,} albums   {known.pictures:,} covers, "
        f"{known.bytes / 1e6:,.1f} MB   {known.doubles:,} doubles, {known.placeholders:,} placeholders"
    )
    for work in known.work:
        click.echo(_line(work))
        for state, reason, many in work.reasons[:6]:
            click.echo(f"    {many:9,}  {state}: {reason}")
    for source, until in known.waits.items():
        moment = datetime.fromtimestamp(until).astimezone()
        click.echo(f"{source}: wants no request before {moment:%Y-%m-%d %H:%M:%S %Z}, "
                   f"in {duration(until - time.time())}")  # fmt: skip
    for source, told in known.notes.items():
        for name, value in told.items():
            click.echo(f"{source}: {name} {value}")


def _line(work: Work) -> str:
    counts = work.counts
    parts = [f"{counts.get('done', 0):,} done", f"{counts.get('waiting', 0):,} waiting"]
    rest = ("gone", "refused", "parked", "skipped", "held")
    parts += [f"{counts[state]:,} {state}" for state in rest if state in counts]
    if work.left_s is not None:
        parts.append(f"{work.rate:.1f}/s, {duration(work.left_s)} left")
    return f"{work.name:24} {'   '.join(parts)}"


@click.command(short_help="Check every cover against its hash.")
@CATALOG
def verify(path: Path) -> None:
    """Hash every cover that is done; what is missing or was changed is fetched again by the next `download`.

    \b
    duckcover verify -c catalog.db
    """
    from duck_and_cover.catalog.census import verify as run
    from duck_and_cover.catalog.shelf import Shelf
    from duck_and_cover.catalog.store import Catalog

    _exists(path)
    with Catalog(path) as catalog:
        total = next(catalog.rows("SELECT count(*) FROM pictures WHERE state = 'done'"))[0]
        looked, again = run(catalog, Shelf(path.parent), meter("covers", total))
    click.echo(f"{looked:,} covers looked at, {again:,} to be fetched again")
    if again:
        raise click.exceptions.Exit(1)


def _exists(path: Path) -> None:
    """A catalog that is only looked at is not made by the look."""
    from duck_and_cover.catalog.store import Catalog

    Catalog(path, reading=True).close()
