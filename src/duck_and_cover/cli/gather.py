"""`duckcover gather`: find albums, with genre, release date, artist and where their covers lie."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
import time
import zlib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duck_and_cover.cli.meter import duration, meter
from duck_and_cover.cli.services import SERVICES, asks_for, http_for, service
from duck_and_cover.errors import BadInput, Failure, MissingExtra
from duck_and_cover.settings import Settings

if TYPE_CHECKING:
    from duck_and_cover.catalog.gather import Outcome

CATALOG = click.option("-c", "--catalog", "path", type=click.Path(dir_okay=False, path_type=Path),
                       default=Path("catalog.db"), show_default=True, metavar="FILE",
                       help="What was found; pictures lie beside it.")  # fmt: skip
LIMITS = (
    click.option("--max-requests", type=click.IntRange(1), metavar="N", help="Stop after so many requests."),
    click.option("--max-minutes", type=click.FloatRange(0, min_open=True), metavar="N", help="Stop after so long."),
)


@click.command(short_help="Find albums and their covers.")
@click.argument("source", type=click.Choice([*SERVICES, "folder", "dump"]))
@click.argument("folder", type=click.Path(exists=True, path_type=Path), required=False)
@CATALOG
@click.option("--genres", "genre_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="Genres to search, one a line. [default: the 3,253 that ship]")  # fmt: skip
@click.option("--genre", "genres", multiple=True, metavar="G", help="A genre to search; may be repeated.")
@click.option("--top", type=click.IntRange(1, 1000), default=50, show_default=True, metavar="N",
              help="Artists of a genre.")  # fmt: skip
@click.option("--accept-terms", is_flag=True, help="You have read what the service's terms forbid and answer for it.")
@click.option("--try-again", is_flag=True, help="Ask once more for what was given up after five attempts.")
@click.option("--shard", default="0/1", metavar="I/N", help="Every N-th genre from the I-th: one machine of N.")
@LIMITS[0]
@LIMITS[1]
def gather(source: str, folder: Path | None, path: Path, genre_file: Path | None, genres: tuple[str, ...], top: int,
           accept_terms: bool, try_again: bool, shard: str, max_requests: int | None,
           max_minutes: float | None) -> None:  # fmt: skip
    """Find albums with genre, release date, artist and where their covers lie; then `duckcover download`.

    SOURCE is a service, `folder` for music or pictures of your own, or `dump` for MusicBrainz' JSON dump. Stop it any
    time: the same command goes on, and asks for nothing twice.

    \b
    duckcover gather musicbrainz --genre "doom metal" --top 10
    duckcover gather spotify --accept-terms        # SPOTIPY_CLIENT_ID and SPOTIPY_CLIENT_SECRET in .env
    duckcover gather folder ~/Music
    """
    needs_extra()
    if (folder is None) == (source in ("folder", "dump")):
        raise BadInput(f"gather {source}: " + ("name the folder or file" if folder is None else "takes no folder"))
    if folder is not None:
        _from_disk(source, folder, path)
        return
    from duck_and_cover.catalog.gather import Limits
    from duck_and_cover.catalog.gather import gather as run
    from duck_and_cover.catalog.store import Catalog

    wanted = sharded(_genres(genre_file, genres), shard)
    limits = Limits(max_requests or float("inf"), 60 * (max_minutes or float("inf")))
    settings = Settings.read()
    first = service(source, settings, {})  # what is missing is told before a file is made
    terms_accepted(first.terms, accept_terms)
    asks_for([first], settings)
    with Catalog(path) as catalog:
        asked = service(source, settings, catalog.notes(source), top)
        catalog.plan(source, asked.begin(wanted))
        catalog.want(source, top)
        if try_again:
            click.echo(f"{catalog.try_again(source):,} tasks are tried again")

        async def work() -> Outcome:
            async with http_for([asked], settings) as http:
                return await run(catalog, asked, http, limits=limits, say=lambda line: click.echo(line, err=True),
                                 progress=meter("answers"))  # fmt: skip

        outcome = asyncio.run(work())
        counts = dict(catalog.rows("SELECT state, count(*) FROM tasks WHERE source = ? GROUP BY state", source))
    say_outcome(outcome, "answers", f"duckcover download -c {path}")
    lost = ", ".join(f"{counts[state]:,} {state}" for state in ("refused", "parked") if state in counts)
    if lost:
        click.echo(f"{lost}: `duckcover status -c {path}` says why", err=True)
    if lost and not counts.get("done"):
        raise Failure("nothing was answered")


def say_outcome(outcome: Outcome, what: str, following: str) -> None:
    """How a run ended and what to type next; raises `Failure` where the network is down."""
    if sys.stdout.isatty():
        click.echo()  # after the line that was written over
    click.echo(f"{outcome.answered:,} {what}" + (f"; {outcome.why}" if outcome.why else ""))
    if outcome.resume_after > time.time():
        moment = datetime.fromtimestamp(outcome.resume_after).astimezone()
        left = duration(outcome.resume_after - time.time())
        click.echo(f"resume after {moment:%Y-%m-%d %H:%M:%S %Z} (in {left}) with the same command")
    elif outcome.down:
        raise Failure("is the network up? go on with the same command")
    elif outcome.left:
        click.echo("go on with the same command")
    else:
        click.echo(f"complete   next: {following}")


def sharded(items: list[str], shard: str) -> list[str]:
    """The items of one machine of several: by their text, so that the order of a file does not matter."""
    i, n = parsed_shard(shard)
    return [item for item in items if zlib.crc32(item.encode()) % n == i]


def parsed_shard(text: str) -> tuple[int, int]:
    """ "1/4" -> (1, 4), counted from 0."""
    first, _, second = text.partition("/")
    if not (first.isdecimal() and second.isdecimal() and int(first) < int(second) <= 1_000_000):
        raise BadInput(f"--shard {text}: wanted I/N with I from 0 to N - 1, as in 0/4")
    return int(first), int(second)


def _genres(file: Path | None, named: tuple[str, ...]) -> list[str]:
    if named:
        return list(dict.fromkeys(named))
    if file is None:
        from duck_and_cover.genres import known_genres

        return list(known_genres())
    try:
        lines = [line.strip() for line in file.read_text("utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file}: cannot be read as UTF-8 text; wanted a genre a line") from error
    found = list(dict.fromkeys(line for line in lines if line))
    if not found:
        raise BadInput(f"{file}: holds no genre; wanted one a line")
    return found


def terms_accepted(terms: str, accepted: bool) -> None:
    """Show a service's terms before anything is asked; raises `Failure` unless they were accepted."""
    if not terms:
        return
    click.echo(terms, err=True)
    if not accepted:
        raise Failure("nothing was asked: say --accept-terms if you have read this and answer for what you do")


def _from_disk(source: str, folder: Path, path: Path) -> None:
    """Read a folder of one's own or a dump into the catalog."""
    from duck_and_cover.catalog.intake import take_dump, take_folder
    from duck_and_cover.catalog.store import Catalog

    skipped: list[str] = []
    with Catalog(path) as catalog:
        if source == "dump":
            count = take_dump(catalog, folder, progress=meter("albums"))
        else:
            count = take_folder(catalog, folder, path.parent, lambda p, why: skipped.append(f"{p}: {why}"),
                                progress=meter("albums"))  # fmt: skip
    for line in skipped[:5]:
        click.echo(f"left out: {line}", err=True)
    if len(skipped) > 5:
        click.echo(f"left out: {len(skipped) - 5} more", err=True)
    click.echo(f"{count:,} albums in {path}")


def needs_extra() -> None:
    """Raise `MissingExtra` where what asks services is not installed."""
    if importlib.util.find_spec("aiohttp") is None:
        raise MissingExtra("gathering", "gather")
