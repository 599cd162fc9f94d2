"""`duckcover examples`: a few albums by id, with their covers."""

from __future__ import annotations

import asyncio
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duck_and_cover.cli.download import fetch
from duck_and_cover.cli.gather import needs_extra, say_outcome, terms_accepted
from duck_and_cover.cli.services import http_for, service
from duck_and_cover.errors import Failure
from duck_and_cover.settings import Settings

if TYPE_CHECKING:
    from duck_and_cover.catalog.gather import Outcome


@click.command(short_help="Collect example albums by id.")
@click.argument("ids", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), required=True, metavar="FOLDER")
@click.option("--source", type=click.Choice(("spotify", "musicbrainz")), default="spotify", show_default=True)
@click.option("--accept-terms", is_flag=True, help="You have read what the service's terms forbid and answer for it.")
def examples(ids: Path | None, output: Path, source: str, accept_terms: bool) -> None:
    """Collect albums by id, with what is known of them and their covers: FOLDER/examples.jsonl, FOLDER/covers300.
    Without IDS the 25 that ship, which never train a network. The table marks all as examples.

    \b
    duckcover examples ids.txt -o examples/ --accept-terms
    """
    needs_extra()
    from duck_and_cover.catalog.examples import mark_examples, read_ids
    from duck_and_cover.catalog.gather import NO_LIMITS, gather
    from duck_and_cover.catalog.store import Catalog
    from duck_and_cover.catalog.table import write

    shipped = Path(str(resources.files("duck_and_cover") / "example_album_ids.txt"))
    wanted = read_ids(ids or shipped)
    settings = Settings.read()
    with Catalog(output / "catalog.db") as catalog:
        asked = service(source, settings, catalog.notes(source))
        terms_accepted(asked.terms, accept_terms)
        mark_examples(catalog, source, wanted)

        async def work() -> Outcome:
            async with http_for([asked], settings) as http:
                return await gather(catalog, asked, http, say=lambda line: click.echo(line, err=True))

        outcome = asyncio.run(work())
        if outcome.left:
            say_outcome(outcome, "answers", "")
            raise Failure("not all ids were asked for; the same command goes on")
        covers = fetch(catalog, settings, NO_LIMITS)
        count = write(catalog, output / "examples.jsonl")
        known = {row[0] for row in catalog.rows("SELECT id FROM albums")}
        unknown = len(set(wanted) - known)
    click.echo(f"{output / 'examples.jsonl'}   {count} albums, {covers.answered} pictures"
               + (f"; {unknown} ids are not known there" if unknown else ""))  # fmt: skip
