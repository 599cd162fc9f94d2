"""`duckcover catalog`: what was found, as a table; catalogs of several machines made one."""

from __future__ import annotations

from pathlib import Path

import click

from duck_and_cover.cli.gather import CATALOG


@click.group()
def catalog() -> None:
    """Write what was found as a table; bring catalogs together."""


@catalog.command()
@CATALOG
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="FILE",
              help=".jsonl, .parquet, .csv, or .txt for the addresses of covers alone.")  # fmt: skip
def table(path: Path, output: Path) -> None:
    """Write one row an album: artist, genres, album, release date with its precision, covers, rights.

    \b
    duckcover catalog table -c catalog.db -o albums.parquet
    """
    from duck_and_cover.catalog.store import Catalog
    from duck_and_cover.catalog.table import write

    with Catalog(path, reading=True) as known:
        count = write(known, output)
    click.echo(f"{output}   {count:,} rows")


@catalog.command()
@click.argument("others", nargs=-1, required=True, metavar="CATALOG...",
                type=click.Path(exists=True, dir_okay=False, path_type=Path))  # fmt: skip
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="FILE",
              help="A catalog, made where there is none.")  # fmt: skip
def merge(others: tuple[Path, ...], output: Path) -> None:
    """Bring together what machines found that share nothing (`gather --shard`, `download --shard`); copy their folders
    of pictures over each other.

    \b
    duckcover catalog merge one.db two.db -o catalog.db
    """
    from duck_and_cover.catalog.merge import merge as run
    from duck_and_cover.catalog.store import Catalog

    with Catalog(output) as whole:
        run(whole, others)
        count = next(whole.rows("SELECT count(*) FROM albums"))[0]
    click.echo(f"{output}   {count:,} albums")
