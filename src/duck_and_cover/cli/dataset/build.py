"""`duckcover dataset build`: covers that were gathered become covers that can be learned from."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from duck_and_cover.cli.crew import RAY, crew_for
from duck_and_cover.cli.meter import meter
from duck_and_cover.errors import MissingExtra


@click.command()
@click.argument("covers", type=click.Path(exists=True, path_type=Path))
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), required=True, metavar="DATASET")
@click.option("--smallest", type=click.IntRange(16, 4096), default=64, show_default=True, metavar="PX",
              help="Covers that are smaller are left out.")  # fmt: skip
@click.option("--largest", type=click.IntRange(32, 4096), default=512, show_default=True, metavar="PX",
              help="Covers that are larger are made so small.")  # fmt: skip
@RAY
def build(covers: Path, output: Path, smallest: int, largest: int, ray: str | None) -> None:
    """Screen covers, keep each picture once, split them by artist and by picture, and write shards that tools read.

    COVERS is a catalog, Parquet, a folder with metadata.jsonl, or a folder of music or pictures of your own. What is
    left out, and why, stands in rejected.jsonl. Stop it any time: the same command goes on.

    \b
    duckcover dataset build catalog.db -o covers/
    """
    try:
        from duck_and_cover.dataset.building.build import build as run
        from duck_and_cover.dataset.building.candidates import candidates
    except ImportError as error:
        raise MissingExtra("building a dataset", "gather") from error
    from duck_and_cover.dataset.building.screening import Screen

    wanted, left_out = Screen(smallest_px=smallest, largest_px=largest), {}
    found = candidates(covers, lambda folder: _gathered(folder, output, left_out))
    output.mkdir(parents=True, exist_ok=True)
    with crew_for(ray) as crew:
        done = run(found, output, crew, wanted=wanted, left_out=left_out, progress=meter("covers"))
    parts = "   ".join(f"{count:,} {part}" for part, count in done.manifest["parts"].items())
    click.echo(f"{output}   {done.kept:,} of {done.candidates:,} covers   {parts}")
    for reason, many in done.rejected.items():
        click.echo(f"{many:9,}  {reason}")
    click.echo(f"next: duckcover dataset letters {output}")


def _gathered(folder: Path, output: Path, left_out: dict[str, str]) -> Path:
    """A catalog of a folder of one's own, beside the dataset that it becomes; `left_out` gets what brings nothing."""
    from duck_and_cover.catalog.intake import take_folder
    from duck_and_cover.catalog.store import Catalog

    def skipped(place: Path, why: str) -> None:
        name = place.relative_to(folder).as_posix() if place.is_relative_to(folder) else place.name
        left_out[name.encode("utf-8", "replace").decode()] = why

    path = output / ".gathered" / "catalog.db"
    shutil.rmtree(path.parent, ignore_errors=True)  # what is no longer in the folder is no longer in the dataset
    with Catalog(path) as catalog:
        take_folder(catalog, folder, path.parent, skipped, meter("albums"))
    return path
