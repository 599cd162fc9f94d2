"""`duckcover dataset export`: the same covers for other tools."""

from __future__ import annotations

from pathlib import Path

import click

from duck_and_cover.cli.dataset.letters import default_letters
from duck_and_cover.cli.meter import meter
from duck_and_cover.errors import BadInput, MissingExtra


@click.command()
@click.argument("data", metavar="DATASET", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--as", "form", required=True, type=click.Choice(["webdataset", "imagefolder", "sidecars"]),
              help="Tars; folders with metadata.jsonl; pictures with a .txt each, for kohya.")  # fmt: skip
@click.option("-o", "--output", required=True, type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
              help="A new folder, an empty one, or one of an earlier export.")  # fmt: skip
@click.option("--part", "parts", multiple=True, type=click.Choice(["train", "validation", "test"]),
              help="May be given again; all by default.")  # fmt: skip
@click.option("--size", "size_px", type=int, metavar="PX", help="Make larger pictures this small and square.")
@click.option("--art-only", is_flag=True, help="Lettering filled in; covers that it fills are left out.")
@click.option("--letters", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="Where the words stand, for --art-only.  [default: DATASET/letters.jsonl]")  # fmt: skip
def export(data: Path, form: str, output: Path, parts: tuple[str, ...], size_px: int | None, art_only: bool,
           letters: Path | None) -> None:  # fmt: skip
    """Write a dataset as other tools want it: WebDataset, ImageFolder, or pictures with captions beside them.

    \b
    duckcover dataset export covers/ --as imagefolder -o exported/ --part train
    """
    try:
        from duck_and_cover.dataset.exports.export import export as run
        from duck_and_cover.dataset.letters import load_letters
    except ImportError as error:
        raise MissingExtra("exporting a dataset", "gather") from error
    boxes = None
    if art_only:
        found = letters or default_letters(data)
        if not found.is_file():
            raise BadInput(f"{found}: not there; `duckcover dataset letters {data}` makes it, or name one (--letters)")
        boxes = load_letters(found)
    done = run(data, output, form, parts=parts, size_px=size_px, letters=boxes, progress=meter("covers"))
    told = ", ".join(f"{part} {count:,}" for part, count in done.parts.items())
    click.echo(f"{output}   {sum(done.parts.values()):,} covers ({told})   {done.files:,} files   "
               f"{done.bytes / 1e6:,.0f} MB")  # fmt: skip
