"""`duckcover dataset letters`: what is written on covers, and where."""

from __future__ import annotations

from pathlib import Path

import click

from duck_and_cover.cli.crew import RAY, crew_for
from duck_and_cover.cli.meter import meter
from duck_and_cover.errors import BadInput, MissingExtra


@click.command()
@click.argument("data", metavar="DATASET", type=click.Path(exists=True, path_type=Path))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="JSON lines.  [default: DATASET/letters.jsonl]")  # fmt: skip
@click.option("--page", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Also a page of covers with and without their lettering.")  # fmt: skip
@RAY
def letters(data: Path, output: Path | None, page: Path | None, ray: str | None) -> None:
    """Find the lettering on every cover: where it stands, what it says, which line is the artist and which the title,
    in which case and colour. Networks then learn the art alone. Stop it any time: the same command goes on.

    \b
    duckcover dataset letters covers/ --page letters.html
    """
    try:
        from duck_and_cover.dataset.building.candidates import candidates
        from duck_and_cover.dataset.lettering.finding import Job, find_letters, take_census
        from duck_and_cover.dataset.lettering.ocr import eye
        from duck_and_cover.dataset.reader import CoverDataset
    except ImportError as error:
        raise MissingExtra("reading covers", "gather") from error
    output = output or default_letters(data)
    total = len(CoverDataset(data))
    eye(threads=1)  # what is missing is told here, not by a process
    jobs = (Job(each.id, each.content, each.artist, each.album) for each in candidates(data, _none))
    with crew_for(ray, longest_s=300.0, most_memory=0) as crew:
        find_letters(jobs, output, crew, meter("covers", total))
    told = take_census(output)
    click.echo(f"{output}   {told.lettered:,} of {told.covers:,} covers are lettered; {told.found:,} of {told.known:,} "
               "known names were found on them")  # fmt: skip
    if page:
        from duck_and_cover.dataset.lettering.page import write_page

        click.echo(f"{page}   {write_page(data, output, page)} covers with and without")


def _none(folder: Path) -> Path:
    raise BadInput(f"{folder}: no Parquet shards there; `duckcover dataset build` makes some")


def default_letters(data: Path) -> Path:
    """Where the lettering of a dataset stands unless one says otherwise: in it, or beside a single file."""
    return data / "letters.jsonl" if data.is_dir() else data.with_suffix(".letters.jsonl")
